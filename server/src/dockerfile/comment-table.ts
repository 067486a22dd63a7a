import { trimSpace } from './characters.ts'
import type { Comment, OffsetRange } from './types.ts'

/** The comments of a file as plain numbers: a file may hold little else. */
export interface CommentTable {
  add(start: number, end: number, inside: boolean): void
  /** All of them, in the order in which they were added. */
  all(): readonly Comment[]
  /** The comment lines directly above the line that begins at `lineStart`, in order. */
  above(lineStart: number): readonly OffsetRange[]
  /** Directives are read up to here: a repeated one is a comment, but not on what stands below. */
  endDirectives(offset: number): void
}

const none: readonly OffsetRange[] = Object.freeze([])

export function createCommentTable(text: string): CommentTable {
  // Two numbers a comment: where it begins, and its end, doubled, and one more inside of an instruction.
  let numbers = new Uint32Array(16)
  let count = 0
  let directivesEnd = 0
  const startOf = (index: number) => numbers[2 * index] as number
  const endOf = (index: number) => (numbers[2 * index + 1] as number) >>> 1
  const isInside = (index: number) => ((numbers[2 * index + 1] as number) & 1) === 1
  const lineStartOf = (index: number) => text.lastIndexOf('\n', startOf(index)) + 1
  /** Undefined where it ends the file. */
  const nextLineOf = (index: number) => {
    const feed = text.indexOf('\n', endOf(index))
    return feed === -1 ? undefined : feed + 1
  }
  const lastBefore = (offset: number) => {
    let low = -1
    let high = count - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (startOf(middle) < offset) low = middle
      else high = middle - 1
    }
    return low
  }
  return {
    add(start, end, inside) {
      if (2 * count === numbers.length) {
        const more = new Uint32Array(numbers.length * 2)
        more.set(numbers)
        numbers = more
      }
      numbers[2 * count] = start
      numbers[2 * count + 1] = end * 2 + (inside ? 1 : 0)
      count++
    },
    all() {
      const comments: Comment[] = new Array(count)
      for (let index = 0; index < count; index++) {
        const range = { start: startOf(index), end: endOf(index) }
        const shown = trimSpace(text.slice(range.start + 1, range.end))
        comments[index] = { range, text: shown, inside: isInside(index) }
      }
      return comments
    },
    endDirectives(offset) {
      directivesEnd = offset
    },
    above(lineStart) {
      let index = lastBefore(lineStart)
      const ranges: OffsetRange[] = []
      for (let below = lineStart; index >= 0; index--) {
        const start = startOf(index)
        if (start < directivesEnd || isInside(index) || nextLineOf(index) !== below) break
        ranges.push({ start, end: endOf(index) })
        below = lineStartOf(index)
      }
      return ranges.length === 0 ? none : ranges.reverse()
    },
  }
}
