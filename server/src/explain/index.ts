/** Where the file names an account. */
export { accountMentions, isAccountName, type Mention, madeAt, mentionAt } from './account-mentions.ts'
/** The whole picture as data: the contract of `explain --format json`. */
export { type ExplainRequest, explain, explainIdentity } from './explain.ts'
/** Where somebody else takes over. */
export { type IdentityChange, identityChanges } from './identity-changes.ts'
/** Who runs at one place of the file. */
export { explainInstruction, type InstructionNote } from './instruction.ts'
/** The whole picture for an editor. */
export { code, escapeMarkdown, explainMarkdown } from './markdown.ts'
/** Who the container runs as, in a few words. */
export { type RunsAs, runsAs } from './summary.ts'
/** The whole picture for a terminal. */
export { explainText } from './text.ts'
export type * from './types.ts'
