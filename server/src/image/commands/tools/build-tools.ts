import { find } from '../../files.ts'
import { makeDirectory, pathIn, worse, writeFile } from '../../operations.ts'
import { at } from '../files/operands.ts'
import { mayWriteInto } from '../files/unlisted.ts'
import type { Call, CommandModel, Outcome } from '../model.ts'
import { defineCommand, maybe } from '../model.ts'
import { systemChanged } from './package-managers.ts'
import type { Tool } from './tool.ts'
import { defineTool, nothing, onlyAsks, workingFolder } from './tool.ts'
import { mayHaveFilled } from './unmodelled.ts'
import type { Write } from './writes.ts'
import { writeAll } from './writes.ts'

const goBuildCache: Write = {
  at: '~/.cache/go-build',
  unless: ['GOCACHE', 'XDG_CACHE_HOME'],
  fails: 'likely',
}
const goPath: Write = { at: '/go', unless: ['GOMODCACHE', 'GOPATH'], fails: 'possible' }
const goFlags =
  '-ldflags -gcflags -asmflags -tags -mod -modfile -p -buildmode -toolexec -pkgdir -installsuffix -compiler -coverprofile -count -run -timeout -overlay -pgo -exec X'

/** go(1): `build -o FILE` makes the file, 0755; caches lie in HOME and GOPATH. */
export const go = defineCommand({
  names: ['go'],
  // Flags of Go have no short forms: those that begin like one with a value are listed.
  options: {
    output: '-o FILE',
    folder: '-C DIR',
    value: goFlags,
    flags: '-c -v -x -a -n -i -race -msan -asan -cover -trimpath -work -json -short -u -t',
  },
  singleDash: true,
  run(call) {
    const { options, world } = call
    const command = call.operands[0]?.text
    if (
      onlyAsks(call) ||
      command === 'version' ||
      command === 'env' ||
      command === 'list' ||
      command === 'fmt'
    )
      return maybe
    if (command === 'mod' || command === 'get' || command === 'work')
      return writeAll(call, [goPath, { at: '.', fails: 'possible' }])
    const cached = writeAll(call, [goBuildCache, goPath])
    if (
      cached.status === 'fail' ||
      (command !== 'build' && command !== 'install' && !options.has('output'))
    ) {
      if (cached.status !== 'fail') mayWriteInto(world, here(call))
      return cached
    }
    const output = options.word('output')
    if (!output) {
      if (command === 'build') return worse(cached, writeAll(call, [{ at: '.', fails: 'possible' }]))
      return worse(
        cached,
        writeAll(call, [{ at: '/go/bin', unless: ['GOBIN', 'GOPATH'], fails: 'possible' }]),
      )
    }
    const path = output.text === undefined ? undefined : pathIn(world, output.text)
    if (path === undefined) return cached
    if (output.text?.endsWith('/') || find(world.state.files, path).node.kind === 'directory') {
      const made = at(makeDirectory(world, path, { parents: true }), output)
      if (made.status !== 'fail') mayWriteInto(world, path)
      return worse(cached, made)
    }
    const parents = makeDirectory(world, path.slice(0, path.lastIndexOf('/')) || '/', { parents: true })
    if (parents.status === 'fail') return at(parents, output)
    return worse(cached, at(writeFile(world, path, { mode: 0o777 }), output))
  },
})

function here(call: Call): string | undefined {
  return call.world.cwd.certainty === 'unknown' ? undefined : call.world.cwd.value
}

const dotnetHome: Write = { at: '~/.dotnet', unless: ['DOTNET_CLI_HOME'], fails: 'possible' }
const nuget: Write = { at: '~/.nuget', unless: ['NUGET_PACKAGES'], fails: 'possible' }

