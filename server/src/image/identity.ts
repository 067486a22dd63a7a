import type { Map as ImmutableMap } from 'immutable'
import type { Certainty, Known, Origin } from '../known.ts'
import { certain, knownValue, lowered, unknown, weaker } from '../known.ts'
import { type Message, text } from '../l10n/index.ts'
import {
  certaintyOfAbsence,
  groupByGid,
  groupByName,
  groupsOf,
  mayBeInOthers,
  readId,
  userByName,
  userByUid,
} from './accounts.ts'
import { rangeOf } from './places.ts'
import type { Account, Accounts, Builder, Failure, Group, Identity } from './types.ts'

/**
 * Who USER means. As runc, BuildKit and dockerd look it up: moby/sys/user, GetExecUser; HOME is found by uid.
 * Proven by container-facts user-*.
 */

const maxId = 2147483647 // moby/sys/user: maxID

/** moby/sys/user reads both parts with strconv.Atoi, which takes a sign: `+0` is root as well. */
function readSigned(text: string): number | undefined {
  const id = readId(text.replace(/^[+-]/, ''))
  return id === undefined || !text.startsWith('-') || id === 0 ? id : -id
}
const inRange = (id: number) => id >= 0 && id <= maxId

export interface IdentityState {
  readonly accounts: Accounts
  readonly env: ImmutableMap<string, Known<string>>
}
export interface ResolveOptions {
  /** What needs the identity. BuildKit's RUN wants both account files, the start of a container does not. */
  readonly at?: 'run' | 'start'
  readonly builder?: Builder
}

/** @param spec as in USER, expanded; '' where nobody said: root with root's groups */
export function resolveUser(
  spec: string,
  state: IdentityState,
  origin: Origin,
  options: ResolveOptions = {},
): { identity: Identity; failure: Failure | undefined } {
  const [userPart = '', groupPart = ''] = spec.split(':')
  const { accounts } = state
  const because = [origin]
  const missing = (message: Message, name: string, certainty: Certainty): Failure => ({
    reason: 'user-not-found',
    certainty,
    message,
    range: rangeOf(origin),
    because,
    name,
  })

  let failure: Failure | undefined
  const uidGiven = readSigned(userPart)
  let uid: Known<number>
  let gid: Known<number>
  let account: Account | undefined
  if (userPart === '' || uidGiven !== undefined) {
    uid = certain(uidGiven ?? 0, because)
    account = userByUid(accounts, uidGiven ?? 0)
    gid = account ? lowered(account.gid, account.certainty) : absent(accounts, 0, because)
    // Root's group is 0 with an account and without one.
    if ((uidGiven ?? 0) === 0 && knownValue(gid) === 0) gid = certain(0, because)
    if (!inRange(uidGiven ?? 0)) failure = outOfRange(userPart, missing)
  } else {
    account = userByName(accounts, userPart)
    uid = account ? lowered(account.uid, account.certainty) : unknown(because)
    gid = account ? lowered(account.gid, account.certainty) : unknown(because)
    if (!account) {
      const absence = certaintyOfAbsence(accounts)
      if (absence !== 'unknown')
        failure = missing(
          accounts.passwd === 'missing'
            ? text`There is no /etc/passwd in this image, so nobody is called \`${userPart}\` here. Use a number, such as ${userPart === 'root' ? '0' : '10001:10001'}.`
            : text`There is no account \`${userPart}\` in this image at this point. Create it before, or use a number.`,
          userPart,
          absence,
        )
    }
  }

  let groups: Known<readonly number[]>
  let group: Group | undefined
  if (groupPart !== '') {
    const gidGiven = readSigned(groupPart)
    group = gidGiven === undefined ? groupByName(accounts, groupPart) : groupByGid(accounts, gidGiven)
    if (gidGiven !== undefined) {
      gid = certain(gidGiven, because)
      if (!inRange(gidGiven)) failure ??= outOfRange(groupPart, missing)
    } else if (group) gid = lowered(group.gid, group.certainty)
    else {
      gid = unknown(because)
      const absence = certaintyOfAbsence(accounts)
      if (absence !== 'unknown')
        failure ??= {
          ...missing(
            text`There is no group \`${groupPart}\` in this image at this point. Create it before, or use its number.`,
            groupPart,
            absence,
          ),
          reason: 'group-not-found',
        }
    }
    groups = mapKnown(gid, (value) => [value])
  } else {
    groups = withSupplementary(gid, account, accounts)
    const value = knownValue(gid)
    group = value === undefined ? undefined : groupByGid(accounts, value)
  }

  failure ??= buildKitNeedsFiles(spec, accounts, options, missing)

  const uidValue = knownValue(uid)
  return {
    identity: {
      uid,
      gid,
      groups,
      user: account
        ? { certainty: account.certainty, value: account.name, because: [account.origin] }
        : nobody(accounts, userPart === '' || uidGiven !== undefined ? undefined : userPart, because),
      group: group
        ? { certainty: group.certainty, value: group.name, because: [group.origin] }
        : nobody(
            accounts,
            groupPart !== '' && readId(groupPart) === undefined ? groupPart : undefined,
            because,
          ),
      home: homeOf(uidValue, account, state),
      spec,
    },
    failure,
  }
}

