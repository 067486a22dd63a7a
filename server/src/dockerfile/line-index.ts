import type { LineIndex } from './types.ts'

/** Offsets of the first character of every line; a line ends with LF, as BuildKit's scanner has it. */
export function lineStarts(text: string): Uint32Array {
  let count = 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++
  const starts = new Uint32Array(count)
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts[line++] = at + 1
  return starts
}

/** Lines of a text that ends them with LF or CRLF. Offsets and positions outside of the text are clamped to it. */
export function createLineIndex(text: string, starts: Uint32Array = lineStarts(text)): LineIndex {
  const count = starts.length
  const clampLine = (line: number) => Math.min(Math.max(line, 0), count - 1)
  const lineStart = (line: number) => starts[clampLine(line)] as number
  const lineEnd = (line: number) => {
    const at = clampLine(line)
    if (at === count - 1) return text.length
    const feed = (starts[at + 1] as number) - 1
    const start = starts[at] as number
    return feed > start && text.charCodeAt(feed - 1) === 0x0d ? feed - 1 : feed
  }
  return {
    count,
    lineStart,
    lineEnd,
    positionAt(offset) {
      const at = Math.min(Math.max(offset, 0), text.length)
      const line = lineOf(starts, at)
      return { line, character: at - (starts[line] as number) }
    },
    offsetAt({ line, character }) {
      if (line < 0) return 0
      if (line >= count) return text.length
      return Math.min(lineStart(line) + Math.max(character, 0), lineEnd(line))
    },
  }
}

/** The line that holds an offset. */
export function lineOf(starts: Uint32Array, offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] as number) <= offset) low = middle
    else high = middle - 1
  }
  return low
}
