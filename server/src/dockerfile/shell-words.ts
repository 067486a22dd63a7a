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

class LexError extends Error {}

/** Reading of something that may hold the like of it: yields what it needs read first, and is given that. */
type Reading = Generator<Reading, Text, Text>

/** BuildKit nests as deep as memory allows, and JavaScript's stack ends sooner: so the stack is a list. */
function finish(first: Reading): Text {
  const open = [first]
  let given: Text
  for (;;) {
    const { done, value } = (open[open.length - 1] as Reading).next(given)
    given = undefined
    if (done !== true) open.push(value)
    else {
      open.pop()
      given = value
      if (open.length === 0) return given
    }
  }
}

/** How far a word is read, and what came of it so far. */
interface Lexing {
  readonly source: string
  readonly lookup: (name: string) => Variable
  readonly escapeWith: EscapeCharacter
  readonly skipQuotes: boolean
  readonly rawQuotes: boolean
  readonly skipUnset: boolean
  rawEscapes: boolean
  at: number
  depth: number
  /** Made for the first one: most words hold none. */
  variables: Set<string> | undefined
  unset: Set<string> | undefined
  // The words so far. BuildKit's nested calls share the buffer of the word being built and empty it:
  // in `80${x:-1}` split to words the `80` is lost (lex.go: sw.wordsBuffer).
  readonly words: SplitWord[]
  buffer: string
  bufferStart: number
  tokenStart: number
  inWord: boolean
  wordsKnown: boolean
}

function lex(source: string, lookup: (name: string) => Variable, options: LexOptions): Lexed {
  const lexing: Lexing = {
    source,
    lookup,
    escapeWith: options.escape,
    skipQuotes: options.skipQuotes ?? false,
    rawQuotes: options.rawQuotes ?? false,
    skipUnset: options.skipUnset ?? false,
    rawEscapes: options.rawEscapes ?? false,
    // Go's text/scanner drops a byte order mark in front.
    at: source.startsWith(byteOrderMark) ? 1 : 0,
    depth: 0,
    variables: undefined,
    unset: undefined,
    words: [],
    buffer: '',
    bufferStart: 0,
    tokenStart: 0,
    inWord: false,
    wordsKnown: true,
  }
  try {
    const value = finish(readUntil(lexing, end, lexing.rawEscapes, false))
    return {
      kind: 'done',
      value,
      words: lexing.wordsKnown ? lexing.words : undefined,
      variables: namesIn(lexing.variables),
      unset: namesIn(lexing.unset),
    }
  } catch (error) {
    if (!(error instanceof LexError)) throw error
    return { kind: 'error', message: error.message, variables: namesIn(lexing.variables) }
  }
}

function peek(lexing: Lexing) {
  if (lexing.at >= lexing.source.length) return end
  const code = lexing.source.charCodeAt(lexing.at)
  return code >= 0xd800 && code <= 0xdbff
    ? String.fromCodePoint(lexing.source.codePointAt(lexing.at) as number)
    : (lexing.source[lexing.at] as string)
}
function next(lexing: Lexing) {
  const char = peek(lexing)
  lexing.at += char.length
  return char
}
function get(lexing: Lexing, name: string): Variable {
  lexing.variables ??= new Set()
  lexing.variables.add(name)
  const variable = lexing.lookup(name)
  if (variable.kind === 'unset') {
    lexing.unset ??= new Set()
    lexing.unset.add(name)
  }
  return variable
}

function namesIn(names: Set<string> | undefined): readonly string[] {
  return names === undefined ? none : [...names]
}
function addRaw(lexing: Lexing, text: string) {
  if (lexing.buffer === '') lexing.bufferStart = lexing.tokenStart
  lexing.buffer += text
  lexing.inWord = true
}
function addChar(lexing: Lexing, char: string) {
  if (!isSpace(char.charCodeAt(0))) addRaw(lexing, char)
  else if (lexing.inWord && lexing.buffer !== '') {
    lexing.words.push({ text: lexing.buffer, start: lexing.bufferStart, end: lexing.tokenStart })
    lexing.buffer = ''
    lexing.inWord = false
  }
}

