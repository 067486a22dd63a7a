import { type Fix, moveBeforeUser, wrapAsRoot } from '../../fixes/index.ts'
import {
  isSystemPath,
  lackOf,
  lineOf,
  type StepFailure,
  stepFailures,
  userBefore,
} from '../../image/index.ts'
import type { Timeline } from '../../image/types.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'
import { isInRootMount } from './mount-owner.ts'

/** A step does what only root may, and runs as somebody else. */
export const needsRoot = defineRule({
  id: 'needs-root',
  category: 'breakage',
  severity: 'error',
  summary: 'A step needs root, but runs as another user: the build fails.',
  why: 'Package managers, account tools, chown and the system’s folders are root’s. A step after USER has only that user’s rights.',
  remedy: 'Move the step before USER, or switch to root for it and back.',
  references: ['container-facts/run-as-user-apt-get-update', 'container-facts/run-as-user-useradd'],
  check({ timeline }, report) {
    for (const group of groups(timeline)) {
      const [first, ...others] = group
      if (!first) continue
      const { stage, index, failure } = first
      const user = userBefore(stage, index)?.step.instruction
      const line = user ? lineOf(timeline.dockerfile, user.range.start) : undefined
      report({
        at: failure.range,
        message:
          line === undefined
            ? text`${failure.message} Switch to root for this step and back.`
            : text`${failure.message} Move it before USER in line ${line}, or switch to root for it and back.`,
        severity: failure.certainty === 'certain' ? 'error' : 'warning',
        certainty: failure.certainty,
        related: [
          ...(user ? [{ range: user.range, message: text`The user is set here.` }] : []),
          ...others.map((other) => ({ range: other.failure.range, message: other.failure.message })),
        ],
        fixes: () => repairs(timeline, group),
      })
    }
  },
})

/** Steps under the same USER are one mistake. */
function groups(timeline: Timeline): readonly (readonly StepFailure[])[] {
  const all = new Map<object, StepFailure[]>()
  for (const one of stepFailures(timeline)) {
    if (!isAboutRoot(one)) continue
    const key = userBefore(one.stage, one.index)?.step ?? one.stage
    const list = all.get(key)
    if (list) list.push(one)
    else all.set(key, [one])
  }
  return [...all.values()]
}

/** True where the step wants what is root's by the system, not a folder of the application's own. */
export function isAboutRoot(one: StepFailure): boolean {
  const lack = lackOf(one)
  if (lack === 'root') return true
  const { failure, step, command } = one
  return (
    lack === 'write' &&
    failure.path !== undefined &&
    !isInRootMount(step, failure.path) &&
    isSystemPath(step, failure.path, command?.identity ?? step.before.identity)
  )
}

/** Installing depends on nothing that COPY and WORKDIR bring. */
const independent =
  /^(apt|apt-get|apk|dnf|microdnf|yum|tdnf|zypper|pacman|dpkg|rpm|useradd|adduser|groupadd|addgroup|usermod|rm|update-ca-certificates|true|set|export|localedef|locale-gen|:)$/

function repairs(timeline: Timeline, group: readonly StepFailure[]): readonly Fix[] {
  const [first] = group
  const last = group.at(-1)
  if (!first || !last) return []
  const { stage } = first
  const user = userBefore(stage, first.index)
  const moved = group.map(({ index }) => index)
  const between = user
    ? stage.steps
        .slice(user.index + 1, last.index)
        .filter((step) => !moved.includes(stage.steps.indexOf(step)))
    : []
  const alone = group.every(({ step }) => step.commands.every(({ name }) => independent.test(name ?? '')))
  const movable =
    between.every(({ instruction }) =>
      ['COPY', 'ADD', 'WORKDIR', 'LABEL', 'EXPOSE', 'RUN'].includes(instruction.keyword),
    ) &&
    (between.length === 0 || alone)
  const move = movable ? moveBeforeUser(timeline, stage, moved) : undefined
  const wrap = wrapAsRoot(timeline, stage, first.index, last.index)
  return [...(move ? [move] : []), ...(wrap ? [wrap] : [])]
}
