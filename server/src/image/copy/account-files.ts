import {
  type AccountFile,
  accountFilePaths,
  accountsAfterCopy,
  accountsAfterUnknown,
  accountsFromFiles,
} from '../accounts.ts'
import { absolute, nodeAt } from '../files.ts'
import type { Accounts, ArchiveEntry, FileNode } from '../types.ts'
import type { CopyRequest } from './request.ts'

/** Copies that bring /etc/passwd or /etc/group. */

const files: readonly AccountFile[] = ['passwd', 'group']

/** Where the account file would lie in something that is laid over the folder; undefined where it lies elsewhere. */
function placeIn(folder: string, file: AccountFile): string | undefined {
  const path = accountFilePaths[file]
  if (folder === '/') return path
  return path.startsWith(`${folder}/`) ? path.slice(folder.length) : undefined
}

/** A folder's contents went into a folder of the image. */
export function accountsAfterTree(
  before: Accounts,
  folder: string,
  tree: FileNode,
  request: CopyRequest,
  source: string | undefined,
): Accounts {
  let accounts = before
  for (const file of files) {
    const place = placeIn(folder, file)
    if (place === undefined) continue
    const node = nodeAt(tree, place)
    if (node.kind !== 'missing')
      accounts = become(
        accounts,
        file,
        node,
        request,
        source === undefined ? undefined : absolute(source + place),
      )
  }
  return accounts
}

/** A single file was put to a path. */
export function accountsAfterFile(
  before: Accounts,
  path: string,
  node: FileNode,
  request: CopyRequest,
  source: string | undefined,
): Accounts {
  const file = files.find((one) => accountFilePaths[one] === path)
  return file ? become(before, file, node, request, source) : before
}

/** Entries that nobody named went into a folder. */
export function accountsAfterUnnamed(before: Accounts, folder: string): Accounts {
  let accounts = before
  for (const file of files)
    if (placeIn(folder, file) !== undefined) accounts = accountsAfterUnknown(accounts, file)
  return accounts
}

/** The entries of an archive went into a folder of the tree. */
export function accountsAfterEntries(
  before: Accounts,
  folder: string,
  entries: readonly ArchiveEntry[],
  tree: FileNode,
  request: CopyRequest,
): Accounts {
  let accounts = before
  for (const file of files) {
    const place = placeIn(folder, file)
    if (place === undefined || !entries.some(({ path }) => absolute(path) === place)) continue
    accounts = become(accounts, file, nodeAt(tree, accountFilePaths[file]), request, undefined)
  }
  return accounts
}

function become(
  accounts: Accounts,
  file: AccountFile,
  node: FileNode,
  { from, origin }: CopyRequest,
  source: string | undefined,
): Accounts {
  if (from !== undefined && from !== 'image' && source === accountFilePaths[file])
    return accountsAfterCopy(accounts, from.accounts, file)
  const { content } = node
  if (content === undefined || node.kind !== 'file') return accountsAfterUnknown(accounts, file)
  return accountsFromFiles(
    accounts,
    file === 'passwd' ? content : undefined,
    file === 'group' ? content : undefined,
    origin,
  )
}
