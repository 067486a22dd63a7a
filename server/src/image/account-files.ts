import {
  type AccountFile,
  accountFilePaths,
  accountsAfterAppend,
  accountsAfterUnknown,
  accountsFromFiles,
} from './accounts.ts'
import type { World } from './commands/model.ts'
import { find, put } from './files.ts'
import { setFiles } from './operations.ts'

/** Files whose text makes accounts: /etc/passwd and /etc/group. */

export function accountFileAt(path: string): AccountFile | undefined {
  return path === accountFilePaths.passwd ? 'passwd' : path === accountFilePaths.group ? 'group' : undefined
}

/** A file has been filled by a redirect, tee or a copy: its text becomes known (or unknown), and with it the accounts. */
export function written(
  world: World,
  path: string,
  text: { readonly before: string | undefined; readonly added: string | undefined; readonly append: boolean },
): void {
  const found = find(world.state.files, path)
  const whole =
    text.added === undefined
      ? undefined
      : text.append
        ? text.before === undefined
          ? undefined
          : text.before + text.added
        : text.added
  if (found.node.kind === 'file') {
    const { content: _old, archive: _members, ...rest } = found.node
    setFiles(
      world,
      put(world.state.files, found.path, whole === undefined ? rest : { ...rest, content: whole }),
    )
  }
  const file = accountFileAt(found.path)
  if (!file) return
  const { accounts } = world.state
  const next =
    text.added === undefined
      ? accountsAfterUnknown(accounts, file)
      : text.append
        ? accountsAfterAppend(accounts, file, text.added, world.origin)
        : accountsFromFiles(
            accounts,
            file === 'passwd' ? text.added : undefined,
            file === 'group' ? text.added : undefined,
            world.origin,
          )
  world.state = { ...world.state, accounts: next }
}
