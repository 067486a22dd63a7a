import type { Known, Origin } from '../known.ts'
import { certain, unknown, weaker } from '../known.ts'
import { directory, type Found, find, nodeAt, nothingKnown, parentOf, put } from './files.ts'
import type { FileNode } from './types.ts'

export interface FolderAttributes {
  readonly owner: Known<number>
  readonly group: Known<number>
  readonly mode?: number
  /** In a setgid folder a new one is setgid too, as mkdir(2) makes it: with the folder's group, or with its own where somebody asked for that. */
  readonly inSetgid?: 'folders-group' | 'own-group'
}

/**
 * Makes a folder and all missing ones above it, as the builder does for WORKDIR and for targets of COPY: no permission is asked.
 * Folders that are there keep owner and mode.
 */
export function makeFolders(
  root: FileNode,
  path: string,
  attributes: FolderAttributes,
  origin: Origin,
): FileNode {
  const found = find(root, path)
  if (found.node.kind === 'directory') return root
  const withParents = found.path === '/' ? root : makeFolders(root, parentOf(found.path), attributes, origin)
  const inherited = attributes.inSetgid && setgidOf(withParents, found.path)
  const node = directory({
    owner: attributes.owner,
    group: inherited && attributes.inSetgid === 'folders-group' ? inherited.group : attributes.group,
    mode: certain((attributes.mode ?? 0o755) | (inherited ? 0o2000 : 0), [origin]),
    because: [origin],
  })
  if (found.node.kind !== 'unknown') return put(withParents, found.path, node)
  // It may be there already, then it keeps what it has; where this file may have made it, that is as good a guess.
  const madeHere = found.node.because.some(({ kind }) => kind === 'instruction')
  const doubt = (known: Known<number>, old: Known<number>): Known<number> =>
    known.certainty === 'unknown'
      ? known
      : old.certainty !== 'unknown' && old.value === known.value
        ? { ...known, certainty: weaker(known.certainty, old.certainty) }
        : madeHere
          ? unknown(old.because)
          : { ...known, certainty: 'likely' }
  return put(withParents, found.path, {
    ...node,
    owner: doubt(node.owner, found.node.owner),
    group: doubt(node.group, found.node.group),
    mode: doubt(node.mode, found.node.mode),
    children: found.node.children,
    unlisted: found.node.unlisted === 'none' ? nothingKnown : found.node.unlisted,
  })
}

/** The folder that the path lies in, where that is setgid. */
function setgidOf(root: FileNode, path: string): FileNode | undefined {
  const folder = nodeAt(root, parentOf(path))
  return folder.mode.certainty !== 'unknown' && (folder.mode.value & 0o2000) !== 0 ? folder : undefined
}

/** A file that is certainly there, at the path or on its way: no folder can be made. */
export function fileInTheWay(root: FileNode, path: string): Found | undefined {
  const found = find(root, path)
  const isFile = ({ kind, exists }: FileNode) => kind === 'file' && exists === 'certain'
  if (isFile(found.node)) return found
  const index = found.ancestors.findIndex(({ node }) => isFile(node))
  const at = found.ancestors[index]
  return at && { ...at, ancestors: found.ancestors.slice(0, index) }
}
