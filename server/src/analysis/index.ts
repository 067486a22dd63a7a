/** One text, analysed once. */

export { allRules } from '../rules/index.ts'
export { analyse, defaultNewUser, newErrors } from './analyse.ts'
export type {
  Analysis,
  AnalysisOptions,
  ContextEdits,
  ContextFile,
  HardenPlan,
  HardenStep,
  RuntimeGuidance,
} from './types.ts'
