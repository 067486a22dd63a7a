import { certain, type Origin } from '../../known.ts'
import { childOf, directory } from '../files.ts'
import type { FileNode } from '../types.ts'
import { overlaid } from './merge.ts'

/**
 * `--link` in the containerd image store: the copy is made without the image, as a layer of its own that is laid on it
 * (container-facts/link-existing-parent). What is in the image then does not matter to the copy: folders and links on the
 * way are new folders, 0755 and root's or `--chown`'s.
 */

export function emptyLayer(origin: Origin): FileNode {
  const root = certain(0, [origin])
  return directory({ owner: root, group: root, mode: certain(0o755, [origin]), because: [origin] })
}

/** The image with the layer on top: folders are merged and take what the layer says, all else is replaced. */
export function laidOn(image: FileNode, layer: FileNode): FileNode {
  const below = layer.unlisted === 'none' ? image : overlaid(image, layer.unlisted)
  let { children } = below
  for (const [name, child] of layer.children) {
    if (child.kind === 'missing') continue
    const old = childOf(below, name)
    const merges = child.kind === 'directory' && (old.kind === 'directory' || old.kind === 'unknown')
    const { owner, group, mode, kind, exists, because } = child
    children = children.set(
      name,
      merges ? { ...laidOn(old, child), owner, group, mode, kind, exists, because } : child,
    )
  }
  return { ...below, children }
}
