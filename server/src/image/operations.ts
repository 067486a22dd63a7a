/**
 * System calls of the modelled commands: mkdir(2), open(2), chown(2) … on a world's files, with the kernel's
 * permission checks. Each changes `world.state` where it succeeds and says what became of it.
 * Where we cannot tell, the effect is applied as if it succeeded and the outcome is `maybe`.
 */

/** Owner, mode, capabilities. */
export type { Ownership } from './operations/attributes.ts'
export { changeMode, changeOwner, chowned, setCapabilities } from './operations/attributes.ts'
/** Paths, failures, who may. */
export {
  accessRefused,
  attributesFor,
  doubted,
  entryRefused,
  failure,
  isBusybox,
  pathIn,
  rangeOf,
  sameNumber,
  setFiles,
  stickyRefused,
  wayRefused,
  worse,
} from './operations/checks.ts'
/** Copies and moves. */
export { copyPath, mergeInto } from './operations/copy.ts'
export {
  makeHardLink,
  makeLink,
  makeSpecial,
  touchFile,
  writeFile,
} from './operations/make.ts'
/** New entries. */
export { makeDirectory } from './operations/make-directory.ts'
export { movePath } from './operations/move.ts'
/** Reading. */
export { looked, readable } from './operations/read.ts'
/** Removal. */
export { removePath } from './operations/remove.ts'
