import { wordOf } from './argument-words.ts'
import { skipSpace } from './characters.ts'
import type { MappedText, Word } from './types.ts'

/**
 * BuildKit: parseJSON (line_parsers.go). `strings`: the JSON form. `other`: JSON with something else than strings
 * in it, an error. `none`: not JSON, so the shell form or words.
 */
export type JsonForm =
  | { readonly kind: 'strings'; readonly words: Word[] }
  | { readonly kind: 'other' }
  | { readonly kind: 'none' }

/** encoding/json gives up below this many brackets. */
const deepest = 10_000

/** `most`: how many words are wanted. */
export function readJsonForm(args: MappedText, most = Number.POSITIVE_INFINITY): JsonForm {
  const { text } = args
  const start = skipSpace(text, 0, text.length)
  // What does not end with a bracket is no array: saves reading `[ -f x ] && …` as JSON.
  if (text[start] !== '[' || !text.trimEnd().endsWith(']')) return { kind: 'none' }
  let values: unknown
  try {
    values = JSON.parse(text.slice(start))
  } catch {
    return { kind: 'none' }
  }
  if (!Array.isArray(values)) return { kind: 'none' }
  if (!values.every((value) => typeof value === 'string')) {
    // Too deep, or a number that no float64 holds: for Go that is no JSON at all.
    return isBeyondGo(text, values) ? { kind: 'none' } : { kind: 'other' }
  }
  const words: Word[] = []
  let at = start
  for (const value of values) {
    if (words.length >= most) break
    const open = text.indexOf('"', at)
    let close = open + 1
    while (text[close] !== '"') close += text[close] === '\\' ? 2 : 1
    words.push(wordOf(args, open, close + 1, toWellFormed(value)))
    at = close + 1
  }
  return { kind: 'strings', words: words.slice() }
}

function isBeyondGo(text: string, values: readonly unknown[]): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '"') {
      at++
      while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
    } else if (char === '[' || char === '{') {
      if (++depth > deepest) return true
    } else if (char === ']' || char === '}') depth--
  }
  const open: unknown[] = [...values]
  while (open.length > 0) {
    const value = open.pop()
    if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) return true
    if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value)) open.push(inner)
  }
  return false
}

/** Half a surrogate pair becomes U+FFFD, as in Go. */
function toWellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD')
}
