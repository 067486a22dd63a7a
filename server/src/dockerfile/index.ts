export { directiveNames } from './directives.ts'
/** What the builder expands in each instruction. */
export { type Expanded, type ExpansionRule, expandedWords, expansionScope } from './expansion-rules.ts'
/** The flags of each instruction, for completion. */
export { type FlagKind, instructionFlags } from './flags.ts'
export { type InstructionName, instructionNames } from './instruction-names.ts'
export { createLineIndex } from './line-index.ts'
/** From mapped text back to the file. */
export { joinMapped, mapped, sliceMapped, toFileOffset, toFileRange } from './mapped-text.ts'
export { mountTypes, sharingModes } from './mounts.ts'
/** Reads a whole file. */
export { parseDockerfile } from './parse.ts'
/** Variables the builder knows by itself. */
export { hiddenArgs, type PlatformArg, platformArgs, proxyArgs, targetStageArg } from './predefined-args.ts'
/** Expands variables as the builder does. */
export {
  type EscapeCharacter,
  type ExpandOptions,
  expandWord,
  expandWords,
  type WordsExpansion,
} from './shell-words.ts'
/** Which stage is meant, and which are needed. */
export { baseStageOf, finalStage, referencedStage, stageOf, stagesNeededFor, targetStage } from './stages.ts'
export type * from './types.ts'
export { variableOf } from './variables.ts'
