import { certain, type Origin } from '../../known.ts'
import { absolute, directory, mapTree, type NodeAttributes, nameOf, nodeAt, parentOf } from '../files.ts'
import type { BuildContext, FileNode, ImageState } from '../types.ts'
import { contextNode, matchingPaths } from './context-sources.ts'
import { likelyNode } from './merge.ts'
import { type CopyRequest, ofContext, type Source, unnamed } from './request.ts'
import { matchingPlaces } from './stage-sources.ts'

/**
 * `COPY --parents`: folders on the way to a source come along, from the root or from where `/./` stands, with the owner and
 * mode that they have there. Read from the source, not yet seen: it is said as likely.
 * BuildKit: frontend/dockerfile/dockerfile2llb/convert.go, dispatchCopy; tonistiigi/fsutil: copy/copy.go, createParentDirs.
 */
export function sourcesWithParents(source: string, request: CopyRequest): readonly Source[] {
  const { from, origin } = request
  const somewhere = [unnamed(from === undefined ? ofContext(origin) : undefined)]
  if (from === 'image') return somewhere
  const pivot = source.indexOf('/./')
  const top = pivot < 0 ? '/' : absolute(source.slice(0, pivot))
  const places = placesOf(absolute(source), request, from)
  if (places === 'unknown') return somewhere
  return places.flatMap((place): readonly Source[] => {
    const tree = treeOf(place, top, request, from)
    return tree ? [{ kind: 'entry', name: nameOf(place), node: tree }] : somewhere
  })
}

function placesOf(
  path: string,
  { context }: CopyRequest,
  from: ImageState | undefined,
): readonly string[] | 'unknown' {
  if (!/[*?[]/.test(path)) return [path]
  if (from !== undefined) return matchingPlaces(from, path)
  const paths = matchingPaths(context, path.slice(1))
  return paths === 'unknown' ? paths : paths.map((one) => `/${one}`)
}

/** The source in its folders, below `top`. */
function treeOf(
  place: string,
  top: string,
  { context, origin }: CopyRequest,
  from: ImageState | undefined,
): FileNode | undefined {
  const source = from ? nodeAt(from.files, place) : contextNode(context, place, origin)
  if (source === undefined || source.kind === 'missing') return undefined
  let tree = source
  for (let at = place; at !== top && at !== '/'; at = parentOf(at)) {
    const folder = from ? nodeAt(from.files, parentOf(at)) : contextFolder(context, parentOf(at), origin)
    if (folder === undefined) return undefined
    const { owner, group, mode, because } = folder
    const alone = directory({ owner, group, mode, because })
    tree = { ...alone, children: alone.children.set(nameOf(at), tree) }
  }
  return mapTree(tree, likelyNode)
}

function contextFolder(context: BuildContext, path: string, origin: Origin): NodeAttributes | undefined {
  const entry = context.stat(path.slice(1))
  if (entry === 'missing' || entry === 'unknown') return undefined
  const { owner, group, mode } = ofContext(origin)
  return {
    owner,
    group,
    mode: entry.mode === null ? mode : certain(entry.mode & 0o7777, [origin]),
    because: [origin],
  }
}
