import type { Analysis, HardenPlan, HardenStep } from '../analysis/index.ts'
import { isRoot, stepsDown } from '../image/index.ts'
import { knownValue } from '../known.ts'
import { accountStep } from './account-step.ts'
import { checkResult } from './check.ts'
import { chooseIdentity } from './identity.ts'
import { mergedEdits, resultOf, unchanged } from './plan.ts'
import { type Subject, subjectOf } from './subject.ts'
import { userStep } from './user-step.ts'

/** One plan that takes root out of an image: checked by analysing its result, or refused with the reason. */
export function harden(analysis: Analysis): HardenPlan {
  const { text } = analysis
  const subject = subjectOf(analysis)
  if (!subject) return unchanged(text, 'refused', ['The file makes no image: there is no stage to harden.'])
  const { runtime } = subject
  if (stepsDown(runtime)) return unchanged(text, 'nothing')
  const uid = knownValue(runtime.state.identity.uid)
  if (uid !== undefined && !isRoot(runtime.state.identity)) return unchanged(text, 'nothing')
  const steps = stepsFor(subject)
  const result = resultOf(text, steps)
  const verdict = checkResult(analysis, result)
  if (verdict.problems.length > 0) return unchanged(text, 'refused', verdict.problems)
  return { steps, edits: mergedEdits(steps), result, outcome: 'hardened', refusals: [], remaining: [] }
}

function stepsFor(subject: Subject): readonly HardenStep[] {
  const chosen = chooseIdentity(subject)
  return [accountStep(subject, chosen), userStep(subject, chosen)].filter((step) => step !== undefined)
}
