import type { HardenPlan, HardenStep } from '../analysis/index.ts'
import { applyEdits } from '../fixes/index.ts'
import type { TextEdit } from '../fixes/types.ts'

/** All edits of the steps in the order of the text; at one place, in the order of the steps. */
export function mergedEdits(steps: readonly HardenStep[]): readonly TextEdit[] {
  return steps
    .flatMap(({ edits }) => edits)
    .map((edit, index) => ({ edit, index }))
    .sort(
      (a, b) =>
        a.edit.range.start - b.edit.range.start || a.edit.range.end - b.edit.range.end || a.index - b.index,
    )
    .map(({ edit }) => edit)
}

export function resultOf(text: string, steps: readonly HardenStep[]): string {
  return applyEdits(text, mergedEdits(steps))
}

export function unchanged(
  text: string,
  outcome: 'nothing' | 'refused',
  refusals: readonly string[] = [],
  remaining: readonly string[] = [],
): HardenPlan {
  return { steps: [], edits: [], result: text, outcome, refusals, remaining }
}
