import type { Origin } from '../../known.ts'
import { certain, unknown } from '../../known.ts'
import { absolute, file, mayBe, nameOf } from '../files.ts'
import { contextSources } from './context-sources.ts'
import { sourcesWithParents } from './parents.ts'
import { type CopyRequest, ofContext, type Source, unnamed, unpackFlag } from './request.ts'
import { stageSources } from './stage-sources.ts'

/** What the sources of a COPY or ADD are. */
export function sourcesOf(request: CopyRequest): readonly Source[] {
  return [
    ...request.sources.flatMap((source) => sourceOf(source, request)),
    ...request.heredocs.map(({ name, text }) => heredoc(name, text, request.origin)),
  ]
}

function sourceOf(source: string | undefined, request: CopyRequest): readonly Source[] {
  const { from, origin, instruction } = request
  if (source === undefined) return [unnamed(from === undefined ? ofContext(origin) : undefined)]
  if (instruction.parents) return sourcesWithParents(source, request)
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
