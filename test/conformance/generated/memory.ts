import type { Random } from '../buildkit/mutate.ts'

/** What the file that is being generated has mentioned so far, so that later lines can speak of it again. */
export interface Memory {
  readonly random: Random
  system: System
  readonly users: string[]
  readonly groups: string[]
  /** Folders and files that earlier lines have probably made. */
  readonly folders: string[]
  readonly files: string[]
  /** All paths of which anything was said: what the container is asked about in the end. */
  readonly mentioned: Set<string>
  /** Files of the build context. */
  readonly context: readonly string[]
  readonly contextFolders: readonly string[]
  readonly earlierStages: {
    readonly name: string
    readonly folders: readonly string[]
    readonly files: readonly string[]
  }[]
  /** `COPY --parents` may be used. */
  readonly parents: boolean
  /** True while the lines run as root. */
  asRoot: boolean
  /** Numbers of what is printed, unique in a file. */
  printed: number
}

export type System = 'debian' | 'tools' | 'busybox' | 'scratch'

const userNames = ['app', 'web', 'svc', 'worker', 'runner', 'deploy']
const groupNames = ['extra', 'shared', 'team', 'ops', 'builders']
const uids = ['1500', '1600', '4321', '10001', '999', '0', '33', '65534']
const gids = ['1500', '3000', '10001', '0', '50', '4321']
/** Ids of accounts that are made: most are free. */
const newUids = ['1500', '1600', '1700', '2000', '4321', '10001', '555', '100', '1000', '1001']
const newGids = ['1500', '3000', '3001', '10001', '4321', '777', '1000', '1002']
/** What every base but the empty one brings. */
const systemUsers = ['nobody', 'daemon', 'root', 'mail', 'games']
const systemGroups = ['mail', 'tty', 'root', 'daemon', 'audio']
const systemFiles = ['/etc/passwd', '/etc/shells']
const someFolders = ['/opt', '/srv', '/var/lib', '/home']
const modes = [
  '755',
  '0644',
  '700',
  '0750',
  '0640',
  '2775',
  '1777',
  '0555',
  '4755',
  '600',
  '02750',
  '777',
  '0711',
]
const symbolic = [
  'u+x',
  'g+w',
  'o-rwx',
  'a+rX',
  'g=u',
  'u=rwX,g=rX,o=',
  'go-w',
  '+x',
  'g+s',
  '+t',
  'ug+rw',
  'a=r',
  'u+s',
  '-w',
  'o=g',
]
const folderNames = [
  '/app',
  '/app/data',
  '/app/bin',
  '/srv/web',
  '/data',
  '/opt/tool',
  '/var/lib/svc',
  '/app/data/cache',
  '/work',
  '/run/app',
]
const fileNames = ['conf', 'run.sh', 'a.txt', '.env', 'db.sqlite', 'tool']
const umasks = ['077', '027', '002', '0', '022']

/** Chance of one in `times`. */
export const oneIn = ({ random }: Memory, times: number): boolean => random.below(times) === 0

/**
 * A template with its `«…»` filled in. `folder`, `file`, `path`: something made before; `new-folder`, `new-file`;
 * `user`, `group`, `uid`, `gid`, `owner` (all spellings of chown), `mode`, `symbolic`, `umask`, `source`…
 */
export function fill(template: string, memory: Memory): string {
  return template.replace(/«([a-z-]+)»/g, (_, what: string) => {
    const fillIn = fillers[what]
    if (!fillIn) throw new Error(`nothing is called «${what}»`)
    return fillIn(memory)
  })
}

const pick = <T>({ random }: Memory, list: readonly T[]): T => random.pick(list)

function note(memory: Memory, path: string): string {
  memory.mentioned.add(path)
  return path
}

function newFolder(memory: Memory): string {
  const folder =
    oneIn(memory, 3) && memory.folders.length > 0
      ? `${pick(memory, memory.folders)}/${pick(memory, ['sub', 'logs', 'x'])}`
      : pick(memory, folderNames)
  if (!memory.folders.includes(folder) && folder.split('/').length < 7) memory.folders.push(folder)
  return note(memory, folder)
}

const folder = (memory: Memory) =>
  note(memory, memory.folders.length > 0 ? pick(memory, memory.folders) : pick(memory, someFolders))

function newFile(memory: Memory): string {
  const where =
    oneIn(memory, 5) || memory.folders.length === 0
      ? pick(memory, ['/tmp', '/opt', '/usr/local/bin', '/srv'])
      : folder(memory)
  const file = `${where}/${pick(memory, fileNames)}`
  if (!memory.files.includes(file)) memory.files.push(file)
  return note(memory, file)
}

const file = (memory: Memory) =>
  note(memory, memory.files.length > 0 ? pick(memory, memory.files) : pick(memory, systemFiles))

/** A name that the file has made; now and then one of the base, or one that nobody has. */
function known(memory: Memory, made: readonly string[], ofBase: readonly string[], nobody: string): string {
  if (made.length > 0 && !oneIn(memory, 5)) return pick(memory, made)
  return oneIn(memory, 12) ? nobody : pick(memory, ofBase)
}
const user = (memory: Memory) => known(memory, memory.users, systemUsers, 'ghost')
const group = (memory: Memory) => known(memory, memory.groups, systemGroups, 'phantom')
/** A name that is not taken yet, but for now and then. */
function newName(memory: Memory, names: readonly string[], taken: string[]): string {
  const free = names.filter((name) => !taken.includes(name))
  const name = pick(memory, free.length > 0 && !oneIn(memory, 12) ? free : names)
  if (!taken.includes(name)) taken.push(name)
  return name
}
/** Spellings of chown and `--chown`. */
const owners = ['«user»', '«user»', '«uid»', '«user»:«group»', '«uid»:«gid»']
const uid = (memory: Memory) => pick(memory, uids)
const gid = (memory: Memory) => pick(memory, gids)

const fillers: Readonly<Record<string, (memory: Memory) => string>> = {
  folder,
  file,
  path: (memory) => (oneIn(memory, 2) ? folder(memory) : file(memory)),
  'new-folder': newFolder,
  'new-file': newFile,
  'new-user': (memory) => {
    const name = newName(memory, userNames, memory.users)
    note(memory, `/home/${name}`)
    return name
  },
  'new-group': (memory) => newName(memory, groupNames, memory.groups),
  'new-uid': (memory) => pick(memory, oneIn(memory, 10) ? uids : newUids),
  'new-gid': (memory) => pick(memory, oneIn(memory, 10) ? gids : newGids),
  user,
  group,
  uid,
  gid,
  owner: (memory) => fill(pick(memory, [...owners, '«user»:', ':«group»', '«uid»:«group»']), memory),
  'copy-owner': (memory) => fill(pick(memory, owners), memory),
  mode: (memory) => pick(memory, modes),
  symbolic: (memory) => pick(memory, symbolic),
  umask: (memory) => pick(memory, umasks),
  word: (memory) => pick(memory, ['conf', 'logs', 'x', 'one', 'two']),
  source: (memory) => pick(memory, memory.context),
  'source-folder': (memory) => pick(memory, memory.contextFolders),
  mark: (memory) => `@@n${++memory.printed}`,
}
