import type { Known } from '../../../known.ts'
import { certain, isCertainly, knownValue, lowered, unknown } from '../../../known.ts'
import { type AccountFile, accountFilePaths, accountFileText } from '../../accounts.ts'
import { file, find, joinTrees, nodeAt, parentOf, put } from '../../files.ts'
import { makeDirectory, setFiles } from '../../operations.ts'
import type { Account, Accounts, FileNode, Group, ShellValue } from '../../types.ts'
import { flavour } from '../files/operands.ts'
import type { Outcome, World } from '../model.ts'

/** Takes over new accounts; the text of /etc/passwd and /etc/group follows where it was known. */
export function setAccounts(world: World, accounts: Accounts): void {
  if (accounts === world.state.accounts) return
  const before = world.state.accounts
  world.state = { ...world.state, accounts }
  if (before.users !== accounts.users) rewrite(world, 'passwd')
  if (before.groups !== accounts.groups) rewrite(world, 'group')
}

/**
 * The file is made anew: what shadow writes loses execute, and write for others (lib/commonio.c: `st_mode & 0664`);
 * BusyBox loses no more than special bits (libbb/update_passwd.c).
 */
function rewrite(world: World, name: AccountFile): void {
  const found = find(world.state.files, accountFilePaths[name])
  world.writes.push(accountFilePaths[name])
  const { node } = found
  if (node.kind !== 'file') return
  const { content: old, ...rest } = node
  const text = old === undefined ? undefined : accountFileText(world.state.accounts, name)
  const mode = masked(node.mode, flavour(world) === 'busybox' ? 0o777 : 0o664)
  if (mode === node.mode && text === old) return
  setFiles(
    world,
    put(world.state.files, found.path, { ...rest, mode, ...(text === undefined ? {} : { content: text }) }),
  )
}

function masked(mode: Known<number>, bits: number): Known<number> {
  return mode.certainty === 'unknown' || (mode.value & bits) === mode.value
    ? mode
    : { ...mode, value: mode.value & bits }
}

/** An account or group was removed or changed, and nobody knows which: any may be gone. Root stays. */
export function somebodyUnknownChanged(world: World): void {
  const doubted = <T extends Account | Group>(entry: T, id: Known<number>): T =>
    isCertainly(id, 0) ? entry : { ...entry, certainty: 'possible' }
  const { accounts } = world.state
  setAccounts(world, {
    ...accounts,
    users: accounts.users.map((user) => doubted(user, user.uid)),
    groups: accounts.groups.map((group) => doubted(group, group.gid)),
  })
}

/** There may be accounts that the list does not hold from here on. */
export function somebodyUnknownAdded(world: World): void {
  setAccounts(world, { ...world.state.accounts, complete: false })
}

export function newAccount(
  world: World,
  fields: Pick<Account, 'name' | 'uid' | 'gid' | 'home' | 'shell'> & Partial<Account>,
  at: ShellValue | undefined,
): Account {
  return { certainty: 'certain', origin: world.origin, ...fields, ...(at ? { nameRange: at.range } : {}) }
}

export function newGroup(
  world: World,
  name: string,
  gid: Known<number>,
  members: readonly string[] = [],
): Group {
  return { name, gid, members, certainty: 'certain', origin: world.origin }
}

/** A value as an option gave it: unknown where its word is. */
export function given<T>(world: World, value: T | undefined): Known<T> {
  return value === undefined ? unknown([world.origin]) : certain(value, [world.origin])
}

const skeletons: Readonly<Record<string, readonly string[]>> = {
  debian: ['.bash_logout', '.bashrc', '.profile'],
  ubuntu: ['.bash_logout', '.bashrc', '.profile'],
  rhel: ['.bash_logout', '.bash_profile', '.bashrc'],
  none: [],
}

