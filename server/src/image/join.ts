import { joinAccounts } from './accounts.ts'
import { joinTrees } from './files.ts'
import type { ImageState } from './types.ts'

/** What holds in both of two states; a RUN changes nothing but files, accounts and programs. */
export function joinStates(a: ImageState, b: ImageState): ImageState {
  if (a === b) return a
  return {
    ...a,
    files: joinTrees(a.files, b.files),
    accounts: a.accounts === b.accounts ? a.accounts : joinAccounts(a.accounts, b.accounts),
  }
}
