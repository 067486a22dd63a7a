import { ok } from 'node:assert'
import { haveCases, readCases, wanted } from './cases.ts'
import { wrongInExplanation } from './explained.ts'
import { fieldsOf } from './predict.ts'
import { type Judged, judge, report, told, type Verdict } from './verdict.ts'

/** The picture of an image against what real engines built from the same file. */

const most = 0.05 // of all fields may be unknown

describe('Container facts', () => {
  if (!haveCases()) {
    it('are not here: nothing is compared with real engines', function () {
      this.skip()
    })
    return
  }
  const only = process.env.UNROOT_CASES === undefined ? undefined : new RegExp(process.env.UNROOT_CASES)
  const cases = readCases().filter(({ id, doubtful }) => doubtful === undefined && (only?.test(id) ?? true))
  const judged: Judged[] = []
  let leftOut = 0

  before(() => {
    for (const one of cases)
      for (const field of fieldsOf(one, wanted(one), (fields) => {
        leftOut += fields
      }))
        judged.push(judge(field))
  })

  after(() => {
    console.log(
      report(judged, `${cases.length} cases; ${leftOut} fields left out: flags of docker run decide them`),
    )
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
    judged.filter(({ verdict }) => verdict === wantedVerdict).map(told)
})
