import { text } from '../../l10n/index.ts'
import type { Observations } from '../observations.ts'
import type { Prediction } from '../prediction.ts'
import type { Check } from '../types.ts'
import { error } from './problem.ts'

/** Whether a step fails, and which. */
export function buildCheck({ buildFails }: Prediction, build: Observations['build']): Check {
  const subject = text`The build`
  if (build.kind === 'built')
    return buildFails
      ? {
          id: 'build',
          subject,
          predicted: text`fails in line ${buildFails.line}: ${buildFails.message}`,
          observed: text`succeeds`,
          verdict: 'wrong',
          problem: {
            severity: buildFails.certain ? 'error' : 'warning',
            message: text`Unroot takes line ${buildFails.line} to fail, and it does not.`,
          },
        }
      : {
          id: 'build',
          subject,
          predicted: text`nothing fails`,
          observed: text`succeeds`,
          verdict: 'confirmed',
        }
  const { line, words } = build
  const observed = line === undefined ? text`fails` : text`fails in line ${line}`
  const where = line === undefined ? text`The build fails.` : text`The build fails in line ${line}.`
  if (!buildFails)
    return {
      id: 'build',
      subject,
      predicted: undefined,
      observed,
      verdict: 'new',
      words,
      problem: error(text`${where} Unroot did not foresee it.`),
    }
  const same = line === undefined || line === buildFails.line
  return {
    id: 'build',
    subject,
    predicted: text`fails in line ${buildFails.line}: ${buildFails.message}`,
    observed,
    // What comes later was not reached.
    verdict: same ? 'confirmed' : line < buildFails.line ? 'unchecked' : 'wrong',
    words,
    problem: error(
      same
        ? text`${where} Unroot foresaw it.`
        : text`${where} Unroot foresaw it for line ${buildFails.line}.`,
    ),
  }
}
