import type { BaseImageFacts } from '../base-images/types.ts'
import type { Certainty, Known, Origin } from '../known.ts'
import { certain, knownValue, unknown, weaker } from '../known.ts'
import type { Account, Accounts, Group } from './types.ts'

/** /etc/passwd and /etc/group of an image as values: looking up, changing, reading from text and back. */

/** Which of the two files. */
export type AccountFile = 'passwd' | 'group'

export const accountFilePaths: Readonly<Record<AccountFile, string>> = {
  passwd: '/etc/passwd',
  group: '/etc/group',
}

const noAccounts: Accounts = { users: [], groups: [], complete: true, passwd: 'missing', group: 'missing' }

/** The accounts that FROM brings. Nothing known of the base: root is likely there, and others may be. */
export function accountsFromBase(facts: BaseImageFacts | undefined): Accounts {
  if (!facts) {
    const origin: Origin = { kind: 'base', reference: '', resolvedBy: 'unknown' }
    return {
      users: [likelyRoot(origin)],
      groups: [{ name: 'root', gid: likely(0, origin), members: [], certainty: 'likely', origin }],
      complete: false,
      passwd: 'unknown',
      group: 'unknown',
    }
  }
  const origin: Origin = { kind: 'base', reference: facts.reference, resolvedBy: facts.resolvedBy }
  const known = <T>(value: T | null): Known<T> =>
    value === null ? unknown([origin]) : { certainty: facts.certainty, value, because: [origin] }
  const users = facts.accounts.map((account): Account => {
    const user = {
      name: account.name,
      uid: known(account.uid),
      gid: known(account.gid),
      home: known(account.home),
      shell: known(account.shell),
      certainty: facts.certainty,
      origin,
    }
    // Root is 0 whatever else we only assume of the image.
    return facts.certainty === 'possible' && account.name === 'root' && account.uid === 0
      ? { ...likelyRoot(origin), shell: user.shell }
      : user
  })
  const groups = facts.groups.map(
    (group): Group => ({
      name: group.name,
      gid: known(group.gid),
      members: group.members,
      certainty: facts.certainty,
      origin,
    }),
  )
  if (users.length === 0 && groups.length === 0 && facts.accountsComplete && facts.accountFiles !== 'present')
    return noAccounts
  if (!facts.accountsComplete && !users.some((user) => user.name === 'root' || knownValue(user.uid) === 0))
    users.unshift(likelyRoot(origin))
  const presence = (list: readonly unknown[]) =>
    list.length > 0 ? 'present' : (facts.accountFiles ?? (facts.accountsComplete ? 'missing' : 'unknown'))
  return {
    users,
    groups,
    complete: facts.accountsComplete,
    passwd: presence(facts.accounts),
    group: presence(groups),
  }
}

const likely = <T>(value: T, origin: Origin): Known<T> => ({
  certainty: 'likely',
  value,
  because: [origin],
})

function likelyRoot(origin: Origin): Account {
  return {
    name: 'root',
    uid: likely(0, origin),
    gid: likely(0, origin),
    home: likely('/root', origin),
    shell: unknown([origin]),
    certainty: 'likely',
    origin,
  }
}

/**
 * The accounts after one or both files became what the text says. `undefined`: that file did not change;
 * `'missing'`: it was removed.
 */
export function accountsFromFiles(
  previous: Accounts,
  passwdText: string | undefined | 'missing',
  groupText: string | undefined | 'missing',
  origin: Origin,
): Accounts {
  let next = previous
  if (passwdText !== undefined)
    next =
      passwdText === 'missing'
        ? { ...next, users: [], passwd: 'missing' }
        : {
            ...next,
            users: keepOrigins(byHand(parsePasswd(passwdText, origin), next.users), next.users),
            passwd: 'present',
          }
  if (groupText !== undefined)
    next =
      groupText === 'missing'
        ? { ...next, groups: [], group: 'missing' }
        : { ...next, groups: keepOrigins(parseGroup(groupText, origin), next.groups), group: 'present' }
  const whole = (text: string | undefined, state: Accounts[AccountFile]) =>
    text !== undefined || state === 'missing'
  // Both lists are known from here on, or they are as complete as they were.
  if (whole(passwdText, next.passwd) && whole(groupText, next.group)) next = { ...next, complete: true }
  return next
}

