import { knownValue } from '../known.ts'
import type { Accounts, FileNode, Identity } from './types.ts'

/** `app (1500:1500)`, `1500:0`, `root`, `an unknown user`. */
export function describeIdentity(identity: Identity): string {
  const uid = knownValue(identity.uid)
  const gid = knownValue(identity.gid)
  const user = knownValue(identity.user)
  if (uid === 0) return user && user !== 'root' ? `${user} (uid 0)` : 'root'
  if (uid === undefined) return user ?? (identity.spec || 'an unknown user')
  const numbers = gid === undefined ? `${uid}` : `${uid}:${gid}`
  return user ? `${user} (${numbers})` : numbers
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
export function describeNode(node: FileNode, accounts: Accounts): string {
  const owner = knownValue(node.owner)
  const group = knownValue(node.group)
  const mode = knownValue(node.mode)
  const who =
    owner === undefined
      ? 'somebody unknown'
      : group === undefined
        ? nameOfUid(owner, accounts)
        : `${nameOfUid(owner, accounts)}:${nameOfGid(group, accounts)}`
  return mode === undefined ? `belongs to ${who}` : `belongs to ${who} with mode ${octal(mode)}`
}
