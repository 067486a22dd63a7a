import type { CopyInstruction } from '../../dockerfile/types.ts'
import { type Fix, type TextEdit, withoutInstruction } from '../../fixes/index.ts'
import { absolute, isWithin, lineageOf, nodeAt } from '../../image/index.ts'
import type { StageTimeline, Step, Timeline } from '../../image/types.ts'
import { knownValue } from '../../known.ts'
import { defineRule } from '../types.ts'

/** RUN chown -R directly after COPY stores every file a second time. */
export const chownLayer = defineRule({
  id: 'chown-layer',
  category: 'style',
  severity: 'hint',
  summary: 'RUN chown -R directly after COPY stores all files twice.',
  why: 'A layer holds whole files: to change only their owner, the engine stores each of them again. COPY --chown gives them their owner at once.',
  remedy: 'Write --chown at COPY. A folder that was there before keeps its owner; change that one alone.',
  check({ timeline }, report) {
    const { target } = timeline
    if (!target || target.base?.os === 'windows') return
    for (const stage of lineageOf(target)) {
      for (const [index, step] of stage.steps.entries()) {
        const found = chownAfterCopy(stage, step, index)
        if (!found) continue
        report({
          at: found.at,
          message: `This chown stores all that was copied to ${found.path} a second time, only for its owner. Write COPY --chown=${found.owner} instead.`,
          related: found.copies.map(({ range }) => ({ range, message: 'Copied here.' })),
          fixes: () => [repair(timeline, step, found)],
        })
      }
    }
  },
})

interface Found {
  readonly at: { readonly start: number; readonly end: number }
  readonly flag: { readonly start: number; readonly end: number }
  readonly path: string
  readonly owner: string
  readonly copies: readonly CopyInstruction[]
  /** The folder was there, empty, before the first COPY. */
  readonly folderWasThere: boolean
}

/** Only where --chown means the same: the step does nothing else, and nothing but the copies is in the folder. */
function chownAfterCopy(stage: StageTimeline, step: Step, index: number): Found | undefined {
  const [command, ...rest] = step.commands
  if (step.instruction.keyword !== 'RUN' || !command || rest.length > 0 || command.failure) return undefined
  const [program, flag, owner, operand, more] = command.argv
  if (program?.text !== 'chown' || !flag || flag.text !== '-R' || !owner || !operand || more) return undefined
  const cwd = knownValue(command.cwd)
  if (
    !/^[\w.-]+(:[\w.-]+)?$/.test(owner.text ?? '') ||
    operand.text === undefined ||
    operand.glob ||
    cwd === undefined
  )
    return undefined
  const path = absolute(operand.text, cwd)
  const copies = copiesBefore(stage, index)
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
    flag: { start: program.range.end, end: flag.range.end },
    path,
    owner: owner.text ?? '',
    copies: copies.map(({ instruction }) => instruction),
    folderWasThere: isEmpty,
  }
}

function copiesBefore(
  { steps }: StageTimeline,
  index: number,
): readonly (Step & { readonly instruction: CopyInstruction })[] {
  const found: (Step & { readonly instruction: CopyInstruction })[] = []
  for (const step of steps.slice(0, index).reverse()) {
    const { instruction } = step
    if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') break
    if (instruction.chown || instruction.link) return []
    found.unshift({ ...step, instruction })
  }
  return found
}

function repair({ dockerfile }: Timeline, { instruction }: Step, found: Found): Fix {
  const owned: TextEdit[] = found.copies.map(({ keywordRange: { end } }) => ({
    range: { start: end, end },
    text: ` --chown=${found.owner}`,
  }))
  return {
    kind: 'edit',
    title: found.folderWasThere
      ? `COPY --chown=${found.owner}, and chown for the folder alone`
      : `COPY --chown=${found.owner} instead`,
    safety: 'suggestion',
    edits: [
      ...owned,
      found.folderWasThere ? { range: found.flag, text: '' } : withoutInstruction(dockerfile, instruction),
    ],
  }
}
