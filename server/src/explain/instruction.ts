import type { Analysis } from '../analysis/index.ts'
import type { BaseImageFacts } from '../base-images/index.ts'
import type { LineIndex, OffsetRange } from '../dockerfile/index.ts'
import type { CommandRun, Identity, ImageState, StageTimeline, Step } from '../image/index.ts'
import { describeIdentity, mayChangeEntries } from '../image/index.ts'
import { knownValue } from '../known.ts'
import { code, escapeMarkdown } from './markdown.ts'
import { describeOrigin } from './origin.ts'
import { runsAs } from './summary.ts'

export interface InstructionNote {
  readonly range: OffsetRange
  readonly markdown: string
}

/** Who runs at a place of the file and what they may touch; undefined between instructions and in heredoc bodies. */
export function explainInstruction(analysis: Analysis, offset: number): InstructionNote | undefined {
  const { timeline, dockerfile } = analysis
  for (const stage of timeline.stages) {
    const { from } = stage.stage
    if (holds(from.keywordRange, from.argumentsRange, offset))
      return { range: spanOf(from.keywordRange, from.argumentsRange), markdown: fromNote(stage, analysis) }
    for (const step of stage.steps) {
      const { keywordRange, argumentsRange } = step.instruction
      const command = step.commands.find(({ range }) => range.start <= offset && offset <= range.end)
      if (command && differs(command.identity, step.before.identity))
        return { range: command.range, markdown: commandNote(command) }
      if (holds(keywordRange, argumentsRange, offset))
        return { range: keywordRange, markdown: stepNote(step, dockerfile.lines) }
    }
  }
  return undefined
}

function holds(keyword: OffsetRange, rest: OffsetRange, offset: number): boolean {
  return keyword.start <= offset && offset <= Math.max(keyword.end, rest.end)
}
function spanOf(keyword: OffsetRange, rest: OffsetRange): OffsetRange {
  return { start: keyword.start, end: Math.max(keyword.end, rest.end) }
}
function differs(a: Identity, b: Identity): boolean {
  return knownValue(a.uid) !== knownValue(b.uid) || knownValue(a.gid) !== knownValue(b.gid)
}

function fromNote(stage: StageTimeline, { timeline }: Analysis): string {
  const reference = stage.reference ?? stage.stage.from.image?.raw ?? ''
  const parts = stage.parent
    ? [`Builds on stage ${code(stage.parent.stage.name ?? String(stage.parent.stage.index))}.`]
    : baseNote(reference, stage.base)
  parts.push(`Starts as ${bold(stage.initial.identity)}.`)
  if (timeline.runtime && timeline.target === stage)
    parts.push(escapeMarkdown(runsAs(timeline.runtime).sentence))
  return parts.join('\n\n')
}

function baseNote(reference: string, base: BaseImageFacts | undefined): string[] {
  if (base === undefined) return [`${code(reference)}: nothing is known about this image.`]
  const os = [base.os, base.osVersion].filter(Boolean).join(' ')
  const notes = [
    `${code(reference)}: ${[os && escapeMarkdown(os), `known from ${base.resolvedBy}`].filter(Boolean).join(', ')}.`,
  ]
  const people = base.accounts.filter(({ uid }) => uid !== null && uid >= 1000 && uid < 65534)
  if (people.length > 0)
    notes.push(
      `Accounts: ${people.map(({ name, uid, gid }) => `${code(name)} (${uid}:${gid ?? '?'})`).join(', ')}.`,
    )
  if (base.stepsDown)
    notes.push(
      `Its entrypoint drops to ${code(base.stepsDown.to ?? 'another user')} with ${code(base.stepsDown.by)}.`,
    )
  if (base.nonRootVariant) notes.push(`Without root: ${escapeMarkdown(base.nonRootVariant.text)}.`)
  return notes
}

function stepNote(step: Step, lines: LineIndex): string {
  const { instruction, before, after, failure } = step
  const parts =
    instruction.keyword === 'USER'
      ? [userNote(after, lines)]
      : [
          `Runs as ${bold(before.identity)}, set by ${describeOrigin(before.identityOrigin, lines)}.`,
          workdirNote(before),
        ]
  if (failure) parts.push(`✗ ${escapeMarkdown(failure.message)}`)
  return parts.filter((part) => part !== '').join('\n\n')
}

function userNote({ identity, accounts }: ImageState, lines: LineIndex): string {
  const home = knownValue(identity.home)
  const groups = knownValue(identity.groups)
  const name = knownValue(identity.user)
  const account = accounts.users.find((user) => user.name === name)
  return [
    `From here on: ${bold(identity)}.`,
    account && `Account from ${describeOrigin(account.origin, lines)}.`,
    home === undefined ? '' : `Home ${code(home)}.`,
    groups && groups.length > 1 ? `Groups ${groups.join(', ')}.` : '',
  ]
    .filter(Boolean)
    .join(' ')
}

function workdirNote({ workdir, files, identity }: ImageState): string {
  const folder = knownValue(workdir)
  if (folder === undefined) return 'Working directory not known.'
  const may = knownValue(mayChangeEntries(files, folder, identity))
  const access = may === undefined ? 'may or may not be writable' : may ? 'writable' : 'not writable'
  return `Working directory ${code(folder)}: ${access}.`
}

function commandNote({ identity, wrappers, cwd }: CommandRun): string {
  const by = wrappers.length > 0 ? ` (by ${wrappers.map(code).join(', ')})` : ''
  const folder = knownValue(cwd)
  return `Runs as ${bold(identity)}${by}${folder === undefined ? '' : ` in ${code(folder)}`}.`
}

function bold(identity: Identity): string {
  const { certainty } = identity.uid
  const doubt = certainty === 'certain' || certainty === 'unknown' ? '' : ` (${certainty})`
  return `**${escapeMarkdown(describeIdentity(identity))}**${doubt}`
}
