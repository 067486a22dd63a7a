import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A text of the sources: its key, as translations name it, and where it stands. */
export interface SourceText {
  readonly key: string
  readonly place: string
}

const sources = join(import.meta.dirname, '../../server/src')

/** All texts for people in the server's sources: what stands in templates with the tag `text`. */
export function sourceTexts(): SourceText[] {
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .flatMap((name) => {
      const code = readFileSync(join(sources, name), 'utf8')
      return textsOf(code).map(({ key, at }) => ({
        key,
        place: `${name}:${code.slice(0, at).split('\n').length}`,
      }))
    })
}

/** The texts of one source file. Templates may stand in each other's arguments. */
export function textsOf(code: string): { readonly key: string; readonly at: number }[] {
  const found: { readonly key: string; readonly at: number }[] = []
  readCode(code, 0, found, false)
  return found
}

const unicodeEscape = /^\\(?:u\{([\da-f]+)\}|u([\da-f]{4}))/i
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }
// What can follow a value divides it; elsewhere a slash begins a regular expression.
const beforeRegex = /(?:^|[=(,:;!&|?{}[+\-*%<>~^]|\breturn|\bcase|\btypeof|=>)\s*$/

/** Reads code from `at` on, to its end or to the `}` that closes it, and gives the place behind. */
function readCode(code: string, at: number, found: { key: string; at: number }[], nested: boolean): number {
  let depth = 0
  let place = at
  while (place < code.length) {
    const char = code[place] as string
    if (code.startsWith('//', place)) place = endOf(code, '\n', place)
    else if (code.startsWith('/*', place)) place = endOf(code, '*/', place + 2)
    else if (char === '/' && beforeRegex.test(code.slice(Math.max(0, place - 80), place)))
      place = afterRegex(code, place)
    else if (char === "'" || char === '"') place = afterString(code, place)
    else if (char === '`') {
      const tagged = /(?<![\w$.])text$/.test(code.slice(Math.max(0, place - 5), place))
      const { key, end } = readTemplate(code, place, found)
      if (tagged) found.push({ key, at: place })
      place = end
    } else {
      if (char === '{') depth++
      if (char === '}' && depth-- === 0 && nested) return place + 1
      place++
    }
  }
  return place
}

function readTemplate(code: string, start: number, found: { key: string; at: number }[]) {
  let key = ''
  let args = 0
  let place = start + 1
  while (code[place] !== '`') {
    if (place >= code.length) throw new Error(`a template does not end: ${code.slice(start, start + 40)}`)
    if (code.startsWith('${', place)) {
      key += `{${args++}}`
      place = readCode(code, place + 2, found, true)
    } else if (code[place] === '\\') {
      const [written, braced, plain] = unicodeEscape.exec(code.slice(place, place + 12)) ?? []
      const escaped = code[place + 1] ?? ''
      const number = braced ?? plain
      key +=
        number === undefined
          ? (escapes[escaped] ?? escaped)
          : String.fromCodePoint(Number.parseInt(number, 16))
      place += written?.length ?? 2
    } else key += code[place++]
  }
  return { key, end: place + 1 }
}

function endOf(code: string, mark: string, from: number): number {
  const end = code.indexOf(mark, from)
  return end < 0 ? code.length : end + mark.length
}

function afterString(code: string, start: number): number {
  let place = start + 1
  while (place < code.length && code[place] !== code[start]) place += code[place] === '\\' ? 2 : 1
  return place + 1
}

function afterRegex(code: string, start: number): number {
  let inClass = false
  let place = start + 1
  for (; place < code.length; place++) {
    const char = code[place]
    if (char === '\\') place++
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (char === '/' && !inClass) break
  }
  return place + 1
}
