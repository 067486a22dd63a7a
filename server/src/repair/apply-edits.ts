import type { TextEdit } from '../fixes/types.ts'

/** The text with sorted, not overlapping edits applied; all else stays byte for byte. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = ''
  let at = 0
  for (const { range, text: replacement } of edits) {
    result += text.slice(at, range.start) + replacement
    at = range.end
  }
  return result + text.slice(at)
}
