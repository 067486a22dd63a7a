import type { Origin } from '../../known.ts'
import { certain, unknown } from '../../known.ts'
import { matchesShellPattern, readPattern } from '../../shell/index.ts'
import { absolute, childOf, file, find, join, mayBe, nameOf } from '../files.ts'
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
  return matching(from, path)
}

/** What a pattern means in a stage; with it, entries that the tree does not name. */
function matching(from: ImageState, pattern: string): readonly Source[] {
  const parts = pattern.slice(1).split('/')
  let folders: readonly string[] = ['/']
  const sources: Source[] = []
  parts.forEach((part, index) => {
    const fits = /[*?[]/.test(part) ? readPattern(part) : undefined
    const next: string[] = []
    for (const folder of folders) {
      const { node } = find(from.files, folder)
      if (fits && node.unlisted !== 'none')
        sources.push(unnamed(index === parts.length - 1 ? node.unlisted : undefined))
      const names = fits
        ? [...node.children.keys()].filter((name) => matchesShellPattern(fits, name)).sort()
        : [part]
      for (const name of names) if (childOf(node, name).kind !== 'missing') next.push(join(folder, name))
    }
    folders = next
  })
  const named = folders.flatMap((place): Source[] => {
    const { node } = find(from.files, place)
    return node.kind === 'missing' ? [] : [{ kind: 'entry', name: nameOf(place), node, path: place }]
  })
  return [...named, ...sources]
}