/** The accounts after lines were added at the end of a file, as `echo … >> /etc/passwd` does. */
export function accountsAfterAppend(
  previous: Accounts,
  file: AccountFile,
  text: string,
  origin: Origin,
): Accounts {
  return file === 'passwd'
    ? {
        ...previous,
        users: [...previous.users, ...byHand(parsePasswd(text, origin), previous.users)],
        passwd: 'present',
      }
    : { ...previous, groups: [...previous.groups, ...parseGroup(text, origin)], group: 'present' }
}

/** The accounts after something was done to a file that we cannot follow: all may still hold, and there may be others. */
export function accountsAfterUnknown(previous: Accounts, file: AccountFile): Accounts {
  const doubt = (certainty: Certainty) => weaker(certainty, 'likely')
  return {
    ...previous,
    complete: false,
    ...(file === 'passwd'
      ? {
          users: previous.users.map((user) => ({ ...user, certainty: doubt(user.certainty) })),
          passwd: 'unknown' as const,
        }
      : {
          groups: previous.groups.map((group) => ({ ...group, certainty: doubt(group.certainty) })),
          group: 'unknown' as const,
        }),
  }
}

/** One of the two files taken from another image, as `COPY --from=build /etc/passwd /etc/` does. */
export function accountsAfterCopy(previous: Accounts, from: Accounts, file: AccountFile): Accounts {
  const other = file === 'passwd' ? 'group' : 'passwd'
  return {
    ...previous,
    ...(file === 'passwd'
      ? { users: from.users, passwd: from.passwd }
      : { groups: from.groups, group: from.group }),
    complete: from.complete && (previous.complete || previous[other] === 'missing'),
  }
}

/** What holds of the accounts after either of two ways was taken. */
export function joinAccounts(a: Accounts, b: Accounts): Accounts {
  if (a === b) return a
  return {
    users: joinLists(a.users, b.users),
    groups: joinLists(a.groups, b.groups),
    complete: a.complete && b.complete,
    passwd: a.passwd === b.passwd ? a.passwd : 'unknown',
    group: a.group === b.group ? a.group : 'unknown',
  }
}

function joinLists<T extends Account | Group>(a: readonly T[], b: readonly T[]): readonly T[] {
  if (a === b) return a
  const others = new Map(b.map((entry) => [entry.name, entry]))
  const joined = a.map((entry): T => {
    const other = others.get(entry.name)
    others.delete(entry.name)
    if (other === entry) return entry
    return other ? joinEntries(entry, other) : { ...entry, certainty: 'possible' }
  })
  for (const rest of others.values()) joined.push({ ...rest, certainty: 'possible' })
  return joined
}

function joinEntries<T extends Account | Group>(a: T, b: T): T {
  const same = <V>(x: Known<V>, y: Known<V>): Known<V> =>
    knownValue(x) === knownValue(y) && x.certainty !== 'unknown' && y.certainty !== 'unknown'
      ? { ...x, certainty: weaker(x.certainty, y.certainty) }
      : unknown([...x.because, ...y.because])
  const joined = { ...a, gid: same(a.gid, b.gid), certainty: weaker(a.certainty, b.certainty) }
  if ('uid' in a && 'uid' in b)
    return {
      ...joined,
      uid: same(a.uid, b.uid),
      home: same(a.home, b.home),
      shell: same(a.shell, b.shell),
    }
  if ('members' in a && 'members' in b) {
    const members = a.members.filter((member) => b.members.includes(member))
    const differs = members.length < a.members.length || members.length < b.members.length
    const openMembers = differs || a.openMembers === true || b.openMembers === true
    return { ...joined, members, ...(openMembers ? { openMembers } : {}) }
  }
  return joined
}

