import type { OffsetRange, Word } from '../dockerfile/types.ts'
import { text } from '../l10n/index.ts'
import type { Failure } from './types.ts'

/** Lengths of environment variables whose values are too long to keep. */
export type LongValues = ReadonlyMap<string, number>

const kept = 16_384
const mostBytes = 131_072 // Linux: MAX_ARG_STRLEN, for one `NAME=value`

/** The lengths after ENV gave a variable this value. @param value undefined where it is unknown */
export function withLength(
  before: LongValues,
  name: string,
  word: Word | undefined,
  value: string | undefined,
): LongValues {
  const length = value === undefined ? lengthOf(word?.raw ?? '', before) : value.length
  if (length <= kept && !before.has(name)) return before
  const after = new Map(before)
  if (length > kept) after.set(name, length)
  else after.delete(name)
  return after
}

function lengthOf(text: string, lengths: LongValues): number {
  if (lengths.size === 0) return 0
  let length = text.length
  for (const [whole, name = ''] of text.matchAll(/\$\{?(\w+)\}?/g))
    length += (lengths.get(name) ?? 0) - whole.length
  return length
}

/** execve(2) refuses a variable that long: E2BIG. */
export function tooLong(lengths: LongValues, range: OffsetRange): Failure | undefined {
  for (const [name, length] of lengths)
    if (name.length + 1 + length >= mostBytes)
      return {
        reason: 'other',
        certainty: 'certain',
        message: text`\`${name}\` is ${length} characters long by now: no program can be started with it (argument list too long).`,
        range,
        because: [],
        name,
      }
  return undefined
}
