import type { MappedText, OffsetRange } from './types.ts'

const noBreaks: readonly number[] = Object.freeze([])

/** One contiguous stretch of the file. */
export function mapped(text: string, offset: number): MappedText {
  return { text, offset, breaks: noBreaks }
}

/** Stretches of the file put behind each other. */
export function joinMapped(parts: readonly MappedText[]): MappedText {
  if (parts.length === 1) return parts[0] as MappedText
  const joined = createJoin()
  for (const { text, offset, breaks } of parts) {
    const before = joined.length
    joined.add(text, offset)
    if (text.length === 0) continue
    for (let index = 0; index < breaks.length; index += 2) {
      joined.breakAt(before + (breaks[index] as number), breaks[index + 1] as number)
    }
  }
  return joined.end()
}

export interface Join {
  readonly length: number
  /** A stretch that stands in the file from `offset` on. */
  add(text: string, offset: number): void
  /** From `at` on, the joined text stands in the file from `offset` on. */
  breakAt(at: number, offset: number): void
  end(): MappedText
}

/** Puts stretches of the file behind each other, one at a time: lines may continue over thousands. */
export function createJoin(): Join {
  const texts: string[] = []
  const breaks: number[] = []
  let length = 0
  let first = -1
  return {
    get length() {
      return length
    },
    add(text, offset) {
      if (first === -1) first = offset
      else if (text.length > 0) breaks.push(length, offset)
      texts.push(text)
      length += text.length
    },
    breakAt(at, offset) {
      breaks.push(at, offset)
    },
    // Pushed arrays keep room for more; these stay.
    end: () => ({ text: texts.join(''), offset: Math.max(first, 0), breaks: breaks.slice() }),
  }
}

/** Where a character of the mapped text stands in the file; its end maps to the end of its last piece. */
export function toFileOffset({ offset, breaks }: MappedText, at: number): number {
  const piece = pieceAt(breaks, at)
  return piece < 0 ? offset + at : (breaks[piece + 1] as number) + at - (breaks[piece] as number)
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
  const offset = toFileOffset(mapped, start)
  const { breaks } = mapped
  const rest: number[] = []
  for (let index = pieceAt(breaks, start) + 2; index < breaks.length; index += 2) {
    const at = breaks[index] as number
    if (at >= end) break
    rest.push(at - start, breaks[index + 1] as number)
  }
  return { text, offset, breaks: rest.length === 0 ? noBreaks : rest.slice() }
}

/** Index in `breaks` of the last piece that begins at or before `at`; -2 for the first. */
function pieceAt(breaks: readonly number[], at: number): number {
  let low = -1
  let high = breaks.length / 2 - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((breaks[middle * 2] as number) <= at) low = middle
    else high = middle - 1
  }
  return low * 2
}