/** A home folder with the files of /etc/skel. @param exists what happens where the folder is there already */
export function makeHome(
  world: World,
  home: string,
  attributes: {
    readonly owner: Known<number>
    readonly group: Known<number>
    readonly mode: Known<number>
    readonly skeleton?: keyof typeof skeletons | 'unknown'
    readonly existing: 'stays' | 'taken-over'
    /** Of folders above it that are made. Left out: they are 0755 (useradd.c). */
    readonly umask?: number
    /** mkdir without -p: nothing is made where the folder above is missing. */
    readonly onlyLast?: boolean
  },
): Outcome {
  const { owner, group, mode } = attributes
  // useradd gives the folders above to root:root, whoever calls.
  const isPlain = attributes.umask === undefined
  const identity = isPlain ? { ...rootOf(world), gid: certain(0) } : rootOf(world)
  const root: World = { ...world, identity, umask: attributes.umask ?? 0o022 }
  const without = world.state.files
  const before = find(without, home).node
  const wasThere = before.kind === 'directory'
  let outcome: Outcome = { status: 'ok' }
  if (!wasThere) {
    outcome = makeDirectory(root, home, {
      parents: !attributes.onlyLast,
      plainParents: isPlain,
      owner,
      group,
    })
    world.state = root.state
    if (outcome.status === 'fail') return outcome
  }
  if (wasThere && attributes.existing === 'stays') return outcome
  const found = find(world.state.files, home)
  const doubtful = before.kind === 'unknown' && attributes.existing === 'stays'
  const as = <T>(known: Known<T>): Known<T> => (doubtful ? lowered(known) : known)
  let node: FileNode = {
    ...found.node,
    owner: as(owner),
    group: as(group),
    mode: as(mode),
    because: [...found.node.because.slice(-3), world.origin],
  }
  if (!wasThere) {
    const skeleton = attributes.skeleton ?? 'unknown'
    for (const name of skeletons[skeleton] ?? [])
      node = {
        ...node,
        children: node.children.set(
          name,
          file(
            { owner: as(owner), group: as(group), mode: as(certain(0o644)), because: [world.origin] },
            undefined,
          ),
        ),
      }
    if (before.kind === 'missing')
      node = {
        ...node,
        unlisted: skeleton === 'unknown' ? { owner: as(owner), group: as(group), mode: unknown() } : 'none',
      }
  }
  setFiles(world, put(world.state.files, found.path, node))
  world.writes.push(found.path)
  const above = nodeAt(without, parentOf(found.path))
  if (attributes.onlyLast && !wasThere && (above.kind !== 'directory' || above.exists !== 'certain'))
    setFiles(world, joinTrees(without, world.state.files))
  return outcome
}

/** These programs run as root here, or have refused before. */
function rootOf(world: World): World['identity'] {
  return world.identity.uid.certainty === 'certain'
    ? world.identity
    : { ...world.identity, uid: certain(0), gid: certain(0), groups: certain([0]) }
}

/** Everything below a folder whose owner (or group) is `from` gets `to`. */
export function changeIdsBelow(
  world: World,
  path: string,
  key: 'owner' | 'group',
  from: number,
  to: Known<number>,
): void {
  const found = find(world.state.files, path)
  if (found.node.kind !== 'directory') return
  const change = (node: FileNode): FileNode => {
    if (node.kind === 'missing') return node
    const own =
      knownValue(node[key]) === from ? { [key]: to, because: [...node.because.slice(-3), world.origin] } : {}
    const unlisted =
      node.unlisted !== 'none' && knownValue(node.unlisted[key]) === from
        ? { unlisted: { ...node.unlisted, [key]: to } }
        : {}
    return { ...node, ...own, ...unlisted, children: node.children.map(change) }
  }
  setFiles(world, put(world.state.files, found.path, change(found.node)))
}

/** Is the path a folder? */
export function folderAt(world: World, path: string): 'yes' | 'no' | 'unknown' {
  const { node } = find(world.state.files, path)
  if (node.kind === 'directory') return node.exists === 'certain' ? 'yes' : 'unknown'
  return node.kind === 'unknown' || node.exists !== 'certain' ? 'unknown' : 'no'
}
