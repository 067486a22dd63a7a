import type { Instruction } from '../dockerfile/index.ts'
import { linesAfter, linesBefore, userEdit } from '../fixes/index.ts'
import type { TextEdit } from '../fixes/types.ts'
import type { ChosenIdentity } from './identity.ts'
import type { Subject } from './subject.ts'

/** Where lines go that have to come last as root. */

/** The instruction that USER comes before, or the USER that is changed; undefined at the end of the stage. */
export function userPlace({ dockerfile, stage }: Subject, chosen: ChosenIdentity): Instruction | undefined {
  const at = userEdit(dockerfile, stage, chosen.user).range.start
  return stage.steps
    .map(({ instruction }) => instruction)
    .find(
      (instruction) =>
        (instruction.leadingComments[0]?.start ?? instruction.range.start) >= at ||
        (instruction.range.start <= at && at < instruction.range.end),
    )
}

/** Lines directly before USER, and before the comments that stand above it. */
export function beforeUser(subject: Subject, chosen: ChosenIdentity, lines: readonly string[]): TextEdit {
  const place = userPlace(subject, chosen)
  if (place) return linesBefore(subject.dockerfile, place, lines)
  const last = subject.stage.steps.at(-1)?.instruction ?? subject.stage.stage.from
  return linesAfter(subject.dockerfile, last, lines)
}
