import type { DoubleQuotedChild, ParameterExpansionPart, Script, Word, WordPart } from 'unbash'
import type { OffsetRange, Variable } from '../dockerfile/types.ts'
import { calculate } from './arithmetic.ts'
import { braces } from './braces.ts'

/** A word after expansion: one field. */
export interface Field {
  /** Undefined where it depends on something unknown. */
  readonly text: string | undefined
  /** Holds unquoted glob characters. */
  readonly glob: boolean
  readonly range: OffsetRange
}

/** What a shell knows while it expands words. */
export interface WordContext {
  variable(name: string): Variable
  /** `${x:=value}` */
  assign(name: string, value: string): void
  /** The folder that `~name` stands for; 'nobody': there is no such account. `''` is the user itself. */
  homeOf(name: string): string | 'nobody' | undefined
  /** `$@`, where known. */
  readonly positional: readonly (string | undefined)[] | undefined
  /** What `$(script)` prints, without the trailing line breaks; undefined where unknown. */
  output(script: Script): string | undefined
  /** What `{a,b}` is to this shell: bash reads alternatives, dash and BusyBox's ash the text as it stands. */
  readonly braces: 'alternatives' | 'text' | 'unknown'
  readonly rangeOf: (start: number, end: number) => OffsetRange
}

/** Text of one kind: quoted text is neither split nor globbed. */
interface Fragment {
  readonly text: string | undefined
  readonly quoted: boolean
  readonly glob?: boolean
  /** Result of an unquoted expansion: split at white space. */
  readonly splits?: boolean
  /** Ends the field here (`"$@"`). */
  readonly breaks?: boolean
}

/** Expands a word to its fields: tilde, parameters, command substitution, braces, field splitting, quotes (POSIX XCU 2.6). */
export function expandWord(word: Word, context: WordContext): readonly Field[] {
  const range = context.rangeOf(word.pos, word.end)
  if (!word.parts) return plain(word, range, context)
  const { parts } = word
  const hasBraces = parts.some(({ type }) => type === 'BraceExpansion')
  const ways = hasBraces && context.braces === 'alternatives' ? braces(parts) : [parts]
  return ways.flatMap((parts) =>
    fields(
      parts.flatMap((part, index) => fragments(part, context, false, index === 0)),
      range,
    ),
  )
}

/** Expands a word without splitting it: assignments, redirect targets, here-strings. */
export function expandToText(word: Word, context: WordContext): string | undefined {
  if (!word.parts) return plain(word, { start: 0, end: 0 }, context)[0]?.text
  return together(word.parts.flatMap((part, index) => fragments(part, context, false, index === 0)))
}

/** The body of a heredoc as the command reads it. */
export function expandParts(parts: readonly WordPart[], context: WordContext): string | undefined {
  return together(parts.flatMap((part) => fragments(part, context, true)))
}

function plain(word: Word, range: OffsetRange, context: WordContext): readonly Field[] {
  return [
    { text: word.text.startsWith('~') ? withoutTilde(word.value, context) : word.value, glob: false, range },
  ]
}

/** `~/x`, `~app/x`; undefined where we do not know whose home it is. */
function withoutTilde(text: string, context: WordContext): string | undefined {
  const slash = text.indexOf('/')
  const name = text.slice(1, slash < 0 ? undefined : slash)
  const rest = slash < 0 ? '' : text.slice(slash)
  if (name === '') {
    const home = context.variable('HOME')
    return home.kind === 'set' ? home.value + rest : undefined
  }
  if (!/^[\w.-]+$/.test(name)) return text
  const home = context.homeOf(name)
  return home === 'nobody' ? text : home === undefined ? undefined : home + rest
}

/** Words that double each other would grow without end: what is longer is not known. */
const longest = 65_536
const mostFields = 4_096

function together(parts: readonly Fragment[]): string | undefined {
  let text = ''
  for (const part of parts) {
    if (part.text === undefined || text.length + part.text.length > longest) return undefined
    text += part.text
  }
  return text
}

