import { Map as ImmutableMap, List } from 'immutable'
import { scratchFacts } from '../../../server/src/base-images/index.ts'
import type { BaseImageFacts } from '../../../server/src/base-images/types.ts'
import { fileCommands } from '../../../server/src/image/commands/files/index.ts'
import type { Call, CommandModel, Outcome, World } from '../../../server/src/image/commands/model.ts'
import { readOptions } from '../../../server/src/image/commands/options.ts'
import { toolCommands } from '../../../server/src/image/commands/tools/index.ts'
import { unmodelled } from '../../../server/src/image/commands/tools/unmodelled.ts'
import { directory, find, put } from '../../../server/src/image/files.ts'
import type { Account, Group, ShellValue } from '../../../server/src/image/types.ts'
import type { Known, Origin } from '../../../server/src/known.ts'
import { certain } from '../../../server/src/known.ts'

/** An image of a few folders, and a shell that only splits words: `$X` is unknown, `*` a glob. */

const origin: Origin = { kind: 'instruction', range: { start: 0, end: 1 } }
const folder = (mode: number, owner = 0, group = 0) =>
  directory({ owner: certain(owner), group: certain(group), mode: certain(mode), because: [] })

const account = (name: string, uid: number, gid: number): Account => ({
  name,
  uid: certain(uid),
  gid: certain(gid),
  home: certain(uid === 0 ? '/root' : `/home/${name}`),
  shell: certain('/bin/sh'),
  certainty: 'certain',
  origin,
})
const group = (name: string, gid: number, members: readonly string[] = []): Group => ({
  name,
  gid: certain(gid),
  members,
  certainty: 'certain',
  origin,
})

export function smallWorld(os: 'debian' | 'alpine' = 'debian'): World {
  let files = folder(0o755)
  for (const path of [
    '/etc',
    '/home',
    '/opt',
    '/srv',
    '/usr',
    '/usr/bin',
    '/usr/lib',
    '/usr/local',
    '/usr/local/bin',
    '/usr/local/lib',
    '/var',
    '/var/lib',
    '/var/log',
  ])
    files = put(files, path, folder(0o755))
  files = put(files, '/root', folder(0o700))
  files = put(files, '/tmp', folder(0o1777))
  files = put(files, '/home/app', folder(0o755, 1500, 1500))
  const nothing: World['state'] = {
    identity: someone(0),
    identityOrigin: origin,
    identityFailure: undefined,
    accounts: {
      users: [account('root', 0, 0), account('app', 1500, 1500)],
      groups: [group('root', 0), group('tty', 5), group('app', 1500), group('extra', 3000, ['app'])],
      complete: true,
      passwd: 'present',
      group: 'present',
    },
    files,
    env: ImmutableMap(),
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
    state: nothing,
    identity: someone(0),
    cwd: certain('/'),
    umask: 0o022,
    variables: new Map(),
    base: baseOf(os),
    builder: 'buildkit',
    origin,
    writes: [],
  }
}

function baseOf(os: string): BaseImageFacts {
  return {
    ...scratchFacts(),
    reference: `${os}:1`,
    resolvedBy: 'catalogue',
    certainty: 'certain',
    os,
    osVersion: '1',
    user: { user: '', name: null, uid: 0, gid: 0, explicit: false },
    accounts: [],
    groups: [],
    accountsComplete: true,
    accountFiles: 'present',
    tools: { useradd: null, adduser: null, shell: true, programs: new Map() },
    paths: new Map(),
  }
}

function someone(uid: number, gid = uid, groups: readonly number[] = [gid]): World['identity'] {
  return {
    uid: certain(uid),
    gid: certain(gid),
    groups: certain(groups),
    user: certain(uid === 0 ? 'root' : uid === 1500 ? 'app' : null),
    group: certain(uid === 0 ? 'root' : null),
    home: certain(uid === 0 ? '/root' : uid === 1500 ? '/home/app' : '/'),
    spec: String(uid),
  }
}

export function become(world: World, uid: number, gid = uid, groups: readonly number[] = [gid]): World {
  world.identity = someone(uid, gid, groups)
  return world
}

const models = new Map<string, CommandModel>(
  [...fileCommands, ...toolCommands].flatMap((model) =>
    model.names.map((name): [string, CommandModel] => [name, model]),
  ),
)

/** Runs `a b && c d`, word by word; stops at the first certain failure. */
export function sh(world: World, line: string, stdin?: string): Outcome {
  let outcome: Outcome = { status: 'ok' }
  for (const part of line.split(' && ')) {
    const words = part.trim().split(/\s+/).map(word)
    outcome = runWords(world, words, stdin)
    if (outcome.status === 'fail') return outcome
  }
  return outcome
}

function word(text: string): ShellValue {
  return {
    text: text.startsWith('$') ? undefined : text.replace(/^'(.*)'$/, '$1'),
    glob: /[*?[]/.test(text) && !text.startsWith("'"),
    range: { start: 0, end: text.length },
  }
}

function runWords(world: World, words: readonly ShellValue[], stdin?: string): Outcome {
  const [name, ...args] = words
  const model = models.get(name?.text ?? '')
  const range = { start: 0, end: 1 }
  const call: Call = {
    name: name?.text?.replace(/^.*\//, '') ?? '',
    nameRange: range,
    range,
    args,
    ...readOptions(model ?? {}, args),
    stdin,
    world,
    runArgv: (argv, inner) => runWords(inner, argv),
    runScript: (script, inner) => sh(inner, script.text ?? '$X'),
  }
  return model ? model.run(call) : unmodelled(call)
}

const shown = <T>(known: Known<T>, show: (value: T) => string) =>
  known.certainty === 'unknown'
    ? '?'
    : show(known.value) + (known.certainty === 'certain' ? '' : `~${known.certainty}`)

/** `file 1500:0 0644`, `missing`; a `~` marks what is not certain. */
export function look(world: World, path: string): string {
  const { node } = find(world.state.files, path, false)
  const doubt = node.exists === 'certain' ? '' : `~${node.exists}`
  if (node.kind === 'missing') return `missing${doubt}`
  return `${node.kind}${doubt} ${shown(node.owner, String)}:${shown(node.group, String)} ${shown(node.mode, (mode) => mode.toString(8).padStart(4, '0'))}`
}
