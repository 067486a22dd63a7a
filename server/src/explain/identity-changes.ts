import type { Analysis } from '../analysis/index.ts'
import { describeIdentity } from '../image/index.ts'
import { inEnglish, type Message } from '../l10n/index.ts'

/** Where, from the end of an instruction on, somebody else runs than before. */
export interface IdentityChange {
  readonly at: number
  readonly who: Message
}

export function identityChanges({ timeline }: Analysis): IdentityChange[] {
  return timeline.stages.flatMap((stage) => [
    { at: stage.stage.from.range.end, who: describeIdentity(stage.started.identity) },
    ...stage.steps.flatMap(({ instruction, before, after }) => {
      const who = describeIdentity(after.identity)
      if (instruction.keyword === 'FROM') return []
      return inEnglish(who) === inEnglish(describeIdentity(before.identity))
        ? []
        : { at: instruction.range.end, who }
    }),
  ])
}
