export type { Analysis, AnalysisOptions, HardenPlan, HardenStep, RuntimeGuidance } from './types.ts'
