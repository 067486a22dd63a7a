import type { Origin } from '../../known.ts'
import { certain } from '../../known.ts'
import { matchesShellPattern, readPattern } from '../../shell/index.ts'
import { absolute, directory, file, link, mayBe, nameOf, parentOf } from '../files.ts'
import type { BuildContext, ContextEntry, FileNode } from '../types.ts'
import { type CopyRequest, ofContext, type Source, unknownFolder, unnamed, unpackFlag } from './request.ts'

/** Files of the build context, as far as it can be seen. */

const mostEntries = 400
const mostLinks = 40
/** What BuildKit unpacks: util/archiveutil, DetectCompression. lzma alone it does not know. */
const archiveName = /\.(tar|tar\.gz|tgz|tar\.bz2|tbz2?|tar\.xz|txz|tar\.zst|tzst)$/i
/** Files whose text matters: start scripts and account files. */
const telling = /(^|\/)(passwd|group)$|\.(sh|bash)$|entrypoint|(^|\/)[^./]+$/i

export function contextSources(source: string, request: CopyRequest): readonly Source[] {
  const { context, origin } = request
  const path = absolute(source).slice(1)
  if (/[*?[]/.test(path)) {
    const parent = parentOf(`/${path}`).slice(1)
    const names = /[*?[]/.test(parent) ? 'unknown' : context.list(parent)
    if (names === 'unknown') return [unnamed(ofContext(origin))]
    const pattern = readPattern(nameOf(`/${path}`))
    return names
      .filter((name) => matchesShellPattern(pattern, name))
      .flatMap((name) => plainSource(parent ? `${parent}/${name}` : name, name, request))
  }
  return plainSource(path, source, request)
}

function plainSource(written: string, source: string, request: CopyRequest): readonly Source[] {
  const { context, origin, instruction } = request
  const name = nameOf(`/${written}`)
  const { path, entry } = followed(context, written)
  const unpacks = instruction.keyword === 'ADD' && unpackFlag(instruction) !== false
  const node =
    entry === 'missing' || entry === 'unknown'
      ? undefined
      : nodeOf(context, path, entry, origin, { left: mostEntries })
  if (unpacks && (node === undefined ? archiveName.test(path) : node.kind === 'file')) {
    // An archive is known by its content, whatever its name.
    const entries = context.archive?.(path)
    if (entries !== 'none' && (entries || archiveName.test(path))) return [{ kind: 'archive', entries }]
  }
  if (node) return [{ kind: 'entry', name, node }]
  // The context that we see may not be the one of the build: without the file, that would fail.
  if (written === '' || source.endsWith('/')) return [{ kind: 'entry', name, node: unknownFolder(origin) }]
  const attributes = { ...ofContext(origin), because: [origin] }
  return [
    {
      kind: 'entry',
      name,
      node: looksLikeFile(name)
        ? file(attributes, undefined, 'likely')
        : { ...mayBe(attributes), exists: 'likely' },
    },
  ]
}

export function looksLikeFile(name: string): boolean {
  return name.includes('.') && name !== '.' && name !== '..'
}

/** A link as a source stands for what it points to (container-facts/copy-symlink). */
function followed(
  context: BuildContext,
  start: string,
): { readonly path: string; readonly entry: ContextEntry | 'missing' | 'unknown' } {
  let path = start
  for (let links = 0; links < mostLinks; links++) {
    const entry = context.stat(path)
    if (entry === 'missing' || entry === 'unknown' || entry.kind !== 'link') return { path, entry }
    if (entry.target === undefined) return { path, entry: 'unknown' }
    path = absolute(entry.target, parentOf(`/${path}`)).slice(1)
  }
  return { path, entry: 'unknown' }
}

function nodeOf(
  context: BuildContext,
  path: string,
  entry: ContextEntry,
  origin: Origin,
  budget: { left: number },
): FileNode {
  budget.left--
  const rest = ofContext(origin)
  const attributes = {
    ...rest,
    ...(entry.mode === null ? {} : { mode: certain(entry.mode & 0o7777, [origin]) }),
    because: [origin],
  }
  if (entry.kind === 'link') return link({ ...attributes, mode: certain(0o777) }, entry.target ?? '/')
  if (entry.kind === 'file') {
    const node = file(attributes, telling.test(path) ? context.read(path) : undefined)
    const archive = archiveName.test(path) ? context.archive?.(path) : undefined
    return archive && archive !== 'none' ? { ...node, archive } : node
  }
  const names = budget.left > 0 ? context.list(path) : 'unknown'
  if (names === 'unknown') return directory(attributes, rest)
  let complete = true
  const children: [string, FileNode][] = []
  for (const name of names) {
    const place = path === '' ? name : `${path}/${name}`
    const child = budget.left > 0 ? context.stat(place) : 'unknown'
    if (child === 'unknown') complete = false
    else if (child !== 'missing') children.push([name, nodeOf(context, place, child, origin, budget)])
    if (budget.left <= 0) break
  }
  const folder = directory(attributes, complete && budget.left > 0 ? 'none' : rest)
  return { ...folder, children: folder.children.concat(children) }
}
