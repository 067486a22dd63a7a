import type { Origin } from '../../known.ts'
import { certain } from '../../known.ts'
import { matchesShellPattern, readPattern } from '../../shell/index.ts'
import { absolute, directory, file, link, mayBe, nameOf, parentOf } from '../files.ts'
import type { ArchiveEntry, BuildContext, ContextEntry, FileNode } from '../types.ts'
import { type CopyRequest, ofContext, type Source, unknownFolder, unnamed, unpackFlag } from './request.ts'

/** Files of the build context, as far as it can be seen. */

const mostEntries = 400
const mostLinks = 40
const mostLooked = 20_000
/** What BuildKit unpacks: util/archiveutil, DetectCompression. lzma alone it does not know. */
const archiveName = /\.(tar|tar\.gz|tgz|tar\.bz2|tbz2?|tar\.xz|txz|tar\.zst|tzst)$/i
/** Files whose text matters: start scripts and account files. */
const telling = /(^|\/)(passwd|group)$|\.(sh|bash)$|entrypoint|(^|\/)[^./]+$/i

export function contextSources(source: string, request: CopyRequest): readonly Source[] {
  const { context, origin } = request
  const path = absolute(source).slice(1)
  if (/[*?[]/.test(path)) {
    const paths = matchingPaths(context, path)
    return paths === 'unknown'
      ? [unnamed(ofContext(origin))]
      : paths.flatMap((one) => plainSource(one, nameOf(`/${one}`), request))
  }
  return plainSource(path, source, request)
}

/** A file or folder of the build context; undefined where it cannot be seen. */
export function contextNode(context: BuildContext, path: string, origin: Origin): FileNode | undefined {
  const found = followed(context, absolute(path).slice(1))
  if (found.entry === 'missing' || found.entry === 'unknown') return undefined
  const node = nodeOf(context, found.path, found.entry, origin, { left: mostEntries })
  // The folder itself is made by the builder.
  return found.path === '' ? { ...node, mode: certain(0o755, [origin]) } : node
}

/** What a pattern means, each part of it in one folder (Go's filepath.Match): sorted, as the builder takes them. */
export function matchingPaths(context: BuildContext, pattern: string): readonly string[] | 'unknown' {
  let found: readonly string[] = ['']
  let looked = 0
  for (const part of pattern.split('/')) {
    const next: string[] = []
    const fits = /[*?[\\]/.test(part) ? readPattern(part) : undefined
    for (const folder of found) {
      const names = context.list(folder)
      if (names === 'unknown') {
        const entry = context.stat(folder)
        if (typeof entry === 'object' && entry.kind === 'file') continue
        return 'unknown'
      }
      looked += names.length
      if (looked > mostLooked) return 'unknown'
      for (const name of [...names].sort())
        if (fits ? matchesShellPattern(fits, name) : name === part)
          next.push(folder === '' ? name : `${folder}/${name}`)
    }
    found = next
  }
  return found
}

function plainSource(written: string, source: string, request: CopyRequest): readonly Source[] {
  const { context, origin, instruction } = request
  const name = nameOf(`/${written}`)
  const { path } = followed(context, written)
  const unpacks = instruction.keyword === 'ADD' && unpackFlag(instruction) !== false
  const node = contextNode(context, written, origin)
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
    return archiveName.test(path) ? { ...node, archive: () => entriesAt(context, path) } : node
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

function entriesAt(context: BuildContext, path: string): readonly ArchiveEntry[] | undefined {
  const entries = context.archive?.(path)
  return entries === 'none' ? undefined : entries
}
