import { type Message, text } from '../l10n/index.ts'
import { isSpace } from './characters.ts'
import { type PatternError, parsePattern, type ShellPattern } from './shell-pattern.ts'
import { replace, reverse, reversePattern, trimPrefix } from './shell-replace.ts'
import type { Variable } from './types.ts'

export type EscapeCharacter = '\\' | '`'

export interface LexOptions {
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

export interface SplitWord {
  readonly text: string
  /** In the text that was split. */
  readonly start: number
  readonly end: number
}

export type Lexed =
  | {
      readonly kind: 'done'
      /** Undefined where an unknown variable decides. */
      readonly value: string | undefined
      readonly words: readonly SplitWord[] | undefined
      readonly variables: readonly string[]
      readonly unset: readonly string[]
    }
  | { readonly kind: 'error'; readonly message: Message; readonly variables: readonly string[] }

/** Text that may hang on a variable nobody knows. */
type Text = string | undefined

export const byteOrderMark = '\uFEFF'
const letter = /\p{L}/u
const digit = /\p{Nd}/u
const end = ''
const none: readonly string[] = Object.freeze([])

class LexError extends Error {
  readonly reason: Message

  /** @param reason goes on after "cannot be expanded:" */
  constructor(reason: Message) {
    super()
    this.reason = reason
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
  /** What is open, the source itself first. BuildKit nests as deep as memory allows; JavaScript's stack ends sooner. */
  readonly open: Open[]
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

type Open = Stretch | Quotes

/** The whole source, or a word in `${…}`. */
interface Stretch {
  readonly kind: 'stretch'
  /** '' for the source. */
  readonly stop: string
  readonly patternEscapes: boolean
  /** What `rawEscapes` goes back to. */
  readonly escapesBefore: boolean
  readonly of: Substitution | undefined
  result: Text
}

interface Quotes {
  readonly kind: 'quotes'
  readonly patternEscapes: boolean
  result: Text
}

/** `${name…}` with a modifier, whose word is still to be read. */
interface Substitution {
  readonly name: string
  readonly modifier: string
  readonly emptyIsUnset: boolean
  /** The pattern of `${name/pattern/…}` once it is read. */
  pattern: { readonly written: Text } | undefined
}

/** BuildKit: shell/lex.go, Lex.process. */
export function lex(source: string, lookup: (name: string) => Variable, options: LexOptions): Lexed {
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
    open: [],
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
    const value = readAll(lexing)
    return {
      kind: 'done',
      value,
      words: lexing.wordsKnown ? lexing.words : undefined,
      variables: namesIn(lexing.variables),
      unset: namesIn(lexing.unset),
    }
  } catch (error) {
    if (!(error instanceof LexError)) throw error
    return { kind: 'error', message: error.reason, variables: namesIn(lexing.variables) }
  }
}

function readAll(lexing: Lexing): Text {
  const { open } = lexing
  openStretch(lexing, end, lexing.rawEscapes, false, undefined)
  for (;;) {
    const top = open[open.length - 1] as Open
    const met = top.kind === 'quotes' ? readQuotes(lexing, top) : readStretch(lexing, top)
    if (met === 'quotes') {
      open.push({ kind: 'quotes', patternEscapes: top.patternEscapes, result: lexing.rawQuotes ? '"' : '' })
    } else if (met !== 'end') {
      const { modifier } = met
      const isReplacement = modifier === '/' || modifier === '//'
      const isPattern = isReplacement || modifier === '#' || modifier === '%'
      openStretch(lexing, isReplacement ? '/' : '}', isPattern, isPattern, met)
    } else {
      open.pop()
      if (top.kind === 'quotes') give(lexing, top.result, 'quotes')
      else if (top.of === undefined) return top.result
      else if (top.of.modifier[0] === '/' && top.of.pattern === undefined) {
        top.of.pattern = { written: top.result }
        openStretch(lexing, '}', true, false, top.of)
      } else give(lexing, substitute(lexing, top.of, top.result), 'substitution')
    }
  }
}

function openStretch(
  lexing: Lexing,
  stop: string,
  raw: boolean,
  patternEscapes: boolean,
  of: Substitution | undefined,
): void {
  lexing.open.push({
    kind: 'stretch',
    stop,
    patternEscapes,
    escapesBefore: lexing.rawEscapes,
    of,
    result: '',
  })
  lexing.rawEscapes = raw
  lexing.buffer = ''
}

/** Hands what was read in quotes or for a variable to what it stands in. */
function give(lexing: Lexing, text: Text, from: 'quotes' | 'substitution'): void {
  const { open } = lexing
  const into = open[open.length - 1] as Open
  if (open.length === 1) {
    if (text === undefined) lexing.wordsKnown = false
    else if (from === 'quotes') addRaw(lexing, text)
    else for (const one of text) addChar(lexing, one)
  }
  add(into, text)
}

function add(into: Open, text: Text): void {
  into.result = into.result === undefined || text === undefined ? undefined : into.result + text
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

/** lex.go: processStopOn. */
function readStretch(lexing: Lexing, stretch: Stretch): Substitution | 'quotes' | 'end' {
  const { stop, patternEscapes } = stretch
  const outer = lexing.open.length === 1
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
      if (typeof read === 'object') return read
      give(lexing, read, 'substitution')
      continue
    } else if (char === '<') {
      text = readAngle(lexing)
      if (outer) addRaw(lexing, text)
    } else if (char === "'" && !lexing.skipQuotes) {
      text = readSingleQuote(lexing, patternEscapes)
      if (outer) addRaw(lexing, text)
    } else if (char === '"' && !lexing.skipQuotes) {
      text = readPlainQuotes(lexing)
      if (text === undefined) {
        next(lexing)
        return 'quotes'
      }
      if (outer) addRaw(lexing, text)
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
        if (outer && escaped !== end) addRaw(lexing, escaped)
        text += escaped
      } else if (outer) addChar(lexing, char)
    }
    add(stretch, text)
  }
  if (!stopped) throw notClosed()
  lexing.rawEscapes = stretch.escapesBefore
  if (!outer) lexing.buffer = ''
  else if (lexing.buffer !== '')
    lexing.words.push({ text: lexing.buffer, start: lexing.bufferStart, end: lexing.source.length })
  return 'end'
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
    throw new LexError(text`a single quote is not closed; close it, or escape it`)
  }
  lexing.at = close + 1
  const inside = lexing.source.slice(start + 1, close)
  const kept = patternEscapes
    ? inside.replaceAll(lexing.escapeWith, lexing.escapeWith + lexing.escapeWith)
    : inside
  return lexing.rawQuotes ? `'${kept}'` : kept
}

