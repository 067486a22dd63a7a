import { weaker } from '../known.ts'
import { joinAccounts } from './accounts.ts'
import type { Outcome } from './commands/model.ts'
import { joinTrees, presumedTree } from './files.ts'
import { joinPrograms } from './programs.ts'
import type { Accounts, ImageState } from './types.ts'

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

/** `after`, where nobody knows whether it has come about: what differs from `before` is only likely. */
function presumed(before: ImageState, after: ImageState): ImageState {
  if (before === after) return after
  return {
    ...after,
    files: presumedTree(before.files, after.files),
    accounts: presumedAccounts(before.accounts, after.accounts),
  }
}

/** `after`, the work of something that nobody needs to have worked: where there is a reason to fail, it may not have happened. */
export function unvouched(before: ImageState, after: ImageState, outcome: Outcome): ImageState {
  if (outcome.status === 'fail') return outcome.doubtful ? joinStates(before, after) : after
  if (outcome.status === 'ok') return after
  return outcome.failure ? joinStates(before, after) : presumed(before, after)
}

function presumedAccounts(before: Accounts, after: Accounts): Accounts {
  if (before === after) return after
  return {
    ...after,
    users: likelyNew(before.users, after.users),
    groups: likelyNew(before.groups, after.groups),
    passwd: before.passwd === after.passwd ? after.passwd : 'unknown',
    group: before.group === after.group ? after.group : 'unknown',
  }
}

function likelyNew<T extends Accounts['users'][number] | Accounts['groups'][number]>(
  before: readonly T[],
  after: readonly T[],
): readonly T[] {
  if (before === after) return after
  const old = new Set(before)
  const names = new Set(after.map(({ name }) => name))
  return [
    ...after.map((entry) =>
      old.has(entry) ? entry : { ...entry, certainty: weaker(entry.certainty, 'likely') },
    ),
    ...before.filter(({ name }) => !names.has(name)).map((gone): T => ({ ...gone, certainty: 'possible' })),
  ]
}
