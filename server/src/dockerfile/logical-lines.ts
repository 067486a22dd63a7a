import { skipSpace, utf8Length } from './characters.ts'
import type { PlacedMarker } from './heredocs.ts'
import { createJoin, mapped, toFileRange } from './mapped-text.ts'
import type { Heredoc, MappedText, OffsetRange } from './types.ts'

/** The file's lines as BuildKit's scanner gives them, and how far they are read. */
export interface LineReader {
  readonly text: string
  readonly starts: Uint32Array
  /** Lines there are; a line feed at the end begins none. */
  readonly count: number
  /** Index of the next line. */
  next: number
  /** A line is asked for several times in a row. */
  lastLine: number
  lastRange: OffsetRange
  /** The last line of each text, made for the first heredoc that is not closed. */
  lastLineOf: ReadonlyMap<string, number> | undefined
  /** Heredocs that are not closed: the line after each, by the first line of its body. */
  readonly open: Map<number, number>
}

/** A line that continues over others, put together. */
export interface LogicalLine {
  readonly line: MappedText
  /** Index of its first line. */
  readonly first: number
  /** The last empty line in it: BuildKit warns of those. */
  readonly emptyLine: OffsetRange | undefined
}

const hash = 0x23

/** The longest line that BuildKit's scanner takes, in bytes (bufio.MaxScanTokenSize - 1). */
export const longestLine = 65_535

export function createReader(text: string, starts: Uint32Array): LineReader {
  const last = starts[starts.length - 1] as number
  return {
    text,
    starts,
    count: last === text.length ? starts.length - 1 : starts.length,
    next: 0,
    lastLine: -1,
    lastRange: { start: 0, end: 0 },
    lastLineOf: undefined,
    open: new Map(),
  }
}

/** The characters of a line without its line break; BuildKit drops every carriage return at its end. */
export function lineRange(reader: LineReader, line: number): OffsetRange {
  if (line !== reader.lastLine) {
    reader.lastLine = line
    reader.lastRange = findRange(reader, line)
  }
  return reader.lastRange
}

function findRange({ text, starts, count }: LineReader, line: number): OffsetRange {
  let start = starts[line] as number
  if (line === 0 && text.charCodeAt(0) === 0xfeff) start = 1
  let end = line + 1 < starts.length ? (starts[line + 1] as number) - 1 : text.length
  if (line >= count) end = text.length
  while (end > start && text.charCodeAt(end - 1) === 0x0d) end--
  return { start, end }
}

export function isTooLong({ text, starts }: LineReader, line: number): boolean {
  const start = starts[line] as number
  const end = line + 1 < starts.length ? (starts[line + 1] as number) - 1 : text.length
  return (end - start) * 3 > longestLine && utf8Length(text, start, end) > longestLine
}

/** Reads on from a line that is neither blank nor comment (parser.go: Parse); tells of the comments in it. */
export function readLogicalLine(
  reader: LineReader,
  escapeWith: string,
  onComment: (start: number, end: number) => void,
): LogicalLine {
  const { text, count } = reader
  const escapeCode = escapeWith.charCodeAt(0)
  const first = reader.next++
  const range = lineRange(reader, first)
  const start = skipSpace(text, range.start, range.end)
  const cut = continuationAt(text, start, range.end, escapeCode)
  if (cut === -1) {
    return { line: mapped(text.slice(start, range.end), start), first, emptyLine: undefined }
  }
  const join = createJoin()
  join.add(text.slice(start, cut), start)
  let emptyLine: OffsetRange | undefined
  while (reader.next < count) {
    const { start, end } = lineRange(reader, reader.next++)
    const shown = skipSpace(text, start, end)
    if (shown === end) {
      emptyLine = { start, end }
      continue
    }
    if (text.charCodeAt(shown) === hash) {
      onComment(shown, end)
      continue
    }
    const cut = continuationAt(text, start, end, escapeCode)
    join.add(text.slice(start, cut === -1 ? end : cut), start)
    if (cut === -1) break
  }
  return { line: join.end(), first, emptyLine }
}

/** Where a line's continuation character stands, or -1; a doubled one is none (parser.go: setEscapeToken). */
function continuationAt(text: string, start: number, end: number, escapeCode: number): number {
  let at = end - 1
  while (at >= start && (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09)) at--
  if (at < start || text.charCodeAt(at) !== escapeCode) return -1
  return at > start && text.charCodeAt(at - 1) === escapeCode ? -1 : at
}

