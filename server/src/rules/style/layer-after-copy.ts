import type { CopyInstruction, OffsetRange } from '../../dockerfile/types.ts'
import { type Fix, type TextEdit, withoutInstruction } from '../../fixes/index.ts'
import { absolute, isWithin, nodeAt } from '../../image/index.ts'
import type { StageTimeline, Step, Timeline } from '../../image/types.ts'
import { knownValue } from '../../known.ts'
import { type Message, text } from '../../l10n/index.ts'
import type { Report } from '../types.ts'

/** `RUN chown -R` and `RUN chmod -R` directly behind COPY: a layer that stores again what the flag of COPY says at once. */
export interface LayerAfterCopy {
  /** `chown -R` */
  readonly at: OffsetRange
  readonly recursive: OffsetRange
  readonly path: string
  /** Owner or mode, as written. */
  readonly value: string
  readonly copies: readonly CopyInstruction[]
  /** The folder was there, empty, before the first COPY: it keeps what the flag gives to the copies. */
  readonly folderWasThere: boolean
}

/** Only where the flag means the same: the step does nothing else, and nothing but the copies is in the folder. */
export function layerAfterCopy(
  stage: StageTimeline,
  index: number,
  by: 'chown' | 'chmod',
  mayBe: (value: string) => boolean,
): LayerAfterCopy | undefined {
  const step = stage.steps[index]
  const [command, ...rest] = step?.commands ?? []
  if (step?.instruction.keyword !== 'RUN' || !command || rest.length > 0 || command.failure) return undefined
  const [program, flag, value, operand, more] = command.argv
  if (program?.text !== by || !flag || flag.text !== '-R' || !value || !operand || more) return undefined
  const cwd = knownValue(command.cwd)
  if (!mayBe(value.text ?? '') || operand.text === undefined || operand.glob || cwd === undefined)
    return undefined
  const path = absolute(operand.text, cwd)
  const copies = copiesBefore(stage, index, by)
  const [first] = copies
  const within = copies.every(({ instruction, before }) => {
    const workdir = knownValue(before.workdir)
    const to = instruction.destination?.raw
    return (
      to !== undefined &&
      !/[$"'\\]/.test(to) &&
      workdir !== undefined &&
      isWithin(absolute(to, workdir), path)
    )
  })
  if (!first || !within || path === '/') return undefined
  const folder = nodeAt(first.before.files, path)
  const isEmpty = folder.kind === 'directory' && folder.unlisted === 'none' && folder.children.size === 0
  if (folder.kind !== 'missing' && !isEmpty) return undefined
  return {
    at: { start: program.range.start, end: flag.range.end },
    recursive: { start: program.range.end, end: flag.range.end },
    path,
    value: value.text ?? '',
    copies: copies.map(({ instruction }) => instruction),
    folderWasThere: isEmpty,
  }
}

function copiesBefore(
  { steps }: StageTimeline,
  index: number,
  flag: 'chown' | 'chmod',
): readonly (Step & { readonly instruction: CopyInstruction })[] {
  const found: (Step & { readonly instruction: CopyInstruction })[] = []
  for (const step of steps.slice(0, index).reverse()) {
    const { instruction } = step
    if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') break
    if (instruction[flag] || instruction.link) return []
    found.unshift({ ...step, instruction })
  }
  return found
}

/** One finding where the RUN stands. @param alone title of the repair that leaves the step for the folder itself */
export function reportLayer(
  report: (report: Report) => void,
  timeline: Timeline,
  step: Step,
  found: LayerAfterCopy,
  { flag, message, alone }: { readonly flag: string; readonly message: Message; readonly alone: Message },
): void {
  report({
    at: found.at,
    message,
    related: found.copies.map(({ range }) => ({ range, message: text`Copied here.` })),
    fixes: () => [
      flagInstead(timeline, step, found, flag, found.folderWasThere ? alone : text`COPY ${flag} instead`),
    ],
  })
}

/** The flag at each COPY, and the step gone, or left for the folder alone. */
function flagInstead(
  { dockerfile }: Timeline,
  { instruction }: Step,
  { copies, folderWasThere, recursive }: LayerAfterCopy,
  flag: string,
  title: Message,
): Fix {
  const flags: TextEdit[] = copies.map(({ keywordRange: { end } }) => ({
    range: { start: end, end },
    text: ` ${flag}`,
  }))
  return {
    kind: 'edit',
    title,
    safety: 'suggestion',
    edits: [
      ...flags,
      folderWasThere ? { range: recursive, text: '' } : withoutInstruction(dockerfile, instruction),
    ],
  }
}
