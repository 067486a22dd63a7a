import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import {
  type BuildContext,
  type ContextEntry,
  type Dockerignore,
  nothingIgnored,
  readDockerignore,
} from '../image/index.ts'
import { archiveAt } from './archive-files.ts'
import { insideContext, readLimit } from './paths.ts'

/** Archives are read in the background: who analyses once waits for them, and analyses again if there is news. */
export { archivesRead } from './archive-files.ts'

/** Ignored folders that are searched for something that is not; of others it is taken for granted. */
const mostIgnoredFolders = 2_000

export interface CachedBuildContext extends BuildContext {
  /** Forgets all answers: files changed. */
  invalidate(): void
}

/**
 * The files of a folder on this machine. It never answers from outside the folder, whatever links say.
 * @param dockerfile its path, for `<Dockerfile>.dockerignore`, which goes before `.dockerignore`
 * @param changed is called when more is known of an archive
 */
export function nodeBuildContext(
  folder: string,
  dockerfile?: string,
  changed: () => void = () => {},
): CachedBuildContext {
  let root: string | undefined
  let ignore: Dockerignore | undefined
  const entries = new Map<string, ContextEntry | 'missing' | 'unknown'>()
  const lists = new Map<string, readonly string[] | 'unknown'>()
  const texts = new Map<string, string | undefined>()

  const rootFolder = () => {
    root ??= attempt(() => realpathSync(folder)) ?? folder
    return root
  }
  const seen = new Map<string, boolean>()
  let foldersLeft = mostIgnoredFolders
  const ignored = (path: string): boolean => {
    ignore ??= dockerignoreOf(folder, dockerfile)
    return path !== '' && ignore.ignores(path) && !remembered(seen, path, () => isSeenFor(path))
  }
  /** A folder that is ignored is there nevertheless, for what lies in it and is not. */
  const isSeenFor = (path: string): boolean => {
    if (!ignore?.keepsSomethingIn(path)) return false
    const place = onDisk(path)
    const isFolder = place !== undefined && attempt(() => lstatSync(place).isDirectory())
    if (!isFolder) return false
    if (foldersLeft-- <= 0) return true
    return (attempt(() => readdirSync(place)) ?? []).some((name) => !ignored(`${path}/${name}`))
  }
  /** The path on this machine, with links on the way followed; undefined where they lead outside. */
  const onDisk = (path: string) => {
    if (path === '') return rootFolder()
    const parent = attempt(() => realpathSync(join(rootFolder(), dirname(path))))
    return parent !== undefined && isInside(rootFolder(), parent) ? join(parent, basename(path)) : undefined
  }
  /** A file behind all links, if it lies in the folder. */
  const realFile = (path: string) => {
    const place = onDisk(path)
    const real = place && attempt(() => realpathSync(place))
    return real !== undefined && isInside(rootFolder(), real) ? real : undefined
  }
  const look = (path: string): ContextEntry | 'missing' | 'unknown' => {
    if (ignored(path)) return 'missing'
    const parent = attempt(() => realpathSync(join(rootFolder(), dirname(path))))
    if (parent === undefined) return attempt(() => realpathSync(rootFolder())) ? 'missing' : 'unknown'
    const place = onDisk(path)
    return place === undefined ? 'unknown' : entryAt(place)
  }

  return {
    stat: (path) => {
      const inside = insideContext(path)
      return inside === undefined ? 'unknown' : remembered(entries, inside, () => look(inside))
    },
    list: (path) => {
      const inside = insideContext(path)
      if (inside === undefined || ignored(inside)) return 'unknown'
      return remembered(lists, inside, () => {
        const real = realFile(inside)
        if (real === undefined) return 'unknown'
        const names = attempt(() => readdirSync(real))
        if (names === undefined) return 'unknown'
        return names.filter((name) => !ignored(inside === '' ? name : `${inside}/${name}`)).sort()
      })
    },
    read: (path) => {
      const inside = insideContext(path)
      if (inside === undefined || ignored(inside)) return undefined
      return remembered(texts, inside, () => {
        const real = realFile(inside)
        return real === undefined ? undefined : smallText(real)
      })
    },
    archive: (path) => {
      const inside = insideContext(path)
      if (inside === undefined || ignored(inside)) return undefined
      const real = realFile(inside)
      return real === undefined ? undefined : archiveAt(real, changed)
    },
    invalidate: () => {
      root = ignore = undefined
      foldersLeft = mostIgnoredFolders
      for (const cache of [seen, entries, lists, texts]) cache.clear()
    },
  }
}

function dockerignoreOf(folder: string, dockerfile: string | undefined): Dockerignore {
  // BuildKit: frontend/dockerui/config.go, DockerIgnorePatterns
  const own = dockerfile === undefined ? undefined : smallText(`${dockerfile}.dockerignore`)
  const text = own ?? smallText(join(folder, '.dockerignore'))
  return text === undefined ? nothingIgnored : readDockerignore(text)
}

function entryAt(place: string): ContextEntry | 'missing' | 'unknown' {
  const stats = attempt(() => lstatSync(place, { throwIfNoEntry: false }), 'unknown' as const)
  if (stats === undefined) return 'missing'
  if (stats === 'unknown') return 'unknown'
  const mode = process.platform === 'win32' ? null : stats.mode & 0o7777
  if (stats.isSymbolicLink()) {
    const target = attempt(() => readlinkSync(place))
    return { kind: 'link', mode, ...(target === undefined ? {} : { target }) }
  }
  if (stats.isDirectory()) return { kind: 'directory', mode }
  return stats.isFile() ? { kind: 'file', mode } : 'unknown'
}

/** Text of a regular file that is small enough and no binary. */
function smallText(place: string): string | undefined {
  return attempt(() => {
    const stats = lstatSync(place)
    if (!stats.isFile() || stats.size > readLimit) return undefined
    const text = readFileSync(place, 'utf8')
    return text.includes('\0') ? undefined : text
  })
}

function isInside(root: string, place: string): boolean {
  const way = relative(root, place)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function remembered<T>(cache: Map<string, T>, key: string, find: () => T): T {
  if (cache.has(key)) return cache.get(key) as T
  const found = find()
  cache.set(key, found)
  return found
}

/** The file system may refuse at any time: what cannot be seen is not known. */
function attempt<T>(look: () => T): T | undefined
function attempt<T, E>(look: () => T, otherwise: E): T | E
function attempt<T, E>(look: () => T, otherwise?: E): T | E | undefined {
  try {
    return look()
  } catch {
    return otherwise
  }
}
