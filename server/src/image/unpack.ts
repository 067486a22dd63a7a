import { type Known, type Origin, unknown } from '../known.ts'
import {
  absolute,
  childOf,
  directory,
  file,
  join,
  link,
  maxLinks,
  type NodeAttributes,
  nameOf,
  nodeAt,
  nothingKnown,
  parentOf,
  put,
} from './files.ts'
import { openedFolders } from './opened.ts'
import type { ArchiveEntry, FileNode } from './types.ts'
import { makeFolders } from './workdir.ts'

/** How a program puts the entries of an archive into a tree. */
export interface Unpacking {
  /** Owner and mode of an entry that is made in `folder`; `there`: the entry is a folder that exists. */
  attributes(entry: ArchiveEntry, folder: FileNode, there: boolean): NodeAttributes | 'kept'
  /** Of folders that the archive does not name, only paths in them. */
  implied(folder: FileNode): {
    readonly owner: Known<number>
    readonly group: Known<number>
    /** Undefined: unknown. */
    readonly mode: number | undefined
  }
  /** What a folder of the archive does to a link that lies in its place. */
  readonly overLink: 'replace' | 'follow'
  /** Does `./` of the archive stand for the folder that is unpacked into? */
  readonly namesTop: boolean
  /** Are owner and mode of a further name of a file (a hard link) given to that file? */
  readonly ownsHardLinks: boolean
  readonly origin: Origin
  /** Something is made in a folder that was there before. */
  enters?(path: string): void
}

/** The tree, and the folder that the last entry went to: the next one mostly goes there as well. */
interface Tree {
  readonly root: Draft
  last: { readonly path: string; readonly folder: Folder } | undefined
  /** Folders that may still be made where the archive does not name them. */
  left: number
  /** It goes deeper, or implies more, than anybody's files do: the rest is not followed. */
  beyond: boolean
}

const deepest = 256
const mostImplied = 50_000

/** A node while entries come into it. What nobody touches stays as it is in the tree. */
interface Draft {
  node: FileNode
  children: Map<string, Draft> | undefined
  /** Made by this very archive. */
  made: boolean
}

/**
 * The tree after the entries were unpacked into a folder, one after the other: later ones win.
 * Time is linear in the number of entries.
 * @param root links on the way are followed in this tree
 * @param folder absolute, in `root`; it is there, and no link
 */
export function unpack(
  root: FileNode,
  folder: string,
  entries: readonly ArchiveEntry[],
  how: Unpacking,
): FileNode {
  const tree: Tree = {
    root: { node: root, children: undefined, made: false },
    last: undefined,
    left: mostImplied,
    beyond: false,
  }
  for (const entry of entries) {
    place(tree, folder, entry, how)
    if (tree.beyond) break
  }
  const done = finished(tree.root)
  return tree.beyond ? put(done, folder, openedFolders(nodeAt(done, folder), nothingKnown)) : done
}

function place(tree: Tree, top: string, entry: ArchiveEntry, how: Unpacking): void {
  const inside = absolute(entry.path)
  if (inside === '/') {
    if (entry.kind !== 'directory' || !how.namesTop) return
    const folder = folderAt(tree, top, how).draft
    const attributes = how.attributes(entry, folder.node, true)
    if (attributes !== 'kept') folder.node = { ...folder.node, ...attributes }
    return
  }
  const path = top === '/' ? inside : top + inside
  const above = parentOf(path)
  const folder = tree.last?.path === above ? tree.last.folder : folderAt(tree, above, how)
  if (tree.beyond) return
  const there = child(folder.draft, nameOf(path))
  // A file more in this folder leads nobody elsewhere; anything else might.
  tree.last = entry.kind === 'file' && there.node.kind === 'missing' ? { path: above, folder } : undefined
  if (!folder.draft.made) how.enters?.(folder.path)
  if (entry.kind === 'directory') placeFolder(tree, folder, there, path, entry, how)
  else replace(there, leaf(tree, folder.draft.node, top, entry, how))
}

