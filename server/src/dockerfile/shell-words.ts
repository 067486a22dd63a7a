import type { Message } from '../l10n/index.ts'
import { isSpace, skipSpace } from './characters.ts'
import { byteOrderMark, type EscapeCharacter, lex, type SplitWord } from './lex.ts'
import type { Expansion, Variable } from './types.ts'

/**
 * BuildKit's word expansion: frontend/dockerfile/shell/lex.go, read there rule by rule.
 * It looks like a shell and is not one: the oddities below are BuildKit's.
 */

export type { EscapeCharacter } from './lex.ts'

export interface ExpandOptions {
  readonly escape: EscapeCharacter
  /** `unquote` (default) for arguments; `keep-quotes` for heredoc bodies, where quotes are ordinary characters. */
  readonly mode?: 'unquote' | 'keep-quotes'
}

/** What a word that may become several (EXPOSE) expands to. */
export type WordsExpansion =
  | {
      readonly kind: 'known'
      readonly values: readonly string[]
      readonly variables: readonly string[]
      readonly unset: readonly string[]
    }
  | { readonly kind: 'unknown'; readonly variables: readonly string[] }
  | { readonly kind: 'error'; readonly message: Message; readonly variables: readonly string[] }

/** Lex.ProcessWord: one word in, one value out. */
export function expandWord(
  raw: string,
  lookup: (name: string) => Variable,
  options: ExpandOptions,
): Expansion {
  // Nearly every word of a real file is plain.
  if (isPlain(raw, options)) return { kind: 'known', value: raw, variables: none, unset: none }
  const lexed = lex(raw, lookup, { escape: options.escape, skipQuotes: options.mode === 'keep-quotes' })
  if (lexed.kind === 'error') return lexed
  const { variables, unset, value } = lexed
  return value === undefined ? { kind: 'unknown', variables } : { kind: 'known', value, variables, unset }
}

/** Lex.ProcessWords: the value is split at white space that is neither quoted nor escaped. */
export function expandWords(
  raw: string,
  lookup: (name: string) => Variable,
  options: ExpandOptions,
): WordsExpansion {
  if (isPlain(raw, options)) return { kind: 'known', values: splitAtSpace(raw), variables: none, unset: none }
  const lexed = lex(raw, lookup, { escape: options.escape, skipQuotes: options.mode === 'keep-quotes' })
  if (lexed.kind === 'error') return lexed
  const { variables, unset, words } = lexed
  return words === undefined
    ? { kind: 'unknown', variables }
    : { kind: 'known', values: words.map(({ text }) => text), variables, unset }
}

/** Lex.ProcessWords with an empty environment, as the heredoc reader uses it; undefined where BuildKit has an error. */
export function splitWords(
  raw: string,
  keep: 'raw' | 'quotes' | 'nothing',
): readonly SplitWord[] | undefined {
  const lexed = lex(raw, () => ({ kind: 'unset' }), {
    escape: '\\',
    rawQuotes: keep !== 'nothing',
    rawEscapes: keep === 'raw',
    skipUnset: true,
  })
  return lexed.kind === 'error' ? undefined : lexed.words
}

function splitAtSpace(raw: string): readonly string[] {
  const words: string[] = []
  for (let at = skipSpace(raw, 0, raw.length); at < raw.length; ) {
    let end = at
    while (end < raw.length && !isSpace(raw.charCodeAt(end))) end++
    words.push(raw.slice(at, end))
    at = skipSpace(raw, end, raw.length)
  }
  return words
}

const none: readonly string[] = Object.freeze([])

function isPlain(raw: string, options: ExpandOptions): boolean {
  for (let at = 0; at < raw.length; at++) {
    const char = raw[at]
    if (char === '$' || char === '"' || char === "'" || char === options.escape || char === '<') return false
    if (at === 0 && char === byteOrderMark) return false
  }
  return true
}
