import { isBlank, isSpace } from './characters.ts'
import { toFileRange } from './mapped-text.ts'
import type { MappedText, Word } from './types.ts'

/** A stretch of mapped text as a word of the file. */
export function wordOf(
  args: MappedText,
  start: number,
  end: number,
  raw = args.text.slice(start, end),
): Word {
  return { raw, range: toFileRange(args, { start, end }) }
}

/** BuildKit: parseStringsWhitespaceDelimited; quotes mean nothing here. */
export function splitAtBlanks(args: MappedText): Word[] {
  // Spread arrays keep room for more; these stay.
  return [...wordsAtBlanks(args)].slice()
}

/** The same, one at a time: a line may hold a hundred thousand. */
export function* wordsAtBlanks(args: MappedText): Generator<Word> {
  const { text } = args
  if (text === '') return
  let start = 0
  for (;;) {
    let end = start
    while (end < text.length && !isBlank(text.charCodeAt(end))) end++
    yield wordOf(args, start, end)
    if (end === text.length) return
    start = end
    while (start < text.length && isBlank(text.charCodeAt(start))) start++
  }
}

/** A word of `ENV`, `LABEL` and `ARG`: its pieces are where the text and the file differ by a dropped escape. */
export interface QuotedWord {
  readonly raw: string
  /** In the arguments. */
  readonly start: number
  readonly end: number
}

/** BuildKit: parseWords (line_parsers.go): split at white space outside of quotes; quotes and escapes stay. */
export function* wordsAtSpaces(text: string, escapeWith: string): Generator<QuotedWord> {
  const escapeCode = escapeWith.charCodeAt(0)
  let phase: 'spaces' | 'word' | 'quote' = 'spaces'
  let quote = 0
  let quoted = false
  let start = 0
  let at = 0
  // Only an escape at the very end is dropped, so a word is a slice of the text.
  let end = 0
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (phase === 'spaces') {
      if (isSpace(code)) continue
      phase = 'word'
      start = at
      end = at
    }
    if (phase === 'word') {
      if (isSpace(code)) {
        phase = 'spaces'
        if (quoted || end > start) yield { raw: text.slice(start, end), start, end }
        quoted = false
        continue
      }
      if (code === 0x27 || code === 0x22) {
        quote = code
        quoted = true
        phase = 'quote'
      }
      if (code === escapeCode) {
        if (at + 1 === text.length) continue
        at++
      }
      end = at + 1
      continue
    }
    if (code === quote) phase = 'word'
    if (code === escapeCode && quote !== 0x27) {
      if (at + 1 === text.length) {
        phase = 'word'
        continue
      }
      at++
    }
    end = at + 1
  }
  if (phase !== 'spaces' && (quoted || end > start)) yield { raw: text.slice(start, end), start, end }
}
