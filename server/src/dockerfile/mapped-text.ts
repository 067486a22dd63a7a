import type { MappedText, OffsetRange } from './types.ts'

type Piece = MappedText['pieces'][number]

/** One contiguous stretch of the file. */
export function mapped(text: string, offset: number): MappedText {
  return { text, pieces: [{ at: 0, offset }] }
}

/** Stretches of the file put behind each other. */
export function joinMapped(parts: readonly MappedText[]): MappedText {
  if (parts.length === 1) return parts[0] as MappedText
  const texts: string[] = []
  const pieces: Piece[] = []
  let length = 0
  for (const part of parts) {
    if (part.text.length === 0 && pieces.length > 0) continue
    for (const piece of part.pieces) pieces.push({ at: piece.at + length, offset: piece.offset })
    texts.push(part.text)
    length += part.text.length
  }
  // Pushed arrays keep room for more; these stay.
  return { text: texts.join(''), pieces: pieces.slice() }
}

/** Where a character of the mapped text stands in the file; its end maps to the end of its last piece. */
export function toFileOffset(mapped: MappedText, at: number): number {
  const piece = mapped.pieces[pieceAt(mapped, at)]
  return piece === undefined ? 0 : piece.offset + (at - piece.at)
}

/** The range in the file that covers a range of the mapped text, continuations in between included. */
export function toFileRange(mapped: MappedText, range: OffsetRange): OffsetRange {
  const start = toFileOffset(mapped, range.start)
  // The end belongs to the last character, not to the piece that may begin there.
  return { start, end: range.end > range.start ? toFileOffset(mapped, range.end - 1) + 1 : start }
}

/** A part of mapped text, still mapped to the file. */
export function sliceMapped(mapped: MappedText, start: number, end: number): MappedText {
  if (start === 0 && end === mapped.text.length) return mapped
  const text = mapped.text.slice(start, end)
  const first = pieceAt(mapped, start)
  const pieces: Piece[] = [{ at: 0, offset: toFileOffset(mapped, start) }]
  for (let index = first + 1; index < mapped.pieces.length; index++) {
    const piece = mapped.pieces[index] as Piece
    if (piece.at >= end) break
    pieces.push({ at: piece.at - start, offset: piece.offset })
  }
  return { text, pieces }
}

/** The last piece that begins at or before `at`. */
function pieceAt({ pieces }: MappedText, at: number): number {
  let low = 0
  let high = pieces.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((pieces[middle] as Piece).at <= at) low = middle
    else high = middle - 1
  }
  return low
}
