import { withoutInstruction } from '../../fixes/index.ts'
import { lineageOf, lineOf, userBefore } from '../../image/index.ts'
import type { StageTimeline, Timeline } from '../../image/types.ts'
import { text } from '../../l10n/index.ts'
import { defineRule, type Report } from '../types.ts'

/** A USER that changes nothing, or that nothing runs under. */
export const redundantUser = defineRule({
  id: 'redundant-user',
  category: 'style',
  severity: 'hint',
  summary: 'This USER changes nothing.',
  why: 'Who reads the file looks for the place where the user changes; a USER without effect sends them the wrong way.',
  remedy: 'Remove it.',
  check({ timeline }, report) {
    const { target } = timeline
    if (!target) return
    for (const stage of lineageOf(target)) {
      const found = inStage(timeline, stage)
      // Who begins every section with its USER does so on purpose.
      if (found.length <= mostByAccident) for (const one of found) report(one)
    }
  },
})

/** What acts as the user that is set. */
const acting = new Set(['RUN', 'WORKDIR', 'ONBUILD', 'UNKNOWN'])

const mostByAccident = 3

function inStage(timeline: Timeline, stage: StageTimeline): readonly Report[] {
  const { dockerfile } = timeline
  const found: Report[] = []
  for (const [index, { instruction, before, after }] of stage.steps.entries()) {
    if (instruction.keyword !== 'USER' || !instruction.user) continue
    const earlier = userBefore(stage, index)
    const same = earlier && before.identity.spec !== '' && before.identity.spec === after.identity.spec
    const next = stage.steps
      .slice(index + 1)
      .find(
        (step) => step.instruction.keyword === 'USER' || acting.has(step.instruction.keyword),
      )?.instruction
    const overridden = next?.keyword === 'USER' && next.user
    if (!same && !overridden) continue
    const why = same
      ? text`line ${lineOf(dockerfile, earlier.step.instruction.range.start)} sets the same user already`
      : text`nothing runs before line ${lineOf(dockerfile, next?.range.start ?? 0)} sets another user`
    found.push({
      at: instruction.range,
      message: text`This USER changes nothing: ${why}. Remove it.`,
      fixes: () => [
        {
          kind: 'edit',
          title: text`Remove this USER`,
          safety: 'safe',
          edits: [withoutInstruction(dockerfile, instruction)],
        },
      ],
    })
  }
  return found
}
