import { knownValue } from '../known.ts'
import { type Message, text } from '../l10n/index.ts'
import type { Accounts, FileNode, Identity } from './types.ts'

/** `app (1500:1500)`, `1500:0`, `root`, `an unknown user`. */
export function describeIdentity(identity: Identity): Message {
  const uid = knownValue(identity.uid)
  const gid = knownValue(identity.gid)
  const user = knownValue(identity.user)
  if (uid === 0) return user && user !== 'root' ? text`${user} (uid 0)` : text`root`
  if (uid === undefined) {
    const name = user ?? identity.spec
    return name ? text`${name}` : text`an unknown user`
  }
  const numbers = gid === undefined ? `${uid}` : `${uid}:${gid}`
  return user ? text`${user} (${numbers})` : text`${numbers}`
}

/** `1500` or the account's name. */
export function nameOfUid(uid: number, accounts: Accounts): string {
  return (
    accounts.users.find((account) => knownValue(account.uid) === uid)?.name ??
    (uid === 0 ? 'root' : String(uid))
  )
}
export function nameOfGid(gid: number, accounts: Accounts): string {
  return (
    accounts.groups.find((group) => knownValue(group.gid) === gid)?.name ?? (gid === 0 ? 'root' : String(gid))
  )
}

/** `0755` */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

/** `belongs to root:root with mode 0755`. */
export function describeNode(node: FileNode, accounts: Accounts): Message {
  const owner = knownValue(node.owner)
  const group = knownValue(node.group)
  const mode = knownValue(node.mode)
  const who =
    owner === undefined
      ? text`somebody unknown`
      : group === undefined
        ? nameOfUid(owner, accounts)
        : `${nameOfUid(owner, accounts)}:${nameOfGid(group, accounts)}`
  return mode === undefined ? text`belongs to ${who}` : text`belongs to ${who} with mode ${octal(mode)}`
}