/** dotnet: `publish -o DIR` makes the folder; obj/ and bin/ lie beside the project. */
export const dotnet = defineCommand({
  names: ['dotnet'],
  options: {
    output: '-o --output DIR',
    value:
      '-c --configuration -r --runtime -f --framework -v --verbosity -p -a --arch --os --version-suffix -s --source --configfile X',
    toolPath: '--tool-path DIR',
  },
  run(call) {
    const { options, world } = call
    const command = call.operands[0]?.text
    if (
      onlyAsks(call) ||
      call.args.some(({ text }) => text === '--info' || text === '--list-sdks' || text === '--list-runtimes')
    )
      return maybe
    if (command === 'tool') {
      const folder = options.value('toolPath')
      const path = folder === undefined ? undefined : pathIn(world, folder)
      return writeAll(call, path === undefined ? [dotnetHome] : [{ at: path, fails: 'likely', makes: true }])
    }
    if (
      command === undefined ||
      ![
        'restore',
        'build',
        'publish',
        'pack',
        'test',
        'run',
        'new',
        'clean',
        'add',
        'ef',
        'msbuild',
      ].includes(command)
    )
      return writeAll(call, workingFolder)
    const outcome = writeAll(call, [{ at: '.', fails: 'possible' }, nuget, dotnetHome])
    const output = options.word('output')
    const path = output?.text === undefined ? undefined : pathIn(world, output.text)
    if (
      !output ||
      path === undefined ||
      outcome.status === 'fail' ||
      !['build', 'publish', 'pack'].includes(command)
    )
      return outcome
    return worse(outcome, writeAll(call, [{ at: path, fails: 'certain', makes: true }]))
  },
})

/** make(1): `install` targets go to the system, the rest to the working directory. */
export const make = defineCommand({
  names: ['make', 'gmake', 'ninja', 'meson', 'cmake', 'scons', 'bazel', 'just', 'task', 'rake', 'ant'],
  options: {
    folder: '-C --directory -B --build DIR',
    file: '-f --file --makefile FILE',
    value: '-S -G -D -t --target --config --prefix -I X',
    jobs: '-j --jobs -l --parallel [N]',
  },
  run(call) {
    const { options, world } = call
    if (onlyAsks(call)) return maybe
    const word = options.word('folder')
    const cwd = word?.text === undefined ? undefined : pathIn(world, word.text)
    const installsSomewhere = call.args.some(
      ({ text }) => text !== undefined && /(^|[-_])install($|[-_/])|^altinstall$/.test(text),
    )
    const installs =
      installsSomewhere &&
      !call.args.some(
        ({ text }) =>
          text?.startsWith('DESTDIR=') || text?.startsWith('PREFIX=') || text?.startsWith('prefix='),
      )
    const outcome = writeAll(call, [{ at: '.', fails: 'possible' }], { exitCode: 2, cwd })
    // Where to was said when it was configured, or stands in its own files.
    if (installsSomewhere) mayHaveFilled(world, true)
    if (!installs) return outcome
    const system = writeAll(
      call,
      [
        { at: '/usr/local/bin', fails: 'possible' },
        { at: '/usr/local/lib', fails: 'possible' },
      ],
      { exitCode: 2 },
    )
    if (world.identity.uid.certainty !== 'unknown' && world.identity.uid.value === 0) systemChanged(world)
    return worse(outcome, system)
  },
})

const cargoHome: Write = { at: '~/.cargo', unless: ['CARGO_HOME'], fails: 'possible' }
const vendor: Write = { at: './vendor', fails: 'likely', makes: true }
const composerHome: Write = {
  at: '~/.composer',
  unless: ['COMPOSER_HOME', 'COMPOSER_CACHE_DIR', 'XDG_CACHE_HOME'],
  fails: 'never',
}
const gems: Write = { at: '/usr/local/bundle', unless: ['BUNDLE_PATH', 'GEM_HOME'], fails: 'possible' }
const maven: Write = { at: '~/.m2', unless: ['MAVEN_CONFIG', 'MAVEN_USER_HOME'], fails: 'possible' }

