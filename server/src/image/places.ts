import type { Dockerfile, Instruction, OffsetRange } from '../dockerfile/types.ts'
import type { Origin } from '../known.ts'

/** The top-level instruction that an offset of the file belongs to. */
export function instructionOf(dockerfile: Dockerfile, offset: number): Instruction | undefined {
  const { instructions } = dockerfile
  let low = 0
  let high = instructions.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const { range } = instructions[middle]!
    if (offset < range.start) high = middle - 1
    else if (offset > range.end) low = middle + 1
    else return instructions[middle]
  }
  return undefined
}

/** Where the file says so; its beginning where something else does. */
export function rangeOf(origin: Origin): OffsetRange {
  return origin.kind === 'instruction' ? origin.range : { start: 0, end: 0 }
}

/** 1-based line of an offset, for messages. */
export function lineOf(dockerfile: Dockerfile, offset: number): number {
  return dockerfile.lines.positionAt(offset).line + 1
}
