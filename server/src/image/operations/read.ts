import { text } from '../../l10n/index.ts'
import type { Outcome, World } from '../commands/model.ts'
import { maybe, ok } from '../commands/model.ts'
import { find } from '../files.ts'
import { accessRefused, circular, doubted, notThere, wayRefused } from './checks.ts'

/** stat(2): it has to be there, and the way to it open. */
export function looked(world: World, path: string): Outcome {
  const found = find(world.state.files, path)
  const wayBlocked = wayRefused(world, found, text`look at ${path}`)
  if (wayBlocked?.status === 'fail') return wayBlocked
  if (found.node.kind === 'missing') return notThere(world, path, found.node)
  if (found.node.kind === 'link') return circular(world, path, found.node)
  return wayBlocked ?? (found.node.kind === 'unknown' || found.node.exists !== 'certain' ? maybe : ok)
}

/** open(2) for reading. */
export function readable(world: World, path: string): Outcome {
  const found = find(world.state.files, path)
  const wayBlocked = wayRefused(world, found, text`read ${path}`)
  if (wayBlocked?.status === 'fail') return wayBlocked
  if (found.node.kind === 'missing') return notThere(world, path, found.node)
  if (found.node.kind === 'link') return circular(world, path, found.node)
  if (found.path.startsWith('/dev/')) return ok
  const denied = accessRefused(world, found, 'read', text`read ${path}`)
  if (found.node.kind === 'unknown' || found.node.exists !== 'certain')
    return denied ? doubted(denied, 'likely') : maybe
  return denied ?? ok
}
