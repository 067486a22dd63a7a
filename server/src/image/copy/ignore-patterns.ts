/**
 * Which files the builder leaves out: `.dockerignore` and `--exclude`, as moby/patternmatcher reads them
 * (github.com/moby/patternmatcher, ignorefile/ignorefile.go and patternmatcher.go).
 * The patterns run as a state machine, so that no file can make the matching slow.
 */

export interface Dockerignore {
  /** True where the builder does not see this path (relative, with slashes). */
  ignores(path: string): boolean
  /** True where something below an ignored folder is taken back by a `!` pattern. */
  keepsSomethingIn(folder: string): boolean
}

export const nothingIgnored: Dockerignore = { ignores: () => false, keepsSomethingIn: () => false }

type Token =
  | { readonly kind: 'character'; readonly character: string }
  | {
      readonly kind: 'class'
      readonly negated: boolean
      readonly ranges: readonly (readonly [string, string])[]
    }
  /** `?`: one character, no slash. */
  | { readonly kind: 'one' }
  /** `*`: any characters, no slash. */
  | { readonly kind: 'star' }
  /** `**` and what follows it: nothing, or anything up to a slash. */
  | { readonly kind: 'deep' }
  /** `**` at the end. */
  | { readonly kind: 'rest' }

interface Pattern {
  readonly negated: boolean
  readonly written: string
  readonly tokens: readonly Token[]
}

export function readDockerignore(text: string): Dockerignore {
  return ignorePatterns(
    text
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
      .filter((line) => !line.startsWith('#')),
  )
}

/** @param lines patterns, each with or without a `!` */
export function ignorePatterns(lines: readonly string[]): Dockerignore {
  const patterns = lines.flatMap((line) => readPattern(line) ?? [])
  if (patterns.length === 0) return nothingIgnored
  return {
    ignores: (path) => ignores(patterns, path),
    keepsSomethingIn: (folder) =>
      patterns.some((pattern) => pattern.negated && mayMatchIn(pattern.written, folder)),
  }
}

function ignores(patterns: readonly Pattern[], path: string): boolean {
  const parents = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'))
  let ignored = false
  for (const pattern of patterns) {
    // A pattern that cannot change the answer need not be asked.
    if (pattern.negated !== ignored) continue
    if (parents.some((parent) => matches(pattern.tokens, parent))) ignored = !pattern.negated
  }
  return ignored
}

function mayMatchIn(pattern: string, folder: string): boolean {
  const parts = pattern.split('/')
  const depth = folder.split('/').length
  const upper = parts.slice(0, depth)
  if (upper.some((part) => part.includes('**'))) return true
  return parts.length > depth && matches(tokensOf(upper.join('/')), folder)
}

function readPattern(line: string): Pattern | undefined {
  const trimmed = line.trim()
  const negated = trimmed.startsWith('!')
  const written = clean(negated ? trimmed.slice(1).trim() : trimmed)
  return written === '' ? undefined : { negated, written, tokens: tokensOf(written) }
}

/** Go's filepath.Clean, and no slash in front. */
function clean(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string
    if (character === '*' && pattern[at + 1] === '*') {
      at++
      if (pattern[at + 1] === '/') at++
      const kind = at + 1 < pattern.length ? 'deep' : 'rest'
      // One after the other means no more than one, and a file may hold thousands.
      if (kind !== 'deep' || tokens.at(-1)?.kind !== 'deep') tokens.push({ kind })
    } else if (character === '*') tokens.push({ kind: 'star' })
    else if (character === '?') tokens.push({ kind: 'one' })
    else if (character === '[' && pattern.indexOf(']', at + 2) > 0) {
      const end = pattern.indexOf(']', at + 2)
      tokens.push(characterClass(pattern.slice(at + 1, end)))
      at = end
    } else if (character === '\\' && at + 1 < pattern.length) {
      at++
      tokens.push({ kind: 'character', character: pattern[at] as string })
    } else tokens.push({ kind: 'character', character })
  }
  return tokens
}

function characterClass(body: string): Token {
  const negated = body.startsWith('^')
  const ranges: [string, string][] = []
  for (let at = negated ? 1 : 0; at < body.length; at++) {
    const low = body[at] as string
    const high = body[at + 1] === '-' ? body[at + 2] : undefined
    ranges.push([low, high ?? low])
    if (high !== undefined) at += 2
  }
  return { kind: 'class', negated, ranges }
}

function matches(tokens: readonly Token[], path: string): boolean {
  let now = new Set<number>()
  enter(tokens, 0, now)
  for (const character of path) {
    const next = new Set<number>()
    for (const at of now) step(tokens, at, character, next)
    if (next.size === 0) return false
    now = next
  }
  return now.has(tokens.length)
}

/** Adds the state before token `at`, and the ones reached from it without reading anything. */
function enter(tokens: readonly Token[], at: number, states: Set<number>): void {
  states.add(at)
  const kind = tokens[at]?.kind
  if (kind === 'star' || kind === 'deep' || kind === 'rest') enter(tokens, at + 1, states)
}

function step(tokens: readonly Token[], at: number, character: string, next: Set<number>): void {
  const token = tokens[at]
  if (token === undefined) return
  if (token.kind === 'rest') enter(tokens, at, next)
  else if (token.kind === 'deep') {
    next.add(at)
    if (character === '/') enter(tokens, at + 1, next)
  } else if (token.kind === 'star') {
    if (character !== '/') enter(tokens, at, next)
  } else if (accepts(token, character)) enter(tokens, at + 1, next)
}

function accepts(token: Token, character: string): boolean {
  if (token.kind === 'character') return token.character === character
  if (character === '/') return false
  if (token.kind !== 'class') return token.kind === 'one'
  return token.negated !== token.ranges.some(([low, high]) => low <= character && character <= high)
}
