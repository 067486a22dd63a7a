import type { Known } from '../../known.ts'
import { certain, lowered, unknown } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import type { Outcome, World } from '../commands/model.ts'
import { maybe, ok } from '../commands/model.ts'
import {
  both,
  directory,
  type Found,
  find,
  keptOrMade,
  mayBeThere,
  nameOf,
  nodeAt,
  nothingKnown,
  parentOf,
  permits,
  put,
} from '../files.ts'
import type { FileNode } from '../types.ts'
import {
  attributesFor,
  doubted,
  entryRefused,
  failure,
  isInTheWay,
  isMaskSure,
  notAFolder,
  notThere,
  refused,
  setFiles,
  wayRefused,
  worse,
} from './checks.ts'

export interface MakeDirectoryOptions {
  /** As `mkdir -p`. */
  readonly parents?: boolean
  /** Of the last folder, exactly so (but a setgid folder hands its bit on); without it 0777 less umask. */
  readonly mode?: number
  readonly modeUnknown?: boolean
  /** A setgid folder does not hand its bit on: its mode is set anew (install -d; BusyBox: libbb/make_directory.c). */
  readonly noInheritance?: boolean
  readonly owner?: Known<number>
  readonly group?: Known<number>
  /** Parents get 0755 whatever the umask (install -d). */
  readonly plainParents?: boolean
}

/** mkdir(2), with `parents` as `mkdir -p`. */
export function makeDirectory(world: World, path: string, options: MakeDirectoryOptions = {}): Outcome {
  const doing = text`make ${path}`
  const there = find(world.state.files, path)
  const wayBlocked = wayRefused(world, there, doing)
  if (wayBlocked?.status === 'fail') return wayBlocked
  if (there.node.kind === 'directory') {
    if (options.parents) {
      mayMakeWay(world, there, options)
      return worse(wayBlocked ?? ok, there.node.exists === 'certain' ? ok : maybe)
    }
    return failure(world, 'other', there.node.exists, text`${path} already exists.`, {
      path,
      because: there.node.because,
    })
  }
  // A link is in the way even where it points to nothing.
  const entry = find(world.state.files, path, false).node
  if (isInTheWay(there.node) || (isInTheWay(entry) && there.node.kind !== 'unknown'))
    return failure(world, 'other', entry.exists, text`${path} is there already and is no folder.`, {
      path,
      because: entry.because,
    })
  const parent = parentOf(path)
  let outcome: Outcome = wayBlocked ?? ok
  let parentNode = nodeAt(world.state.files, parent)
  if (parentNode.kind === 'missing' || (parentNode.kind === 'unknown' && options.parents)) {
    if (!options.parents) return notThere(world, parent, parentNode)
    outcome = worse(outcome, makeParents(world, parent, options.plainParents === true))
    if (outcome.status === 'fail') return outcome
    parentNode = nodeAt(world.state.files, parent)
  }
  if (isInTheWay(parentNode)) return notAFolder(world, parent, parentNode)
  const found = find(world.state.files, path)
  // A path that may exist already as a folder: mkdir -p then does nothing, mkdir fails.
  const mayExist = found.node.kind === 'unknown'
  const denied = entryRefused(world, parent, doing)
  if (denied?.status === 'fail' && !(mayExist && options.parents)) return denied
  if (denied) outcome = worse(outcome, denied.status === 'fail' ? doubted(denied, 'likely') : denied)
  if (mayExist && (!options.parents || mayBeFile(world, found.path))) outcome = worse(outcome, maybe)
  if (options.parents) mayMakeWay(world, there, options)
  const node = newFolder(world, nodeAt(world.state.files, parent), found.node, options)
  setFiles(world, put(world.state.files, found.path, node))
  world.writes.push(found.path)
  return outcome
}

/**
 * Something that nobody has seen, or only perhaps. A folder is made where a folder may be, so it is one if it is there;
 * not so in /etc, where files lie as well, nor where this file may have made it.
 */
function mayBeFile({ state }: World, path: string): boolean {
  const folder = parentOf(path)
  return folder === '/etc' || nodeAt(state.files, folder).children.has(nameOf(path))
}

