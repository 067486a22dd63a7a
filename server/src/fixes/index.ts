/** Edits in the file's own style. */

/** Steps that need root, and what is root's. */
export { asRootAfter, beforeUser, moveBeforeUser, ownerOf, userWordAt, wrapAsRoot } from './as-root.ts'
/** One path given to the user who needs it. */
export { copyFlag, copyThatMade, giveFolder } from './give-to.ts'
/** Accounts with what this system has. */
export { type AccountTool, accountCommands, accountToolOf, nologinOf } from './new-account.ts'
/** What faces offer beside repairs. */
export { showRuntimeGuidance } from './offers.ts'
/** Accounts said again for another system. */
export { rewriteAccounts } from './rewrite-accounts.ts'
/** Text as the file's author would write it. */
export {
  applyEdits,
  inOrder,
  keywordIn,
  lineBreakOf,
  linesAfter,
  linesBefore,
  withoutInstruction,
} from './style.ts'
/** Another user for the image. */
export {
  candidates,
  continuationIndent,
  createUser,
  creationEdit,
  moveToVariant,
  type NewAccount,
  numericUser,
  plannedAccount,
  useAccount,
  userEdit,
} from './switch-user.ts'
/** What was given away, left to root. */
export { takeBack, withoutFlag } from './take-back.ts'
export type * from './types.ts'
/** Less of a step. */
export { withoutCommands, withoutWord } from './without-command.ts'
export { groupRemoval, withoutGroup } from './without-group.ts'