/** The identity of an account that a command switches to (su, gosu …): its gid, all its groups, its home. */
export function identityOfAccount(account: Account, accounts: Accounts, spec: string): Identity {
  const gid = lowered(account.gid, account.certainty)
  const gidValue = knownValue(gid)
  const group = gidValue === undefined ? undefined : groupByGid(accounts, gidValue)
  return {
    uid: lowered(account.uid, account.certainty),
    gid,
    groups: withSupplementary(gid, account, accounts),
    user: { certainty: account.certainty, value: account.name, because: [account.origin] },
    group: group
      ? { certainty: group.certainty, value: group.name, because: [group.origin] }
      : nobody(accounts, undefined, [account.origin]),
    home: lowered(account.home, account.certainty),
    spec,
  }
}

type MakeFailure = (message: Message, name: string, certainty: Certainty) => Failure

const outOfRange = (number: string, make: MakeFailure): Failure => ({
  ...make(text`${number} is too large: uids and gids go up to ${maxId}.`, number, 'certain'),
  reason: 'other',
})

/** BuildKit's RUN opens both files unless USER is `uid:gid` or absent (user-scratch-run-zero, user-passwd-copied). */
function buildKitNeedsFiles(
  spec: string,
  accounts: Accounts,
  options: ResolveOptions,
  make: MakeFailure,
): Failure | undefined {
  if (options.at !== 'run' || (options.builder ?? 'buildkit') !== 'buildkit') return undefined
  if (spec === '' || /^[0-9]+:[0-9]+$/.test(spec)) return undefined
  const file =
    accounts.passwd === 'missing' ? '/etc/passwd' : accounts.group === 'missing' ? '/etc/group' : ''
  if (file === '') return undefined
  const number = readId(spec)
  return {
    ...make(
      text`BuildKit cannot run this as \`${spec}\`: the image has no ${file} (invalid argument). Write user and group as numbers, such as ${number === undefined ? '10001:10001' : `${number}:${number}`}.`,
      spec,
      'certain',
    ),
    because: [{ kind: 'engine', fact: 'user-scratch-run-zero' }],
  }
}

function withSupplementary(
  gid: Known<number>,
  account: Account | undefined,
  accounts: Accounts,
): Known<readonly number[]> {
  if (gid.certainty === 'unknown') return unknown(gid.because)
  // Groups go by the account's name: no account, no more than the one group.
  let certainty: Certainty = weaker(gid.certainty, account?.certainty ?? 'certain')
  const supplementary = new Set<number>()
  if (account) {
    for (const group of groupsOf(accounts, account.name)) {
      if (group.gid.certainty === 'unknown') return unknown(gid.because)
      certainty = weaker(certainty, weaker(group.certainty, group.gid.certainty))
      supplementary.add(group.gid.value)
    }
  }
  if (!accounts.complete) certainty = weaker(certainty, 'likely')
  if (account && mayBeInOthers(accounts, account.name)) certainty = weaker(certainty, 'possible')
  supplementary.delete(gid.value)
  return {
    certainty,
    value: [gid.value, ...[...supplementary].sort((a, b) => a - b)],
    because: gid.because,
  }
}

/** ENV HOME, else the home of the first account with this uid, else `/` (user-second-root-toor, home-env-app). */
function homeOf(uid: number | undefined, named: Account | undefined, state: IdentityState): Known<string> {
  const env = state.env.get('HOME')
  if (env && !(env.certainty !== 'unknown' && env.value === '')) return env
  if (uid === undefined) return named ? lowered(named.home, named.certainty) : unknown()
  const first = userByUid(state.accounts, uid)
  // A line that has no number counts as one of 0 to the engine (moby/sys/user: ParsePasswd), and may have any home.
  const mayHaveLine = uid === 0 && state.accounts.passwd !== 'missing'
  if (!first) return lowered(absent(state.accounts, '/', []), mayHaveLine ? 'possible' : 'certain')
  return mapKnown(lowered(first.home, first.certainty), (home) => (home === '' ? '/' : home))
}

