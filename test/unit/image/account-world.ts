import { Map as ImmutableMap, List } from 'immutable'
import { scratchFacts } from '../../../server/src/base-images/index.ts'
import type { BaseImageFacts } from '../../../server/src/base-images/types.ts'
import { accountsFromBase, groupLine, passwdLine } from '../../../server/src/image/accounts.ts'
import { accountCommands } from '../../../server/src/image/commands/accounts/index.ts'
import type { Call, CommandModel, Outcome, World } from '../../../server/src/image/commands/model.ts'
import { readOptions } from '../../../server/src/image/commands/options.ts'
import { switchCommands } from '../../../server/src/image/commands/switching/index.ts'
import { directory, file, find, put } from '../../../server/src/image/files.ts'
import { resolveUser } from '../../../server/src/image/identity.ts'
import type { ImageState, ShellValue } from '../../../server/src/image/types.ts'
import { certain, type Known, type Origin } from '../../../server/src/known.ts'

/** An image of a system with its accounts, and a shell that knows `&&`, quotes and nothing else. `$X` is unknown. */

const origin: Origin = { kind: 'instruction', range: { start: 0, end: 1 } }

type Entry = readonly [string, number, number, string, string]
const systems: Readonly<
  Record<
    string,
    { version: string; users: readonly Entry[]; groups: readonly (readonly [string, number, string?])[] }
  >
> = {
  debian: {
    version: '12',
    users: [
      ['root', 0, 0, '/root', '/bin/bash'],
      ['www-data', 33, 33, '/var/www', '/usr/sbin/nologin'],
      ['_apt', 42, 65534, '/nonexistent', '/usr/sbin/nologin'],
      ['nobody', 65534, 65534, '/nonexistent', '/usr/sbin/nologin'],
    ],
    groups: [
      ['root', 0],
      ['tty', 5],
      ['www-data', 33],
      ['users', 100],
      ['nogroup', 65534],
    ],
  },
  alpine: {
    version: '3.22',
    users: [
      ['root', 0, 0, '/root', '/bin/sh'],
      ['games', 35, 35, '/usr/games', '/sbin/nologin'],
      ['nobody', 65534, 65534, '/', '/sbin/nologin'],
    ],
    groups: [
      ['root', 0, 'root'],
      ['bin', 1, 'root'],
      ['users', 100, 'games'],
      ['nogroup', 65533],
    ],
  },
  fedora: {
    version: '41',
    users: [['root', 0, 0, '/root', '/bin/bash']],
    groups: [
      ['root', 0],
      ['users', 100],
    ],
  },
  scratch: { version: '', users: [], groups: [] },
}

function factsOf(os: string, complete: boolean): BaseImageFacts {
  const system = systems[os]!
  return {
    ...scratchFacts(),
    reference: `${os}:${system.version}`,
    resolvedBy: 'catalogue',
    certainty: 'certain',
    os,
    osVersion: system.version,
    user: { user: '', name: null, uid: 0, gid: 0, explicit: false },
    accounts: system.users.map(([name, uid, gid, home, shell]) => ({ name, uid, gid, home, shell })),
    groups: system.groups.map(([name, gid, members]) => ({ name, gid, members: members ? [members] : [] })),
    accountsComplete: complete,
    accountFiles: os === 'scratch' ? 'missing' : 'present',
    tools: {
      useradd: os === 'debian' || os === 'fedora',
      adduser:
        os === 'alpine' ? 'busybox' : os === 'fedora' ? 'shadow-alias' : os === 'debian' ? 'debian' : 'none',
      shell: true,
      programs: new Map([
        ['gosu', true],
        ['sudo', true],
        ['bash', true],
        ['su-exec', os === 'alpine'],
      ]),
    },
    paths: new Map(),
  }
}

