import { lowered, weaker } from '../../known.ts'
import { childOf } from '../files.ts'
import type { FileNode, Unlisted } from '../types.ts'

/** Folders below an existing target take owner and mode of the source's (container-facts/copy-dir-mode-0700). */
export function mergeCopied(target: FileNode, source: FileNode): FileNode {
  if (target.children.size === 0)
    return {
      ...target,
      children: source.children,
      unlisted: source.unlisted === 'none' ? target.unlisted : source.unlisted,
    }
  let { children } = target
  for (const [name, child] of source.children) {
    const old = childOf(target, name)
    const intoOld = child.kind === 'directory' && (old.kind === 'directory' || old.kind === 'unknown')
    const { kind, owner, group, mode, exists, because } = child
    children = children.set(
      name,
      intoOld ? { ...mergeCopied(old, child), kind, owner, group, mode, exists, because } : child,
    )
  }
  return { ...target, children, unlisted: source.unlisted === 'none' ? target.unlisted : source.unlisted }
}

const done = new WeakMap<FileNode, Unlisted>()

/** The tree after something unknown was laid over it: what is there may have been replaced, and there may be more. */
export function overlaid(node: FileNode, unlisted: Unlisted): FileNode {
  if (node.kind === 'missing') return node
  if (done.get(node) === unlisted) return node
  const next: FileNode = {
    ...node,
    owner: lowered(node.owner),
    group: lowered(node.group),
    mode: lowered(node.mode),
    children: node.children.map((child) => (child.kind === 'missing' ? child : overlaid(child, unlisted))),
    ...(node.kind === 'directory' && node.unlisted === 'none' ? { unlisted } : {}),
  }
  done.set(next, unlisted)
  return next
}

/** The node, its attributes and that it is there no surer than likely. */
export function likelyNode(node: FileNode): FileNode {
  const { owner, group, mode, exists } = node
  return {
    ...node,
    owner: lowered(owner),
    group: lowered(group),
    mode: lowered(mode),
    exists: weaker(exists, 'likely'),
  }
}

/** Something that is certainly there and in the way of what is copied: the builder replaces neither a folder nor what is none by the other. */
export interface InTheWay {
  readonly path: string
  readonly node: FileNode
  /** What the copy needs there. */
  readonly needs: 'folder' | 'file'
}

/**
 * An entry of `source` that the builder does not get into the folder `target` ("cannot copy to non-directory",
 * "cannot replace to directory"; tonistiigi/fsutil: copy/copy.go). Links count as what they are, not what they point to.
 */
export function inTheWayOf(source: FileNode, target: FileNode, path: string): InTheWay | undefined {
  // Only what both have can clash: the shorter list names it.
  const few = target.children.size < source.children.size ? target.children : source.children
  for (const [name] of few) {
    const child = source.children.get(name)
    const node = target.children.get(name)
    if (!child || !node) continue
    const at = path === '/' ? `/${name}` : `${path}/${name}`
    const found = clash(child, node, at) ?? (bothFolders(child, node) && inTheWayOf(child, node, at))
    if (found) return found
  }
  return undefined
}

/** Does one entry keep another from its place? */
export function clash(source: FileNode, node: FileNode, path: string): InTheWay | undefined {
  if (source.exists !== 'certain' || node.exists !== 'certain') return undefined
  const isLeaf = ({ kind }: FileNode) => kind === 'file' || kind === 'link' || kind === 'other'
  if (source.kind === 'directory' && isLeaf(node)) return { path, node, needs: 'folder' }
  return isLeaf(source) && node.kind === 'directory' ? { path, node, needs: 'file' } : undefined
}

function bothFolders(a: FileNode, b: FileNode): boolean {
  return a.kind === 'directory' && b.kind === 'directory'
}
