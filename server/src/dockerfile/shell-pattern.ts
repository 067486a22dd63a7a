/**
 * The patterns of `${x#pattern}` and `${x/pattern/…}`: `*`, `?` and escapes. BuildKit turns them into regular
 * expressions of Go (shell/lex.go: convertShellPatternToRegex), which take linear time; JavaScript's may not,
 * so they are matched here piece by piece.
 */

/** Stretches without `*`, which stands between every two of them; undefined is `?`. */
export interface ShellPattern {
  readonly segments: readonly (readonly (string | undefined)[])[]
}

export interface PatternError {
  readonly error: string
}

export function parsePattern(written: string): ShellPattern | PatternError {
  const runes = [...(written.startsWith('\uFEFF') ? written.slice(1) : written)]
  const segments: (string | undefined)[][] = [[]]
  const add = (rune: string | undefined) =>
    (segments[segments.length - 1] as (string | undefined)[]).push(rune)
  for (let at = 0; at < runes.length; at++) {
    const rune = runes[at] as string
    if (rune === '*') segments.push([])
    else if (rune === '?') add(undefined)
    else if (rune === '\\') {
      const escaped = runes[at + 1]
      // `}` and `/` are escaped for the sake of `${}`; the escape is not part of the pattern.
      if (escaped === '}' || escaped === '/') continue
      if (escaped !== '*' && escaped !== '?' && escaped !== '\\') {
        return { error: `invalid escape '\\${escaped ?? ''}'` }
      }
      add(escaped)
      at++
    } else add(rune)
  }
  return { segments }
}

/** The end of a match at the start of `runes`: the longest where `greedy`, else the shortest. */
export function matchPrefix(
  pattern: ShellPattern,
  runes: readonly string[],
  greedy: boolean,
): number | undefined {
  return matchAt(pattern, runes, 0, greedy)
}

/** The first match at or after `from`, as long as possible. */
export function matchAnywhere(
  pattern: ShellPattern,
  runes: readonly string[],
  from: number,
): { readonly start: number; readonly end: number } | undefined {
  const first = pattern.segments[0] as readonly (string | undefined)[]
  for (let start = from; start <= runes.length; start++) {
    if (!segmentAt(first, runes, start)) continue
    const end = matchAt(pattern, runes, start, true)
    if (end !== undefined) return { start, end }
    // `*` stays on a line: where the rest is not found behind this start, it is behind no later one of the line.
    const feed = lineEnd(runes, start + first.length)
    if (feed === runes.length) return undefined
    start = Math.max(start, feed - first.length)
  }
  return undefined
}

function matchAt(
  pattern: ShellPattern,
  runes: readonly string[],
  start: number,
  greedy: boolean,
): number | undefined {
  const { segments } = pattern
  if (!segmentAt(segments[0] as readonly (string | undefined)[], runes, start)) return undefined
  let at = start + (segments[0]?.length ?? 0)
  for (let index = 1; index < segments.length; index++) {
    const segment = segments[index] as readonly (string | undefined)[]
    const last = index === segments.length - 1
    const limit = lineEnd(runes, at)
    const found = last && greedy ? lastIn(segment, runes, at, limit) : firstIn(segment, runes, at, limit)
    if (found === undefined) return undefined
    at = found + segment.length
  }
  return at
}

function firstIn(
  segment: readonly (string | undefined)[],
  runes: readonly string[],
  from: number,
  limit: number,
): number | undefined {
  for (let at = from; at <= limit; at++) if (segmentAt(segment, runes, at)) return at
  return undefined
}

function lastIn(
  segment: readonly (string | undefined)[],
  runes: readonly string[],
  from: number,
  limit: number,
): number | undefined {
  for (let at = limit; at >= from; at--) if (segmentAt(segment, runes, at)) return at
  return undefined
}

function segmentAt(segment: readonly (string | undefined)[], runes: readonly string[], at: number): boolean {
  if (at + segment.length > runes.length) return false
  for (let index = 0; index < segment.length; index++) {
    const wanted = segment[index]
    const rune = runes[at + index]
    if (wanted === undefined ? rune === '\n' : rune !== wanted) return false
  }
  return true
}

/** Go's `.` does not match a line feed. */
function lineEnd(runes: readonly string[], from: number): number {
  let at = from
  while (at < runes.length && runes[at] !== '\n') at++
  return at
}