/** lex.go: processStopOn. `stop` is '' for the whole source. */
function* readUntil(lexing: Lexing, stop: string, raw: boolean, patternEscapes: boolean): Reading {
  const outer = ++lexing.depth === 1
  const before = lexing.rawEscapes
  lexing.rawEscapes = raw
  lexing.buffer = ''
  let result: Text = ''
  let stopped = stop === end
  while (lexing.at < lexing.source.length) {
    const char = peek(lexing)
    if (outer) lexing.tokenStart = lexing.at
    if (stop !== end && char === stop) {
      next(lexing)
      stopped = true
      break
    }
    let text: Text
    if (char === '$') {
      const read = readDollar(lexing)
      text = typeof read === 'object' ? yield read : read
      if (outer) {
        if (text === undefined) lexing.wordsKnown = false
        else for (const one of text) addChar(lexing, one)
      }
    } else if (char === '<') {
      text = readAngle(lexing)
      if (outer) addRaw(lexing, text)
    } else if (char === "'" && !lexing.skipQuotes) {
      text = readSingleQuote(lexing, patternEscapes)
      if (outer) addRaw(lexing, text)
    } else if (char === '"' && !lexing.skipQuotes) {
      text = readPlainQuotes(lexing) ?? (yield readDoubleQuote(lexing, patternEscapes))
      if (outer) {
        if (text === undefined) lexing.wordsKnown = false
        else addRaw(lexing, text)
      }
    } else if (isOrdinary(char) && char !== lexing.escapeWith) {
      text = readOrdinary(lexing, stop)
      if (outer) addRaw(lexing, text)
    } else {
      next(lexing)
      text = char
      if (char === lexing.escapeWith) {
        text = lexing.rawEscapes ? char : ''
        if (outer && lexing.rawEscapes) addRaw(lexing, char)
        const escaped = next(lexing)
        if (escaped === end) {
          if (result !== undefined) result += text
          break
        }
        if (outer) addRaw(lexing, escaped)
        text += escaped
      } else if (outer) addChar(lexing, char)
    }
    result = result === undefined || text === undefined ? undefined : result + text
  }
  if (!stopped) throw new LexError(`unexpected end of statement while looking for matching ${stop}`)
  lexing.rawEscapes = before
  lexing.depth--
  if (outer) {
    if (lexing.buffer !== '')
      lexing.words.push({ text: lexing.buffer, start: lexing.bufferStart, end: lexing.source.length })
  } else lexing.buffer = ''
  return result
}

/** Characters that mean nothing by themselves are read together. */
function readOrdinary(lexing: Lexing, stop: string): string {
  const { source, escapeWith } = lexing
  const start = lexing.at
  let at = start + 1
  for (; at < source.length; at++) {
    const char = source[at] as string
    if (!isOrdinary(char) || char === stop || char === escapeWith) break
  }
  lexing.at = at
  return source.slice(start, at)
}

/** ASCII that is no white space, and that no branch of `readUntil` looks at; the escape and the end are to be asked for besides. */
function isOrdinary(char: string): boolean {
  const code = char.charCodeAt(0)
  return code > 0x20 && code < 0x80 && code !== 0x22 && code !== 0x24 && code !== 0x27 && code !== 0x3c
}

function readSingleQuote(lexing: Lexing, patternEscapes: boolean): string {
  const start = lexing.at
  const close = lexing.source.indexOf("'", lexing.at + 1)
  if (close === -1) {
    lexing.at = lexing.source.length
    throw new LexError('unexpected end of statement while looking for matching single-quote')
  }
  lexing.at = close + 1
  const inside = lexing.source.slice(start + 1, close)
  const text = patternEscapes
    ? inside.replaceAll(lexing.escapeWith, lexing.escapeWith + lexing.escapeWith)
    : inside
  return lexing.rawQuotes ? `'${text}'` : text
}

function* readDoubleQuote(lexing: Lexing, patternEscapes: boolean): Reading {
  next(lexing)
  let result: Text = lexing.rawQuotes ? '"' : ''
  for (;;) {
    const char = peek(lexing)
    if (char === end)
      throw new LexError('unexpected end of statement while looking for matching double-quote')
    if (char === '"') {
      next(lexing)
      return result === undefined ? undefined : lexing.rawQuotes ? `${result}"` : result
    }
    if (char === '$') {
      const read = readDollar(lexing)
      const value = typeof read === 'object' ? yield read : read
      result = result === undefined || value === undefined ? undefined : result + value
      continue
    }
    if (char !== lexing.escapeWith) {
      const text = readQuoted(lexing)
      if (result !== undefined) result += text
      continue
    }
    next(lexing)
    let text: string = char
    const escaped = peek(lexing)
    if (escaped === end) continue // an escape at the end of the word is dropped
    if (escaped === '"' || escaped === '$' || escaped === lexing.escapeWith) {
      next(lexing)
      text = lexing.rawEscapes ? char + escaped : escaped
    } else if (lexing.rawEscapes && (!lexing.rawQuotes || patternEscapes)) text = char + char
    if (result !== undefined) result += text
  }
}

