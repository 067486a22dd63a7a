import type { FileNode, Unlisted } from './types.ts'

/** Entries that nobody knows may lie in folders of which we knew all. */

/** Trees without a complete folder: there is nothing to open, whoever asks. */
const opened = new WeakSet<FileNode>()

const mostChildren = 512

/**
 * The tree where no folder is known to be complete any more: what this file made stays, but nothing is certainly missing.
 * What has been opened once needs no second visit: trees are shared.
 */
export function openedFolders(node: FileNode, unlisted: Unlisted): FileNode {
  if (node.kind !== 'directory') return node
  if (opened.has(node)) return node
  let { children } = node
  let looked = 0
  for (const [name, child] of node.children) {
    // A folder of hundreds is looked into no further: this happens for every program that we do not know.
    if (++looked > mostChildren) break
    const next = openedFolders(child, unlisted)
    if (next !== child) children = children.set(name, next)
  }
  const next =
    node.unlisted === 'none' || children !== node.children
      ? { ...node, children, unlisted: node.unlisted === 'none' ? unlisted : node.unlisted }
      : node
  opened.add(next)
  return next
}
