import { accountToolOf, candidates, plannedAccount } from '../fixes/index.ts'
import { accountsMadeHere, groupByGid, groupByName, groupsOf, stepsOf, userByName } from '../image/index.ts'
import type { Account, Accounts, Identity } from '../image/types.ts'
import { certain, knownValue } from '../known.ts'
import type { Subject } from './subject.ts'
import { preferredAccounts } from './workload.ts'

/** Whom the image is to run as. */
export interface ChosenIdentity {
  /** `restored`: the user that was left for root; `made`: an account of this file; `base`: one that the base or a package ships; `new`: made by the plan; `number`: no account at all. */
  readonly from: 'restored' | 'made' | 'base' | 'new' | 'number'
  /** The account's name; undefined where there is none. */
  readonly name: string | undefined
  readonly uid: number | undefined
  readonly gid: number | undefined
  /** What USER says. */
  readonly user: string
  /** What `--chown` says and, taken apart, `install -o -g`. */
  readonly owner: { readonly user: string; readonly group: string }
  /** For questions to the file tree. */
  readonly identity: Identity
}

/** Best first: who was meant, who is there, who can be made, a number. */
export function chooseIdentity(subject: Subject): ChosenIdentity {
  const { stage } = subject
  const { accounts } = stage.final
  const existing = restored(subject) ?? made(subject) ?? shipped(subject) ?? mentioned(subject)
  if (existing) return named(subject, existing.account, existing.from, existing.spec)
  const planned = plannedAccount(stage, subject.newUser)
  const number = `${planned.uid}:${gidFor(subject, planned.gid)}`
  if (!canMakeAccounts(subject))
    return {
      from: 'number',
      name: undefined,
      uid: planned.uid,
      gid: gidFor(subject, planned.gid),
      user: number,
      owner: { user: String(planned.uid), group: String(gidFor(subject, planned.gid)) },
      identity: identityOf(accounts, planned.uid, gidFor(subject, planned.gid), null),
    }
  return {
    from: 'new',
    name: planned.name,
    uid: planned.uid,
    gid: gidFor(subject, planned.gid),
    user: byNumber(subject) ? number : planned.name,
    owner: ownerOf(subject, planned.name, planned.name, planned.uid, planned.gid),
    identity: identityOf(accounts, planned.uid, gidFor(subject, planned.gid), planned.name),
  }
}

/** Accounts can be made where the system has the commands, and the stage starts as root. */
function canMakeAccounts({ stage, profile }: Subject): boolean {
  // OpenShift gives every project its own uid: an account would never be used.
  return (
    profile !== 'openshift' && accountToolOf(stage) !== 'none' && knownValue(stage.initial.identity.uid) === 0
  )
}

interface Existing {
  readonly account: Account
  readonly from: ChosenIdentity['from']
  /** What USER says, where that is not the name. */
  readonly spec?: string
}

/** The user that the file had before it went back to root, or the base's own. */
function restored({ stage, base }: Subject): Existing | undefined {
  const { accounts } = stage.final
  const users = stepsOf(stage).filter(({ instruction }) => instruction.keyword === 'USER')
  if (users.length === 0) return undefined
  const last = users.at(-1)
  const before = users.findLast(
    ({ after }) => knownValue(after.identity.uid) !== 0 && knownValue(after.identity.user) != null,
  )
  const name = before ? knownValue(before.after.identity.user) : undefined
  const own = base?.user.explicit ? base.user.name : null
  const wanted = name ?? (last && own && own !== 'root' ? own : undefined)
  const listed = wanted ? userByName(accounts, wanted) : undefined
  // The build runs as it already: a base whose accounts nobody listed has it.
  const account = listed ?? (name != null && !accounts.complete ? unlisted(name) : undefined)
  return account && account.certainty !== 'possible' ? { account, from: 'restored' } : undefined
}

/** An account that the file makes and nobody runs as; of several, the one that owns something. */
function made({ stage }: Subject): Existing | undefined {
  const all = accountsMadeHere(stage.final)
  const text = stepsOf(stage)
    .map(({ instruction }) => instruction.argumentsText.text)
    .join('\n')
  const owns = (name: string) =>
    new RegExp(`(?:chown|-o|--owner)\\b[^\\n]*\\b${escapeRegExp(name)}\\b`).test(text)
  const account =
    all.find(({ name }) => owns(name)) ??
    all.find(({ home }) => knownValue(home)?.startsWith('/home/')) ??
    all[0]
  return account ? { account, from: 'made' } : undefined
}

