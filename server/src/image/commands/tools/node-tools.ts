import type { Certainty } from '../../../known.ts'
import { knownValue } from '../../../known.ts'
import { join } from '../../files.ts'
import { pathIn } from '../../operations.ts'
import type { Call, CommandModel, Outcome } from '../model.ts'
import { defineCommand, maybe } from '../model.ts'
import type { Tool } from './tool.ts'
import { defineTool, nothing, onlyAsks, workingFolder } from './tool.ts'
import type { Write } from './writes.ts'
import { writeAll } from './writes.ts'

const modules: Write = { at: './node_modules', fails: 'certain', makes: true }
const npmCache: Write = { at: '~/.npm', unless: ['npm_config_cache', 'NPM_CONFIG_CACHE'], fails: 'likely' }
const installs: readonly Write[] = [modules, npmCache]

const npmCommands: Readonly<Record<string, readonly Write[]>> = {
  ci: installs,
  'clean-install': installs,
  install: installs,
  i: installs,
  add: installs,
  update: installs,
  up: installs,
  rebuild: [{ at: './node_modules', fails: 'possible' }],
  prune: [{ at: './node_modules', fails: 'possible' }],
  dedupe: [{ at: './node_modules', fails: 'possible' }],
  uninstall: [{ at: './node_modules', fails: 'possible' }],
  remove: [{ at: './node_modules', fails: 'possible' }],
  link: [modules],
  cache: [{ ...npmCache, fails: 'possible' }],
  config: [{ at: '~', fails: 'possible' }],
  set: [{ at: '~', fails: 'possible' }],
  view: nothing,
  ls: nothing,
  list: nothing,
  root: nothing,
  prefix: nothing,
  audit: nothing,
  ping: nothing,
  '*': workingFolder,
}

/** npm(1) exits with 243 (-EACCES) where it may not write. `-g` goes to the prefix, which is Node's own folder. */
export const npm = defineCommand({
  names: ['npm'],
  options: {
    global: '-g --global',
    location: '--location PLACE',
    folder: '-C --prefix DIR',
    cache: '--cache DIR',
    value:
      '--loglevel --registry --omit --include --workspace -w --tag --userconfig --globalconfig --network-timeout --fetch-retries --fetch-timeout --maxsockets --script-shell --otp X',
  },
  run(call) {
    const { options, world } = call
    if (onlyAsks(call)) return maybe
    const [command] = call.operands
    const isGlobal = options.has('global') || options.value('location') === 'global'
    const writes = npmCommands[command?.text ?? ''] ?? workingFolder
    if (isGlobal && (writes === installs || command?.text === 'link' || command?.text === 'uninstall'))
      return intoPrefix(call, options.value('folder'))
    const folder = options.value('folder')
    const cwd = folder === undefined ? undefined : pathIn(world, folder)
    if (options.has('folder') && cwd === undefined) return maybe
    const moved = options.has('cache') ? writes.filter((write) => write !== npmCache) : writes
    return writeAll(call, moved, { exitCode: writes === workingFolder ? 1 : 243, cwd })
  },
})

function intoPrefix(call: Call, given: string | undefined): Outcome {
  const { world } = call
  const folder = given === undefined ? undefined : pathIn(world, given)
  const variables = ['npm_config_prefix', 'NPM_CONFIG_PREFIX']
  const set = variables
    .map((name) => world.variables.get(name) ?? world.state.env.get(name))
    .find((variable) => variable !== undefined)
  const prefix = folder ?? (set ? knownValue(set) : '/usr/local')
  if (prefix === undefined || !prefix.startsWith('/')) return maybe
  // Images of others set a prefix of their own, in their npmrc.
  const usual = /^(docker\.io\/)?(library\/)?[^/]+$/.test(world.base?.reference ?? '')
  const fails: Certainty = (folder ?? set) ? 'certain' : usual ? 'likely' : 'possible'
  return writeAll(
    call,
    [{ at: join(prefix, 'lib/node_modules'), fails }, { at: join(prefix, 'bin'), fails }, npmCache],
    { exitCode: 243 },
  )
}

const projectInstalls: readonly Write[] = [modules]
const tools: readonly Tool[] = [
  {
    // yarn 1 falls back to a cache in /tmp; yarn 2 and later writes .yarn beside package.json.
    names: 'yarn yarnpkg',
    folder: '--cwd DIR',
    values: '--modules-folder --cache-folder --registry --network-timeout --mutex --network-concurrency X',
    commands: {
      '': projectInstalls,
      install: projectInstalls,
      add: projectInstalls,
      upgrade: projectInstalls,
      global: [{ at: '/usr/local/bin', fails: 'possible' }],
      config: [{ at: '~', fails: 'possible' }],
      set: workingFolder,
      cache: nothing,
      info: nothing,
      '*': workingFolder,
    },
  },
  {
    names: 'pnpm',
    folder: '-C --dir DIR',
    values: '--filter -F --store-dir --registry --reporter X',
    commands: {
      install: projectInstalls,
      i: projectInstalls,
      add: [{ ...modules, fails: 'possible' }],
      ci: projectInstalls,
      fetch: [{ at: './node_modules', fails: 'likely' }],
      config: [{ at: '~/.config/pnpm', fails: 'possible' }],
      setup: [{ at: '~', fails: 'possible' }],
      store: nothing,
      deploy: workingFolder,
      '*': workingFolder,
    },
  },
  {
    names: 'bun',
    folder: '--cwd DIR',
    commands: {
      install: [{ ...modules, fails: 'likely' }],
      i: [{ ...modules, fails: 'likely' }],
      ci: [{ ...modules, fails: 'likely' }],
      add: [{ ...modules, fails: 'likely' }],
      '*': workingFolder,
    },
  },
  {
    names: 'npx pnpx bunx',
    commands: {
      '': workingFolder,
      '*': [
        { at: '.', fails: 'possible' },
        { ...npmCache, fails: 'possible' },
      ],
    },
  },
  {
    // corepack links its programs beside node's.
    names: 'corepack',
    commands: {
      enable: [{ at: '/usr/local/bin', fails: 'likely' }],
      disable: [{ at: '/usr/local/bin', fails: 'likely' }],
      '*': [{ at: '~/.cache/node/corepack', unless: ['COREPACK_HOME'], fails: 'possible' }],
    },
  },
  {
    names:
      'node nodejs deno tsc tsx vite webpack next nuxt ng gulp grunt rollup esbuild lerna nx turbo eslint jest vitest',
    commands: { '*': workingFolder },
  },
]

export const nodeTools: readonly CommandModel[] = [npm, ...tools.map(defineTool)]
