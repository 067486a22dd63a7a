import type { Known } from '../../known.ts'
import { weaker } from '../../known.ts'
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
    owner: likely(node.owner),
    group: likely(node.group),
    mode: likely(node.mode),
    children: node.children.map((child) => (child.kind === 'missing' ? child : overlaid(child, unlisted))),
    ...(node.kind === 'directory' && node.unlisted === 'none' ? { unlisted } : {}),
  }
  done.set(next, unlisted)
  return next
}

function likely(known: Known<number>): Known<number> {
  return known.certainty === 'unknown' ? known : { ...known, certainty: weaker(known.certainty, 'likely') }
}
