/** Builds and starts an image with the local engine, and compares what it shows with what the analysis says. */

export { type EngineName, engineNames } from './engine.ts'
/** The report for an editor. */
export { verifyMarkdown } from './markdown.ts'
/** What is wrong, the worst first. */
export { problemsOf } from './summary.ts'
/** The report for programs and for a terminal. */
export { verifyJson, verifyText } from './text.ts'
export type * from './types.ts'
export {
  defaultTimeout,
  defaultWait,
  type VerifyControl,
  type VerifyRequest,
  verifyImage,
} from './verify.ts'
