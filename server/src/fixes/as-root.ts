import type { Dockerfile, Instruction } from '../dockerfile/types.ts'
import { isCertainlyRoot, lineOf, userBefore } from '../image/index.ts'
import type { Identity, StageTimeline, Step, Timeline } from '../image/types.ts'
import { knownValue } from '../known.ts'
import { text } from '../l10n/index.ts'
import { keywordIn, lineBreakOf, linesAfter, linesBefore } from './style.ts'
import type { Fix, TextEdit } from './types.ts'

/** Repairs for steps that need root, or that need something of root's. */

/** How the file itself names who runs at a step: its USER as written, else as the base says. */
export function userWordAt(stage: StageTimeline, index: number): string | undefined {
  const user = userBefore(stage, index)?.step.instruction
  const word = user?.keyword === 'USER' ? user.user?.raw : stage.steps[index]?.before.identity.spec
  return word === '' ? undefined : word
}

/** Where nothing more happens as the user before the next USER, going back to him is that USER's work. */
function goesBack(stage: StageTimeline, index: number): boolean {
  const next = stage.steps
    .slice(index + 1)
    .find(
      ({ instruction }) =>
        !['ARG', 'ENV', 'LABEL', 'EXPOSE', 'VOLUME', 'STOPSIGNAL'].includes(instruction.keyword),
    )
  return next?.instruction.keyword === 'USER'
}

/** `USER root` before the first step, and the user again after the last. */
export function wrapAsRoot(
  timeline: Timeline,
  stage: StageTimeline,
  first: number,
  last: number,
): Fix | undefined {
  const { dockerfile } = timeline
  const word = userWordAt(stage, first)
  const start = stage.steps[first]?.instruction
  const end = stage.steps[last]?.instruction
  if (!start || !end || word === undefined) return undefined
  const root = `${keywordIn(dockerfile, 'USER')} ${knownRootName(stage)}`
  return {
    kind: 'edit',
    title:
      first === last
        ? text`Run this step as root, then go back to \`${word}\``
        : text`Run these steps as root, then go back to \`${word}\``,
    safety: 'suggestion',
    edits: [
      linesBefore(dockerfile, start, [root]),
      ...(goesBack(stage, last)
        ? []
        : [linesAfter(dockerfile, end, [`${keywordIn(dockerfile, 'USER')} ${word}`])]),
    ],
  }
}

/** The name, where the image has one for it. */
function knownRootName(stage: StageTimeline): string {
  return stage.final.accounts.users.some(({ name }) => name === 'root') ? 'root' : '0'
}

/** The steps put before the USER that they do not want. */
export function moveBeforeUser(
  timeline: Timeline,
  stage: StageTimeline,
  indexes: readonly number[],
): Fix | undefined {
  const { dockerfile } = timeline
  const user = userBefore(stage, indexes[0] ?? 0)
  if (!user || !isCertainlyRoot(user.step.before.identity)) return undefined
  const { instruction } = user.step
  const blocks = indexes.flatMap((index) => stage.steps[index]?.instruction ?? [])
  const eol = lineBreakOf(dockerfile)
  const moved = blocks.map((one) => blockText(dockerfile, one)).join('')
  const before = `USER ${instruction.keyword === 'USER' ? (instruction.user?.raw ?? '') : ''}`
  const line = lineOf(dockerfile, instruction.range.start)
  return {
    kind: 'edit',
    title:
      blocks.length > 1
        ? text`Move these steps before \`${before}\` in line ${line}`
        : text`Move this step before \`${before}\` in line ${line}`,
    safety: 'suggestion',
    edits: [
      { ...linesBefore(dockerfile, instruction, []), text: moved.endsWith('\n') ? moved : moved + eol },
      ...blocks.map((one) => withoutBlock(dockerfile, one)),
    ],
  }
}

/** From its leading comments to the end of its last line, line break included. */
function blockRange(dockerfile: Dockerfile, instruction: Instruction): TextEdit['range'] {
  const first = instruction.leadingComments[0] ?? instruction.range
  const start = dockerfile.lines.lineStart(dockerfile.lines.positionAt(first.start).line)
  let end = instruction.range.end
  while (end < dockerfile.text.length && dockerfile.text[end] !== '\n') end++
  return { start, end: Math.min(end + 1, dockerfile.text.length) }
}
function blockText(dockerfile: Dockerfile, instruction: Instruction): string {
  const { start, end } = blockRange(dockerfile, instruction)
  const text = dockerfile.text.slice(start, end)
  return text.endsWith('\n') ? text : text + lineBreakOf(dockerfile)
}
function withoutBlock(dockerfile: Dockerfile, instruction: Instruction): TextEdit {
  return { range: blockRange(dockerfile, instruction), text: '' }
}

/** `app:app`, or numbers where the image has no names for it. */
export function ownerOf(identity: Identity): string | undefined {
  const uid = knownValue(identity.uid)
  const gid = knownValue(identity.gid)
  const user = knownValue(identity.user)
  const group = knownValue(identity.group)
  const byNumber = /^\d/.test(identity.spec)
  const owner = byNumber ? uid : (user ?? uid)
  const ownerGroup = byNumber ? gid : (group ?? gid)
  return owner === undefined ? undefined : ownerGroup === undefined ? String(owner) : `${owner}:${ownerGroup}`
}

/** A command that root runs before the user of a step takes over. */
export function beforeUser(
  timeline: Timeline,
  stage: StageTimeline,
  index: number,
  command: string,
  mayBe: (before: Step) => boolean = () => true,
): readonly TextEdit[] | undefined {
  const { dockerfile } = timeline
  const run = `${keywordIn(dockerfile, 'RUN')} ${command}`
  const user = userBefore(stage, index)
  if (user && isCertainlyRoot(user.step.before.identity) && mayBe(user.step))
    return [linesBefore(dockerfile, user.step.instruction, [run])]
  const step = stage.steps[index]
  const lines = betweenUsers(dockerfile, stage, index, run)
  return step && lines ? [linesBefore(dockerfile, step.instruction, lines)] : undefined
}

/** A command that root runs after a step, whose user goes on behind it. */
export function asRootAfter(
  { dockerfile }: Timeline,
  stage: StageTimeline,
  index: number,
  command: string,
): readonly TextEdit[] | undefined {
  const step = stage.steps[index]
  const lines = betweenUsers(dockerfile, stage, index, `${keywordIn(dockerfile, 'RUN')} ${command}`)
  return step && lines ? [linesAfter(dockerfile, step.instruction, lines)] : undefined
}

function betweenUsers(
  dockerfile: Dockerfile,
  stage: StageTimeline,
  index: number,
  line: string,
): readonly string[] | undefined {
  const word = userWordAt(stage, index)
  const user = keywordIn(dockerfile, 'USER')
  return word === undefined ? undefined : [`${user} ${knownRootName(stage)}`, line, `${user} ${word}`]
}