const tools: readonly Tool[] = [
  {
    names: 'cargo',
    exitCode: 101,
    values:
      '--manifest-path --target --bin --example --features -F -p --package --profile --color -j --jobs --config -Z X',
    commands: {
      install: [
        { ...cargoHome },
        { at: '~/.cargo/bin', unless: ['CARGO_HOME', 'CARGO_INSTALL_ROOT'], fails: 'possible' },
      ],
      fetch: [cargoHome],
      new: workingFolder,
      init: workingFolder,
      search: nothing,
      metadata: nothing,
      '*': [{ at: './target', unless: ['CARGO_TARGET_DIR'], fails: 'likely', makes: true }, cargoHome],
    },
  },
  {
    names: 'rustup rustup-init',
    commands: { '*': [{ at: '~/.rustup', unless: ['RUSTUP_HOME'], fails: 'possible' }, cargoHome] },
  },
  {
    names: 'composer',
    folder: '-d --working-dir DIR',
    commands: {
      install: [vendor, composerHome],
      update: [vendor, composerHome],
      require: [vendor, composerHome],
      'dump-autoload': [{ at: './vendor', fails: 'possible' }],
      dumpautoload: [{ at: './vendor', fails: 'possible' }],
      global: [{ ...composerHome, fails: 'possible' }],
      config: workingFolder,
      'clear-cache': nothing,
      show: nothing,
      validate: nothing,
      '*': workingFolder,
    },
  },
  {
    names: 'gem',
    values: '-v --version -i --install-dir -n --bindir X',
    commands: {
      install: [gems],
      update: [gems],
      list: nothing,
      env: nothing,
      environment: nothing,
      sources: nothing,
      '*': workingFolder,
    },
  },
  {
    names: 'bundle bundler',
    values: '-j --jobs --without --with --path --gemfile --retry X',
    commands: {
      '': [gems, { at: '.', fails: 'possible' }],
      install: [gems, { at: '.', fails: 'possible' }],
      update: [gems, { at: '.', fails: 'possible' }],
      config: [{ at: '.', unless: ['BUNDLE_APP_CONFIG'], fails: 'possible' }],
      clean: [gems],
      '*': workingFolder,
    },
  },
  {
    names: 'mvn mvnw mvnd',
    values: '-f --file -s --settings -pl --projects -P -T --threads -D -l --log-file -gs X',
    commands: {
      'dependency:go-offline': [maven],
      'dependency:resolve': [maven],
      '*': [{ at: '.', fails: 'possible' }, maven],
    },
  },
  {
    names: 'gradle gradlew',
    folder: '-p --project-dir DIR',
    values: '-b --build-file -x -P -D --project-cache-dir -g --gradle-user-home X',
    commands: {
      '*': [
        { at: '.', fails: 'possible' },
        { at: '~/.gradle', unless: ['GRADLE_USER_HOME'], fails: 'possible' },
      ],
    },
  },
  {
    names: 'sbt lein mix rebar3 stack cabal ghc opam dune swift flutter dart pub elm hugo jekyll',
    commands: {
      '*': [
        { at: '.', fails: 'possible' },
        { at: '~', fails: 'never' },
      ],
    },
  },
  {
    names:
      'as ar strip ranlib javac java kotlinc scalac ruby irb php Rscript R lua erl elixir swiftc nasm yasm protoc',
    commands: { '*': workingFolder },
  },
  {
    names: 'configure bootstrap autogen.sh autoreconf autoconf automake aclocal libtoolize',
    commands: { '': workingFolder, '*': workingFolder },
  },
  { names: 'rails artisan wp drush console symfony craft', commands: { '*': workingFolder } },
]

/** `-o FILE` of compilers makes the file. */
const compilers = defineCommand({
  names: [
    'gcc',
    'g++',
    'cc',
    'c++',
    'clang',
    'clang++',
    'ld',
    'gfortran',
    'rustc',
    'musl-gcc',
    'x86_64-linux-gnu-gcc',
  ],
  options: { output: '-o FILE', value: '-I -L -D -l -x -std -include -isystem -T X' },
  run(call) {
    if (onlyAsks(call)) return maybe
    const output = call.options.word('output')
    const path = output?.text === undefined ? undefined : pathIn(call.world, output.text)
    if (!output || path === undefined) return writeAll(call, workingFolder)
    return worse(
      maybe,
      at(
        writeFile(call.world, path, { mode: call.args.some(({ text }) => text === '-c') ? 0o666 : 0o777 }),
        output,
      ),
    ) as Outcome
  },
})

export const buildTools: readonly CommandModel[] = [go, dotnet, make, ...tools.map(defineTool), compilers]