/** One that the base, or a package installed here, has for this workload. */
function shipped(subject: Subject): Existing | undefined {
  const { stage } = subject
  const { accounts } = stage.final
  for (const name of preferredAccounts(subject)) {
    const account = userByName(accounts, name)
    if (account && account.certainty !== 'possible') return { account, from: 'base' }
  }
  const [best] = candidates(stage, [])
  const account = best ? userByName(accounts, best.name) : undefined
  return best && account ? { account, from: 'base', spec: best.spec } : undefined
}

/** Somebody to whom the file gives files, and whom the base must have therefore, although nobody listed its accounts. */
function mentioned({ stage }: Subject): Existing | undefined {
  const { accounts } = stage.final
  if (accounts.complete) return undefined
  for (const { commands, failure } of stage.steps.toReversed()) {
    if (failure) continue
    for (const { name, argv } of commands) {
      const words = argv.slice(1).flatMap(({ text }) => (text === undefined ? [] : [text]))
      const owner =
        name === 'chown'
          ? words.find((word) => !word.startsWith('-'))
          : name === 'usermod'
            ? words.at(-1)
            : undefined
      const [user = ''] = (owner ?? '').split(/[:.]/)
      if (!/^[a-z_][a-z0-9_-]*$/.test(user) || user === 'root') continue
      const listed = userByName(accounts, user)
      if (listed && listed.certainty !== 'possible') continue
      return { account: unlisted(user), from: 'base' }
    }
  }
  return undefined
}
function unlisted(name: string): Account {
  const unknown = { certainty: 'unknown', because: [] } as const
  return {
    name,
    uid: unknown,
    gid: unknown,
    home: unknown,
    shell: unknown,
    certainty: 'likely',
    origin: { kind: 'base', reference: '', resolvedBy: 'unknown' },
  }
}

function named(
  subject: Subject,
  account: Account,
  from: ChosenIdentity['from'],
  spec: string | undefined,
): ChosenIdentity {
  const { accounts } = subject.stage.final
  const uid = knownValue(account.uid)
  const gid = knownValue(account.gid)
  const group =
    gid === undefined ? groupByName(accounts, account.name)?.name : groupByGid(accounts, gid)?.name
  const supplementary = groupsOf(accounts, account.name).length > 0
  const number =
    uid === undefined
      ? undefined
      : subject.profile === 'openshift'
        ? `${uid}:0`
        : // With a group behind it, USER takes the account's other groups away.
          gid === undefined || supplementary
          ? String(uid)
          : `${uid}:${gid}`
  const inGroup = gidFor(subject, gid)
  return {
    from,
    name: account.name,
    uid,
    gid: inGroup,
    user: (byNumber(subject) ? number : undefined) ?? spec ?? account.name,
    owner:
      uid === undefined || gid === undefined
        ? { user: account.name, group: group ?? account.name }
        : ownerOf(subject, account.name, group ?? String(gid), uid, gid),
    identity: {
      ...identityOf(accounts, uid, inGroup, account.name),
      home: account.home,
      uid: account.uid,
    },
  }
}

/** Kubernetes verifies only numbers that it is not root that runs. */
export function byNumber({ profile }: Pick<Subject, 'profile'>): boolean {
  return profile !== 'docker'
}

/** Group 0 is what every random uid of OpenShift is in. */
function gidFor<T extends number | undefined>({ profile }: Subject, gid: T): T | 0 {
  return profile === 'openshift' ? 0 : gid
}

function ownerOf(
  { profile }: Subject,
  user: string,
  group: string,
  uid: number,
  gid: number,
): ChosenIdentity['owner'] {
  if (profile === 'openshift') return { user: String(uid), group: '0' }
  return profile === 'kubernetes' ? { user: String(uid), group: String(gid) } : { user, group }
}

function identityOf(
  accounts: Accounts,
  uid: number | undefined,
  gid: number | undefined,
  user: string | null,
): Identity {
  const unknown = { certainty: 'unknown', because: [] } as const
  const supplementary =
    user === null ? [] : groupsOf(accounts, user).flatMap((group) => knownValue(group.gid) ?? [])
  return {
    uid: uid === undefined ? unknown : certain(uid),
    gid: gid === undefined ? unknown : certain(gid),
    groups: gid === undefined ? unknown : certain([gid, ...supplementary]),
    user: certain(user),
    group: unknown,
    home: unknown,
    spec: user ?? String(uid),
  }
}

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
