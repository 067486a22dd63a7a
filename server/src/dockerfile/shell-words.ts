import { isSpace, skipSpace } from './characters.ts'
import {
  matchAnywhere,
  matchPrefix,
  type PatternError,
  parsePattern,
  type ShellPattern,
} from './shell-pattern.ts'
import type { Expansion, Variable } from './types.ts'

/**
 * BuildKit's word expansion: frontend/dockerfile/shell/lex.go, read there rule by rule.
 * It looks like a shell and is not one: the oddities below are BuildKit's.
 */

export type EscapeCharacter = '\\' | '`'

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
  | { readonly kind: 'error'; readonly message: string; readonly variables: readonly string[] }

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

export interface SplitWord {
  readonly text: string
  /** In the text that was split. */
  readonly start: number
  readonly end: number
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

interface LexOptions {
  readonly escape: EscapeCharacter
  /** Lex.SkipProcessQuotes */
  readonly skipQuotes?: boolean
  /** Lex.RawQuotes */
  readonly rawQuotes?: boolean
  /** Lex.RawEscapes */
  readonly rawEscapes?: boolean
  /** Lex.SkipUnsetEnv */
  readonly skipUnset?: boolean
}

type Lexed =
  | {
      readonly kind: 'done'
      /** Undefined where an unknown variable decides. */
      readonly value: string | undefined
      readonly words: readonly SplitWord[] | undefined
      readonly variables: readonly string[]
      readonly unset: readonly string[]
    }
  | { readonly kind: 'error'; readonly message: string; readonly variables: readonly string[] }

/** Text that may hang on a variable nobody knows. */
type Text = string | undefined

const byteOrderMark = '\uFEFF'
const letter = /\p{L}/u
const digit = /\p{Nd}/u
const end = ''

/** Deeper `${a:-${b:-…}}` than any person writes; BuildKit itself would go on until memory ends. */
const deepest = 400

class LexError extends Error {}

function lex(source: string, lookup: (name: string) => Variable, options: LexOptions): Lexed {
  const { skipQuotes = false, rawQuotes = false, skipUnset = false } = options
  const escapeWith = options.escape
  const variables = new Set<string>()
  const unset = new Set<string>()
  // Go's text/scanner drops a byte order mark in front.
  let at = source.startsWith(byteOrderMark) ? 1 : 0
  let rawEscapes = options.rawEscapes ?? false
  let depth = 0

  // The words so far. BuildKit's nested calls share the buffer of the word being built and empty it:
  // in `80${x:-1}` split to words the `80` is lost (lex.go: sw.wordsBuffer).
  const words: SplitWord[] = []
  let buffer = ''
  let bufferStart = 0
  let tokenStart = 0
  let inWord = false
  let wordsKnown = true

  const peek = () => {
    if (at >= source.length) return end
    const code = source.charCodeAt(at)
    return code >= 0xd800 && code <= 0xdbff
      ? String.fromCodePoint(source.codePointAt(at) as number)
      : (source[at] as string)
  }
  const next = () => {
    const char = peek()
    at += char.length
    return char
  }
  const get = (name: string): Variable => {
    variables.add(name)
    const variable = lookup(name)
    if (variable.kind === 'unset') unset.add(name)
    return variable
  }
  const addRaw = (text: string) => {
    if (buffer === '') bufferStart = tokenStart
    buffer += text
    inWord = true
  }
  const addChar = (char: string) => {
    if (!isSpace(char.charCodeAt(0))) addRaw(char)
    else if (inWord && buffer !== '') {
      words.push({ text: buffer, start: bufferStart, end: tokenStart })
      buffer = ''
      inWord = false
    }
  }

  /** lex.go: processStopOn. `stop` is '' for the whole source. */
  const readUntil = (stop: string, raw: boolean, patternEscapes: boolean): Text => {
    if (++depth > deepest) throw new LexError('variables are nested too deeply')
    const outer = depth === 1
    const before = rawEscapes
    rawEscapes = raw
    buffer = ''
    let result: Text = ''
    let stopped = stop === end
    while (at < source.length) {
      const char = peek()
      if (outer) tokenStart = at
      if (stop !== end && char === stop) {
        next()
        stopped = true
        break
      }
      let text: Text
      if (char === '$') {
        text = readDollar()
        if (outer) {
          if (text === undefined) wordsKnown = false
          else for (const one of text) addChar(one)
        }
      } else if (char === '<') {
        text = readAngle()
        if (outer) addRaw(text)
      } else if (char === "'" && !skipQuotes) {
        text = readSingleQuote(patternEscapes)
        if (outer) addRaw(text)
      } else if (char === '"' && !skipQuotes) {
        text = readDoubleQuote(patternEscapes)
        if (outer) {
          if (text === undefined) wordsKnown = false
          else addRaw(text)
        }
      } else {
        next()
        text = char
        if (char === escapeWith) {
          text = rawEscapes ? char : ''
          if (outer && rawEscapes) addRaw(char)
          const escaped = next()
          if (escaped === end) {
            if (result !== undefined) result += text
            break
          }
          if (outer) addRaw(escaped)
          text += escaped
        } else if (outer) addChar(char)
      }
      result = result === undefined || text === undefined ? undefined : result + text
    }
    if (!stopped) throw new LexError(`unexpected end of statement while looking for matching ${stop}`)
    rawEscapes = before
    depth--
    if (outer) {
      if (buffer !== '') words.push({ text: buffer, start: bufferStart, end: source.length })
    } else buffer = ''
    return result
  }

  const readSingleQuote = (patternEscapes: boolean): string => {
    const start = at
    const close = source.indexOf("'", at + 1)
    if (close === -1) {
      at = source.length
      throw new LexError('unexpected end of statement while looking for matching single-quote')
    }
    at = close + 1
    const inside = source.slice(start + 1, close)
    const text = patternEscapes ? inside.replaceAll(escapeWith, escapeWith + escapeWith) : inside
    return rawQuotes ? `'${text}'` : text
  }

  const readDoubleQuote = (patternEscapes: boolean): Text => {
    next()
    let result: Text = rawQuotes ? '"' : ''
    for (;;) {
      const char = peek()
      if (char === end)
        throw new LexError('unexpected end of statement while looking for matching double-quote')
      if (char === '"') {
        next()
        return result === undefined ? undefined : rawQuotes ? `${result}"` : result
      }
      if (char === '$') {
        const value = readDollar()
        result = result === undefined || value === undefined ? undefined : result + value
        continue
      }
      next()
      let text = char
      if (char === escapeWith) {
        const escaped = peek()
        if (escaped === end) continue // an escape at the end of the word is dropped
        if (escaped === '"' || escaped === '$' || escaped === escapeWith) {
          next()
          text = rawEscapes ? char + escaped : escaped
        } else if (rawEscapes && (!rawQuotes || patternEscapes)) text = char + char
      }
      if (result !== undefined) result += text
    }
  }

  const readDollar = (): Text => {
    next()
    if (peek() !== '{') {
      const name = readName()
      if (name === '') return '$'
      const variable = get(name)
      if (variable.kind === 'unset' && skipUnset) return `$${name}`
      return textOf(variable)
    }
    next()
    const first = peek()
    if (first === end) throw new LexError("syntax error: missing '}'")
    if (first === '{' || first === '}' || first === ':') throw new LexError('syntax error: bad substitution')
    const name = readName()
    const modifier = next()
    switch (modifier) {
      case '}': {
        const variable = get(name)
        if (variable.kind === 'unset' && skipUnset) return `\${${name}}`
        return textOf(variable)
      }
      case ':':
        return readModified(name, next(), true)
      case '+':
      case '-':
      case '?':
      case '#':
      case '%':
        return readModified(name, modifier, false)
      case '/':
        return readReplacement(name)
      default:
        throw new LexError(`unsupported modifier (${modifier}) in substitution`)
    }
  }

  const readModified = (name: string, modifier: string, emptyIsUnset: boolean): Text => {
    const isTrim = modifier === '#' || modifier === '%'
    if (emptyIsUnset && isTrim) throw new LexError(`unsupported modifier (:${modifier}) in substitution`)
    const word = readUntil('}', isTrim, isTrim)
    const variable = get(name)
    if (variable.kind === 'unset' && skipUnset) {
      return word === undefined ? undefined : `\${${name}${emptyIsUnset ? ':' : ''}${modifier}${word}}`
    }
    const value = textOf(variable)
    const missing =
      variable.kind === 'unknown' ? undefined : variable.kind === 'unset' || (emptyIsUnset && value === '')
    switch (modifier) {
      case '-':
        return missing === undefined ? undefined : missing ? word : value
      case '+':
        if (missing === undefined) return word === '' ? '' : undefined
        return missing ? '' : word
      case '?':
        if (missing === undefined) return undefined
        if (!missing) return value
        if (word === undefined || word !== '') throw new LexError(`${name}: ${word ?? 'is missing'}`)
        throw new LexError(`${name}: is not allowed to be ${variable.kind === 'unset' ? 'unset' : 'empty'}`)
      case '#':
      case '%': {
        if (word === undefined) return undefined
        const greedy = word.startsWith(modifier)
        const written = greedy ? word.slice(1) : word
        const pattern = toPattern(modifier === '%' ? reversePattern(written) : written)
        if (value === undefined) return undefined
        if (modifier === '#') return trimPrefix(pattern, value, greedy)
        return reverse(trimPrefix(pattern, reverse(value), greedy))
      }
      default:
        throw new LexError(`unsupported modifier (${emptyIsUnset ? ':' : ''}${modifier}) in substitution`)
    }
  }

  const readReplacement = (name: string): Text => {
    const all = peek() === '/'
    if (all) next()
    const written = readUntil('/', true, true)
    const replacement = readUntil('}', true, false)
    const variable = get(name)
    if (variable.kind === 'unset' && skipUnset) {
      // BuildKit writes one slash even for `//`.
      if (written === undefined || replacement === undefined) return undefined
      return `\${${name}/${written}/${replacement}}`
    }
    if (written === undefined) return undefined
    const pattern = toPattern(written)
    const value = textOf(variable)
    if (value === undefined || replacement === undefined) return undefined
    return replace(pattern, value, replacement, all)
  }

  const readName = (): string => {
    const first = peek()
    if (first === end) return ''
    if (isDigit(first)) {
      let name = ''
      while (at < source.length && isDigit(peek())) name += next()
      return name
    }
    if ('@*#?-$!'.includes(first)) return next()
    let name = ''
    for (let char = first; char !== end; char = peek()) {
      if (char !== '_' && !isLetter(char) && !isDigit(char)) break
      name += next()
    }
    return name
  }

  /** lex.go: processPossibleHeredoc. White space after `<<` belongs to the word. */
  const readAngle = (): string => {
    next()
    if (peek() !== '<') return '<'
    next()
    const start = at
    while (at < source.length && '\t\r '.includes(source[at] as string)) at++
    return `<<${source.slice(start, at)}`
  }

  try {
    const value = readUntil(end, rawEscapes, false)
    return {
      kind: 'done',
      value,
      words: wordsKnown ? words : undefined,
      variables: [...variables],
      unset: [...unset],
    }
  } catch (error) {
    if (!(error instanceof LexError)) throw error
    return { kind: 'error', message: error.message, variables: [...variables] }
  }
}

function textOf(variable: Variable): Text {
  if (variable.kind === 'unknown') return undefined
  return variable.kind === 'set' ? variable.value : ''
}

function isLetter(char: string): boolean {
  const code = char.charCodeAt(0)
  if (code < 0x80) return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
  return letter.test(char)
}

function isDigit(char: string): boolean {
  const code = char.charCodeAt(0)
  if (code < 0x80) return code >= 0x30 && code <= 0x39
  return digit.test(char)
}

function toPattern(written: string): ShellPattern {
  const pattern: ShellPattern | PatternError = parsePattern(written)
  if ('error' in pattern) throw new LexError(`invalid pattern (${written}) in substitution: ${pattern.error}`)
  return pattern
}

function trimPrefix(pattern: ShellPattern, value: string, greedy: boolean): string {
  const runes = [...value]
  const matched = matchPrefix(pattern, runes, greedy)
  return matched === undefined ? value : runes.slice(matched).join('')
}

function replace(pattern: ShellPattern, value: string, replacement: string, all: boolean): string {
  const runes = [...value]
  if (!all) {
    const found = matchAnywhere(pattern, runes, 0)
    if (found === undefined) return value
    return runes.slice(0, found.start).join('') + replacement + runes.slice(found.end).join('')
  }
  const out: string[] = []
  let copied = 0
  let from = 0
  let lastEnd = -1
  // Go: regexp.ReplaceAllString; an empty match right behind a match does not count.
  while (from <= runes.length) {
    const found = matchAnywhere(pattern, runes, from)
    if (found === undefined) break
    const isEmpty = found.end === found.start
    for (let at = copied; at < found.start; at++) out.push(runes[at] as string)
    if (!(isEmpty && found.start === lastEnd)) {
      out.push(expandTemplate(replacement, runes.slice(found.start, found.end).join('')))
    }
    copied = found.end
    lastEnd = found.end
    if (found.end > found.start) from = found.end
    else {
      if (found.start < runes.length) out.push(runes[found.start] as string)
      copied = found.start + 1
      from = found.start + 1
    }
  }
  for (let at = copied; at < runes.length; at++) out.push(runes[at] as string)
  return out.join('')
}

/** `//` replaces through Go's regexp.ReplaceAllString, where `$name` in the replacement is a group: there are none but 0. */
function expandTemplate(template: string, matched: string): string {
  return template.replace(/\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu, (text, braced, plain) => {
    if (text === '$$') return '$'
    const name: string = braced ?? plain
    return /^0+$/.test(name) ? matched : ''
  })
}

/** Turned around with its escapes kept in front of what they escape (lex.go: reversePattern). */
function reversePattern(pattern: string): string {
  const runes = [...pattern]
  const out: string[] = []
  for (let at = 0; at < runes.length; at++) {
    const rune = runes[at] as string
    if (rune === '\\' && at < runes.length - 1) out.push(rune + (runes[++at] as string))
    else out.push(rune)
  }
  return out.reverse().join('')
}

function reverse(text: string): string {
  return [...text].reverse().join('')
}
