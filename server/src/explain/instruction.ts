import type { Analysis } from '../analysis/index.ts'
import type { BaseImageFacts } from '../base-images/index.ts'
import type { LineIndex, OffsetRange } from '../dockerfile/index.ts'
import type { CommandRun, Identity, ImageState, StageTimeline, Step } from '../image/index.ts'
import { describeIdentity, mayChangeEntries } from '../image/index.ts'
import { knownValue } from '../known.ts'
import { type Language, listed, type Message, sentences, text } from '../l10n/index.ts'
import { describeCertainty } from './certainty.ts'
import { code, escapeMarkdown } from './markdown.ts'
import { describeOrigin } from './origin.ts'
import { describeResolver } from './resolver.ts'
import { runsAs } from './summary.ts'

export interface InstructionNote {
  readonly range: OffsetRange
  readonly markdown: string
}

/** Who runs at a place of the file and what they may touch; undefined between instructions and in heredoc bodies. */
export function explainInstruction(
  analysis: Analysis,
  offset: number,
  say: Language,
): InstructionNote | undefined {
  const { timeline, dockerfile } = analysis
  for (const stage of timeline.stages) {
    const { from } = stage.stage
    if (holds(from.keywordRange, from.argumentsRange, offset))
      return {
        range: spanOf(from.keywordRange, from.argumentsRange),
        markdown: paragraphs(fromNote(stage, analysis, say), say),
      }
    for (const step of stage.steps) {
      const { keywordRange, argumentsRange } = step.instruction
      const command = step.commands.find(({ range }) => range.start <= offset && offset <= range.end)
      if (command && differs(command.identity, step.before.identity))
        return { range: command.range, markdown: say(commandNote(command, say)) }
      if (holds(keywordRange, argumentsRange, offset))
        return { range: keywordRange, markdown: paragraphs(stepNote(step, dockerfile.lines, say), say) }
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

/** One below the other. */
function paragraphs(parts: readonly Message[], say: Language): string {
  return parts.map(say).join('\n\n')
}

function fromNote(stage: StageTimeline, { timeline }: Analysis, say: Language): Message[] {
  const reference = stage.reference ?? stage.stage.from.image?.raw ?? ''
  const parts = stage.parent
    ? [text`Builds on stage ${code(stage.parent.stage.name ?? String(stage.parent.stage.index))}.`]
    : baseNote(reference, stage.base)
  parts.push(text`Starts as ${bold(stage.started.identity, say)}.`)
  if (timeline.runtime && timeline.target === stage)
    parts.push(text`${escapeMarkdown(say(runsAs(timeline.runtime).sentence))}`)
  return parts
}

function baseNote(reference: string, base: BaseImageFacts | undefined): Message[] {
  if (base === undefined) return [text`${code(reference)}: nothing is known about this image.`]
  const os = [base.os, base.osVersion].filter(Boolean).join(' ')
  const from = describeResolver(base.resolvedBy)
  const notes = [
    os
      ? text`${code(reference)}: ${escapeMarkdown(os)}, known from ${from}.`
      : text`${code(reference)}: known from ${from}.`,
  ]
  const people = base.accounts.filter(({ uid }) => uid !== null && uid >= 1000 && uid < 65534)
  if (people.length > 0)
    notes.push(
      text`Accounts: ${listed(people.map(({ name, uid, gid }) => `${code(name)} (${uid}:${gid ?? '?'})`))}.`,
    )
  if (base.stepsDown)
    notes.push(
      text`Its entrypoint drops to ${base.stepsDown.to ? code(base.stepsDown.to) : text`another user`} with ${code(base.stepsDown.by)}.`,
    )
  if (base.nonRootVariant) notes.push(text`Without root: ${escapeMarkdown(base.nonRootVariant.text)}.`)
  return notes
}

function stepNote(step: Step, lines: LineIndex, say: Language): Message[] {
  const { instruction, before, after, failure } = step
  const parts =
    instruction.keyword === 'USER'
      ? [userNote(after, lines, say)]
      : [
          text`Runs as ${bold(before.identity, say)}, set by ${describeOrigin(before.identityOrigin, lines)}.`,
          workdirNote(before),
        ]
  if (failure) parts.push(text`✗ ${escapeMarkdown(say(failure.message))}`)
  return parts
}

function userNote({ identity, accounts }: ImageState, lines: LineIndex, say: Language): Message {
  const home = knownValue(identity.home)
  const groups = knownValue(identity.groups)
  const name = knownValue(identity.user)
  const account = accounts.users.find((user) => user.name === name)
  return sentences([
    text`From here on: ${bold(identity, say)}.`,
    ...(account ? [text`Account from ${describeOrigin(account.origin, lines)}.`] : []),
    ...(home === undefined ? [] : [text`Home ${code(home)}.`]),
    ...(groups && groups.length > 1 ? [text`Groups ${listed(groups)}.`] : []),
  ])
}

function workdirNote({ workdir, files, identity }: ImageState): Message {
  const folder = knownValue(workdir)
  if (folder === undefined) return text`Working directory not known.`
  const may = knownValue(mayChangeEntries(files, folder, identity))
  const access =
    may === undefined ? text`may or may not be writable` : may ? text`writable` : text`not writable`
  return text`Working directory ${code(folder)}: ${access}.`
}

function commandNote({ identity, wrappers, cwd }: CommandRun, say: Language): Message {
  const who =
    wrappers.length > 0
      ? text`${bold(identity, say)} (by ${listed(wrappers.map(code))})`
      : bold(identity, say)
  const folder = knownValue(cwd)
  return folder === undefined ? text`Runs as ${who}.` : text`Runs as ${who} in ${code(folder)}.`
}

function bold(identity: Identity, say: Language): Message {
  const { certainty } = identity.uid
  const who = escapeMarkdown(say(describeIdentity(identity)))
  return certainty === 'certain' || certainty === 'unknown'
    ? text`**${who}**`
    : text`**${who}** (${describeCertainty(certainty)})`
}
