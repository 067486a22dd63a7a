import { type Analysis, analyse, type HardenStep, newErrors } from '../analysis/index.ts'
import { applyEdits } from '../fixes/index.ts'
import { text } from '../l10n/index.ts'
import { numberStep } from './number-step.ts'
import type { Subject } from './subject.ts'

/** What a cluster asks of an image that is not root's: USER by number, and for OpenShift folders that group 0 may write. */
export function platformSteps(subject: Subject): readonly HardenStep[] {
  const { analysis } = subject
  const number = numberStep(subject)
  if (!number) return groupStep(analysis)
  // Whom the folders belong to, and whom a USER goes back to, is seen by number too.
  const numbered = analyse(applyEdits(analysis.text, number.edits), analysis.options)
  // Such a file has worse to repair.
  if (newErrors(analysis, numbered).length > 0) return []
  return [...groupStep(numbered).map((step) => backFrom(number, step)), number]
}

/** Folders that are the user's alone: the rule `arbitrary-uid` knows which, and how they are given. */
function groupStep(analysis: Analysis): readonly HardenStep[] {
  const finding = analysis.findings.find(({ rule }) => rule.id === 'arbitrary-uid')
  const fix = finding && analysis.fixesFor(finding).find(({ kind }) => kind === 'edit')
  if (fix?.kind !== 'edit') return []
  return [
    {
      title: text`Give what the user writes to group 0, with the rights of its owner`,
      reason: text`OpenShift runs the image under a uid of its own, which is in group 0 and nothing else.`,
      safety: fix.safety,
      edits: fix.edits,
    },
  ]
}

/** The step for the text as it was before another step's only edit. */
function backFrom({ edits: [done] }: HardenStep, step: HardenStep): HardenStep {
  if (!done) return step
  const { range, text } = done
  const back = (offset: number) =>
    offset <= range.start ? offset : Math.max(range.end, offset - text.length + (range.end - range.start))
  return {
    ...step,
    edits: step.edits.map((edit) => ({
      ...edit,
      range: { start: back(edit.range.start), end: back(edit.range.end) },
    })),
  }
}
