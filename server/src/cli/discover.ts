import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import ignore, { type Ignore } from 'ignore'
import { isDockerfileName } from './dockerfile-name.ts'
import { reasonOf } from './source-file.ts'

export type Discovery =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'problem'; readonly path: string; readonly message: string }

const skippedFolders = new Set(['node_modules', '.git', '.hg', '.svn'])

/** What the paths of a command line stand for: files as they are, folders searched. Sorted, each once. */
export function discover(paths: readonly string[]): Discovery[] {
  const found = new Map<string, Discovery>()
  for (const path of paths.length > 0 ? paths : ['.'])
    for (const entry of discoverOne(path))
      found.set(resolve(entry.kind === 'file' ? entry.file : entry.path), entry)
  return [...found.values()].sort((a, b) => compare(pathOf(a), pathOf(b)))
}

function discoverOne(path: string): Discovery[] {
  try {
    if (!statSync(path).isDirectory()) return [{ kind: 'file', file: slashes(path) }]
  } catch (error) {
    return [{ kind: 'problem', path, message: reasonOf(error) }]
  }
  const found: Discovery[] = []
  walk(path, ignoresAbove(path), found)
  if (found.length > 0) return found
  return [{ kind: 'problem', path, message: 'no Dockerfile in this directory or below it' }]
}

interface IgnoreFile {
  readonly folder: string
  readonly rules: Ignore
}

function walk(folder: string, above: readonly IgnoreFile[], found: Discovery[]): void {
  let entries: Dirent[]
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    found.push({ kind: 'problem', path: folder, message: reasonOf(error) })
    return
  }
  const own = ignoreFileOf(folder)
  const rules = own ? [...above, own] : above
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!skippedFolders.has(entry.name) && !isIgnored(`${path}/`, rules)) walk(path, rules, found)
    } else if (isDockerfileName(entry.name) && isFile(entry, path) && !isIgnored(path, rules))
      found.push({ kind: 'file', file: slashes(path) })
  }
}

function isFile(entry: Dirent, path: string): boolean {
  if (entry.isFile()) return true
  if (!entry.isSymbolicLink()) return false
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** The `.gitignore` files between the top of the repository and this folder. */
function ignoresAbove(folder: string): IgnoreFile[] {
  const found: IgnoreFile[] = []
  let at = resolve(folder)
  while (!existsSync(join(at, '.git')) && dirname(at) !== at) {
    at = dirname(at)
    const own = ignoreFileOf(at)
    if (own) found.unshift(own)
  }
  // Outside of a repository git reads none of them, and neither do we.
  return existsSync(join(at, '.git')) ? found : []
}

function ignoreFileOf(folder: string): IgnoreFile | undefined {
  try {
    return { folder, rules: ignore().add(readFileSync(join(folder, '.gitignore'), 'utf8')) }
  } catch {
    return undefined
  }
}

/** The deepest file with an opinion decides. */
function isIgnored(path: string, files: readonly IgnoreFile[]): boolean {
  const folder = path.endsWith('/') ? '/' : ''
  for (const { folder: base, rules } of files.toReversed()) {
    const below = slashes(relative(base, path))
    if (below === '' || below.startsWith('../')) continue
    const { ignored, unignored } = rules.test(`${below}${folder}`)
    if (ignored || unignored) return ignored
  }
  return false
}

function pathOf(entry: Discovery): string {
  return entry.kind === 'file' ? entry.file : entry.path
}
function slashes(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/')
}
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
