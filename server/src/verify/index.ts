/** What an engine showed of an image, beside what the analysis says: the report. */

/** For an editor. */
export { verifyMarkdown } from './markdown.ts'
/** What is wrong, the worst first. */
export { problemsOf } from './summary.ts'
/** For a terminal and for programs. */
export { verifyJson, verifyText } from './text.ts'
export type * from './types.ts'
