import { joinAccounts } from './accounts.ts'
import { joinTrees } from './files.ts'
import { joinPrograms } from './programs.ts'
import type { ImageState } from './types.ts'

/** What holds in both of two states; a RUN changes nothing but files, accounts and programs. */
export function joinStates(a: ImageState, b: ImageState): ImageState {
  if (a === b) return a
  const programs = joinPrograms(a.programs, b.programs)
  return {
    ...a,
    ...(programs ? { programs } : {}),
    files: joinTrees(a.files, b.files),
    accounts: a.accounts === b.accounts ? a.accounts : joinAccounts(a.accounts, b.accounts),
  }
}
