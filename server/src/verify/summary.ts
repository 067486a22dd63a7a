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
  const { confirmed, wrong, unchecked } = countsOf(checks)
  return sentences([
    text`${confirmed} of ${confirmed + wrong} predictions confirmed.`,
    ...(wrong === 0 ? [] : [text`Wrong: ${wrong}.`]),
    ...(unchecked === 0 ? [] : [text`Not checked: ${unchecked}.`]),
  ])
}

/** How many checks came to each verdict. */
export function countsOf(checks: readonly Check[]): Readonly<Record<Verdict, number>> {
  const counts = { confirmed: 0, wrong: 0, new: 0, unchecked: 0 }
  for (const { verdict } of checks) counts[verdict]++
  return counts
}