function placeFolder(
  tree: Tree,
  parent: Folder,
  there: Draft,
  path: string,
  entry: ArchiveEntry,
  how: Unpacking,
): void {
  const follows = there.node.kind === 'link' && how.overLink === 'follow'
  const target = follows ? folderAt(tree, path, how).draft : there
  const exists = target.node.kind === 'directory' || target.node.kind === 'unknown'
  const attributes = how.attributes(entry, parent.draft.node, exists)
  if (!exists) {
    if (attributes !== 'kept') replace(target, directory(attributes))
    return
  }
  const { node } = target
  if (node.kind === 'directory') {
    if (attributes !== 'kept') target.node = { ...node, ...attributes }
    return
  }
  const nobody = unknown<number>(node.because)
  target.node = {
    ...node,
    kind: 'directory',
    exists: 'certain',
    ...(attributes === 'kept' ? { owner: nobody, group: nobody, mode: nobody } : attributes),
  }
}

/** What an entry that is no folder becomes. */
function leaf(tree: Tree, folder: FileNode, top: string, entry: ArchiveEntry, how: Unpacking): FileNode {
  const given = how.attributes(entry, folder, false)
  const nobody = unknown<number>([how.origin])
  const attributes =
    given === 'kept' ? { owner: nobody, group: nobody, mode: nobody, because: [how.origin] } : given
  switch (entry.kind) {
    case 'link':
      return link(attributes, entry.target ?? '/')
    case 'other':
      return { ...file(attributes), kind: 'other' }
    case 'hardlink': {
      const path = absolute(top + absolute(entry.target ?? '/'))
      const same = child(folderAt(tree, parentOf(path), how).draft, nameOf(path))
      if (same.node.kind === 'missing' || same.node.kind === 'directory')
        return file(attributes, undefined, 'likely')
      // Both names are of one file: what is given to one, the other has.
      if (how.ownsHardLinks) same.node = { ...same.node, ...attributes }
      return same.node
    }
    default:
      return file(attributes, entry.content)
  }
}

function replace(draft: Draft, node: FileNode): void {
  draft.node = node
  draft.children = undefined
  draft.made = true
}

interface Folder {
  readonly draft: Draft
  readonly path: string
}

/** The folder at a path, with links followed and what is missing made. */
function folderAt(tree: Tree, path: string, how: Unpacking): Folder {
  const left = path.split('/').filter(Boolean).reverse()
  let at = tree.root
  let depth = 0
  let place = '/'
  let links = 0
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    const next = child(at, name)
    const { node } = next
    if (node.kind === 'link' && node.target !== undefined && links < maxLinks) {
      links++
      left.push(...absolute(node.target, place).split('/').filter(Boolean).reverse())
      at = tree.root
      place = '/'
      depth = 0
      continue
    }
    if (++depth > deepest || tree.left <= 0) {
      tree.beyond = true
      break
    }
    if (node.kind !== 'directory') {
      tree.left--
      imply(at, place, name, next, how)
    }
    at = next
    place = join(place, name)
  }
  return { draft: at, path: place }
}

function imply(folder: Draft, path: string, name: string, draft: Draft, how: Unpacking): void {
  if (!folder.made) how.enters?.(path)
  const alone = { ...folder.node, children: folder.node.children.clear().set(name, draft.node) }
  const { owner, group, mode } = how.implied(folder.node)
  const attributes = { owner, group, ...(mode === undefined ? {} : { mode }) }
  const made = childOf(makeFolders(alone, `/${name}`, attributes, how.origin), name)
  const implied = mode === undefined ? { ...made, mode: unknown<number>([how.origin]) } : made
  if (draft.node.kind === 'unknown') draft.node = implied
  else replace(draft, implied)
}

function child(folder: Draft, name: string): Draft {
  const known = folder.children?.get(name)
  if (known) return known
  const draft: Draft = { node: childOf(folder.node, name), children: undefined, made: false }
  folder.children ??= new Map()
  folder.children.set(name, draft)
  return draft
}

function finished({ node, children }: Draft): FileNode {
  if (!children) return node
  let all = node.children
  for (const [name, draft] of children) {
    const done = finished(draft)
    // Looked at, and still not there.
    const untouched = !draft.made && !all.has(name) && done === draft.node && done.kind !== 'directory'
    if (!untouched) all = all.set(name, done)
  }
  return all === node.children ? node : { ...node, children: all }
}
