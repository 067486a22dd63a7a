import { text } from '../l10n/index.ts'
import type { SyntaxProblem, Variable, Word } from './types.ts'

/** For what no build argument can mend. */
export const anyVariable = (): Variable => ({ kind: 'unknown' })

/** Whether nothing in a text means anything to word expansion: nearly all arguments of a real file. */
export function isPlain(written: string): boolean {
  return !special.test(written)
}

const special = /[$"'\\`]/

/** A word that BuildKit cannot expand; `message` says why. */
export function expansionProblem(word: Word, message: string): SyntaxProblem {
  const shown = word.raw.length > 60 ? `${word.raw.slice(0, 60)}…` : word.raw
  const advice = /quote/.test(message)
    ? text`Close the quote, or escape it.`
    : text`Mend it, or escape the \`$\`.`
  return {
    kind: 'bad-expansion',
    severity: 'error',
    range: word.range,
    message: text`\`${shown}\` cannot be expanded: ${message}. ${advice}`,
  }
}
