import type { FileNode } from '../types.ts'
import { type Dockerignore, ignorePatterns } from './ignore-patterns.ts'
import type { CopyRequest, Source } from './request.ts'

/**
 * `--exclude`: patterns are of paths inside a folder that is copied; files that are named themselves always come along,
 * and so does what an archive holds. tonistiigi/fsutil: copy/copy.go.
 */
export function withoutExcluded(sources: readonly Source[], { exclude }: CopyRequest): readonly Source[] {
  if (exclude.length === 0) return sources
  const known = exclude.filter((pattern) => pattern !== undefined)
  const change =
    known.length === exclude.length
      ? // Unlike in .dockerignore, a slash in front is none of any path.
        without(ignorePatterns(known.filter((pattern) => !/^!?\//.test(pattern))))
      : // Any of them may be left out.
        (folder: FileNode) => ({ ...folder, children: folder.children.map(doubted) })
  return sources.map((source) =>
    source.kind === 'entry' && source.node.kind === 'directory'
      ? { ...source, node: change(source.node) }
      : source,
  )
}

function without(patterns: Dockerignore): (folder: FileNode) => FileNode {
  const filtered = (folder: FileNode, path: string): FileNode => {
    let { children } = folder
    for (const [name, child] of folder.children) {
      const place = path === '' ? name : `${path}/${name}`
      if (!patterns.ignores(place)) {
        children = children.set(name, filtered(child, place))
        continue
      }
      // A folder that is left out comes along nevertheless, for what lies in it and is not.
      const kept =
        child.kind === 'directory' && patterns.keepsSomethingIn(place) ? filtered(child, place) : undefined
      children =
        kept && (kept.children.size > 0 || kept.unlisted !== 'none')
          ? children.set(name, kept.children.size > 0 ? kept : { ...kept, exists: 'possible' })
          : children.delete(name)
    }
    return children === folder.children ? folder : { ...folder, children }
  }
  return (folder) => filtered(folder, '')
}

function doubted(node: FileNode): FileNode {
  return { ...node, exists: 'possible', children: node.children.map(doubted) }
}
