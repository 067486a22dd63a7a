import type { Word, WordPart } from 'unbash'
import { expandParts, type WordContext } from './words.ts'

/** Patterns of `case` and `[[ x == y ]]`: as of file names, but `*` takes slashes and dots too (POSIX XCU 2.13.1). */

export type PatternToken =
  | { readonly kind: 'star' }
  | { readonly kind: 'one' }
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'set'; readonly holds: (character: string) => boolean }

/** Undefined where a part is unknown; `anything` for `*` alone, which matches what nobody knows as well. */
export function expandPattern(
  word: Word,
  context: WordContext,
): readonly PatternToken[] | 'anything' | undefined {
  if (!word.parts) return literal(word.value)
  const tokens: PatternToken[] = []
  for (const part of word.parts) {
    const read = tokensOf(part, context)
    if (!read) return undefined
    tokens.push(...read)
  }
  return tokens.length > 0 && tokens.every(({ kind }) => kind === 'star') ? 'anything' : tokens
}

function tokensOf(part: WordPart, context: WordContext): readonly PatternToken[] | undefined {
  switch (part.type) {
    case 'Glob':
      return readPattern(part.text)
    case 'Literal':
      return literal(part.value)
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return literal(part.value)
    case 'ExtendedGlob':
    case 'ProcessSubstitution':
      return undefined
    default: {
      const text = expandParts([part], context)
      if (text === undefined) return undefined
      return part.type === 'DoubleQuoted' || part.type === 'LocaleString' ? literal(text) : readPattern(text)
    }
  }
}

function literal(text: string): readonly PatternToken[] {
  return [...text].map((character) => ({ kind: 'character', character }))
}

/** A pattern as text: `*`, `?`, `[…]`, backslashes. */
export function readPattern(text: string): readonly PatternToken[] {
  const tokens: PatternToken[] = []
  const characters = [...text]
  // Brackets that nothing can close are not looked into.
  const lastClose = characters.lastIndexOf(']')
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] as string
    const close = character === '[' && at < lastClose ? closingBracket(characters, at) : -1
    if (character === '*') tokens.push({ kind: 'star' })
    else if (character === '?') tokens.push({ kind: 'one' })
    else if (close > 0) {
      tokens.push({ kind: 'set', holds: setOf(characters.slice(at + 1, close)) })
      at = close
    } else if (character === '\\' && at + 1 < characters.length)
      tokens.push({ kind: 'character', character: characters[++at] as string })
    else tokens.push({ kind: 'character', character })
  }
  return tokens
}

const classes: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /\s/,
  punct: /[!-/:-@[-`{-~]/,
}

/** The `]` that ends a bracket expression: not its first member, and not that of a class in it (`[[:digit:]]`). */
function closingBracket(characters: readonly string[], open: number): number {
  let at = open + 1
  if (characters[at] === '!' || characters[at] === '^') at++
  if (characters[at] === ']') at++
  for (; at < characters.length; at++) {
    if (characters[at] === ']') return at
    if (characters[at] !== '[' || characters[at + 1] !== ':') continue
    const end = characters.indexOf(']', at + 2)
    if (characters[end - 1] === ':') at = end
  }
  return -1
}

function setOf(inside: readonly string[]): (character: string) => boolean {
  const negated = inside[0] === '!' || inside[0] === '^'
  const named: RegExp[] = []
  const members = [
    ...inside
      .slice(negated ? 1 : 0)
      .join('')
      .replace(/\[:(\w+):\]/g, (_, name: string) => {
        if (classes[name]) named.push(classes[name])
        return ''
      }),
  ]
  return (character) => {
    if (named.some((one) => one.test(character))) return !negated
    for (let at = 0; at < members.length; at++) {
      const low = members[at] as string
      const range = members[at + 1] === '-' && at + 2 < members.length
      const high = range ? (members[at + 2] as string) : low
      if (low <= character && character <= high) return !negated
      if (range) at += 2
    }
    return negated
  }
}

/** Two pointers with one point of return: never exponential. */
export function matchesShellPattern(tokens: readonly PatternToken[], text: string): boolean {
  const characters = [...text]
  let token = 0
  let at = 0
  let star = -1
  let from = 0
  while (at < characters.length) {
    const wanted = tokens[token]
    if (wanted?.kind === 'star') {
      star = token++
      from = at
    } else if (wanted !== undefined && accepts(wanted, characters[at] as string)) {
      token++
      at++
    } else if (star >= 0) {
      token = star + 1
      at = ++from
    } else return false
  }
  while (tokens[token]?.kind === 'star') token++
  return token === tokens.length
}

function accepts(token: PatternToken, character: string): boolean {
  if (token.kind === 'character') return token.character === character
  return token.kind === 'set' ? token.holds(character) : token.kind === 'one'
}
