/** Evaluates a Dockerfile into the one timeline that every feature reads. */

export { groupByGid, groupByName, groupsOf, takenGids, takenUids, userByName, userByUid } from './accounts.ts'
export { describeIdentity, describeNode, nameOfGid, nameOfUid, octal } from './describe.ts'
export { evaluate } from './evaluate.ts'
/** Questions to the file tree. */
export {
  absolute,
  allowed,
  childOf,
  find,
  join,
  mayChangeEntries,
  nodeAt,
  parentOf,
  pathsBelow,
  permits,
} from './files.ts'
export { resolveUser } from './identity.ts'
export type * from './types.ts'
