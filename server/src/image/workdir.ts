import type { Certainty, Known, Origin } from '../known.ts'
import { certain, knownValue, lowered, unknown, weaker } from '../known.ts'
import {
  directory,
  type Found,
  find,
  isSetgid,
  keptOrMade,
  longestPath,
  mayBeThere,
  nameOf,
  nothingKnown,
  put,
} from './files.ts'
import type { FileNode, ImageState } from './types.ts'

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
  if (path.length > longestPath) return root
  const found = find(root, path)
  const way = [...found.ancestors, found]
  const first = way.findIndex(({ node }) => node.kind !== 'directory' || node.exists !== 'certain')
  if (first < 0) return root
  const there = first - 1
  const missing = way.slice(first)
  const made: FileNode[] = []
  for (const { node } of missing)
    made.push(newFolder(node, made.at(-1) ?? way[there]?.node, attributes, origin))
  let below = made.at(-1) as FileNode
  for (let index = made.length - 2; index >= 0; index--) {
    const folder = made[index] as FileNode
    const name = nameOf((missing[index + 1] as Place).path)
    below = { ...folder, children: folder.children.set(name, below) }
  }
  return put(root, (missing[0] as Place).path, below)
}

type Place = Found['ancestors'][number]

/** The folder that the builder makes where `before` is missing, or may be. */
function newFolder(
  before: FileNode,
  parent: FileNode | undefined,
  attributes: FolderAttributes,
  origin: Origin,
): FileNode {
  const inherited =
    attributes.inSetgid && parent && knownValue(isSetgid(parent)) === true ? parent : undefined
  // Where this file changed the folder in ways that nobody can tell, it may be setgid or not.
  const certainty = attributes.inSetgid && parent ? certaintyOfSetgid(parent) : 'certain'
  const mode = certain((attributes.mode ?? 0o755) | (inherited ? 0o2000 : 0), [origin])
  const group = inherited && attributes.inSetgid === 'folders-group' ? inherited.group : attributes.group
  const node = directory({
    owner: attributes.owner,
    group: attributes.inSetgid === 'folders-group' ? lowered(group, certainty) : group,
    mode: lowered(mode, certainty),
    because: [origin],
  })
  // What was taken for a file is a folder then, and nobody saw what is in it.
  if (before.kind === 'file' && before.exists !== 'certain') return { ...node, unlisted: nothingKnown }
  if (before.kind === 'directory') return { ...before, ...keptOrMade(before, node), exists: 'certain' }
  if (!mayBeThere(before)) return node
  // It may be there already, then it keeps what it has; where this file may have made it, that is as good a guess.
  const madeHere = before.because.some(({ kind }) => kind === 'instruction')
  const doubt = (known: Known<number>, old: Known<number>): Known<number> =>
    known.certainty === 'unknown'
      ? known
      : old.certainty !== 'unknown' && old.value === known.value
        ? { ...known, certainty: weaker(known.certainty, old.certainty) }
        : madeHere
          ? unknown(old.because)
          : { ...known, certainty: 'likely' }
  return {
    ...node,
    owner: doubt(node.owner, before.owner),
    group: doubt(node.group, before.group),
    mode: doubt(node.mode, before.mode),
    children: before.children,
    unlisted: before.unlisted === 'none' ? nothingKnown : before.unlisted,
  }
}

/** A mode of the base's that nobody knows is not setgid; where this file changed it, that is only likely. */
function certaintyOfSetgid(folder: FileNode): Certainty {
  const { certainty } = isSetgid(folder)
  if (certainty !== 'unknown') return certainty
  return folder.because.some(({ kind }) => kind === 'instruction') ? 'likely' : 'certain'
}

/** Where a process starts: the kernel knows a folder by its place, not by the links that lead to it. */
export function startFolder({ workdir, files }: ImageState): Known<string> {
  return workdir.certainty === 'unknown' ? workdir : { ...workdir, value: find(files, workdir.value).path }
}

/** A file at the path or on its way: where it is there, no folder can be made. */
export function fileInTheWay(
  root: FileNode,
  path: string,
): { readonly path: string; readonly node: FileNode; readonly needs: 'folder' } | undefined {
  const found = find(root, path)
  const at = [...found.ancestors, found].find(({ node }) => node.kind === 'file')
  return at && { path: at.path, node: at.node, needs: 'folder' }
}