/** Folders that may be there: `mkdir -p` makes them where they are not, and then they are as it makes them. */
function mayMakeWay(world: World, { path, node, ancestors }: Found, options: MakeDirectoryOptions): void {
  const { plainParents } = options
  let parent: FileNode | undefined
  for (const one of [...ancestors, { path, node }]) {
    if (parent && one.node.kind === 'directory' && one.node.exists !== 'certain') {
      const own: MakeDirectoryOptions =
        one.path === path ? options : parentOptions(world, plainParents === true)
      const attributes = keptOrMade(one.node, newFolder(world, parent, one.node, own))
      const now = nodeAt(world.state.files, one.path)
      setFiles(world, put(world.state.files, one.path, { ...now, ...attributes }))
    }
    parent = one.node
  }
}

/** A folder where `before` was. One that `mkdir -p` may have found there keeps what it holds. */
function newFolder(
  world: World,
  parent: FileNode,
  before: FileNode,
  options: MakeDirectoryOptions,
): FileNode {
  const attributes = attributesFor(world, parent, 0o777, true)
  const inherited =
    attributes.mode.certainty === 'unknown' || (attributes.mode.value & 0o2000) === 0 ? 0 : 0o2000
  const made = {
    owner: options.owner ?? attributes.owner,
    group: options.group ?? attributes.group,
    mode: options.modeUnknown
      ? unknown<number>([world.origin])
      : options.mode === undefined
        ? attributes.mode
        : certain(options.mode | (options.noInheritance ? 0 : inherited), [world.origin]),
    because: attributes.because,
  }
  if (!mayBeThere(before) || !options.parents) return directory(made)
  const { owner, group, mode, because } = made
  const kept = { owner: lowered(owner), group: lowered(group), mode: lowered(mode), because }
  const unlisted = before.unlisted === 'none' ? nothingKnown : before.unlisted
  return { ...directory(kept, unlisted), children: before.children }
}

/** Parents are made so that the process can go on in them: u+wx whatever the umask. */
function parentOptions(world: World, plainParents: boolean): MakeDirectoryOptions {
  if (plainParents) return { parents: true, mode: 0o755, plainParents }
  if (!isMaskSure(world)) return { parents: true, modeUnknown: true }
  return { parents: true, mode: (0o777 & ~world.umask) | 0o300 }
}

/** `path` and all that is missing above it. */
function makeParents(world: World, path: string, plainParents: boolean): Outcome {
  const options = parentOptions(world, plainParents)
  const found = find(world.state.files, path)
  const way = [...found.ancestors, found]
  const first = way.findIndex(({ node }) => node.kind !== 'directory')
  const top = way[first]
  if (!top || top === found || !isFresh(world, path, found.path, top.path))
    return makeDirectory(world, path, options)
  let outcome = makeDirectory(world, top.path, options)
  if (outcome.status === 'fail') return outcome
  // From here on each lies in one that was just made: only that one is asked, and all are put there at once.
  const made = [nodeAt(world.state.files, top.path)]
  for (const { path: at, node } of way.slice(first + 1)) {
    const parent = made.at(-1) as FileNode
    const denied = refused(
      world,
      both(permits(parent, world.identity, 'execute'), permits(parent, world.identity, 'write')),
      parentOf(at),
      parent,
      text`make ${at}`,
      'write',
    )
    if (denied) outcome = worse(outcome, doubted(denied, 'likely'))
    made.push(newFolder(world, parent, node, options))
    world.writes.push(at)
  }
  let below = made.at(-1) as FileNode
  for (let index = made.length - 2; index >= 0; index--) {
    const folder = made[index] as FileNode
    const name = nameOf((way[first + index + 1] as Place).path)
    below = { ...folder, children: folder.children.set(name, below) }
  }
  setFiles(world, put(world.state.files, top.path, below))
  return outcome
}

type Place = Found['ancestors'][number]

/** What is missing on the way is missing under the names that the path gives, not behind a link that leads nowhere. */
function isFresh(world: World, path: string, resolved: string, top: string): boolean {
  const missing = resolved.slice(parentOf(top).length === 1 ? 0 : parentOf(top).length)
  if (!path.endsWith(missing)) return false
  const entry = path.slice(0, path.length - missing.length + nameOf(top).length + 1)
  const { node } = find(world.state.files, entry, false)
  return node.kind === 'missing' || node.kind === 'unknown'
}
