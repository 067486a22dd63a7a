import { copyFlag, type Fix } from '../../fixes/index.ts'
import {
  certaintyOfAbsence,
  groupByName,
  startFailures,
  stepFailures,
  userByName,
} from '../../image/index.ts'
import type { Failure, StageTimeline, Timeline } from '../../image/types.ts'
import { knownValue } from '../../known.ts'
import { type Message, text } from '../../l10n/index.ts'
import type { Report, RuleSettings } from '../types.ts'

/** Names of users or groups that commands and --chown use, and the image does not have. */
export function reportMissingNames(
  timeline: Timeline,
  what: 'user' | 'group',
  settings: RuleSettings,
  report: (report: Report) => void,
): void {
  for (const { failure, step, stage } of stepFailures(timeline)) {
    if (failure.reason !== `${what}-not-found`) continue
    const isCopy = step.instruction.keyword === 'COPY' || step.instruction.keyword === 'ADD'
    if (step.commands.length === 0 && !isCopy) continue
    reportFailure(timeline, failure, namesOf(stage, what), report)
  }
  for (const { failure } of startFailures(timeline))
    if (failure.reason === `${what}-not-found` && timeline.target)
      reportFailure(timeline, failure, namesOf(timeline.target, what), report)
  if (settings.builder !== 'classic') for (const ghost of ghostsOf(timeline, what)) report(ghost)
}

function namesOf(stage: StageTimeline, what: 'user' | 'group'): readonly string[] {
  const { users, groups } = stage.final.accounts
  return (what === 'user' ? users : groups).map(({ name }) => name)
}

function reportFailure(
  { dockerfile }: Timeline,
  failure: Failure,
  names: readonly string[],
  report: (report: Report) => void,
): void {
  const { name = '', range } = failure
  const near = nearestName(name, names)
  const written = dockerfile.text.slice(range.start, range.end)
  report({
    at: range,
    message: failure.message,
    severity: failure.certainty === 'certain' ? 'error' : 'warning',
    certainty: failure.certainty,
    fixes: () =>
      near && written.includes(name)
        ? [
            {
              kind: 'edit',
              title: text`Use \`${near}\``,
              safety: 'suggestion',
              edits: [{ range, text: written.replace(name, near) }],
            },
          ]
        : [],
  })
}

/** COPY --chown=NAME: BuildKit does not fail where there is no such name, the file silently is root's (container-facts/copy-chown-missing-debian). */
function ghostsOf(timeline: Timeline, what: 'user' | 'group'): readonly Report[] {
  const failures = stepFailures(timeline)
  return timeline.stages
    .filter(({ stage, base }) => timeline.needed.has(stage.index) && base?.os !== 'windows')
    .flatMap((stage) =>
      stage.steps.flatMap(({ instruction, before, failure }, index) => {
        if ((instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') || failure) return []
        const { chown } = instruction
        if (!chown || !/^[\w.-]*(:[\w.-]+)?$/.test(chown.raw)) return []
        if (
          failures.some(
            (one) => one.stage === stage && one.index < index && one.failure.certainty === 'certain',
          )
        )
          return []
        const [user = '', group = ''] = chown.raw.split(':')
        const name = what === 'user' ? user : group
        const { accounts } = before
        const found = what === 'user' ? userByName(accounts, name) : groupByName(accounts, name)
        const absence = certaintyOfAbsence(accounts)
        // A group beside a user who is missing too is the same mistake.
        if (what === 'group' && user !== '' && !/^\d+$/.test(user) && !userByName(accounts, user)) return []
        if (name === '' || /^\d+$/.test(name) || found || absence !== 'certain') return []
        const later = userByName(stage.final.accounts, user)
        const made = what === 'user' ? later : groupByName(stage.final.accounts, name)
        const uid = later && knownValue(later.uid)
        const gid = later && knownValue(later.gid)
        const numbers = uid === undefined || gid === undefined ? undefined : `${uid}:${gid}`
        const near = nearestName(
          name,
          (what === 'user' ? accounts.users : accounts.groups).map((one) => one.name),
        )
        const fixes: Fix[] = []
        const copy = instruction
        if (near)
          fixes.push({
            kind: 'edit',
            title: text`Use \`${near}\``,
            safety: 'suggestion',
            edits: [copyFlag(copy, 'chown', chown.raw.replace(name, near))],
          })
        if (numbers && what === 'user')
          fixes.push({
            kind: 'edit',
            title: text`Write the numbers: --chown=${numbers}`,
            safety: 'suggestion',
            edits: [copyFlag(copy, 'chown', numbers)],
          })
        return [
          {
            at: chown.range,
            message: ghostMessage(what, name, made !== undefined),
            severity: 'warning' as const,
            certainty: absence,
            fixes: () => fixes,
          },
        ]
      }),
    )
}

function ghostMessage(what: 'user' | 'group', name: string, isMadeLater: boolean): Message {
  const lacks =
    what === 'user'
      ? text`There is no user \`${name}\` in this image at this line`
      : text`There is no group \`${name}\` in this image at this line`
  const then =
    what === 'user'
      ? text`BuildKit does not fail, but gives what it copies to root.`
      : text`BuildKit does not fail, but gives what it copies to the group of the user.`
  return isMadeLater
    ? text`${lacks}, it is made further down: ${then} Create it before, or write its numbers.`
    : text`${lacks}: ${then} Create it before, or write numbers.`
}

/** A name that differs by case or one letter. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  return names.find(
    (one) =>
      one !== name &&
      one !== 'root' &&
      (one.toLowerCase() === name.toLowerCase() ||
        (Math.abs(one.length - name.length) <= 1 && name.length > 3 && differsByOne(one, name))),
  )
}

function differsByOne(a: string, b: string): boolean {
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  return Math.max(a.length, b.length) - start - end <= 1
}
