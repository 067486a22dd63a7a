/** Evaluates a Dockerfile into the one timeline that every feature reads. */

export {
  certaintyOfAbsence,
  groupByGid,
  groupByName,
  groupsOf,
  takenGids,
  takenUids,
  userByName,
  userByUid,
} from './accounts.ts'
/** Who may change the image while it runs, and what gave him the right. */
export { type Actor, actorOf, controls, type Giving, givenBy } from './actors.ts'
/** What a command wants of the accounts, whichever system it was written for. */
export { type AccountWish, readAccountWish } from './commands/accounts/wish.ts'
/** What the builder leaves out of the build context. */
export { type Dockerignore, nothingIgnored, readDockerignore } from './copy/ignore-patterns.ts'
export { describeIdentity, describeNode, nameOfGid, nameOfUid, octal } from './describe.ts'
export { evaluate } from './evaluate.ts'
/** What fails, each cause once. */
export {
  foldersGivenTo,
  isCertainlyRoot,
  isSystemPath,
  isUnprivileged,
  isWithin,
  type Lack,
  lackOf,
  type StepFailure,
  startFailures,
  stepFailures,
  userBefore,
} from './failures.ts'
/** Questions to the file tree. */
export {
  absolute,
  allowed,
  childOf,
  find,
  join,
  mayChangeEntries,
  nameOf,
  nodeAt,
  parentOf,
  pathsBelow,
  permits,
} from './files.ts'
export { resolveUser } from './identity.ts'
/** Where the file says which mode paths get. */
export { type ModeGrant, modeGrantsOf, stillGranted } from './mode-grants.ts'
/** From offsets to instructions and lines. */
export { instructionOf, lineOf } from './places.ts'
export { fileOnPath } from './programs.ts'
/** Questions that several rules ask. */
export {
  accountsMadeHere,
  accountsOfBase,
  freeIdIn,
  freeNameIn,
  isRoot,
  lastUserOf,
  lineageOf,
  stepsDown,
  stepsOf,
} from './questions.ts'
export type * from './types.ts'