/** Those that were not there before have no line in /etc/shadow. */
function byHand(users: readonly Account[], before: readonly Account[]): readonly Account[] {
  const old = firstBy(before, ({ name }) => name)
  return users.map((user) => {
    const known = old.get(user.name)
    return (known ? known.lacksShadow : !user.unshadowed) ? { ...user, lacksShadow: true } : user
  })
}

const keepOrigins = <T extends Account | Group>(parsed: readonly T[], before: readonly T[]): readonly T[] => {
  const names = firstBy(before, ({ name }) => name)
  return parsed.map((entry) => {
    const old = names.get(entry.name)
    return old && sameIds(old, entry) ? { ...entry, origin: old.origin, ...place(old) } : entry
  })
}
const sameIds = (a: Account | Group, b: Account | Group) =>
  knownValue(a.gid) === knownValue(b.gid) &&
  ('uid' in a ? knownValue(a.uid) : 0) === ('uid' in b ? knownValue(b.uid) : 0)
const place = (entry: Account | Group) =>
  'nameRange' in entry && entry.nameRange ? { nameRange: entry.nameRange } : {}

// Looking up

export function userByName(accounts: Accounts, name: string): Account | undefined {
  return usersOf(accounts.users).byName.get(name)
}
/** The first line with that uid counts (user-shared-uid). */
export function userByUid(accounts: Accounts, uid: number): Account | undefined {
  return usersOf(accounts.users).byId.get(uid)
}
export function groupByName(accounts: Accounts, name: string): Group | undefined {
  return groupsIn(accounts.groups).byName.get(name)
}
export function groupByGid(accounts: Accounts, gid: number): Group | undefined {
  return groupsIn(accounts.groups).byId.get(gid)
}
/** Is there a group of which nobody knows whether the account is a member? */
export function mayBeInOthers({ groups }: Accounts, user: string): boolean {
  return groupsIn(groups).open.some(({ members }) => !members.includes(user))
}

/** Groups that name the account as a member. */
export function groupsOf(accounts: Accounts, name: string): readonly Group[] {
  return groupsIn(accounts.groups).byMember.get(name) ?? []
}

/** Lists do not change: what was looked up once is kept with them. */
interface UserIndex {
  readonly byName: ReadonlyMap<string, Account>
  readonly byId: ReadonlyMap<number, Account>
}
interface GroupIndex {
  readonly open: readonly Group[]
  readonly byName: ReadonlyMap<string, Group>
  readonly byId: ReadonlyMap<number, Group>
  readonly byMember: ReadonlyMap<string, readonly Group[]>
}
const userIndexes = new WeakMap<readonly Account[], UserIndex>()
const groupIndexes = new WeakMap<readonly Group[], GroupIndex>()

function usersOf(users: readonly Account[]): UserIndex {
  const known = userIndexes.get(users)
  if (known) return known
  const index = {
    byName: firstBy(users, ({ name }) => name),
    byId: firstBy(users, ({ uid }) => knownValue(uid)),
  }
  userIndexes.set(users, index)
  return index
}

function groupsIn(groups: readonly Group[]): GroupIndex {
  const known = groupIndexes.get(groups)
  if (known) return known
  const byMember = new Map<string, Group[]>()
  for (const group of groups)
    for (const member of new Set(group.members)) {
      const list = byMember.get(member)
      if (list) list.push(group)
      else byMember.set(member, [group])
    }
  const index = {
    open: groups.filter(({ openMembers }) => openMembers),
    byName: firstBy(groups, ({ name }) => name),
    byId: firstBy(groups, ({ gid }) => knownValue(gid)),
    byMember,
  }
  groupIndexes.set(groups, index)
  return index
}

function firstBy<T, K>(list: readonly T[], keyOf: (entry: T) => K | undefined): ReadonlyMap<K, T> {
  const first = new Map<K, T>()
  for (const entry of list) {
    const key = keyOf(entry)
    if (key !== undefined && !first.has(key)) first.set(key, entry)
  }
  return first
}

