import type { OffsetRange } from '../../dockerfile/types.ts'
import {
  type Fix,
  groupRemoval,
  inOrder,
  type TextEdit,
  withoutCommands,
  withoutInstruction,
} from '../../fixes/index.ts'
import { type AccountWish, isCertainlyRoot, readAccountWish, stepsOf } from '../../image/index.ts'
import type { CommandRun, ImageState, StageTimeline, Step, Timeline } from '../../image/types.ts'
import { type Message, text } from '../../l10n/index.ts'
import type { Report } from '../types.ts'

/** Lines of sudoers that make an account root without a password. */

const noPassword = /NOPASSWD:\s*ALL\b/

/** A line for sudoers that asks for no password. */
interface Entry {
  readonly step: Step
  readonly line: string
  readonly range: OffsetRange
}

function entriesOf(step: Step): readonly Entry[] {
  const written = step.commands.flatMap((command): Entry[] => {
    const line = command.argv.map((word) => word.text ?? '?').join(' ')
    const at = command.argv.find((word) => word.text?.includes('NOPASSWD'))
    return command.wrappers.length === 0 && at && noPassword.test(line)
      ? [{ step, line, range: at.range }]
      : []
  })
  const copied = step.instruction.keyword === 'COPY' ? step.instruction.heredocs : []
  return [
    ...written,
    ...copied
      .filter(({ content }) => noPassword.test(content.text))
      .map(({ content, bodyRange }) => ({ step, line: content.text, range: bodyRange })),
  ]
}

/** Reports them; false where there are none. */
export function reportEntries(
  timeline: Timeline,
  target: StageTimeline,
  report: (report: Report) => void,
): boolean {
  const entries = stepsOf(target).flatMap(entriesOf)
  const lasting = entries.filter(({ line }) => !isGone(whoIn(line), target))
  const [first, ...others] = lasting
  if (!first) return entries.length > 0
  const runsAs = timeline.runtime?.state.identity
  const whom = nameOf(whoIn(first.line))
  report({
    at: first.range,
    message: text`${whom} may become root here without a password: the image runs as root in disguise. Do what needs root in steps before USER, and leave this entry out.`,
    severity: runsAs && isCertainlyRoot(runsAs) ? 'information' : 'warning',
    related: others.map(({ range }) => ({ range, message: text`Here as well.` })),
    fixes: () => withoutEntries(timeline, lasting),
  })
  return true
}

/** The entries go, what else their steps do to those files, and the group whose members would be asked for a password now. */
function withoutEntries({ dockerfile, target }: Timeline, entries: readonly Entry[]): readonly Fix[] {
  const edits: TextEdit[] = []
  const members = target ? membersOf(target) : []
  for (const step of new Set([...entries, ...members].map((one) => one.step))) {
    const { instruction, commands } = step
    if (instruction.keyword !== 'RUN') {
      edits.push(withoutInstruction(dockerfile, instruction))
      continue
    }
    const ranges = [
      ...entries.filter((entry) => entry.step === step).map(({ range }) => range),
      ...commands
        .filter(({ name, argv }) => name === 'chmod' && argv.some((word) => isSudoers(word.text)))
        .map(({ range }) => range),
    ]
    for (const { command, wish, name } of members.filter((member) => member.step === step)) {
      const removal = groupRemoval(dockerfile, command, wish, name)
      if (removal?.kind === 'words') edits.push(removal.edit)
      if (removal?.kind === 'command') ranges.push(removal.range)
    }
    const found = ranges.length > 0 ? withoutCommands(dockerfile, instruction, ranges) : []
    if (!found) return []
    edits.push(...found)
  }
  return edits.length > 0
    ? [
        {
          kind: 'edit',
          title: text`Leave the entry for sudo out`,
          safety: 'suggestion',
          edits: inOrder(edits),
        },
      ]
    : []
}

/** An account in the group that sudo obeys. */
export interface Member {
  readonly step: Step
  readonly command: CommandRun
  readonly wish: AccountWish
  /** The word with the groups. */
  readonly at: OffsetRange
  readonly name: string
}

/** All that this file puts into it. */
export function membersOf(target: StageTimeline): readonly Member[] {
  return stepsOf(target).flatMap((step) =>
    step.commands.flatMap((command): Member[] => {
      const wish = command.failure ? undefined : readAccountWish(command.argv)
      const group = wish?.kind === 'member' ? wish.group : wish?.kind === 'user' ? wish.groups : undefined
      const name = group?.text?.split(',').find((one) => one === 'sudo' || one === 'wheel')
      return wish && group && name !== undefined ? [{ step, command, wish, at: group.range, name }] : []
    }),
  )
}

const isSudoers = (path: string | undefined) => /^\/etc\/sudoers(\.d\/.+)?$/.test(path ?? '')

/** Whom the entry is for: `app`, `%sudo`, `ALL`. */
function whoIn(line: string): string | undefined {
  return [...line.matchAll(/(%?\w[\w-]*)\s+ALL\s*=/g)].at(-1)?.[1]
}

function nameOf(who: string | undefined): Message {
  if (who === undefined) return text`An account`
  if (who === 'ALL') return text`Everybody`
  return who.startsWith('%') ? text`Group \`${who.slice(1)}\`` : text`\`${who}\``
}

/** An account for the build only, removed at its end. */
function isGone(who: string | undefined, target: StageTimeline): boolean {
  const has = ({ accounts }: ImageState) => accounts.users.some(({ name }) => name === who)
  return stepsOf(target).some(({ after }) => has(after)) && !has(target.final)
}