export function worldOf(os: 'debian' | 'alpine' | 'fedora' | 'scratch' = 'debian', complete = true): World {
  const base = factsOf(os, complete)
  const folder = directory({ owner: certain(0), group: certain(0), mode: certain(0o755), because: [] })
  let files = folder
  for (const path of ['/etc', '/etc/sudoers.d', '/home', '/root', '/srv', '/tmp', '/var', '/usr', '/usr/bin'])
    files = put(files, path, folder)
  const text = file({ owner: certain(0), group: certain(0), mode: certain(0o644), because: [] })
  if (os !== 'scratch') for (const path of ['/etc/passwd', '/etc/group']) files = put(files, path, text)
  const accounts = accountsFromBase(base)
  const env = ImmutableMap<string, Known<string>>()
  const { identity } = resolveUser('', { accounts, env }, origin)
  const state: ImageState = {
    identity,
    identityOrigin: origin,
    identityFailure: undefined,
    accounts,
    files,
    env,
    args: ImmutableMap(),
    workdir: certain('/'),
    shell: ['/bin/sh', '-c'],
    entrypoint: undefined,
    cmd: undefined,
    healthcheck: undefined,
    volumes: List(),
    ports: List(),
    onbuild: List(),
  }
  return {
    state,
    identity,
    cwd: certain('/'),
    umask: 0o022,
    variables: new Map(),
    base,
    builder: 'buildkit',
    origin,
    writes: [],
  }
}

const models = new Map<string, CommandModel>(
  [...accountCommands, ...switchCommands].flatMap((model) =>
    model.names.map((name): [string, CommandModel] => [name, model]),
  ),
)

/** Runs `a b && c 'd e'`; stops at the first certain failure. `@who` prints who runs. */
export function sh(world: World, line: string, stdin?: string): Outcome {
  let outcome: Outcome = { status: 'ok', output: '' }
  let output = ''
  for (const part of line.split(' && ')) {
    outcome = runWords(world, wordsOf(part), stdin)
    output += outcome.output ?? ''
    if (outcome.status === 'fail') break
  }
  return { ...outcome, output }
}

export function wordsOf(line: string): readonly ShellValue[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ({ 0: whole, 1: single, 2: double, index }) => ({
      text: whole.startsWith('$') ? undefined : (single ?? double ?? whole),
      glob: false,
      range: { start: index, end: index + whole.length },
    }),
  )
}

function runWords(world: World, words: readonly ShellValue[], stdin?: string): Outcome {
  const [first, ...args] = words
  const name = first?.text?.replace(/^.*\//, '') ?? ''
  if (name === '@who') return { status: 'ok', output: who(world) }
  const model = models.get(name)
  if (!model) return { status: 'maybe' }
  if (model.absent?.(world)) return { status: 'fail', exitCode: 127 }
  const call: Call = {
    name,
    nameRange: first!.range,
    range: { start: first!.range.start, end: words.at(-1)!.range.end },
    args,
    ...readOptions(model, args),
    stdin,
    world,
    runArgv: (argv, inner) => runWords(inner, argv, stdin),
    runScript: (script, inner) => (script.text === undefined ? { status: 'maybe' } : sh(inner, script.text)),
  }
  return model.run(call)
}

const shown = <T>(known: Known<T>, show: (value: T) => string = String): string =>
  known.certainty === 'unknown'
    ? '?'
    : show(known.value) + (known.certainty === 'certain' ? '' : `~${known.certainty}`)

/** `1500:1500:1500,3000 /home/app`, a `~` marks what is not certain. */
export function who(world: World): string {
  const { uid, gid, groups } = world.identity
  const home = world.variables.get('HOME') ?? world.identity.home
  return `${shown(uid)}:${shown(gid)}:${shown(groups, (list) => list.join(','))} ${shown(home)}`
}

/** The account's line in /etc/passwd; undefined where there is none. */
export function passwd(world: World, name: string): string | undefined {
  const user = world.state.accounts.users.find((one) => one.name === name)
  if (!user) return undefined
  return (
    passwdLine(user) ??
    `${name}:${shown(user.uid)}:${shown(user.gid)}:${shown(user.home)}:${shown(user.shell)}`
  )
}
export function group(world: World, name: string): string | undefined {
  const entry = world.state.accounts.groups.find((one) => one.name === name)
  return entry && (groupLine(entry) ?? `${name}:${shown(entry.gid)}`)
}

/** `1500:1500 0755`, `missing`. */
export function look(world: World, path: string): string {
  const { node } = find(world.state.files, path)
  if (node.kind === 'missing' || node.kind === 'unknown') return node.kind
  return `${shown(node.owner)}:${shown(node.group)} ${shown(node.mode, (mode) => mode.toString(8).padStart(4, '0'))}`
}

/** Becomes somebody, as USER does. */
export function become(world: World, spec: string): World {
  world.identity = resolveUser(spec, world.state, origin).identity
  return world
}