/** Reads the bodies of an instruction's heredocs from the next line on. */
export function readBodies(
  reader: LineReader,
  line: MappedText,
  markers: readonly PlacedMarker[],
  isInstruction: (line: string) => boolean,
): { readonly heredocs: readonly Heredoc[]; readonly unclosed: Heredoc | undefined } {
  const heredocs: Heredoc[] = []
  let unclosed: Heredoc | undefined
  for (const marker of markers) {
    const heredoc =
      unclosed === undefined ? readBody(reader, line, marker, isInstruction) : emptyBody(reader, line, marker)
    heredocs.push(heredoc)
    if (heredoc.closingRange === undefined) unclosed ??= heredoc
  }
  return { heredocs, unclosed }
}

function offsetOfLine({ text, starts, count }: LineReader, line: number): number {
  return line < count ? (starts[line] as number) : text.length
}

function readBody(
  reader: LineReader,
  line: MappedText,
  marker: PlacedMarker,
  isInstruction: (line: string) => boolean,
): Heredoc {
  const { text, count } = reader
  const { name, chomp } = marker
  const first = reader.next
  const start = offsetOfLine(reader, first)
  const isClosing = (index: number) => {
    const range = lineRange(reader, index)
    const from = chomp ? skipTabs(text, range.start, range.end) : range.start
    return range.end - from === name.length && text.startsWith(name, from)
      ? { start: from, end: range.end }
      : undefined
  }
  const known = reader.open.get(first)
  if (
    known === undefined &&
    (reader.lastLineOf === undefined || (reader.lastLineOf.get(name) ?? -1) >= first)
  ) {
    for (let index = first; index < count; index++) {
      const closing = isClosing(index)
      if (closing === undefined) continue
      reader.next = index + 1
      return toHeredoc(reader, line, marker, start, offsetOfLine(reader, index), closing)
    }
  }
  // BuildKit gives up here. For the rest of the file to be read, the body ends where an instruction seems to begin.
  const next = known ?? nextInstruction(reader, first, isInstruction)
  if (known === undefined) reader.open.set(first, next)
  reader.next = next
  return toHeredoc(reader, line, marker, start, offsetOfLine(reader, next), undefined)
}

function nextInstruction(
  reader: LineReader,
  first: number,
  isInstruction: (line: string) => boolean,
): number {
  reader.lastLineOf ??= lastLines(reader)
  for (let index = first; index < reader.count; index++) {
    const range = lineRange(reader, index)
    if (isInstruction(reader.text.slice(range.start, Math.min(range.end, range.start + 40)))) return index
  }
  return reader.count
}

function emptyBody(reader: LineReader, line: MappedText, marker: PlacedMarker): Heredoc {
  const at = offsetOfLine(reader, reader.next)
  return toHeredoc(reader, line, marker, at, at, undefined)
}

function toHeredoc(
  reader: LineReader,
  line: MappedText,
  marker: PlacedMarker,
  start: number,
  end: number,
  closingRange: OffsetRange | undefined,
): Heredoc {
  const { name, fd, chomp, expand } = marker
  const content = chomp ? withoutTabs(reader.text, start, end) : mapped(reader.text.slice(start, end), start)
  const markerRange = toFileRange(line, marker)
  return { name, fd, chomp, expand, content, bodyRange: { start, end }, markerRange, closingRange }
}

/** parser.go: ChompHeredocContent. */
function withoutTabs(text: string, start: number, end: number): MappedText {
  if (start === end) return mapped('', start)
  const join = createJoin()
  for (let from = start; from < end; ) {
    const feed = text.indexOf('\n', from)
    const next = feed === -1 || feed >= end ? end : feed + 1
    const shown = skipTabs(text, from, next)
    join.add(text.slice(shown, next), shown)
    from = next
  }
  return join.end()
}

function skipTabs(text: string, from: number, to: number): number {
  let at = from
  while (at < to && text.charCodeAt(at) === 0x09) at++
  return at
}

function lastLines(reader: LineReader): ReadonlyMap<string, number> {
  const lines = new Map<string, number>()
  for (let index = 0; index < reader.count; index++) {
    const { start, end } = lineRange(reader, index)
    lines.set(reader.text.slice(start, end), index)
    const shown = skipTabs(reader.text, start, end)
    if (shown > start) lines.set(reader.text.slice(shown, end), index)
  }
  return lines
}
