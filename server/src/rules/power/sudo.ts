import { type Fix, inOrder, type TextEdit, withoutGroup, wrapAsRoot } from '../../fixes/index.ts'
import { describeIdentity, isRoot, isUnprivileged, lineageOf } from '../../image/index.ts'
import type { CommandRun, StageTimeline, Step, Timeline } from '../../image/types.ts'
import { text } from '../../l10n/index.ts'
import { defineRule, type Report } from '../types.ts'
import { membersOf, reportEntries } from './sudo-entries.ts'

/** sudo used in a step, and sudo given to an account. That the package is installed says nothing. */
export const sudo = defineRule({
  id: 'sudo',
  category: 'power',
  severity: 'warning',
  summary: 'An account may become root without a password, or sudo is used in a step.',
  why: 'An image with a user that may become root at any time runs as root in disguise. In a step that runs as root, sudo does nothing but reset the environment.',
  remedy: 'Do what needs root in steps before USER, and leave sudo out.',
  equivalents: {
    hadolint: ['DL3004'],
    tally: ['hadolint/DL3004'],
    trivy: ['DS-0010', 'AVD-DS-0010', 'DS010'],
    checkov: ['CKV2_DOCKER_1'],
    kics: ['8ada6e80-0ade-439e-b176-0b28f6bce35a'],
    semgrep: ['no-sudo-in-dockerfile'],
    terrascan: ['AC_DOCKER_0007'],
    dockle: ['DKL-DI-0001'],
  },
  references: ['container-facts/sudo-user'],
  check({ timeline }, report) {
    const { target } = timeline
    if (!target || target.base?.os === 'windows') return
    const granted = reportEntries(timeline, target, report)
    if (!granted) reportMembers(timeline, target, report)
    for (const stage of lineageOf(target)) {
      const uses = stage.steps.flatMap((step, index) =>
        usesOf(step).map((command) => ({ step, index, command })),
      )
      reportAsRoot(timeline, uses, report)
      if (!granted) reportAsUser(timeline, stage, uses, report)
    }
  },
})

interface Use {
  readonly step: Step
  readonly index: number
  readonly command: CommandRun
}

function usesOf({ commands }: Step): readonly CommandRun[] {
  return commands.filter(({ name, wrappers }) => name === 'sudo' && !wrappers.includes('sudo'))
}

function reportMembers(
  { dockerfile }: Timeline,
  target: StageTimeline,
  report: (report: Report) => void,
): void {
  for (const { step, command, wish, at, name } of membersOf(target)) {
    report({
      at,
      message: text`Members of \`${name}\` become root with their password. A container has nobody to type it: leave the group out.`,
      severity: 'information',
      certainty: 'likely',
      fixes: () => {
        const { instruction } = step
        const edits =
          instruction.keyword === 'RUN'
            ? withoutGroup(dockerfile, instruction, command, wish, name)
            : undefined
        return edits
          ? [{ kind: 'edit', title: text`Leave the group \`${name}\` out`, safety: 'suggestion', edits }]
          : []
      },
    })
  }
}

/** `sudo` in front of what root does anyway. */
function reportAsRoot(timeline: Timeline, uses: readonly Use[], report: (report: Report) => void): void {
  const needless = uses.filter(({ command }) => isRoot(command.identity) && !namesUser(command))
  for (const step of new Set(needless.map((use) => use.step))) {
    const group = needless.filter((use) => use.step === step)
    const [first, ...others] = group
    const word = first?.command.argv[0]
    if (!first || !word) continue
    report({
      at: word.range,
      message: text`This step runs as root already: sudo changes nothing here. Leave it out.`,
      severity: 'hint',
      related: others.flatMap(({ command }) =>
        command.argv.slice(0, 1).map(({ range }) => ({ range, message: text`Here as well.` })),
      ),
      fixes: () => {
        const edits = withoutSudo(timeline, group)
        return edits ? [{ kind: 'edit', title: text`Leave sudo out`, safety: 'suggestion', edits }] : []
      },
    })
  }
}

function reportAsUser(
  timeline: Timeline,
  stage: StageTimeline,
  uses: readonly Use[],
  report: (report: Report) => void,
): void {
  const asUser = uses.filter(({ command }) => isUnprivileged(command.identity) && !command.failure)
  const [first, ...others] = asUser
  const word = first?.command.argv[0]
  if (!first || !word) return
  const who = describeIdentity(first.command.identity)
  report({
    at: word.range,
    message: text`${who} becomes root here by sudo, so it can at any time: the image runs as root in disguise. Switch to root for the step instead: USER root, and back.`,
    certainty: 'likely',
    related: others.flatMap(({ command }) =>
      command.argv.slice(0, 1).map(({ range }) => ({ range, message: text`Here as well.` })),
    ),
    fixes: () => bracketed(timeline, stage, asUser),
  })
}

function bracketed(timeline: Timeline, stage: StageTimeline, uses: readonly Use[]): readonly Fix[] {
  const [first] = uses
  const last = uses.at(-1)
  if (!first || !last) return []
  const edits = withoutSudo(timeline, uses)
  const wrap = wrapAsRoot(timeline, stage, first.index, last.index)
  // Everything in between would run as root as well.
  const alone =
    uses.every(({ step }) => step === first.step) &&
    first.step.commands.every(({ name, wrappers }) => name === 'sudo' || wrappers.includes('sudo'))
  return edits && wrap && alone
    ? [
        {
          ...wrap,
          title: text`${wrap.title}, without sudo`,
          edits: inOrder([...wrap.edits, ...edits]),
        },
      ]
    : []
}

/** `sudo -u app`, `sudo -g app`: another identity is what it is for. */
function namesUser({ argv }: CommandRun): boolean {
  return argv
    .slice(1)
    .some(({ text }) => text === undefined || /^(-\w*[ugi]|--user|--group|--login)/.test(text))
}

/** Takes `sudo` and options without a meaning for root away; undefined where an option has one. */
function withoutSudo(timeline: Timeline, uses: readonly Use[]): readonly TextEdit[] | undefined {
  const edits: TextEdit[] = []
  for (const { command } of uses) {
    const [word, ...rest] = command.argv
    const next = rest.find(({ text }) => !/^-[EHn]+$/.test(text ?? ''))
    if (!word || !next || next.text?.startsWith('-') || /^\w+=/.test(next.text ?? '')) return undefined
    const range = { start: word.range.start, end: next.range.start }
    if (!/^\S*sudo\s[\s\w-]*$/.test(timeline.dockerfile.text.slice(range.start, range.end))) return undefined
    edits.push({ range, text: '' })
  }
  return edits
}