/** What holds where the account files have no such entry; only possible where they may have it after all. */
function absent<T>(accounts: Accounts, value: T, because: readonly Origin[]): Known<T> {
  const certainty = certaintyOfAbsence(accounts)
  return { certainty: certainty === 'unknown' ? 'possible' : certainty, value, because }
}

function nobody(
  accounts: Accounts,
  name: string | undefined,
  because: readonly Origin[],
): Known<string | null> {
  if (name !== undefined) return { certainty: 'possible', value: name, because }
  const certainty = certaintyOfAbsence(accounts)
  return certainty === 'unknown' ? unknown(because) : { certainty, value: null, because }
}

function mapKnown<A, B>(known: Known<A>, change: (value: A) => B): Known<B> {
  return known.certainty === 'unknown' ? known : { ...known, value: change(known.value) }
}

export interface ResolvedOwner {
  readonly owner: Known<number>
  readonly group: Known<number>
  /** Without a place: the caller knows where the flag stands. */
  readonly failure?: Pick<Failure, 'reason' | 'certainty' | 'message' | 'name'>
}

/**
 * Owner and group that `COPY --chown=…` gives. A name means its primary group, a uid alone the group of the same
 * number. What does not exist: BuildKit silently leaves 0, or the user's group; the classic builder fails.
 * BuildKit: solver/llbsolver/file/user_linux.go; container-facts copy-chown-*, copy-classic-chown-*.
 */
export function resolveChown(spec: string, accounts: Accounts, builder: Builder): ResolvedOwner {
  const colon = spec.indexOf(':')
  const userPart = colon < 0 ? spec : spec.slice(0, colon)
  const groupPart = colon < 0 ? '' : spec.slice(colon + 1)
  return builder === 'classic'
    ? classicChown(userPart, groupPart || userPart, accounts)
    : buildKitChown(userPart, colon < 0 ? undefined : groupPart, accounts)
}

/** @param groupPart undefined where there is no colon; after one that nothing follows it is root's group */
function buildKitChown(userPart: string, groupPart: string | undefined, accounts: Accounts): ResolvedOwner {
  const number = readId(userPart)
  const account = number === undefined ? userByName(accounts, userPart) : undefined
  const missing = (fact: string): Known<number> =>
    certaintyOfAbsence(accounts) === 'certain' ? certain(0, [{ kind: 'engine', fact }]) : unknown()
  let owner: Known<number>
  let group: Known<number>
  if (number !== undefined) owner = group = certain(number)
  else if (account) {
    owner = lowered(account.uid, account.certainty)
    group = lowered(account.gid, account.certainty)
  } else owner = group = missing('copy-chown-missing-debian')
  if (groupPart === '') group = certain(0)
  else if (groupPart !== undefined) {
    const gid = readId(groupPart)
    const entry = gid === undefined ? groupByName(accounts, groupPart) : undefined
    if (gid !== undefined) group = certain(gid)
    else if (entry) group = lowered(entry.gid, entry.certainty)
    else if (missing('copy-chown-missing-group').certainty === 'unknown') group = unknown()
  }
  return { owner, group }
}

function classicChown(userPart: string, groupPart: string, accounts: Accounts): ResolvedOwner {
  const lookUp = (part: string, entry: { id: Known<number>; certainty: Certainty } | undefined) => {
    const number = readId(part)
    return number === undefined ? entry && lowered(entry.id, entry.certainty) : certain(number)
  }
  const account = userByName(accounts, userPart)
  const entry = groupByName(accounts, groupPart)
  const owner = lookUp(userPart, account && { id: account.uid, certainty: account.certainty })
  const group = lookUp(groupPart, entry && { id: entry.gid, certainty: entry.certainty })
  const found = { owner: owner ?? unknown<number>(), group: group ?? unknown<number>() }
  const certainty = certaintyOfAbsence(accounts)
  if ((owner && group) || certainty === 'unknown') return found
  const [what, name] = owner ? (['group', groupPart] as const) : (['user', userPart] as const)
  return {
    ...found,
    failure: {
      reason: what === 'user' ? 'user-not-found' : 'group-not-found',
      certainty,
      message:
        what === 'user'
          ? text`There is no user \`${name}\` in this image at this point; the classic builder refuses --chown with it.`
          : text`There is no group \`${name}\` in this image at this point; the classic builder refuses --chown with it.`,
      name,
    },
  }
}
