import type { LineIndex, OffsetRange } from '../dockerfile/index.ts'

/** As people and other tools count: from 1, columns in UTF-16 units, the end exclusive. */
export interface Place {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

export function placeOf(lines: LineIndex, range: OffsetRange): Place {
  const start = lines.positionAt(range.start)
  const end = lines.positionAt(range.end)
  return {
    line: start.line + 1,
    column: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  }
}
