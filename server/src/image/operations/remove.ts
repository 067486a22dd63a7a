import { isCertainly } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import type { Outcome, World } from '../commands/model.ts'
import { maybe, ok } from '../commands/model.ts'
import { both, find, join, nodeAt, parentOf, permits, removed } from '../files.ts'
import type { FileNode } from '../types.ts'
import {
  doubted,
  entryRefused,
  failure,
  notThere,
  refused,
  setFiles,
  stickyRefused,
  wayRefused,
  worse,
} from './checks.ts'

/** unlink(2), with `recursive` as `rm -r`. */
export function removePath(
  world: World,
  path: string,
  options: { recursive?: boolean; force?: boolean } = {},
): Outcome {
  const found = find(world.state.files, path, false)
  const { node } = found
  const doing = text`remove ${path}`
  const wayBlocked = wayRefused(world, found, doing)
  if (wayBlocked?.status === 'fail') return wayBlocked
  if (node.kind === 'missing')
    return options.force ? (wayBlocked ?? ok) : worse(wayBlocked ?? ok, notThere(world, path, node))
  if (found.path === '/')
    return failure(world, 'other', 'certain', text`The root folder cannot be removed.`, { path })
  if (node.kind === 'directory' && !options.recursive)
    return failure(
      world,
      'other',
      node.exists,
      text`${path} is a folder; rm without -r does not remove it.`,
      {
        path,
        because: node.because,
      },
    )
  const parentNode = nodeAt(world.state.files, parentOf(found.path))
  const denied =
    entryRefused(world, parentOf(found.path), doing) ??
    stickyRefused(world, parentNode, node, found.path, doing) ??
    (options.recursive ? contentRefused(world, found.path, node) : undefined)
  if (denied?.status === 'fail') {
    // What may not be there need not be removed.
    if (node.exists === 'certain' && node.kind !== 'unknown') return denied
    return doubted(denied, 'possible')
  }
  setFiles(world, removed(world.state.files, found.path, [world.origin]))
  world.writes.push(found.path)
  if (denied) return denied
  return (node.kind === 'unknown' || node.exists !== 'certain') && !options.force ? maybe : ok
}

/** Others than root must be able to write every folder that they empty. */
function contentRefused(world: World, path: string, node: FileNode): Outcome | undefined {
  if (node.kind !== 'directory' || isCertainly(world.identity.uid, 0)) return undefined
  const entries = [...node.children].filter(([, child]) => child.kind !== 'missing')
  let outcome: Outcome | undefined
  if (entries.length > 0 || node.unlisted !== 'none') {
    const answer = both(permits(node, world.identity, 'execute'), permits(node, world.identity, 'write'))
    const denied = refused(world, answer, path, node, text`empty ${path}`, 'write')
    const surelyFull = entries.some(([, child]) => child.exists === 'certain')
    outcome = denied && !surelyFull ? doubted(denied, 'possible') : denied
    if (outcome?.status === 'fail') return outcome
  }
  for (const [name, child] of entries) {
    const at = join(path, name)
    const denied =
      stickyRefused(world, node, child, at, text`remove ${at}`) ?? contentRefused(world, at, child)
    if (denied) outcome = outcome ? worse(outcome, denied) : denied
    if (outcome?.status === 'fail') return outcome
  }
  return outcome
}
