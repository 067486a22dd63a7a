import type { OffsetRange } from '../../dockerfile/types.ts'
import type { Certainty, Known } from '../../known.ts'
import { certain, isCertainly, knownValue, lowered, unknown, weaker } from '../../known.ts'
import { type Argument, type Message, text } from '../../l10n/index.ts'
import type { Outcome, World } from '../commands/model.ts'
import { describeIdentity, describeNode, nameOfUid } from '../describe.ts'
import type { Access, Found } from '../files.ts'
import {
  absolute,
  allowed,
  find,
  isSetgid,
  longestPath,
  mayBe,
  mayChangeEntries,
  permits,
  put,
} from '../files.ts'
import type { Failure, FileNode, Identity } from '../types.ts'

/** What all system calls share: whose process, which path, what is refused and how that is told. */

/**
 * Paths as a command takes them; relative ones from the working directory. Undefined where that is unknown, and for
 * paths so long that the kernel takes them only piece by piece (ENAMETOOLONG).
 */
export function pathIn(world: World, path: string): string | undefined {
  if (path === '' || path.length > longestPath) return undefined
  if (!path.startsWith('/') && world.cwd.certainty === 'unknown') return undefined
  const whole = absolute(path, knownValue(world.cwd))
  return whole.length > longestPath ? undefined : whole
}

export function setFiles(world: World, files: FileNode): void {
  if (files !== world.state.files) world.state = { ...world.state, files }
}

/** Ranges of `world.origin`, for failures. */
export function rangeOf(world: World): OffsetRange {
  return world.origin.kind === 'instruction' ? world.origin.range : { start: 0, end: 0 }
}

/** The more doubtful of two outcomes. */
export function worse(a: Outcome, b: Outcome): Outcome {
  if (a.status === 'fail') return isDoubtful(b) ? { ...a, doubtful: true } : a
  if (b.status === 'fail') return isDoubtful(a) ? { ...b, doubtful: true } : b
  if (b.status === 'maybe' && (a.status === 'ok' || a.failure === undefined)) return b
  return a
}

function isDoubtful(outcome: Outcome): boolean {
  return outcome.status === 'maybe' || (outcome.status === 'fail' && outcome.doubtful === true)
}

export function failure(
  world: World,
  reason: Failure['reason'],
  certainty: Certainty,
  message: Message,
  extra: Partial<Failure> = {},
): Outcome {
  const value: Failure = {
    reason,
    certainty,
    message,
    range: rangeOf(world),
    because: [],
    exitCode: 1,
    ...extra,
  }
  return certainty === 'certain'
    ? { status: 'fail', failure: value, exitCode: 1 }
    : { status: 'maybe', failure: value }
}

/** A failure that is not as sure as it looked: it turns into a doubt. */
export function doubted(outcome: Outcome, certainty: Certainty): Outcome {
  if (outcome.status === 'ok') return outcome
  const { failure: why } = outcome
  return {
    status: 'maybe',
    ...(why ? { failure: { ...why, certainty: weaker(why.certainty, certainty) } } : {}),
  }
}

/** A permission that was refused or may be: the failure that follows from it; undefined where it is granted. */
export function refused(
  world: World,
  answer: Known<boolean>,
  path: string,
  node: FileNode,
  doing: Message,
  access: Access,
): Outcome | undefined {
  if (answer.certainty === 'unknown') return { status: 'maybe' }
  if (answer.value) return answer.certainty === 'certain' ? undefined : { status: 'maybe' }
  return failure(
    world,
    'permission-denied',
    answer.certainty,
    node.readOnly && access === 'write'
      ? text`Cannot ${doing}: ${path} is mounted read-only.`
      : text`Cannot ${doing} as ${describeIdentity(world.identity)}: ${path} ${describeNode(node, world.state.accounts)}. Permission denied.`,
    { because: [...node.because, ...answer.because], path },
  )
}

/**
 * ENOENT. A path that nobody has removed and that we only do not know of is said so with less certainty by its node.
 * @param otherwise what is done where it may be there after all; it then finds something that nobody knows
 */
export function notThere(world: World, path: string, node: FileNode, otherwise?: () => Outcome): Outcome {
  const { exists, because } = node
  const gone = failure(world, 'other', exists, text`${path} does not exist here.`, { path, because })
  if (exists === 'certain' || !otherwise) return gone
  const nobody = unknown<number>(because)
  const found = find(world.state.files, path, false)
  const perhaps = mayBe({ owner: nobody, group: nobody, mode: nobody, because })
  setFiles(world, put(world.state.files, found.path, perhaps))
  return worse(gone, otherwise())
}

/** ELOOP: following a link ended at a link again. One whose target nobody knows is only doubtful. */
export function circular(world: World, path: string, node: FileNode): Outcome {
  if (node.target === undefined) return { status: 'maybe' }
  return failure(world, 'other', node.exists, text`${path} is a link that leads back to itself.`, {
    path,
    because: node.because,
  })
}

/** ENOTDIR */
export function notAFolder(world: World, path: string, node: FileNode): Outcome {
  if (node.kind === 'link') return circular(world, path, node)
  return failure(world, 'other', node.exists, text`${path} is a file, not a folder.`, {
    path,
    because: node.because,
  })
}

