import { unknown } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import { directory, find, join, put } from '../../files.ts'
import { failure, makeDirectory, pathIn, setFiles, worse, writeFile } from '../../operations.ts'
import type { ShellValue } from '../../types.ts'
import type { Call, Outcome, World } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { readOptions } from '../options.ts'
import { at } from './operands.ts'
import { mayWrite, mayWriteInto, network, processOwned } from './unlisted.ts'

const gitOptions = {
  inFolder: '-C DIR',
  config: '-c KEY',
  gitDir: '--git-dir DIR',
  workTree: '--work-tree DIR',
  pager: '-p --no-pager',
}
const cloneOptions = {
  branch: '-b --branch NAME',
  depth: '--depth N',
  since: '--shallow-since DATE',
  origin: '-o --origin NAME',
  config: '-c --config KEY',
  reference: '--reference --reference-if-able REPO',
  filter: '--filter SPEC',
  jobs: '-j --jobs N',
  uploadPack: '-u --upload-pack PATH',
  separate: '--separate-git-dir DIR',
  template: '--template DIR',
  bare: '--bare',
  mirror: '--mirror',
  recursive: '--recursive --recurse-submodules [SPEC]',
  flags:
    '-q --quiet -v --verbose -n --no-checkout -l --local -s --shared --single-branch --no-single-branch --no-tags --progress --shallow-submodules',
}

const readsOnly = new Set([
  '--version',
  'version',
  'log',
  'show',
  'status',
  'diff',
  'rev-parse',
  'describe',
  'ls-files',
  'ls-remote',
  'branch',
  'help',
  'grep',
  'remote',
])

/** git(1): clone makes a folder of the process's own; what changes a work tree may make more entries in it. */
export const git = defineCommand({
  names: ['git'],
  options: gitOptions,
  stopAtOperand: true,
  run(call) {
    const { world, options } = call
    const [command, ...rest] = call.operands
    const folder = options.word('inFolder')
    const base = folder ? (folder.text === undefined ? undefined : pathIn(world, folder.text)) : here(world)
    if (command?.text === 'clone') return clone(call, rest, base)
    if (command === undefined || readsOnly.has(command.text ?? '')) return maybe
    if (command.text === 'config') return configure(call, rest)
    if (command.text === 'init') {
      const bare = rest.some(({ text }) => text === '--bare')
      const [target] = readOptions(
        { options: { ...cloneOptions, branch: '-b --initial-branch NAME' } },
        rest,
      ).operands
      const path = target ? (target.text === undefined ? undefined : pathIn(world, target.text)) : base
      if (path === undefined) return maybe
      const made = makeDirectory(world, path, { parents: true })
      if (made.status === 'fail') return at(made, target ?? command, 128)
      const store = bare ? path : join(path, '.git')
      const inner = makeDirectory(world, store, { parents: true })
      mayWriteInto(world, store)
      return at(inner, command, 128)
    }
    if (base !== undefined && !mayWrite(world, base)) return maybe
    mayWriteInto(world, base)
    return network
  },
})

function here(world: World): string | undefined {
  return world.cwd.certainty === 'unknown' ? undefined : world.cwd.value
}

function clone(call: Call, args: readonly ShellValue[], base: string | undefined): Outcome {
  const { world } = call
  const { options, operands } = readOptions({ options: cloneOptions }, args)
  const [url, folder] = operands
  const name = folder
    ? folder.text
    : url?.text === undefined
      ? undefined
      : nameOfRepository(url.text, options.has('bare') || options.has('mirror'))
  if (name === undefined || base === undefined || !url) {
    mayWriteInto(world, base)
    return network
  }
  const path = name.startsWith('/')
    ? pathIn(world, name)
    : pathIn({ ...world, cwd: { certainty: 'certain', value: base, because: [] } }, name)
  if (path === undefined) return network
  const found = find(world.state.files, path)
  const full =
    found.node.kind === 'directory' &&
    [...found.node.children.values()].some((child) => child.kind !== 'missing' && child.exists === 'certain')
  if (full)
    return at(
      failure(
        world,
        'other',
        found.node.exists,
        text`git clone needs an empty folder: ${path} is there already and holds something.`,
        { path, because: found.node.because },
      ),
      folder ?? url,
      128,
    )
  const made = makeDirectory(world, path, { parents: true })
  if (made.status === 'fail') return at(made, folder ?? url, 128)
  const at2 = find(world.state.files, path)
  const owned = processOwned(world)
  if (!mayWrite(world, path)) return at(writeFile(world, join(path, '.git')), folder ?? url, 128)
  const git = directory(
    { owner: owned.owner, group: owned.group, mode: unknown([world.origin]), because: [world.origin] },
    owned,
  )
  setFiles(
    world,
    put(world.state.files, at2.path, {
      ...at2.node,
      unlisted: at2.node.unlisted === 'none' ? owned : at2.node.unlisted,
    }),
  )
  setFiles(world, put(world.state.files, join(at2.path, '.git'), git))
  world.writes.push(at2.path)
  return worse(network, made)
}

/** `https://host/group/name.git/` → `name`. */
function nameOfRepository(url: string, bare: boolean): string {
  const path = url.replace(/\/+$/, '').replace(/\/\.git$/, '')
  const last = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1)
  return bare ? `${last.replace(/\.git$/, '')}.git` : last.replace(/\.git$/, '')
}

function configure(call: Call, args: readonly ShellValue[]): Outcome {
  const { world } = call
  const texts = args.map(({ text }) => text)
  const home = world.identity.home
  const path = texts.includes('--system')
    ? '/etc/gitconfig'
    : texts.includes('--global')
      ? home.certainty === 'unknown'
        ? undefined
        : `${home.value.replace(/\/$/, '')}/.gitconfig`
      : undefined
  if (path === undefined || texts.includes('--get') || texts.includes('--list') || texts.includes('-l'))
    return maybe
  const outcome = writeFile(world, path, { append: true })
  return outcome.status === 'fail'
    ? at(outcome, args[0] ?? { text: path, glob: false, range: call.range }, 255)
    : ok
}
