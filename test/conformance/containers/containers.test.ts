import { ok } from 'node:assert'
import { isDeepStrictEqual } from 'node:util'
import { haveCases, readCases, wanted } from './cases.ts'
import { wrongInExplanation } from './explained.ts'
import { type Field, fieldsOf } from './predict.ts'

/** The picture of an image against what real engines built from the same file. */

type Verdict = 'right' | 'likely wrong' | 'certain and wrong' | 'unknown'
const most = 0.05 // of all fields may be unknown

function verdictOf({ observed, predicted }: Field): Verdict {
  if (predicted.certainty === 'unknown') return 'unknown'
  if (isDeepStrictEqual(predicted.value, observed)) return 'right'
  return predicted.certainty === 'certain' ? 'certain and wrong' : 'likely wrong'
}

describe('Container facts', () => {
  if (!haveCases()) {
    it('are not here: nothing is compared with real engines', function () {
      this.skip()
    })
    return
  }
  const only = process.env.UNROOT_CASES === undefined ? undefined : new RegExp(process.env.UNROOT_CASES)
  const cases = readCases().filter(({ id, doubtful }) => doubtful === undefined && (only?.test(id) ?? true))
  const judged: { readonly field: Field; readonly verdict: Verdict }[] = []
  let leftOut = 0

  before(() => {
    for (const one of cases)
      for (const field of fieldsOf(one, wanted(one), (fields) => {
        leftOut += fields
      }))
        judged.push({ field, verdict: verdictOf(field) })
  })

  after(() => {
    console.log(report(judged, cases.length, leftOut))
  })

  it('never says for certain what is not so', () => {
    const wrong = withVerdict('certain and wrong')
    ok(wrong.length === 0, wrong.join('\n'))
  })
  it('seldom says as likely what is not so', () => {
    const wrong = withVerdict('likely wrong')
    ok(wrong.length === 0, wrong.join('\n'))
  })
  it('says so in `explain` as well', () => {
    const wrong = cases.flatMap((one) => wrongInExplanation(one, wanted(one)))
    ok(wrong.length === 0, wrong.join('\n'))
  })
  it('knows nearly everything', () => {
    const unknown = withVerdict('unknown')
    if (process.env.UNROOT_CASES !== undefined || process.env.UNROOT_REPORT !== undefined)
      console.log(unknown.join('\n'))
    ok(unknown.length <= judged.length * most, `${unknown.length} of ${judged.length} fields unknown`)
  })

  const withVerdict = (wantedVerdict: Verdict): readonly string[] =>
    judged
      .filter(({ verdict }) => verdict === wantedVerdict)
      .map(
        ({ field }) =>
          `${field.case} ${field.name} ${field.of}: seen ${JSON.stringify(field.observed)}, said ${JSON.stringify(
            field.predicted.certainty === 'unknown' ? 'unknown' : field.predicted.value,
          )}`,
      )
})

function report(
  judged: readonly { readonly field: Field; readonly verdict: Verdict }[],
  cases: number,
  leftOut: number,
): string {
  const columns: readonly Verdict[] = ['right', 'unknown', 'likely wrong', 'certain and wrong']
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
    `    ${cases} cases; ${leftOut} fields left out: flags of docker run decide them`,
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
