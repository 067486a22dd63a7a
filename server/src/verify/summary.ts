import { type Message, sentences, text } from '../l10n/index.ts'
import type { Check, Problem, Verdict, VerifyReport } from './types.ts'

/** What is wrong, the worst first. */
export function problemsOf({ checks }: VerifyReport): readonly Problem[] {
  const weight = { error: 0, warning: 1, information: 2, hint: 3 }
  return checks
    .flatMap(({ problem }) => (problem ? [problem] : []))
    .sort((a, b) => weight[a.severity] - weight[b.severity])
}

/** How the predictions fared, in one or two sentences. */
export function summaryOf({ checks }: VerifyReport): Message {
  const count = (verdict: Verdict) => checks.filter((check: Check) => check.verdict === verdict).length
  const claims = count('confirmed') + count('wrong')
  return sentences([
    text`${count('confirmed')} of ${claims} predictions confirmed.`,
    ...(count('wrong') === 0 ? [] : [text`Wrong: ${count('wrong')}.`]),
    ...(count('unchecked') === 0 ? [] : [text`Not checked: ${count('unchecked')}.`]),
  ])
}
