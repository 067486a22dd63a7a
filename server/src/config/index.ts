/** Reads `.unroot.json`, with every mistake at its place. */

/** What holds where the file says nothing. */
export { defaultConfig, withDefaults } from './defaults.ts'
/** Where the file lies. */
export { configCandidates, configFileName, findConfig } from './find.ts'
/** The name that was probably meant. */
export { nearestName } from './nearest.ts'
export { parseConfig } from './parse.ts'
/** The JSON schema, made from the same table as the checks. */
export { configSchema, type RuleSummary } from './schema.ts'
export type * from './types.ts'
