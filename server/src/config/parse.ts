import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { type Argument, listed, type Message, text } from '../l10n/index.ts'
import { nearestName } from './nearest.ts'
import { configShape, type Shape } from './shape.ts'
import type { ConfigProblem, ParsedConfig, UnrootConfig } from './types.ts'

/**
 * Reads `.unroot.json`: JSON with comments. What cannot be understood is left out of `config` and named in `problems`.
 * @param ruleIds ids that `rules` may name; left out: any
 */
export function parseConfig(text: string, file: string, ruleIds?: readonly string[]): ParsedConfig {
  const source = text.replace(/^\uFEFF/, ' ')
  const reader: Reader = { problems: [], positions: positionsIn(source), ruleIds }
  const root = readTree(source, reader)
  const value = root && check(root, configShape, '', reader)
  const problems = reader.problems.sort((a, b) => a.start - b.start)
  // `check` has held every key and value against the table that UnrootConfig describes.
  return { file, config: isRecord(value) ? tidy(value) : {}, problems }
}

interface Reader {
  readonly problems: ConfigProblem[]
  readonly positions: (offset: number) => { line: number; column: number }
  readonly ruleIds: readonly string[] | undefined
}

const syntaxMessages: Readonly<Record<string, Message>> = {
  InvalidSymbol: text`This is neither a number, true, false nor null; texts need double quotes.`,
  InvalidNumberFormat: text`This is not a number.`,
  PropertyNameExpected: text`A key in double quotes is expected here.`,
  ValueExpected: text`A value is expected here.`,
  ColonExpected: text`A colon is missing here.`,
  CommaExpected: text`A comma is missing here.`,
  CloseBraceExpected: text`A closing \`}\` is missing.`,
  CloseBracketExpected: text`A closing \`]\` is missing.`,
  EndOfFileExpected: text`The file goes on after its end.`,
  UnexpectedEndOfComment: text`A comment that does not end.`,
  UnexpectedEndOfString: text`A text that does not end.`,
  InvalidCharacter: text`A character that may not stand in a text.`,
  InvalidEscapeCharacter: text`An escape that JSON does not know.`,
  InvalidUnicode: text`An escape that is no character.`,
}

function readTree(source: string, reader: Reader): Node | undefined {
  if (source.trim() === '') {
    report(reader, 0, source.length, text`The file is empty. Write {} to have the defaults.`)
    return undefined
  }
  const errors: ParseError[] = []
  let root: Node | undefined
  try {
    root = parseTree(source, errors, { allowTrailingComma: true })
  } catch {
    // jsonc-parser goes down by recursion.
    report(reader, 0, source.length, text`The file is nested too deeply to be a configuration.`)
    return undefined
  }
  // One slip makes many errors: what follows the first on its line says nothing new.
  const lines = new Set<number>()
  for (const { error, offset, length } of errors) {
    const { line } = reader.positions(offset)
    if (lines.has(line)) continue
    lines.add(line)
    report(
      reader,
      offset,
      offset + Math.max(1, length),
      syntaxMessages[printParseErrorCode(error)] ?? text`This is not JSON.`,
    )
  }
  return root
}

/** The node's value as far as it fits; undefined, and reported, where it does not. */
function check(node: Node, shape: Shape, name: string, reader: Reader): unknown {
  switch (shape.type) {
    case 'object':
    case 'map':
      return node.type === 'object'
        ? checkMembers(node, shape, name, reader)
        : wrongType(node, shape, name, reader)
    case 'array':
      if (node.type !== 'array') return wrongType(node, shape, name, reader)
      return (node.children ?? []).flatMap((item) => {
        const value = check(item, shape.items, name, reader)
        return value === undefined ? [] : [value]
      })
    case 'either':
      return checkEither(node, shape.of, name, reader)
    case 'string':
      return node.type === 'string'
        ? checkText(node, shape, name, reader)
        : wrongType(node, shape, name, reader)
    case 'integer':
      if (node.type !== 'number' || !Number.isInteger(node.value)) return wrongType(node, shape, name, reader)
      if (node.value >= shape.minimum && node.value <= shape.maximum) return node.value
      return reportNode(
        reader,
        node,
        text`${label(name)} must be between ${shape.minimum} and ${shape.maximum}, not ${node.value}.`,
      )
    case 'boolean':
    case 'null':
      return node.type === shape.type ? (node.value ?? null) : wrongType(node, shape, name, reader)
  }
}

function checkMembers(
  node: Node,
  shape: Extract<Shape, { type: 'object' | 'map' }>,
  name: string,
  reader: Reader,
): Record<string, unknown> {
  const members = new Map<string, unknown>()
  const seen = new Set<string>()
  for (const member of node.children ?? []) {
    const [keyNode, valueNode] = member.children ?? []
    if (!keyNode) continue
    const key = String(keyNode.value)
    if (seen.has(key)) reportNode(reader, keyNode, text`\`${key}\` is given twice; the last one counts.`)
    seen.add(key)
    const of = shapeOf(shape, key, keyNode, name, reader)
    if (!of || !valueNode) continue
    const value = check(valueNode, of, key, reader)
    if (value !== undefined) members.set(key, value)
  }
  if (shape.type === 'object')
    for (const key of shape.required ?? [])
      if (!seen.has(key)) reportNode(reader, node, text`\`${key}\` is missing here.`)
  return Object.fromEntries(members)
}

