export type HclValue = string | readonly HclValue[] | { readonly [key: string]: HclValue }
export interface HclBlock {
  readonly type: string
  readonly label: string | undefined
  /** Only those whose value could be understood. */
  readonly attributes: ReadonlyMap<string, HclValue>
}

type Token = { readonly kind: 'word' | 'text' | 'sign' | 'line'; readonly text: string }

/**
 * Reads as much of HCL as bake files need: blocks with a label, attributes of texts, lists and maps, `${variable}` in
 * texts. An attribute with anything else is left out. Undefined where braces do not match.
 */
export function readHcl(text: string, env: ReadonlyMap<string, string>): HclBlock[] | undefined {
  const tokens = tokenize(text)
  if (!tokens) return undefined
  // Variables first: targets use them wherever they stand.
  const variables = new Map<string, string>()
  for (const { type, label, attributes } of readBlocks(tokens, env) ?? []) {
    const value = attributes.get('default')
    if (type === 'variable' && label !== undefined && typeof value === 'string')
      variables.set(label, env.get(label) ?? value)
  }
  return readBlocks(tokens, variables)
}

const patterns: readonly (readonly [Token['kind'] | undefined, RegExp])[] = [
  [undefined, /[ \t\r]+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//y],
  ['line', /\n/y],
  ['text', /"(?:[^"\\\n]|\\.)*"/y],
  ['word', /[A-Za-z_][\w-]*|\d+(?:\.\d+)?/y],
  ['sign', /[^\s\w"]/y],
]

function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = []
  let at = 0
  scan: while (at < text.length) {
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = at
      const match = pattern.exec(text)
      if (!match) continue
      at += match[0].length
      if (kind) tokens.push({ kind, text: match[0] })
      continue scan
    }
    return undefined
  }
  return tokens
}

function readBlocks(
  tokens: readonly Token[],
  variables: ReadonlyMap<string, string>,
): HclBlock[] | undefined {
  const blocks: HclBlock[] = []
  let at = 0
  while (at < tokens.length) {
    const token = tokens[at] as Token
    if (token.kind !== 'word') {
      at++
      continue
    }
    const label = tokens[at + 1]?.kind === 'text' ? tokens[at + 1] : undefined
    const open = at + (label ? 2 : 1)
    if (tokens[open]?.text !== '{') {
      at = endOfLine(tokens, at)
      continue
    }
    const close = closing(tokens, open)
    if (close === undefined) return undefined
    blocks.push({
      type: token.text,
      label: label && unquote(label.text, variables),
      attributes: readAttributes(tokens.slice(open + 1, close), variables),
    })
    at = close + 1
  }
  return blocks
}

/** `name = value` a line, or between commas; nested blocks are passed over. */
function readAttributes(
  tokens: readonly Token[],
  variables: ReadonlyMap<string, string>,
  depth = 0,
): Map<string, HclValue> {
  const attributes = new Map<string, HclValue>()
  let at = 0
  while (at < tokens.length) {
    const name = tokens[at] as Token
    const end = endOfValue(tokens, at)
    if ((name.kind === 'word' || name.kind === 'text') && ['=', ':'].includes(tokens[at + 1]?.text ?? '')) {
      const value = readValue(tokens.slice(at + 2, end), variables, depth)
      const key = name.kind === 'text' ? unquote(name.text, variables) : name.text
      if (value !== undefined && key !== undefined) attributes.set(key, value)
    }
    at = end + 1
  }
  return attributes
}

// Bake files have lists in maps; what goes deeper is none.
const maxDepth = 8

function readValue(
  lines: readonly Token[],
  variables: ReadonlyMap<string, string>,
  depth: number,
): HclValue | undefined {
  const tokens = withoutLineEnds(lines)
  const [first] = tokens
  if (!first) return undefined
  if (tokens.length === 1) {
    if (first.kind === 'text') return unquote(first.text, variables)
    return first.kind === 'word'
      ? (variables.get(first.text) ?? (/^\d/.test(first.text) ? first.text : undefined))
      : undefined
  }
  const inner = tokens.slice(1, -1)
  if (depth >= maxDepth || closing(tokens, 0) !== tokens.length - 1) return undefined
  if (first.text === '[') {
    // An element that needs more than we know is left out.
    return splitAtCommas(inner)
      .map((part) => readValue(part, variables, depth + 1))
      .filter((value) => value !== undefined)
  }
  if (first.text !== '{') return undefined
  return Object.fromEntries(readAttributes(inner, variables, depth + 1))
}

function withoutLineEnds(tokens: readonly Token[]): readonly Token[] {
  const first = tokens.findIndex(({ kind }) => kind !== 'line')
  return first < 0 ? [] : tokens.slice(first, tokens.findLastIndex(({ kind }) => kind !== 'line') + 1)
}

function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    depth += depthChange(token)
    if (token.text === ',' && depth === 0) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts.filter((part) => part.length > 0)
}

function depthChange({ kind, text }: Token): number {
  if (kind !== 'sign') return 0
  return '([{'.includes(text) ? 1 : ')]}'.includes(text) ? -1 : 0
}

function closing(tokens: readonly Token[], open: number): number | undefined {
  let depth = 0
  for (let at = open; at < tokens.length; at++) {
    depth += depthChange(tokens[at] as Token)
    if (depth === 0) return at
  }
  return undefined
}

function endOfLine(tokens: readonly Token[], at: number): number {
  const end = tokens.findIndex(({ kind }, index) => index >= at && kind === 'line')
  return end < 0 ? tokens.length : end
}

/** Where the line ends, or a map's entry, that is not inside of brackets. */
function endOfValue(tokens: readonly Token[], start: number): number {
  let depth = 0
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at] as Token
    depth += depthChange(token)
    if (depth <= 0 && (token.kind === 'line' || token.text === ',')) return at
  }
  return tokens.length
}

/** The text without quotes and with `${variable}` put in; undefined where it needs more than that. */
function unquote(quoted: string, variables: ReadonlyMap<string, string>): string | undefined {
  const text = quoted
    .slice(1, -1)
    .replace(/\\(["\\nt])/g, (_, sign: string) => ({ n: '\n', t: '\t' })[sign] ?? sign)
  let known = true
  const expanded = text.replace(/\$\{\s*([^}]*?)\s*\}/g, (_, name: string) => {
    const value = variables.get(name)
    if (value === undefined) known = false
    return value ?? ''
  })
  return known ? expanded : undefined
}