/** The first folder on the way that `who` may not search. */
export function blockedAt(found: Found, who: Identity): { path: string; node: FileNode } | undefined {
  if (isCertainly(who.uid, 0)) return undefined
  return found.ancestors.find(({ node }) => {
    // Behind a file is nothing, whoever asks (ENOTDIR).
    if (node.kind === 'file' || node.kind === 'missing') return false
    const answer = permits(node, who, 'execute')
    return answer.certainty !== 'unknown' && !answer.value
  })
}

/** EACCES for a path that lies behind a folder which may not be searched, ELOOP for one behind a circle of links. */
export function wayRefused(world: World, found: Found, doing: Message): Outcome | undefined {
  const loop = found.ancestors.find(({ node }) => node.kind === 'link' && node.target !== undefined)
  if (loop) return circular(world, loop.path, loop.node)
  const blocked = blockedAt(found, world.identity)
  if (!blocked) return undefined
  return refused(
    world,
    permits(blocked.node, world.identity, 'execute'),
    blocked.path,
    blocked.node,
    doing,
    'execute',
  )
}

/** EACCES for making or removing an entry of `folder`. */
export function entryRefused(world: World, folder: string, doing: Message): Outcome | undefined {
  const found = find(world.state.files, folder)
  return refusedAt(world, found, mayChangeEntries(world.state.files, folder, world.identity), doing, 'write')
}

/** EACCES for opening an existing file. */
export function accessRefused(
  world: World,
  found: Found,
  access: Access,
  doing: Message,
): Outcome | undefined {
  return refusedAt(
    world,
    found,
    allowed(world.state.files, found.path, world.identity, access),
    doing,
    access,
  )
}

/** A refusal put down to the folder on the way that lets nobody through, else to the place itself. */
function refusedAt(
  world: World,
  found: Found,
  answer: Known<boolean>,
  doing: Message,
  access: Access,
): Outcome | undefined {
  const blocked = blockedAt(found, world.identity)
  const { path, node } = blocked ?? found
  return refused(world, answer, path, node, doing, blocked ? 'execute' : access)
}

/** EPERM: a sticky folder protects the files of others, whatever their mode (container-facts run-sticky). */
export function stickyRefused(
  world: World,
  folder: FileNode,
  node: FileNode,
  path: string,
  doing: Message,
): Outcome | undefined {
  if (isCertainly(world.identity.uid, 0)) return undefined
  if (folder.mode.certainty === 'unknown' || (folder.mode.value & 0o1000) === 0) return undefined
  const mine = sameNumber(node.owner, world.identity.uid)
  const folderMine = sameNumber(folder.owner, world.identity.uid)
  if (mine.certainty === 'unknown') return { status: 'maybe' }
  if (mine.value || folderMine.certainty === 'unknown' || folderMine.value) return undefined
  return failure(
    world,
    'not-permitted',
    weaker(node.exists, weaker(mine.certainty, folderMine.certainty)),
    text`Cannot ${doing} as ${describeIdentity(world.identity)}: its folder is sticky (mode ${describeMode(folder)}) and it belongs to ${ownerName(world, node)}.`,
    { path, because: node.because },
  )
}

function describeMode(node: FileNode): Argument {
  return node.mode.certainty === 'unknown' ? text`unknown` : node.mode.value.toString(8)
}
function ownerName(world: World, node: FileNode): Argument {
  return node.owner.certainty === 'unknown'
    ? text`somebody else`
    : nameOfUid(node.owner.value, world.state.accounts)
}

export function sameNumber(a: Known<number>, b: Known<number>): Known<boolean> {
  if (a.certainty === 'unknown' || b.certainty === 'unknown') return unknown()
  return {
    certainty: weaker(a.certainty, b.certainty),
    value: a.value === b.value,
    because: [...a.because, ...b.because],
  }
}

/** Owner, group and mode of what `world` makes in a folder: the process's own, the folder's group where it is setgid. */
export function attributesFor(world: World, parent: FileNode, mode: number, isDirectory: boolean) {
  const setgid = isSetgid(parent)
  const certainty = setgid.certainty === 'unknown' ? 'likely' : setgid.certainty
  const inherits = setgid.certainty !== 'unknown' && setgid.value
  const bits = certain((mode & ~world.umask) | (inherits && isDirectory ? 0o2000 : 0), [world.origin])
  const masked = isMaskSure(world, mode) ? bits : lowered(bits, 'possible')
  return {
    owner: world.identity.uid,
    group: lowered(inherits ? parent.group : world.identity.gid, certainty),
    mode: isDirectory ? lowered(masked, certainty) : masked,
    because: [world.origin],
  }
}

/** Do all masks that the process may have leave the same of a mode? */
export function isMaskSure({ umask, otherUmasks = [] }: World, mode = 0o777): boolean {
  return otherUmasks.every((other) => (mode & ~other) === (mode & ~umask))
}

/** What `because` of a changed node keeps: the last few makers. */
export function becauseOf(world: World, node: FileNode): FileNode['because'] {
  return node.because.at(-1) === world.origin ? node.because : [...node.because.slice(-3), world.origin]
}

/** No folder, whatever else it may be. */
export function isInTheWay(node: FileNode): boolean {
  return node.kind === 'file' || node.kind === 'other' || node.kind === 'link'
}

export function isBusybox({ base }: World): boolean {
  return base?.os === 'alpine' || base?.os === 'busybox'
}