function fields(parts: readonly Fragment[], range: OffsetRange): Field[] {
  const done: Field[] = []
  let text: string | undefined = ''
  let glob = false
  let open = false
  const close = () => {
    if (open) done.push({ text: text !== undefined && text.length > longest ? undefined : text, glob, range })
    text = ''
    glob = false
    open = false
  }
  for (const part of parts) {
    if (part.breaks) {
      close()
      continue
    }
    if (part.text === undefined) {
      text = undefined
      open = true
      continue
    }
    if (!part.splits) {
      open = true
      text = text === undefined || text.length > longest ? undefined : text + part.text
      glob ||= part.glob === true
      continue
    }
    const pieces: string[] = part.text.split(/[ \t\n]+/)
    pieces.forEach((piece, index) => {
      if (index > 0) close()
      if (piece === '') return
      open = true
      text = text === undefined ? undefined : text + piece
      glob ||= /[*?[]/.test(piece)
    })
  }
  close()
  return done
}

function fragments(
  part: WordPart | DoubleQuotedChild,
  context: WordContext,
  quoted: boolean,
  first = false,
): Fragment[] {
  const unknown: Fragment[] = [{ text: undefined, quoted }]
  switch (part.type) {
    case 'Literal':
      return [
        {
          text:
            first && !quoted && part.text.startsWith('~') ? withoutTilde(part.value, context) : part.value,
          quoted,
        },
      ]
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return [{ text: part.value, quoted: true }]
    case 'DoubleQuoted':
    case 'LocaleString':
      return [{ text: '', quoted: true }, ...part.parts.flatMap((child) => fragments(child, context, true))]
    case 'Glob':
      return [{ text: part.text, quoted: false, glob: true }]
    case 'ExtendedGlob':
      return [{ text: undefined, quoted: false, glob: true }]
    case 'BraceExpansion':
      return context.braces === 'unknown' && !quoted
        ? [{ text: undefined, quoted: false, glob: true }]
        : [{ text: part.text, quoted, glob: !quoted && /[*?[]/.test(part.text) }]
    case 'SimpleExpansion': {
      const name = part.text.slice(1)
      if (name === '@' || name === '*') {
        if (!context.positional) return unknown
        if (quoted && name === '*')
          return [
            {
              text: context.positional.includes(undefined) ? undefined : context.positional.join(' '),
              quoted,
            },
          ]
        if (context.positional.length > mostFields) return unknown
        return context.positional.flatMap((text, index): Fragment[] => [
          ...(index > 0 ? [{ text: '', quoted, breaks: true }] : []),
          { text, quoted, splits: !quoted },
        ])
      }
      return [parameter(name, context, quoted)]
    }
    case 'ParameterExpansion':
      return [{ text: parameterExpansion(part, context), quoted, splits: !quoted }]
    case 'CommandExpansion':
      return [{ text: part.script ? context.output(part.script) : undefined, quoted, splits: !quoted }]
    case 'ArithmeticExpansion': {
      const value = calculate(part.expression, context)
      return value === undefined ? unknown : [{ text: String(value), quoted }]
    }
    case 'ProcessSubstitution':
      return unknown
  }
}

function parameterValue(name: string, context: WordContext): string | undefined {
  if (/^[1-9]\d*$/.test(name))
    return context.positional && Number(name) > context.positional.length
      ? ''
      : context.positional?.[Number(name) - 1]
  if (name === '#') return context.positional ? String(context.positional.length) : undefined
  if (!/^([A-Za-z_]|[?0]$)/.test(name)) return undefined // $$, $! …
  const variable = context.variable(name)
  return variable.kind === 'set' ? variable.value : variable.kind === 'unset' ? '' : undefined
}

function parameter(name: string, context: WordContext, quoted: boolean): Fragment {
  return { text: parameterValue(name, context), quoted, splits: !quoted }
}

function parameterExpansion(part: ParameterExpansionPart, context: WordContext): string | undefined {
  if (part.index !== undefined || part.prefix === '!') return undefined
  const value = parameterValue(part.parameter, context)
  if (part.prefix === '#') return value === undefined ? undefined : String([...value].length)
  const { operation } = part
  if (!operation) return value
  if (operation.type === 'Default') {
    const operator = operation.operator.replace(':', '')
    const strict = operation.operator.startsWith(':')
    const unset = isUnset(part.parameter, context)
    if (value === undefined && !unset) return undefined
    const empty = unset || (strict && value === '')
    if (operator === '+') return empty ? '' : expandToText(operation.operand, context)
    if (operator === '?') return empty ? undefined : value
    if (!empty) return value
    const otherwise = expandToText(operation.operand, context)
    if (operator === '=' && otherwise !== undefined) context.assign(part.parameter, otherwise)
    return otherwise
  }
  if (value === undefined) return undefined
  if (operation.type === 'Remove') {
    const pattern = expandToText(operation.operand, context)
    return pattern === undefined ? undefined : remove(value, pattern, operation.operator)
  }
  if (operation.type === 'Replace') {
    const pattern = expandToText(operation.pattern, context)
    const replacement = expandToText(operation.replacement, context)
    if (pattern === undefined || replacement === undefined || /[*?[\]\\]/.test(pattern) || pattern === '')
      return undefined
    return operation.operator === '//'
      ? value.split(pattern).join(replacement)
      : operation.operator === '/'
        ? value.replace(pattern, () => replacement)
        : undefined
  }
  if (operation.type === 'CaseModification' && operation.operand === undefined) {
    if (operation.operator === '^^') return value.toUpperCase()
    if (operation.operator === ',,') return value.toLowerCase()
  }
  return undefined
}

function isUnset(name: string, context: WordContext): boolean {
  const { positional } = context
  if (name === '@' || name === '*') return positional?.length === 0
  return /^\d+$/.test(name)
    ? positional !== undefined && Number(name) > positional.length
    : context.variable(name).kind === 'unset'
}

/** `${x#pattern}` and its kin, for patterns with one `*` at the outer end, or none: those that people write. */
function remove(value: string, pattern: string, operator: '#' | '##' | '%' | '%%'): string | undefined {
  const atStart = operator.startsWith('#')
  const star = atStart ? pattern.startsWith('*') : pattern.endsWith('*')
  const rest = star ? (atStart ? pattern.slice(1) : pattern.slice(0, -1)) : pattern
  if (/[*?[\]\\]/.test(rest)) return undefined
  if (!star)
    return atStart
      ? value.startsWith(rest)
        ? value.slice(rest.length)
        : value
      : value.endsWith(rest)
        ? value.slice(0, value.length - rest.length)
        : value
  if (rest === '') return operator.length === 2 ? '' : value
  const longest = operator.length === 2
  const at = atStart === longest ? value.lastIndexOf(rest) : value.indexOf(rest)
  if (at < 0) return value
  return atStart ? value.slice(at + rest.length) : value.slice(0, at)
}
