import { type Fix, withoutCommands } from '../../fixes/index.ts'
import {
  isCertainlyRoot,
  type ModeGrant,
  modeGrantsOf,
  nodeAt,
  stepsOf,
  stillGranted,
} from '../../image/index.ts'
import type { CommandRun, FileNode, StageTimeline, Step, Timeline } from '../../image/types.ts'
import { listed, text } from '../../l10n/index.ts'
import { defineRule, type Report } from '../types.ts'

const setuid = 0o4000
const setgid = 0o2000

/** A program gets the power of its owner: chmod u+s, or file capabilities as good as root. */
export const setuidBit = defineRule({
  id: 'setuid-bit',
  category: 'power',
  severity: 'warning',
  summary: 'A program gets its owner’s power for whoever starts it.',
  why: 'A setuid program of root’s makes every user of the image root for as long as it runs, and one mistake in it for good. no-new-privileges switches it off, so a hardened run breaks it.',
  remedy:
    'Run what needs root as root, before USER or in its own container; give single capabilities at run time.',
  equivalents: { sonar: ['S2612'], dockle: ['CIS-DI-0008'] },
  references: ['CIS Docker Benchmark 4.8'],
  check({ timeline }, report) {
    const { target } = timeline
    if (!target || target.base?.os === 'windows') return
    for (const step of stepsOf(target)) {
      for (const grant of modeGrantsOf(step)) reportMode(timeline, target, grant, report)
      for (const command of step.commands) reportCapabilities(timeline, step, command, report)
    }
  },
})

function reportMode(
  timeline: Timeline,
  target: StageTimeline,
  grant: ModeGrant,
  report: (report: Report) => void,
): void {
  const paths = pathsWithBit(grant, target.final.files)
  const [first] = paths
  if (!first) return
  const isGroup = (grant.change(0o644, false) & setuid) === 0
  const runsAs = timeline.runtime?.state.identity
  report({
    at: grant.range,
    message: isGroup
      ? text`\`${grant.text}\` makes ${listed(paths)} run as its group, whoever starts it. Leave the bit out, and do what needs that power in a step before USER.`
      : text`\`${grant.text}\` makes ${listed(paths)} run as its owner, whoever starts it. Leave the bit out, and do what needs that power in a step before USER.`,
    severity: runsAs && isCertainlyRoot(runsAs) ? 'information' : 'warning',
    certainty: grant.command?.reached ?? 'certain',
    fixes: () => withoutBit(timeline, grant),
  })
}

/** `4755` → `0755`, `u+sx` → `u+x`; a `chmod u+s` that does nothing else goes. */
function withoutBit(
  { dockerfile }: Timeline,
  { text: mode, range, command, step }: ModeGrant,
): readonly Fix[] {
  if (dockerfile.text.slice(range.start, range.end) !== mode) return []
  const without = withoutBits(mode)
  if (without !== undefined && !/[+=]$/.test(without))
    return [
      {
        kind: 'edit',
        title: text`Without the bit: ${without}`,
        safety: 'suggestion',
        edits: [{ range, text: without }],
      },
    ]
  const { instruction } = step
  const edits =
    without !== undefined && command?.name === 'chmod' && instruction.keyword === 'RUN'
      ? withoutCommands(dockerfile, instruction, [command.range])
      : undefined
  return edits ? [{ kind: 'edit', title: text`Leave this chmod out`, safety: 'suggestion', edits }] : []
}

/** On a folder setgid only hands its group to new files, and setuid does nothing. */
function pathsWithBit(grant: ModeGrant, files: FileNode): readonly string[] {
  const mode = grant.change(0o644, false)
  if ((mode & (setuid | setgid)) === 0 || grant.by === 'mkdir') return []
  return stillGranted(grant, files, setuid | setgid).filter((path) => {
    const { kind } = nodeAt(files, path)
    if (kind === 'directory') return false
    return (mode & setuid) !== 0 || (kind === 'file' && !grant.recursive)
  })
}

/** The mode without the bits; undefined where it says more than we read. */
function withoutBits(mode: string): string | undefined {
  if (/^[0-7]?[2-7][0-7]{3}$/.test(mode)) return `0${mode.slice(-3)}`
  return /^[ugoa]*\+[rwxXst]+$/.test(mode) ? mode.replace(/s/g, '') : undefined
}

/** Capabilities with which a process makes itself root. */
const asGoodAsRoot =
  /cap_(setuid|setgid|dac_override|dac_read_search|fowner|chown|sys_admin|sys_ptrace|sys_module|setfcap)\b|^(all)?[=+]\w*e?p/i

function reportCapabilities(
  { dockerfile, target }: Timeline,
  { instruction }: Step,
  { name, argv, fatal, range }: CommandRun,
  report: (report: Report) => void,
): void {
  if (name !== 'setcap' || fatal) return
  const words = argv.slice(1).filter(({ text }) => !text?.startsWith('-'))
  for (const [index, word] of words.entries()) {
    if (index % 2 === 1 || word.text === undefined || !asGoodAsRoot.test(word.text)) continue
    const file = words[index + 1]?.text
    if (file?.startsWith('/') && target && nodeAt(target.final.files, file).kind === 'missing') continue
    report({
      at: word.range,
      message: text`\`${word.text}\` gives whoever starts ${file ?? text`the program`} a power as good as root’s. Add the capability at run time, to the container that needs it.`,
      fixes: () => {
        const edits =
          words.length <= 2 && instruction.keyword === 'RUN'
            ? withoutCommands(dockerfile, instruction, [range])
            : undefined
        return edits
          ? [{ kind: 'edit', title: text`Leave this setcap out`, safety: 'suggestion', edits }]
          : []
      },
    })
  }
}
