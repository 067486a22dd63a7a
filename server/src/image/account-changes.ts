import type { Origin } from '../known.ts'
import { type AccountFile, accountFilePaths, accountsAfterUnknown, accountsFromFiles } from './accounts.ts'
import { find } from './files.ts'
import type { Accounts, ImageState } from './types.ts'

/** Programs that change a file's attributes, not its text. */
const attributesOnly: ReadonlySet<string> = new Set(['chmod', 'chown', 'chgrp', 'touch', 'setfacl', 'setcap'])

/**
 * The accounts after a command that changed /etc/passwd or /etc/group as a file: removed it (user-passwd-removed),
 * put another one there, edited it. Commands that changed the accounts themselves are left alone.
 * @param writes paths that the command wrote
 */
export function accountsAfterCommand(
  before: ImageState,
  after: ImageState,
  command: string | undefined,
  writes: readonly string[],
  origin: Origin,
): Accounts {
  let { accounts } = after
  if (accounts !== before.accounts || (after.files === before.files && writes.length === 0)) return accounts
  // Nothing in /etc has changed, and nobody wrote there.
  if (
    before.files.children.get('etc') === after.files.children.get('etc') &&
    !writes.some((path) => path.startsWith('/etc/'))
  )
    return accounts
  for (const file of ['passwd', 'group'] as const)
    accounts = afterCommand(file, before, after, accounts, command, writes, origin)
  return accounts
}

function afterCommand(
  file: AccountFile,
  before: ImageState,
  after: ImageState,
  accounts: Accounts,
  command: string | undefined,
  writes: readonly string[],
  origin: Origin,
): Accounts {
  const old = find(before.files, accountFilePaths[file]).node
  const { node } = find(after.files, accountFilePaths[file])
  const become = (text: string) =>
    accountsFromFiles(
      accounts,
      file === 'passwd' ? text : undefined,
      file === 'group' ? text : undefined,
      origin,
    )
  if (node.kind === 'missing')
    return old.kind === 'missing' || node.exists !== 'certain' ? accounts : become('missing')
  if (node.content !== undefined) return node.content === old.content ? accounts : become(node.content)
  if (old.content !== undefined) return accountsAfterUnknown(accounts, file)
  const written = writes.includes(accountFilePaths[file])
  return written && !attributesOnly.has(command ?? '') ? accountsAfterUnknown(accounts, file) : accounts
}
