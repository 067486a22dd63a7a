import { isDeepStrictEqual } from 'node:util'
import type { Field } from './predict.ts'

export type Verdict = 'right' | 'likely wrong' | 'certain and wrong' | 'unknown'
export interface Judged {
  readonly field: Field
  readonly verdict: Verdict
}

const columns: readonly Verdict[] = ['right', 'unknown', 'likely wrong', 'certain and wrong']

export function judge(field: Field): Judged {
  return { field, verdict: verdictOf(field) }
}

function verdictOf({ observed, predicted }: Field): Verdict {
  if (predicted.certainty === 'unknown') return 'unknown'
  if (isDeepStrictEqual(predicted.value, observed)) return 'right'
  return predicted.certainty === 'certain' ? 'certain and wrong' : 'likely wrong'
}

/** What was seen and what was said, on a line. */
export function told({ field }: Judged): string {
  const said = field.predicted.certainty === 'unknown' ? 'unknown' : field.predicted.value
  return `${field.case} ${field.name} ${field.of}: seen ${JSON.stringify(field.observed)}, said ${JSON.stringify(said)}`
}

/** A table: kinds of fields, and how many of each were right. */
export function report(judged: readonly Judged[], title: string): string {
  const rows = new Map<string, Record<Verdict, number>>()
  for (const { field, verdict } of judged) {
    const row = rows.get(field.name) ?? { right: 0, unknown: 0, 'likely wrong': 0, 'certain and wrong': 0 }
    row[verdict]++
    rows.set(field.name, row)
  }
  const line = (name: string, cells: readonly (string | number)[]) =>
    `    ${name.padEnd(16)}${cells.map((cell) => String(cell).padStart(19)).join('')}`
  const total = columns.map((column) => judged.filter(({ verdict }) => verdict === column).length)
  return [
    `    ${title}`,
    line('', columns),
    ...[...rows].map(([name, row]) =>
      line(
        name,
        columns.map((column) => row[column]),
      ),
    ),
    line('all', total),
  ].join('\n')
}