/** A number as the engine and shadow read one: decimal, leading zeros allowed. */
export function readId(text: string): number | undefined {
  return /^[0-9]+$/.test(text) ? Number(text) : undefined
}

/** How sure it is that a name or number that the list does not hold is not there. */
export function certaintyOfAbsence(accounts: Accounts): Certainty | 'unknown' {
  if (!accounts.complete) return 'unknown'
  let certainty: Certainty = 'certain'
  for (const user of accounts.users)
    if (user.origin.kind === 'base') certainty = weaker(certainty, user.certainty)
  return certainty
}

// Changing

/** Nobody makes so many by hand; beyond it nothing is known of the rest. */
const mostAccounts = 1000

const full = (accounts: Accounts): Accounts =>
  accounts.complete ? { ...accounts, complete: false } : accounts

export function addUser(accounts: Accounts, user: Account): Accounts {
  if (accounts.users.length >= mostAccounts) return full(accounts)
  return { ...accounts, users: [...accounts.users, user], passwd: 'present' }
}
export function changeUser(accounts: Accounts, name: string, change: (user: Account) => Account): Accounts {
  return { ...accounts, users: accounts.users.map((user) => (user.name === name ? change(user) : user)) }
}
export function removeUser(accounts: Accounts, name: string): Accounts {
  return { ...accounts, users: accounts.users.filter((user) => user.name !== name) }
}
export function addGroup(accounts: Accounts, group: Group): Accounts {
  if (accounts.groups.length >= mostAccounts) return full(accounts)
  return { ...accounts, groups: [...accounts.groups, group], group: 'present' }
}
export function changeGroup(accounts: Accounts, name: string, change: (group: Group) => Group): Accounts {
  return {
    ...accounts,
    groups: accounts.groups.map((group) => (group.name === name ? change(group) : group)),
  }
}
export function removeGroup(accounts: Accounts, name: string): Accounts {
  return { ...accounts, groups: accounts.groups.filter((group) => group.name !== name) }
}
export function addMember(accounts: Accounts, groupName: string, user: string): Accounts {
  return changeGroup(accounts, groupName, (group) =>
    group.members.includes(user) ? group : { ...group, members: [...group.members, user] },
  )
}
export function removeMember(accounts: Accounts, groupName: string, user: string): Accounts {
  return changeGroup(accounts, groupName, (group) => ({
    ...group,
    members: group.members.filter((member) => member !== user),
  }))
}

// Free numbers

export interface IdRange {
  readonly min: number
  readonly max: number
}

/** All numbers of a kind that are taken, as far as they are known. */
export function takenUids(accounts: Accounts): ReadonlySet<number> {
  return takenIn(accounts.users, ({ uid }) => uid)
}
export function takenGids(accounts: Accounts): ReadonlySet<number> {
  return takenIn(accounts.groups, ({ gid }) => gid)
}

const taken = new WeakMap<object, ReadonlySet<number>>()

function takenIn<T>(list: readonly T[], idOf: (entry: T) => Known<number>): ReadonlySet<number> {
  const known = taken.get(list)
  if (known) return known
  const ids = new Set<number>()
  for (const entry of list) {
    const id = knownValue(idOf(entry))
    if (id !== undefined) ids.add(id)
  }
  taken.set(list, ids)
  return ids
}