function readQuoted(lexing: Lexing): string {
  const { source, escapeWith } = lexing
  const start = lexing.at
  let at = start
  for (; at < source.length; at++) {
    const char = source[at]
    if (char === '"' || char === '$' || char === escapeWith) break
  }
  lexing.at = at
  return source.slice(start, at)
}

/** The usual case; undefined where a variable or an escape stands in the quotes, or they are open. */
function readPlainQuotes(lexing: Lexing): string | undefined {
  const { source, escapeWith, rawQuotes } = lexing
  const start = lexing.at
  for (let at = start + 1; at < source.length; at++) {
    const char = source[at]
    if (char === '$' || char === escapeWith) return undefined
    if (char !== '"') continue
    lexing.at = at + 1
    return rawQuotes ? source.slice(start, at + 1) : source.slice(start + 1, at)
  }
  return undefined
}

/** What has a modifier is still to be read; all else is read here. */
function readDollar(lexing: Lexing): Text | Reading {
  next(lexing)
  if (peek(lexing) !== '{') {
    const name = readName(lexing)
    if (name === '') return '$'
    const variable = get(lexing, name)
    if (variable.kind === 'unset' && lexing.skipUnset) return `$${name}`
    return textOf(variable)
  }
  next(lexing)
  const first = peek(lexing)
  if (first === end) throw new LexError("syntax error: missing '}'")
  if (first === '{' || first === '}' || first === ':') throw new LexError('syntax error: bad substitution')
  const name = readName(lexing)
  const modifier = next(lexing)
  switch (modifier) {
    case '}': {
      const variable = get(lexing, name)
      if (variable.kind === 'unset' && lexing.skipUnset) return `\${${name}}`
      return textOf(variable)
    }
    case ':':
      return readModified(lexing, name, next(lexing), true)
    case '+':
    case '-':
    case '?':
    case '#':
    case '%':
      return readModified(lexing, name, modifier, false)
    case '/':
      return readReplacement(lexing, name)
    default:
      throw new LexError(`unsupported modifier (${modifier}) in substitution`)
  }
}

function* readModified(lexing: Lexing, name: string, modifier: string, emptyIsUnset: boolean): Reading {
  const isTrim = modifier === '#' || modifier === '%'
  if (emptyIsUnset && isTrim) throw new LexError(`unsupported modifier (:${modifier}) in substitution`)
  const word = yield readUntil(lexing, '}', isTrim, isTrim)
  const variable = get(lexing, name)
  if (variable.kind === 'unset' && lexing.skipUnset) {
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

function* readReplacement(lexing: Lexing, name: string): Reading {
  const all = peek(lexing) === '/'
  if (all) next(lexing)
  const written = yield readUntil(lexing, '/', true, true)
  const replacement = yield readUntil(lexing, '}', true, false)
  const variable = get(lexing, name)
  if (variable.kind === 'unset' && lexing.skipUnset) {
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

function readName(lexing: Lexing): string {
  const first = peek(lexing)
  if (first === end) return ''
  if (isDigit(first)) {
    let name = ''
    while (lexing.at < lexing.source.length && isDigit(peek(lexing))) name += next(lexing)
    return name
  }
  if ('@*#?-$!'.includes(first)) return next(lexing)
  let name = ''
  for (let char = first; char !== end; char = peek(lexing)) {
    if (char !== '_' && !isLetter(char) && !isDigit(char)) break
    name += next(lexing)
  }
  return name
}

/** lex.go: processPossibleHeredoc. White space after `<<` belongs to the word. */
function readAngle(lexing: Lexing): string {
  next(lexing)
  if (peek(lexing) !== '<') return '<'
  next(lexing)
  const start = lexing.at
  while (lexing.at < lexing.source.length && '\t\r '.includes(lexing.source[lexing.at] as string)) lexing.at++
  return `<<${lexing.source.slice(start, lexing.at)}`
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
