import { isSpace } from './characters.ts'
import type { Directive, OffsetRange } from './types.ts'

/** The parser directives that BuildKit knows (parser/directives.go); any other comment ends their place at the top. */
export const directiveNames = ['syntax', 'escape', 'check'] as const

const form = /^([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=/

/** What a line means as a directive; undefined where it is none, and none may follow. */
export function readDirective(text: string, start: number, end: number): Directive | undefined {
  if (text[start] !== '#') return undefined
  let from = start + 1
  while (from < end && isSpace(text.charCodeAt(from))) from++
  const match = form.exec(text.slice(from, Math.min(end, from + 1000)))
  if (match === null) return undefined
  const name = (match[1] as string).toLowerCase()
  if (!(directiveNames as readonly string[]).includes(name)) return undefined
  const valueRange = trim(text, from + match[0].length, end)
  if (valueRange === undefined) return undefined
  const value = text.slice(valueRange.start, valueRange.end)
  return { name, value, range: { start, end }, valueRange }
}

/** The value without white space around it; where there is nothing else, BuildKit takes the last blank for the value. */
function trim(text: string, from: number, to: number): OffsetRange | undefined {
  if (from === to) return undefined
  let start = from
  let end = to
  while (start < end && isRegexpSpace(text.charCodeAt(start))) start++
  while (end > start && isRegexpSpace(text.charCodeAt(end - 1))) end--
  return start === end ? { start: to - 1, end: to } : { start, end }
}

/** `\s` in Go's regular expressions. */
function isRegexpSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0c || code === 0x0d
}
