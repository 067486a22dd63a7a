/** Unroot as a library: who runs at every line of a Dockerfile, what they may touch, and how to do without root. */

export type { Analysis, AnalysisOptions, HardenPlan, HardenStep, RuntimeGuidance } from './analysis/index.ts'
export { allRules, analyse } from './analysis/index.ts'
/** Base images: built-in knowledge, declarations, and several of them as one. */
export {
  type BaseImageFacts,
  type BaseImages,
  catalogue,
  combine,
  declaredBaseImages,
} from './base-images/index.ts'
/** Files of the build context. */
export { emptyBuildContext, type FileRequests, remoteBuildContext } from './build-context/index.ts'
export { archivesRead, nodeBuildContext } from './build-context/node.ts'
/** `.unroot.json`. */
export { type ConfigProblem, parseConfig, type UnrootConfig } from './config/index.ts'
export { type Explanation, explain, explainMarkdown, explainText } from './explain/index.ts'
export { applyEdits, type Fix, type FixSafety, type Offer, type TextEdit } from './fixes/index.ts'
export { harden, runtimeGuidance } from './harden/index.ts'
export type { BuildContext, Timeline } from './image/index.ts'
export type { Certainty, Known, Origin } from './known.ts'
/** Messages, titles: in English, or in the language of a locale. */
export { inEnglish, type Language, languageOf, type Message } from './l10n/index.ts'
/** The reports of `unroot check`. */
export { type CheckedFile, docsOf, type OutputName, outputs } from './output/index.ts'
/** Fixes, applied. */
export { repair } from './repair/index.ts'
export type { Finding, Profile, Rule, Severity } from './rules/types.ts'
/** From configuration to the options of an analysis. */
export { analysisOptions, baseImagesFor } from './setup/index.ts'
export { version } from './version.ts'
