/** The commands of a script as they are joined. */
export { type OuterCommand, outerCommands } from './outer-commands.ts'
/** A script with the way back to the file. */
export { isPosixShell, parseShell, parseShellAt, type ShellScript } from './parse.ts'
/** Patterns of `case` and `[[`. */
export { expandPattern, matchesShellPattern, type PatternToken, readPattern } from './pattern.ts'
/** The commands of a script as written. */
export { type SimpleCommand, simpleCommands } from './simple-commands.ts'
/** Words as a shell expands them, unknown parts kept unknown. */
export { expandParts, expandToText, expandWord, type Field, type WordContext } from './words.ts'
