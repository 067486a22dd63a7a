import type { DoubleQuotedChild, ParameterExpansionPart, Script, Word, WordPart } from 'unbash'
import type { OffsetRange, Variable } from '../dockerfile/types.ts'

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
  /** `$@`, where known. */
  readonly positional: readonly (string | undefined)[] | undefined
  /** What `$(script)` prints, without the trailing line breaks; undefined where unknown. */
  output(script: Script): string | undefined
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
  const alternatives = braces(word.parts)
  return alternatives.flatMap((parts) =>
    fields(
      parts.flatMap((part) => fragments(part, context, false)),
      range,
    ),
  )
}

/** Expands a word without splitting it: assignments, redirect targets, here-strings. */
export function expandToText(word: Word, context: WordContext): string | undefined {
  if (!word.parts) return plain(word, { start: 0, end: 0 }, context)[0]?.text
  return together(word.parts.flatMap((part) => fragments(part, context, false)))
}

/** The body of a heredoc as the command reads it. */
export function expandParts(parts: readonly WordPart[], context: WordContext): string | undefined {
  return together(parts.flatMap((part) => fragments(part, context, true)))
}

function plain(word: Word, range: OffsetRange, context: WordContext): readonly Field[] {
  const tilde = word.text.startsWith('~') ? tildeOf(word.value, context) : undefined
  return [{ text: word.text.startsWith('~') ? tilde : word.value, glob: false, range }]
}

function tildeOf(text: string, context: WordContext): string | undefined {
  if (text !== '~' && !text.startsWith('~/')) return undefined
  const home = context.variable('HOME')
  return home.kind === 'set' ? home.value + text.slice(1) : undefined
}

function together(parts: readonly Fragment[]): string | undefined {
  let text = ''
  for (const part of parts) {
    if (part.text === undefined) return undefined
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
    if (open) done.push({ text, glob, range })
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
      text = text === undefined ? undefined : text + part.text
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

function fragments(part: WordPart | DoubleQuotedChild, context: WordContext, quoted: boolean): Fragment[] {
  const unknown: Fragment[] = [{ text: undefined, quoted }]
  switch (part.type) {
    case 'Literal':
      return [
        {
          text:
            part.value.startsWith('~') && !quoted ? (tildeOf(part.value, context) ?? part.value) : part.value,
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
      return [{ text: part.text, quoted }]
    case 'SimpleExpansion': {
      const name = part.text.slice(1)
      if (name === '@' || name === '*') {
        if (!context.positional) return unknown
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
    case 'ArithmeticExpansion':
    case 'ProcessSubstitution':
      return unknown
  }
}

function parameterValue(name: string, context: WordContext): string | undefined {
  if (/^\d$/.test(name) && context.positional)
    return name === '0'
      ? undefined
      : (context.positional[Number(name) - 1] ?? (Number(name) > context.positional.length ? '' : undefined))
  if (name === '#') return context.positional ? String(context.positional.length) : undefined
  if (!/^[A-Za-z_]/.test(name)) return undefined // $?, $$, $! …
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
    const positionalUnset =
      /^\d$/.test(part.parameter) &&
      context.positional !== undefined &&
      Number(part.parameter) > context.positional.length
    const unset = /^\d$/.test(part.parameter)
      ? positionalUnset
      : context.variable(part.parameter).kind === 'unset'
    if (value === undefined && !unset) return undefined
    const empty = unset || (strict && value === '')
    if (operator === '+') return empty ? '' : expandToText(operation.operand, context)
    if (operator === '?') return empty ? undefined : value
    return empty ? expandToText(operation.operand, context) : value
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

const mostAlternatives = 256

/** `a{b,c}d` → `abd`, `acd`. A brace expression is read from its text; one with quotes or expansions stays as it is. */
function braces(parts: readonly WordPart[]): readonly (readonly WordPart[])[] {
  let all: WordPart[][] = [[]]
  for (const part of parts) {
    const choices = part.type === 'BraceExpansion' ? braceChoices(part.text) : undefined
    if (!choices || all.length * choices.length > mostAlternatives) {
      for (const one of all) one.push(part)
      continue
    }
    all = all.flatMap((one) =>
      choices.map((text): WordPart[] => [
        ...one,
        { type: 'Literal', pos: part.pos, end: part.end, value: text, text },
      ]),
    )
  }
  return all
}

function braceChoices(text: string): string[] | undefined {
  const inner = text.slice(1, -1)
  const sequence = /^(-?\d+)\.\.(-?\d+)$/.exec(inner)
  if (sequence) {
    const [from, to] = [Number(sequence[1]), Number(sequence[2])]
    if (Math.abs(to - from) >= mostAlternatives) return undefined
    const step = from <= to ? 1 : -1
    return Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => String(from + index * step))
  }
  if (/["'$`\\]/.test(inner)) return undefined
  const choices: string[] = []
  let depth = 0
  let current = ''
  for (const character of inner) {
    if (character === ',' && depth === 0) {
      choices.push(current)
      current = ''
      continue
    }
    if (character === '{') depth++
    if (character === '}') depth--
    current += character
  }
  choices.push(current)
  return choices.length < 2 ? undefined : choices.flatMap(expandNested)
}

function expandNested(text: string): string[] {
  const open = text.indexOf('{')
  if (open < 0) return [text]
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++
    if (text[at] !== '}' || --depth > 0) continue
    const choices = braceChoices(text.slice(open, at + 1))
    if (!choices) return [text]
    const tails = expandNested(text.slice(at + 1))
    return choices.flatMap((choice) => tails.map((tail) => text.slice(0, open) + choice + tail))
  }
  return [text]
}
