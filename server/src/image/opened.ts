import type { FileNode, Unlisted } from './types.ts'

/** Entries that nobody knows may lie in folders of which we knew all. */

/**
 * The tree where no folder is known to be complete any more: what this file made stays, but nothing is certainly missing.
 * What has been opened once needs no second visit: trees are shared.
 */
export function openedFolders(node: FileNode, unlisted: Unlisted): FileNode {
  if (node.kind !== 'directory') return node
  const children = node.children.settled('?opened', (child) => openedFolders(child, unlisted))
  return opened(node, children, unlisted)
}

function opened(node: FileNode, children: FileNode['children'], unlisted: Unlisted): FileNode {
  return node.unlisted === 'none' || children !== node.children
    ? { ...node, children, unlisted: node.unlisted === 'none' ? unlisted : node.unlisted }
    : node
}

/** Folders by name, some of them meant. */
interface Folders {
  isMeant: boolean
  readonly below: Map<string, Folders>
}

/** @param paths absolute */
export function foldersAt(paths: readonly string[]): Folders {
  const root: Folders = { isMeant: false, below: new Map() }
  for (const path of paths) {
    let at = root
    for (const name of path.split('/').filter((part) => part !== '')) {
      const next = at.below.get(name) ?? { isMeant: false, below: new Map() }
      at.below.set(name, next)
      at = next
    }
    at.isMeant = true
  }
  return root
}

/** The tree where these folders, if they are there, are not known to be complete any more. */
export function openedAt(node: FileNode, folders: Folders, unlisted: Unlisted): FileNode {
  if (node.kind !== 'directory' || node.readOnly) return node
  let { children } = node
  for (const [name, below] of folders.below) {
    const child = children.get(name)
    if (!child) continue
    const next = openedAt(child, below, unlisted)
    if (next !== child) children = children.set(name, next)
  }
  if (folders.isMeant) return opened(node, children, unlisted)
  return children === node.children ? node : { ...node, children }
}
