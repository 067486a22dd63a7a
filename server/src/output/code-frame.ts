import type { LineIndex, OffsetRange } from '../dockerfile/index.ts'
import type { Paint, Style } from './colors.ts'
import { printable } from './printable.ts'

const width = 100

/** The line of a range with carets below; of a long line, the part around the range. */
export function codeFrame(
  text: string,
  lines: LineIndex,
  range: OffsetRange,
  paint: Paint,
  style: Style,
  note = '',
): string[] {
  const { line, character } = lines.positionAt(range.start)
  const source = text.slice(lines.lineStart(line), lines.lineEnd(line))
  const from = character > width * 0.7 ? character - Math.floor(width * 0.3) : 0
  const shown = printable(source.slice(from, from + width))
  const head = from > 0 ? '…' : ''
  const tail = from + width < source.length ? '…' : ''
  const before = shown.slice(0, character - from).replace(/[^\t]/g, ' ')
  const marked = Math.min(range.end, lines.lineEnd(line)) - range.start
  const carets = '^'.repeat(Math.max(1, Math.min(marked, width - (character - from))))
  const number = String(line + 1).padStart(5)
  const bar = paint('dim', '│')
  const sign = `${carets}${note === '' ? '' : ` ${note}`}`
  return [
    `${paint('dim', number)} ${bar} ${head}${shown}${tail}`,
    `      ${bar} ${head === '' ? '' : ' '}${before}${paint(style, sign)}`,
  ]
}
