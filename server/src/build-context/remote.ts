import {
  type BuildContext,
  type ContextEntry,
  type Dockerignore,
  nothingIgnored,
  readDockerignore,
} from '../image/index.ts'
import { insideContext, readLimit } from './paths.ts'

/** Reads of a file system that answers later: the editor's, in a browser or a virtual workspace. `null`: nothing there. */
export interface FileRequests {
  stat(path: string): Promise<ContextEntry | null>
  list(path: string): Promise<readonly string[] | null>
  read(path: string): Promise<string | null>
}

export interface RemoteBuildContext extends BuildContext {
  invalidate(): void
}

interface Later<T> {
  readonly answers: Map<string, T>
  readonly asked: Set<string>
}

/**
 * A build context that says 'unknown' first, asks, and calls `changed` when it knows more.
 * @param ignoreFiles the ignore files to look for, first one wins
 */
export function remoteBuildContext(
  requests: FileRequests,
  ignoreFiles: readonly string[],
  changed: () => void,
): RemoteBuildContext {
  const entries: Later<ContextEntry | 'missing' | 'unknown'> = { answers: new Map(), asked: new Set() }
  const lists: Later<readonly string[] | 'unknown'> = { answers: new Map(), asked: new Set() }
  const texts: Later<string | null> = { answers: new Map(), asked: new Set() }
  let ignore: Dockerignore | undefined
  let ignoreAsked = false
  let generation = 0

  const ask = <T>(later: Later<T>, path: string, request: () => Promise<T>, otherwise: T): T => {
    if (later.answers.has(path)) return later.answers.get(path) as T
    if (later.asked.has(path)) return otherwise
    later.asked.add(path)
    const asked = generation
    void request()
      .catch(() => undefined)
      .then((answer) => {
        if (asked !== generation || answer === undefined) return
        later.answers.set(path, answer)
        changed()
      })
    return otherwise
  }
  const ignoreRules = (): Dockerignore | undefined => {
    if (ignore !== undefined || ignoreAsked) return ignore
    ignoreAsked = true
    const asked = generation
    void firstText(requests, ignoreFiles).then((text) => {
      if (asked !== generation) return
      ignore = text === undefined ? nothingIgnored : readDockerignore(text)
      changed()
    })
    return ignore
  }
  /** `true`: the builder does not see it. `undefined`: nobody knows yet. */
  const ignored = (path: string): boolean | undefined => {
    const rules = ignoreRules()
    if (!rules || path === '' || !rules.ignores(path)) return rules && false
    if (!rules.keepsSomethingIn(path)) return true
    // Only a folder is there for what lies in it.
    const entry = ask<ContextEntry | 'missing' | 'unknown'>(
      entries,
      path,
      async () => (await requests.stat(path)) ?? 'missing',
      'unknown',
    )
    return entry === 'unknown' ? undefined : entry === 'missing' || entry.kind !== 'directory'
  }

  return {
    stat: (path) => {
      const inside = insideContext(path)
      const hidden = inside === undefined ? undefined : ignored(inside)
      if (inside === undefined || hidden === undefined) return 'unknown'
      if (hidden) return 'missing'
      return ask(entries, inside, async () => (await requests.stat(inside)) ?? 'missing', 'unknown')
    },
    list: (path) => {
      const inside = insideContext(path)
      if (inside === undefined || ignored(inside) !== false) return 'unknown'
      const names = ask(lists, inside, async () => (await requests.list(inside)) ?? 'unknown', 'unknown')
      if (names === 'unknown') return 'unknown'
      return names.filter((name) => ignored(inside === '' ? name : `${inside}/${name}`) === false).sort()
    },
    read: (path) => {
      const inside = insideContext(path)
      if (inside === undefined || ignored(inside) !== false) return undefined
      const text = ask(texts, inside, () => requests.read(inside), null)
      return text === null || text.length > readLimit || text.includes('\0') ? undefined : text
    },
    invalidate: () => {
      generation++
      ignore = undefined
      ignoreAsked = false
      for (const { answers, asked } of [entries, lists, texts]) {
        answers.clear()
        asked.clear()
      }
    },
  }
}

async function firstText(requests: FileRequests, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const text = await requests.read(path).catch(() => null)
    if (text !== null) return text
  }
  return undefined
}
