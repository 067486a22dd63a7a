import type { Origin } from '../../known.ts'
import { certain, unknown } from '../../known.ts'
import { matchesShellPattern, readPattern } from '../../shell/index.ts'
import { absolute, childOf, file, find, join, mayBe, nameOf, parentOf } from '../files.ts'
import type { ImageState } from '../types.ts'
import { contextSources } from './context-sources.ts'
import { type CopyRequest, ofContext, type Source, unnamed, unpackFlag } from './request.ts'

/** What the sources of a COPY or ADD are. */
export function sourcesOf(request: CopyRequest): readonly Source[] {
  return [
    ...request.sources.flatMap((source) => sourceOf(source, request)),
    ...request.heredocs.map(({ name, text }) => heredoc(name, text, request.origin)),
  ]
}

function sourceOf(source: string | undefined, request: CopyRequest): readonly Source[] {
  const { from, origin, instruction } = request
  if (source === undefined || instruction.parents)
    return [unnamed(from === undefined ? ofContext(origin) : undefined)]
  if (from === 'image') return imageSource(source, origin)
  if (from !== undefined) return stageSources(source, from)
  if (instruction.keyword === 'ADD' && isRemote(source))
    return [unpackFlag(instruction) ? { kind: 'archive', entries: undefined } : remote(source, origin)]
  return contextSources(source, request)
}

/** BuildKit: frontend/dockerfile/dockerfile2llb/convert.go, dispatchCopy; util/gitutil. */
function isRemote(source: string): boolean {
  return /^(https?|ftp|ssh):\/\//i.test(source) || /^git@[^:]+:/.test(source) || /\.git(#.*)?$/.test(source)
}

/** A download is root's and 0600; a repository is a tree of files. */
function remote(source: string, origin: Origin): Source {
  const name = nameOf(absolute(source.replace(/[?#].*$/, '')))
  if (!/^(https?|ftp):/i.test(source) || name.endsWith('.git')) return unnamed(ofContext(origin))
  const node = file({
    owner: certain(0, [origin]),
    group: certain(0, [origin]),
    mode: certain(0o600, [origin]),
    because: [origin],
  })
  return { kind: 'entry', name, node }
}

function heredoc(name: string, text: string | undefined, origin: Origin): Source {
  const attributes = { owner: certain(0, [origin]), group: certain(0, [origin]), because: [origin] }
  return {
    kind: 'entry',
    name: nameOf(absolute(name)),
    node: file({ ...attributes, mode: certain(0o644, [origin]) }, text),
  }
}

function imageSource(source: string, origin: Origin): readonly Source[] {
  const path = absolute(source)
  if (path === '/' || source.endsWith('/') || /[*?[]/.test(path)) return [unnamed()]
  const node = mayBe({ owner: unknown(), group: unknown(), mode: unknown(), because: [origin] })
  return [{ kind: 'entry', name: nameOf(path), node: { ...node, exists: 'likely' } }]
}

function stageSources(source: string, from: ImageState): readonly Source[] {
  const path = absolute(source)
  if (!/[*?[]/.test(path)) {
    const { node } = find(from.files, path)
    // It must be there, else the build fails.
    const exists = node.kind === 'unknown' ? 'likely' : node.exists
    return [{ kind: 'entry', name: nameOf(path), node: { ...node, exists }, path }]
  }
  const folder = parentOf(path)
  if (/[*?[]/.test(folder)) return [unnamed()]
  const { node } = find(from.files, folder)
  const pattern = readPattern(nameOf(path))
  const known = [...node.children.keys()]
    .filter((name) => matchesShellPattern(pattern, name))
    .flatMap((name): Source[] => {
      const child =
        childOf(node, name).kind === 'link' ? find(from.files, `${folder}/${name}`).node : childOf(node, name)
      return child.kind === 'missing' ? [] : [{ kind: 'entry', name, node: child, path: join(folder, name) }]
    })
  return node.unlisted === 'none' ? known : [...known, unnamed(node.unlisted)]
}
