import { text } from '../../l10n/index.ts'
import type { Outcome, World } from '../commands/model.ts'
import { maybe, ok } from '../commands/model.ts'
import { describeIdentity, describeNode } from '../describe.ts'
import { find, join, nameOf, nodeAt, parentOf, permits, put, removed } from '../files.ts'
import type { FileNode } from '../types.ts'
import {
  becauseOf,
  entryRefused,
  failure,
  isBusybox,
  notAFolder,
  notThere,
  setFiles,
  stickyRefused,
  wayRefused,
  worse,
} from './checks.ts'

/** rename(2): owner and mode go along. */
export function movePath(
  world: World,
  source: string,
  target: string,
  options: { intoFolder?: boolean } = {},
): Outcome {
  const from = find(world.state.files, source, false)
  const doing = text`move ${source}`
  const wayBlocked = wayRefused(world, from, doing)
  if (wayBlocked?.status === 'fail') return wayBlocked
  if (from.node.kind === 'missing')
    return notThere(world, source, from.node, () => movePath(world, source, target, options))
  const followed = find(world.state.files, target)
  if (followed.node.kind === 'directory' && options.intoFolder !== false) {
    const inside = join(followed.path, nameOf(from.path))
    if (inside === from.path && isBusybox(world)) return ok
    if (inside === from.path)
      return failure(world, 'other', 'certain', text`${source} is in ${target} already.`, { path: source })
    return movePath(world, source, inside, { intoFolder: false })
  }
  const at = find(world.state.files, target, false)
  const parentNode = nodeAt(world.state.files, parentOf(at.path))
  if (parentNode.kind === 'missing') return notThere(world, parentOf(at.path), parentNode)
  if (parentNode.kind === 'file') return notAFolder(world, parentOf(at.path), parentNode)
  // BusyBox leaves it to rename(2), which has nothing to do.
  if (at.path === from.path && isBusybox(world)) return ok
  if (at.path === from.path)
    return failure(world, 'other', 'certain', text`${source} and ${target} are the same.`, { path: source })
  if (`${at.path}/`.startsWith(`${from.path}/`) && at.path !== from.path)
    return failure(world, 'other', 'certain', text`${source} cannot be moved into itself.`, { path: source })
  const [folder, entry] = [from.node.kind === 'directory', at.node.kind === 'directory']
  const known = from.node.kind !== 'unknown' && at.node.kind !== 'unknown' && at.node.kind !== 'missing'
  if (known && folder !== entry)
    return failure(
      world,
      'other',
      at.node.exists,
      entry
        ? text`${at.path} is a folder: a file cannot be moved over it.`
        : text`${at.path} is a file: a folder cannot be moved over it.`,
      { path: at.path, because: at.node.because },
    )
  const full =
    at.node.kind === 'directory' &&
    [...at.node.children.values()].some((child) => child.kind !== 'missing' && child.exists === 'certain')
  if (full)
    return failure(world, 'other', at.node.exists, text`${at.path} is there already and not empty.`, {
      path: at.path,
    })
  const denied = [
    entryRefused(world, parentOf(from.path), doing),
    stickyRefused(world, nodeAt(world.state.files, parentOf(from.path)), from.node, from.path, doing),
    entryRefused(world, parentOf(at.path), text`write ${target}`),
    at.node.kind === 'missing'
      ? undefined
      : stickyRefused(world, parentNode, at.node, at.path, text`replace ${target}`),
    ownFolderRefused(world, from.node, from.path, at.path),
  ].reduce<Outcome>((outcome, next) => (next ? worse(outcome, next) : outcome), ok)
  if (denied.status === 'fail') return denied
  const moved: FileNode = { ...from.node, because: becauseOf(world, from.node) }
  setFiles(world, put(removed(world.state.files, from.path, [world.origin]), at.path, moved))
  world.writes.push(from.path, at.path)
  return from.node.kind === 'unknown' || at.node.kind === 'unknown' ? worse(denied, maybe) : denied
}

/** A folder that gets another parent is written itself: its `..` changes (rename(2)). */
function ownFolderRefused(world: World, node: FileNode, from: string, to: string): Outcome | undefined {
  if (node.kind !== 'directory' || parentOf(from) === parentOf(to)) return undefined
  const may = permits(node, world.identity, 'write')
  if (may.certainty === 'unknown') return maybe
  if (may.value) return undefined
  return failure(
    world,
    'permission-denied',
    may.certainty,
    text`Cannot move ${from} as ${describeIdentity(world.identity)}: it ${describeNode(node, world.state.accounts)}. Permission denied.`,
    { path: from, because: node.because },
  )
}