function shapeOf(
  shape: Extract<Shape, { type: 'object' | 'map' }>,
  key: string,
  keyNode: Node,
  name: string,
  reader: Reader,
): Shape | undefined {
  if (shape.type === 'map') {
    if (shape.keys !== 'rules' || !reader.ruleIds || reader.ruleIds.includes(key)) return shape.values
    reportUnknown(reader, keyNode, text`There is no rule \`${key}\`.`, key, reader.ruleIds)
    return undefined
  }
  const known = Object.hasOwn(shape.properties, key) ? shape.properties[key] : undefined
  if (!known) {
    const message = name === '' ? text`Unknown key \`${key}\`.` : text`Unknown key \`${key}\` in \`${name}\`.`
    reportUnknown(reader, keyNode, message, key, Object.keys(shape.properties))
  }
  return known
}

function checkText(
  node: Node,
  { values, pattern, looks }: Extract<Shape, { type: 'string' }>,
  name: string,
  reader: Reader,
): string | undefined {
  const value = String(node.value)
  if (values && !Object.hasOwn(values, value)) {
    const known = Object.keys(values)
    const nearest = nearestName(value, known)
    const message = text`${label(name)} must be one of ${listed(known)}, not "${shorten(value)}".`
    return reportNode(reader, node, withNearest(message, nearest && `"${nearest}"`))
  }
  if (pattern && !pattern.test(value))
    return reportNode(reader, node, text`${label(name)} must be ${looks ?? text`another text`}.`)
  return value
}

/** Of several shapes the one of the node's type: its messages are the useful ones. */
function checkEither(node: Node, shapes: readonly Shape[], name: string, reader: Reader): unknown {
  const fitting = shapes.find((shape) => kindOf(shape) === kindOfNode(node))
  if (fitting) return check(node, fitting, name, reader)
  return reportNode(reader, node, text`${label(name)} must be ${oneOf(shapes)}, not ${describedNode(node)}.`)
}

function wrongType(node: Node, shape: Shape, name: string, reader: Reader): undefined {
  return reportNode(
    reader,
    node,
    text`${label(name)} must be ${described(shape)}, not ${describedNode(node)}.`,
  )
}

type Kind = 'text' | 'whole number' | 'boolean' | 'null' | 'array' | 'object' | 'number'

function kindOf(shape: Shape): Kind | undefined {
  const kinds = {
    string: 'text',
    integer: 'whole number',
    boolean: 'boolean',
    null: 'null',
    array: 'array',
    object: 'object',
    map: 'object',
  } as const
  return shape.type === 'either' ? undefined : kinds[shape.type]
}

function kindOfNode(node: Node): Kind | undefined {
  switch (node.type) {
    case 'string':
      return 'text'
    case 'number':
      return Number.isInteger(node.value) ? 'whole number' : 'number'
    case 'property':
      return undefined
    default:
      return node.type
  }
}

const articles: Readonly<Record<Kind, Message>> = {
  text: text`a text`,
  'whole number': text`a whole number`,
  number: text`a number with a fraction`,
  boolean: text`true or false`,
  null: text`null`,
  array: text`a list [ … ]`,
  object: text`an object { … }`,
}

function oneOf(shapes: readonly Shape[]): Message {
  return shapes.map(described).reduce((all, one) => text`${all} or ${one}`)
}

function described(shape: Shape): Message {
  if (shape.type === 'either') return oneOf(shape.of)
  return articles[kindOf(shape) ?? 'text']
}

function describedNode(node: Node): Argument {
  if (node.type === 'boolean') return String(node.value)
  if (node.type === 'string') return text`the text "${shorten(String(node.value))}"`
  if (node.type === 'number') return String(node.value)
  return articles[kindOfNode(node) ?? 'text']
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`
}

function label(name: string): Argument {
  return name === '' ? text`The file` : `\`${name}\``
}

function reportUnknown(
  reader: Reader,
  node: Node,
  message: Message,
  key: string,
  known: readonly string[],
): void {
  const nearest = nearestName(key, known)
  reportNode(reader, node, withNearest(message, nearest && `\`${nearest}\``))
}

function withNearest(message: Message, nearest: string | undefined): Message {
  return nearest === undefined ? message : text`${message} Did you mean ${nearest}?`
}

function reportNode(reader: Reader, node: Node, message: Message): undefined {
  report(reader, node.offset, node.offset + node.length, message)
}

function report(reader: Reader, start: number, end: number, message: Message): void {
  const from = reader.positions(start)
  const to = reader.positions(end)
  reader.problems.push({
    message,
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    start,
    end,
  })
}

function positionsIn(text: string): Reader['positions'] {
  const starts = [0]
  for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: Math.min(offset, text.length) - (starts[low] as number) + 1 }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The short forms that people may write, in the one form that readers get. */
function tidy({ $schema: _, targets, buildArgs, ...rest }: Record<string, unknown>): UnrootConfig {
  const list = (value: unknown) => (Array.isArray(value) ? value : [value])
  return {
    ...rest,
    ...(Array.isArray(targets) ? { targets: { '**': targets } } : {}),
    ...(isRecord(targets)
      ? { targets: Object.fromEntries(Object.entries(targets).map(([glob, value]) => [glob, list(value)])) }
      : {}),
    ...(isRecord(buildArgs)
      ? {
          buildArgs: Object.fromEntries(
            Object.entries(buildArgs).map(([key, value]) => [key, String(value)]),
          ),
        }
      : {}),
  } as UnrootConfig
}
