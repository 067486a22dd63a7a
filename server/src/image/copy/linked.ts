import type { Origin } from '../../known.ts'
import { certain } from '../../known.ts'
import { find, parentOf, put } from '../files.ts'
import type { FileNode } from '../types.ts'
import type { Owners } from './request.ts'

/** containerd image store: a linked copy brings its own folders on the way, 0755 and its owner's (container-facts/link-existing-parent). */
export function resetByLink(files: FileNode, path: string, owners: Owners, origin: Origin): FileNode {
  let next = files
  for (let at = path; at !== '/'; at = parentOf(at)) {
    const found = find(next, at)
    if (found.node.kind === 'directory')
      next = put(next, found.path, {
        ...found.node,
        ...owners,
        mode: certain(0o755, [origin]),
        because: [origin],
      })
  }
  return next
}
