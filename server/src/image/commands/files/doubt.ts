import type { Certainty, Known } from '../../../known.ts'
import { lowered, unknown, weaker } from '../../../known.ts'
import { find, put } from '../../files.ts'
import { openedFolders } from '../../opened.ts'
import { setFiles } from '../../operations.ts'
import type { FileNode, Unlisted } from '../../types.ts'
import type { World } from '../model.ts'

/** What a change does to our knowledge where we cannot tell which paths it met. */

export type Aspect = 'owner' | 'group' | 'mode' | 'exists'

/** Folders of the system: a variable in a Dockerfile names something of the application, not what the base has in these. */
const systemFolders = new Set(['bin', 'boot', 'dev', 'lib', 'lib32', 'lib64', 'proc', 'sbin', 'sys', 'usr'])

/** A change whose path is unknown: nothing that this file made, and nothing outside the system's folders, is certain any more in these respects. */
export function doubtEverywhere(
  world: World,
  aspects: readonly Aspect[],
  certainty: Certainty = 'possible',
): void {
  const root = world.state.files
  let { children } = root
  for (const [name, child] of children) {
    const doubted = doubt(child, aspects, certainty, systemFolders.has(name))
    if (doubted !== child) children = children.set(name, doubted)
  }
  if (children !== root.children) setFiles(world, { ...root, children })
}

/**
 * Something was made, and nobody knows where: outside the system's folders nothing is certainly missing any more.
 * @param aspects of what was there, where it may have been replaced or given to somebody
 */
export function madeSomewhere(
  world: World,
  aspects: readonly Aspect[] = ['exists'],
  certainty: Certainty = 'possible',
): void {
  doubtEverywhere(world, aspects, certainty)
  const nobody = unknown<number>([world.origin])
  const unlisted: Unlisted = { owner: nobody, group: nobody, mode: nobody }
  const root = world.state.files
  const children = root.children.map((child, name) =>
    systemFolders.has(name) ? child : openedFolders(child, unlisted),
  )
  setFiles(world, { ...root, children, unlisted: root.unlisted === 'none' ? unlisted : root.unlisted })
}

/** Something unknown may have happened to a path and all below it. @param madeHere only to what this file made */
export function doubtBelow(
  world: World,
  path: string,
  aspects: readonly Aspect[],
  certainty: Certainty = 'possible',
  madeHere = false,
): void {
  const found = find(world.state.files, path)
  if (found.node.kind === 'missing') return
  const doubted = doubt(found.node, aspects, certainty, madeHere)
  if (doubted !== found.node) setFiles(world, put(world.state.files, found.path, doubted))
}

/** Entries that the tree does not name were changed, or some of them. */
export function changeUnlisted(world: World, folder: string, change: (unlisted: Unlisted) => Unlisted): void {
  const found = find(world.state.files, folder)
  if (found.node.kind === 'missing' || found.node.unlisted === 'none') return
  setFiles(
    world,
    put(world.state.files, found.path, { ...found.node, unlisted: change(found.node.unlisted) }),
  )
}

/** A folder may have got entries that we do not know; the ones that we know stay. */
export function mayHaveMore(world: World, path: string, unlisted: Unlisted): void {
  const found = find(world.state.files, path)
  const { node } = found
  if (node.kind === 'missing' || node.kind === 'file') return
  const next: Unlisted =
    node.unlisted === 'none'
      ? unlisted
      : {
          owner: sameOrUnknown(node.unlisted.owner, unlisted.owner),
          group: sameOrUnknown(node.unlisted.group, unlisted.group),
          mode: sameOrUnknown(node.unlisted.mode, unlisted.mode),
        }
  setFiles(world, put(world.state.files, found.path, { ...node, unlisted: next }))
}

function sameOrUnknown(a: Known<number>, b: Known<number>): Known<number> {
  return a.certainty !== 'unknown' && b.certainty !== 'unknown' && a.value === b.value ? a : unknown()
}

/** @param madeHere only what this file made */
function doubt(node: FileNode, aspects: readonly Aspect[], certainty: Certainty, madeHere = false): FileNode {
  if (node.kind === 'missing' && !aspects.includes('exists')) return node
  // Trees are shared: what has been doubted once needs no second visit.
  const children = node.children.settled(`?${madeHere} ${certainty} ${aspects.join(' ')}`, (child) =>
    doubt(child, aspects, certainty, madeHere),
  )
  if (madeHere && node.because.every(({ kind }) => kind !== 'instruction'))
    return children === node.children ? node : { ...node, children }
  const lower = (known: Known<number>, aspect: Aspect): Known<number> =>
    aspects.includes(aspect) ? lowered(known, certainty) : known
  const owner = lower(node.owner, 'owner')
  const group = lower(node.group, 'group')
  const mode = lower(node.mode, 'mode')
  const exists = aspects.includes('exists') ? weaker(node.exists, certainty) : node.exists
  const unlisted = node.unlisted === 'none' ? 'none' : doubtUnlisted(node.unlisted, lower)
  const isSo =
    children === node.children &&
    owner === node.owner &&
    group === node.group &&
    mode === node.mode &&
    exists === node.exists &&
    unlisted === node.unlisted
  return isSo ? node : { ...node, children, owner, group, mode, exists, unlisted }
}

function doubtUnlisted(
  unlisted: Unlisted,
  lower: (known: Known<number>, aspect: Aspect) => Known<number>,
): Unlisted {
  const owner = lower(unlisted.owner, 'owner')
  const group = lower(unlisted.group, 'group')
  const mode = lower(unlisted.mode, 'mode')
  return owner === unlisted.owner && group === unlisted.group && mode === unlisted.mode
    ? unlisted
    : { owner, group, mode }
}
