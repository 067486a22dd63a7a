import { lowered, unknown } from '../../../known.ts'
import { allowed, find, mayBe, nodeAt, parentOf, put } from '../../files.ts'
import { setFiles } from '../../operations.ts'
import type { ShellValue, Unlisted } from '../../types.ts'
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

/** An archive is unpacked there: the root folder may get entries as well. */
export function unpackedInto(world: World, path: string, unlisted: Unlisted): void {
  mayWriteInto(world, path, unlisted)
  const root = world.state.files
  if (path === '/' && root.unlisted === 'none' && mayWrite(world, '/')) setFiles(world, { ...root, unlisted })
}

/** A path that a program is told of may be made by it, if it is missing and this identity may make it. */
export function mayMake(world: World, path: string): void {
  const found = find(world.state.files, path)
  if (found.node.kind !== 'missing') return
  const parent = parentOf(found.path)
  const { kind } = nodeAt(world.state.files, parent)
  if (kind === 'file' || kind === 'other' || (kind !== 'missing' && !mayWrite(world, parent))) return
  const owned = processOwned(world)
  setFiles(world, put(world.state.files, found.path, mayBe({ ...owned, because: [world.origin] }, owned)))
}

/** In the root folder a program makes at most what it names: `cargo new app`. */
export function mayMakeNamed(world: World, words: readonly ShellValue[]): void {
  if (world.cwd.certainty === 'unknown' || world.cwd.value !== '/') return
  for (const { text } of words)
    if (text !== undefined && /^[\w@][\w.@+-]*(\/[\w.@+-]+)*\/?$/.test(text) && text.length < 200)
      mayMake(world, `/${text.replace(/\/$/, '')}`)
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
