import { type Message, text } from '../l10n/index.ts'
import type { SyntaxProblem, Variable, Word } from './types.ts'

/** For what no build argument can mend. */
export const anyVariable = (): Variable => ({ kind: 'unknown' })

/** Whether nothing in a text means anything to word expansion: nearly all arguments of a real file. */
export function isPlain(written: string): boolean {
  return !special.test(written)
}

const special = /[$"'\\`]/

/** A word that BuildKit cannot expand; `reason` says why, and what to do. */
export function expansionProblem({ raw, range }: Word, reason: Message): SyntaxProblem {
  const shown = raw.length > 60 ? `${raw.slice(0, 60)}…` : raw
  const message = text`\`${shown}\` cannot be expanded: ${reason}.`
  return { kind: 'bad-expansion', severity: 'error', range, message }
}
