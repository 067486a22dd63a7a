import { type Message, text } from '../l10n/index.ts'

/** `1 file`, `3 files`. */
export function countedFiles(number: number): Message {
  return number === 1 ? text`${number} file` : text`${number} files`
}