/** The lowest free number of a range. */
export function lowestFree(taken: ReadonlySet<number>, range: IdRange): number | undefined {
  for (let id = range.min; id <= range.max; id++) if (!taken.has(id)) return id
  return undefined
}
/** shadow for people: one above the highest in the range; the lowest free one where that is the end. */
export function aboveHighest(taken: ReadonlySet<number>, range: IdRange): number | undefined {
  let highest = range.min - 1
  for (const id of taken) if (id >= range.min && id <= range.max && id > highest) highest = id
  return highest < range.max ? highest + 1 : lowestFree(taken, range)
}
/** shadow for system accounts: one below the lowest in the range; the highest free one where that is the end. */
export function belowLowest(taken: ReadonlySet<number>, range: IdRange): number | undefined {
  let lowest = range.max + 1
  for (const id of taken) if (id >= range.min && id <= range.max && id < lowest) lowest = id
  if (lowest > range.min) return lowest - 1
  for (let id = range.max; id >= range.min; id--) if (!taken.has(id)) return id
  return undefined
}
/** A number that was found free: as sure as the list is whole. */
export function foundFree(
  accounts: Accounts,
  id: number | undefined,
  because: readonly Origin[],
): Known<number> {
  if (id === undefined) return unknown(because)
  const absence = certaintyOfAbsence(accounts)
  const isSure = (id: Known<number>, entry: Certainty) => id.certainty === 'certain' && entry === 'certain'
  const allSure =
    accounts.users.every(({ uid, certainty }) => isSure(uid, certainty)) &&
    accounts.groups.every(({ gid, certainty }) => isSure(gid, certainty))
  return absence === 'certain' && allSure ? certain(id, because) : { certainty: 'likely', value: id, because }
}

// Text

/** Lines of a passwd file. Lines that cannot be read are left out, as the engine does. */
export function parsePasswd(text: string, origin: Origin): readonly Account[] {
  return text.split('\n').flatMap((line): Account[] => {
    const [name, password, uid, gid, comment, home, shell] = line.trim().split(':')
    if (!name || name.startsWith('#') || uid === undefined) return []
    const number = (value: string | undefined) => {
      const id = value === undefined ? undefined : readId(value)
      return id === undefined ? certain(0, [origin]) : certain(id, [origin])
    }
    return [
      {
        name,
        uid: number(uid),
        gid: number(gid),
        home: certain(home ?? '', [origin]),
        shell: certain(shell ?? '', [origin]),
        certainty: 'certain',
        origin,
        ...(comment ? { comment } : {}),
        ...(password === '' ? { password: 'empty' as const, unshadowed: true } : {}),
      },
    ]
  })
}

export function parseGroup(text: string, origin: Origin): readonly Group[] {
  return text.split('\n').flatMap((line): Group[] => {
    const [name, , gid, members] = line.trim().split(':')
    if (!name || name.startsWith('#') || gid === undefined) return []
    return [
      {
        name,
        gid: certain(readId(gid) ?? 0, [origin]),
        members: members ? members.split(',').filter((member) => member !== '') : [],
        certainty: 'certain',
        origin,
      },
    ]
  })
}

const surely = <T>(known: Known<T>): T | undefined =>
  known.certainty === 'certain' ? known.value : undefined

/** The line as it stands in the file; undefined where a part is not certain. */
export function passwdLine(user: Account): string | undefined {
  // What a base writes into the comment is rarely known.
  if ((user.origin.kind === 'base' && user.comment === undefined) || user.unreadPassword) return undefined
  const fields = [
    surely(user.uid),
    surely(user.gid),
    user.comment ?? '',
    surely(user.home),
    surely(user.shell),
  ]
  if (fields.includes(undefined)) return undefined
  return `${user.name}:${user.unshadowed ? '' : 'x'}:${fields.join(':')}`
}
export function groupLine(group: Group): string | undefined {
  const gid = surely(group.gid)
  return gid === undefined || group.openMembers
    ? undefined
    : `${group.name}:x:${gid}:${group.members.join(',')}`
}

/** The whole file; undefined where it is not known. */
export function accountFileText(accounts: Accounts, file: AccountFile): string | undefined {
  if (!accounts.complete || accounts[file] !== 'present') return undefined
  const lines = file === 'passwd' ? accounts.users.map(passwdLine) : accounts.groups.map(groupLine)
  const entries: readonly (Account | Group)[] = file === 'passwd' ? accounts.users : accounts.groups
  if (entries.some((entry) => entry.certainty !== 'certain')) return undefined
  return lines.every((line) => line !== undefined) ? `${lines.join('\n')}\n` : undefined
}