/** lex.go: processDoubleQuote. */
function readQuotes(lexing: Lexing, quotes: Quotes): Substitution | 'end' {
  for (;;) {
    const char = peek(lexing)
    if (char === end) throw new LexError(text`a double quote is not closed; close it, or escape it`)
    if (char === '"') {
      next(lexing)
      if (lexing.rawQuotes) add(quotes, char)
      return 'end'
    }
    if (char === '$') {
      const read = readDollar(lexing)
      if (typeof read === 'object') return read
      add(quotes, read)
    } else if (char !== lexing.escapeWith) add(quotes, readQuoted(lexing))
    else {
      next(lexing)
      const escaped = peek(lexing)
      if (escaped === end) continue // an escape at the end of the word is dropped
      if (escaped === '"' || escaped === '$' || escaped === char) {
        next(lexing)
        add(quotes, lexing.rawEscapes ? char + escaped : escaped)
      } else
        add(quotes, lexing.rawEscapes && (!lexing.rawQuotes || quotes.patternEscapes) ? char + char : char)
    }
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

/** lex.go: processDollar. What has a modifier is still to be read; all else is read here. */
function readDollar(lexing: Lexing): Text | Substitution {
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
  if (first === end) throw notClosed()
  if (first === '{' || first === '}' || first === ':')
    throw new LexError(text`a name has to follow \`\${\`; write one, or escape the \`$\``)
  const name = readName(lexing)
  const modifier = next(lexing)
  switch (modifier) {
    case '}': {
      const variable = get(lexing, name)
      if (variable.kind === 'unset' && lexing.skipUnset) return `\${${name}}`
      return textOf(variable)
    }
    case ':': {
      const second = next(lexing)
      if (second === '#' || second === '%') throw unsupported(`:${second}`)
      return { name, modifier: second, emptyIsUnset: true, pattern: undefined }
    }
    case '+':
    case '-':
    case '?':
    case '#':
    case '%':
      return { name, modifier, emptyIsUnset: false, pattern: undefined }
    case '/': {
      const all = peek(lexing) === '/'
      if (all) next(lexing)
      return { name, modifier: all ? '//' : '/', emptyIsUnset: false, pattern: undefined }
    }
    case end:
      throw notClosed()
    default:
      throw unsupported(modifier)
  }
}

function notClosed(): LexError {
  return new LexError(text`\`\${\` is not closed; add the brace, or escape the \`$\``)
}

function unsupported(modifier: string): LexError {
  return new LexError(
    text`\`${modifier}\` is no modifier that the builder knows; escape the \`$\`, or write \`\${NAME:-value}\` or the like`,
  )
}

/** What a variable with a modifier stands for, now that the word behind it is read. */
function substitute(lexing: Lexing, substitution: Substitution, word: Text): Text {
  const { name, modifier, emptyIsUnset, pattern } = substitution
  if (pattern !== undefined) return replaceIn(lexing, name, pattern.written, word, modifier === '//')
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
      if (word === undefined || word !== '')
        throw new LexError(text`\`${name}\` has to be set: ${word ?? '…'}`)
      throw new LexError(text`\`${name}\` has to be set, and is not`)
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
      throw unsupported(`:${modifier}`)
  }
}

function replaceIn(lexing: Lexing, name: string, written: Text, replacement: Text, all: boolean): Text {
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
  if ('error' in pattern)
    throw new LexError(
      text`the pattern \`${written}\` escapes what needs no escape; only \`*\`, \`?\` and \`\\\` do`,
    )
  return pattern
}
