export { createLineIndex } from './line-index.ts'
export { sliceMapped, toFileOffset, toFileRange } from './mapped-text.ts'
/** Reads a whole file. */
export { parseDockerfile } from './parse.ts'
/** Expands variables as the builder does. */
export {
  type EscapeCharacter,
  type ExpandOptions,
  expandWord,
  expandWords,
  type WordsExpansion,
} from './shell-words.ts'
export type * from './types.ts'
