import type { CopyInstruction } from '../dockerfile/types.ts'
import { find, instructionOf } from '../image/index.ts'
import type { Identity, StageTimeline, Timeline } from '../image/types.ts'
import { text } from '../l10n/index.ts'
import { beforeUser, ownerOf } from './as-root.ts'
import type { Fix, TextEdit } from './types.ts'

/** Repairs that give one path to the user who needs it: no more than that path. */

/** `RUN chown app:app /app` before the user takes over; the folder is made where it is not there yet. */
export function giveFolder(
  timeline: Timeline,
  stage: StageTimeline,
  index: number,
  path: string,
  who: Identity,
): Fix | undefined {
  const owner = ownerOf(who)
  if (owner === undefined || /\s/.test(path)) return undefined
  const make = (exists: boolean) =>
    exists ? `chown ${owner} ${path}` : `mkdir -p ${path} && chown ${owner} ${path}`
  const there = (files: StageTimeline['final']['files']) => find(files, path).node.kind === 'directory'
  const step = stage.steps[index]
  if (!step) return undefined
  const edits =
    beforeUser(timeline, stage, index, make(true), (user) => there(user.before.files)) ??
    beforeUser(timeline, stage, index, make(there(step.before.files)))
  return edits && { kind: 'edit', title: text`Give ${path} to \`${owner}\``, safety: 'suggestion', edits }
}

/** The COPY or ADD that made a path, in this stage. */
export function copyThatMade(
  timeline: Timeline,
  stage: StageTimeline,
  path: string,
  files: StageTimeline['final']['files'],
): CopyInstruction | undefined {
  const origin = find(files, path).node.because.at(-1)
  if (origin?.kind !== 'instruction') return undefined
  const instruction = instructionOf(timeline.dockerfile, origin.range.start)
  return instruction &&
    (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') &&
    stage.steps.some((step) => step.instruction === instruction)
    ? instruction
    : undefined
}

/** A flag that comes in, or takes the place of the one that is there. */
export function copyFlag(instruction: CopyInstruction, name: 'chown' | 'chmod', value: string): TextEdit {
  const flag = instruction.flags.find((one) => one.name === name)
  if (flag) return { range: flag.range, text: `--${name}=${value}` }
  const at = instruction.flags.at(-1)?.range.end ?? instruction.keywordRange.end
  return { range: { start: at, end: at }, text: ` --${name}=${value}` }
}
