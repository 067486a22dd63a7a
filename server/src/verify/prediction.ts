import type { Analysis } from '../analysis/index.ts'
import { flagsOf, type Powers, powersOf } from '../harden/index.ts'
import {
  absolute,
  allowed,
  type FileNode,
  find,
  type Identity,
  isWithin,
  mayChangeEntries,
  parentOf,
  startFailures,
  stepFailures,
} from '../image/index.ts'
import { certain, type Known, knownValue, unknown } from '../known.ts'
import type { Argument } from '../l10n/index.ts'

/** Ids that are claimed; undefined where nothing is. */
export interface PredictedUser {
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly groups: readonly number[] | undefined
  readonly name: string | undefined
}

export interface PredictedPath {
  readonly path: string
  /** Why the workload writes there; undefined: it is only looked at. */
  readonly why: Argument | undefined
  /** May the process write it in the image as it was built, without mounts? Undefined: not claimed. */
  readonly inImage: boolean | undefined
  /** And under the flags? */
  readonly started: boolean | undefined
}

/** What the analysis says of the image, put so that an engine can answer. */
export interface Prediction {
  readonly powers: Powers
  /** The first step that fails, as is claimed. */
  readonly buildFails:
    | { readonly line: number; readonly message: Argument; readonly certain: boolean }
    | undefined
  readonly imageUser: PredictedUser
  /** `--user` of the flags; undefined where the image decides by itself. */
  readonly givenUser: string | undefined
  /** The container's first process, once it has started. */
  readonly process: PredictedUser
  readonly startFails: Argument | undefined
  readonly hasCommand: boolean
  /** Of `docker run`: what the guidance recommends, without ports and names of volumes. */
  readonly flags: readonly string[]
  readonly paths: readonly PredictedPath[]
}

const mostPaths = 24

/** Undefined for a file that makes no image. */
export function predict(analysis: Analysis): Prediction | undefined {
  const { timeline, dockerfile } = analysis
  const { runtime } = timeline
  if (!runtime) return undefined
  const powers = powersOf(analysis)
  const { identity } = runtime.state
  const imageUser = userOf(identity)
  const givenUser = powers.user !== null && !powers.userIsSet ? powers.user : undefined
  const process = processUser(powers, imageUser, givenUser)
  const [failed] = stepFailures(timeline)
  const refused = dockerfile.problems.find(({ severity }) => severity === 'error')
  const lineAt = (offset: number) => dockerfile.lines.positionAt(offset).line + 1
  const start = runtime.failure ?? startFailures(timeline)[0]?.failure
  return {
    powers,
    buildFails: refused
      ? { line: lineAt(refused.range.start), message: refused.message, certain: true }
      : failed && {
          line: failed.step.instruction.startLine,
          message: failed.failure.message,
          certain: failed.failure.certainty === 'certain',
        },
    imageUser,
    givenUser,
    process,
    startFails: start?.certainty === 'certain' ? start.message : undefined,
    hasCommand: runtime.argv.length > 0,
    flags: startFlags(powers),
    paths: predictedPaths(powers, identity, process),
  }
}

/** What is certain or likely is claimed. */
function claimed<T>(known: Known<T>): T | undefined {
  return known.certainty === 'possible' ? undefined : knownValue(known)
}

function userOf({ uid, gid, groups, user }: Identity): PredictedUser {
  return {
    uid: claimed(uid),
    gid: claimed(gid),
    groups: claimed(groups),
    name: claimed(user) ?? undefined,
  }
}

function processUser(
  { stepsDownTo, uid, gid }: Powers,
  image: PredictedUser,
  givenUser: string | undefined,
): PredictedUser {
  if (stepsDownTo)
    return { uid: stepsDownTo.uid, gid: stepsDownTo.gid, groups: undefined, name: stepsDownTo.name }
  if (givenUser === undefined) return image
  // `--user 1000:1000`: that group and no other (container-facts/user-group-1500-3000).
  return { uid, gid: gid ?? uid, groups: [gid ?? uid ?? 0], name: undefined }
}

/** Volumes get no name, so that they go with the container and are nobody's; no port of the host is taken. */
function startFlags(powers: Powers): readonly string[] {
  const kept = flagsOf(powers).filter(
    (flag) =>
      !flag.startsWith('-p ') &&
      !flag.startsWith('-v ') &&
      // Where the image says so itself, it is the image that has to show it.
      !(flag.startsWith('--user ') && powers.userIsSet),
  )
  const words = kept.flatMap((flag) => {
    const space = flag.indexOf(' ')
    return space < 0 ? [flag] : [flag.slice(0, space), flag.slice(space + 1)]
  })
  // With a colon in it, `-v` would name a folder of the host.
  const volumes = powers.volumes.filter((path) => /^\/[^:]+$/.test(path))
  return [...words, ...volumes.flatMap((path) => ['-v', path])]
}

function predictedPaths(
  powers: Powers,
  identity: Identity,
  process: PredictedUser,
): readonly PredictedPath[] {
  const { subject, stepsDownTo, written } = powers
  // What root may do is no question, and with few capabilities hardly to be told.
  if (!subject || process.uid === 0) return []
  const { files, workdir } = subject.runtime.state
  const who = stepsDownTo ? undefined : asUser(identity, process)
  // With `--user`, HOME is somebody else's.
  const home = process.uid === claimed(identity.uid) ? knownValue(identity.home) : undefined
  const looked = [knownValue(workdir), home].filter(
    (path): path is string => path?.startsWith('/') === true && path !== '/',
  )
  const wanted = new Map<string, Argument | undefined>()
  for (const { path, why } of written) wanted.set(path, why)
  if (who) for (const path of looked) if (!wanted.has(path)) wanted.set(path, undefined)
  return [...wanted].slice(0, mostPaths).map(([path, why]) => {
    const inImage = who && claimed(mayWrite(files, path, who))
    return { path, why, inImage, started: underFlags(powers, path, inImage) }
  })
}

/** The image's identity with the ids that the process is to have. */
function asUser(identity: Identity, { uid, gid, groups }: PredictedUser): Identity {
  return {
    ...identity,
    uid: uid === undefined ? unknown() : certain(uid),
    gid: gid === undefined ? unknown() : certain(gid),
    groups: groups === undefined ? unknown() : certain(groups),
  }
}

/** Of a path that is not there: may it be made? */
function mayWrite(root: FileNode, path: string, who: Identity): Known<boolean> {
  const { node } = find(root, path)
  if (node.kind === 'directory') return mayChangeEntries(root, path, who)
  if (node.kind !== 'missing') return node.kind === 'unknown' ? unknown() : allowed(root, path, who, 'write')
  if (node.exists !== 'certain') return unknown()
  return path === '/' ? unknown() : mayWrite(root, parentOf(absolute(path)), who)
}

function underFlags(
  { tmpfs, readOnly, volumes, stepsDownTo }: Powers,
  path: string,
  inImage: boolean | undefined,
): boolean | undefined {
  const mount = tmpfs.find((one) => isWithin(path, one.split(':')[0] as string))
  // For its owner, or 1777 as /tmp is; else root's with the mode of the folder (container-facts/volume-mount-tmpfs).
  if (mount !== undefined) return mount === '/tmp' || /[:,]uid=/.test(mount) ? true : undefined
  // Its start may give it away first.
  if (stepsDownTo) return undefined
  if (volumes.some((volume) => isWithin(path, volume))) return inImage
  return readOnly ? false : inImage
}
