import { unknown } from '../../../known.ts'
import { allowed, find, put } from '../../files.ts'
import { lowered, setFiles } from '../../operations.ts'
import type { Unlisted } from '../../types.ts'
import type { Outcome, World } from '../model.ts'
import { maybe } from '../model.ts'
import { mayHaveMore } from './doubt.ts'

/** Entries that a program makes in a folder under names that we do not know. */

/** They belong to the process; their modes are theirs. */
export function processOwned(world: World): Unlisted {
  return { owner: world.identity.uid, group: world.identity.gid, mode: unknown([world.origin]) }
}
/** They may belong to anybody: an archive says so. */
export function anybodys(world: World): Unlisted {
  const nobody = unknown<number>([world.origin])
  return { owner: nobody, group: nobody, mode: nobody }
}

/** New entries may lie in the folder from here on, if this identity may write there. The root folder is left alone. */
export function mayWriteInto(world: World, path: string | undefined, unlisted = processOwned(world)): void {
  if (path === undefined || path === '/' || !mayWrite(world, path)) return
  mayHaveMore(world, path, unlisted)
}

export function mayWrite(world: World, path: string): boolean {
  const answer = allowed(world.state.files, path, world.identity, 'write')
  return answer.certainty === 'unknown' || answer.value
}

/** A folder whose own owner and mode an archive's `./` entry may have set. */
export function ownAttributesDoubtful(world: World, path: string): void {
  const found = find(world.state.files, path)
  if (found.node.kind !== 'directory' || found.path === '/') return
  const { owner, group, mode } = found.node
  setFiles(
    world,
    put(world.state.files, found.path, {
      ...found.node,
      owner: lowered(owner),
      group: lowered(group),
      mode: lowered(mode),
    }),
  )
}

/** The network, a registry, a mirror: it can fail for reasons that no Dockerfile shows. */
export const network: Outcome = maybe
