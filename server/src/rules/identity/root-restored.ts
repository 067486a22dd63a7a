import type { Fix } from '../../fixes/index.ts'
import { userEdit, withoutInstruction } from '../../fixes/index.ts'
import { describeIdentity, isRoot, lineageOf, lineOf } from '../../image/index.ts'
import type { StageTimeline, Step, Timeline } from '../../image/types.ts'
import { knownValue } from '../../known.ts'
import { type Message, text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

interface Restored {
  /** The USER that brings root back. */
  readonly step: Step
  readonly stage: StageTimeline
  /** Who it was before: an earlier USER, or the base. */
  readonly before: {
    readonly spec: string
    readonly said: Step | undefined
    readonly reference: string | undefined
    readonly who: Message
  }
}

/** The final USER root that undoes a non-root base or an earlier USER; undefined where there is none. */
export function restoredRoot(timeline: Timeline): Restored | undefined {
  const { target, runtime } = timeline
  if (!target || !runtime || !isRoot(runtime.state.identity)) return undefined
  const lineage = lineageOf(target)
  const steps = lineage.flatMap((stage) => stage.steps.map((step) => ({ step, stage })))
  const last = steps.findLastIndex(({ step }) => step.instruction.keyword === 'USER')
  const found = steps[last]
  if (!found || found.stage !== target || !isRoot(found.step.after.identity)) return undefined
  const earlier = steps
    .slice(0, last)
    .findLast(({ step }) => step.instruction.keyword === 'USER' && isUnprivileged(step.after.identity))
  if (earlier)
    return {
      ...found,
      before: {
        spec: earlier.step.after.identity.spec,
        said: earlier.step,
        reference: undefined,
        who: describeIdentity(earlier.step.after.identity),
      },
    }
  const base = lineage[0]
  if (base && isUnprivileged(base.initial.identity)) {
    return {
      ...found,
      before: {
        spec: base.initial.identity.spec,
        said: undefined,
        reference: base.reference,
        who: describeIdentity(base.initial.identity),
      },
    }
  }
  return undefined
}

function isUnprivileged(identity: Step['after']['identity']): boolean {
  const uid = knownValue(identity.uid)
  return uid === undefined
    ? identity.spec !== '' && identity.uid.certainty === 'unknown' && /^[a-z_]/.test(identity.spec)
    : uid !== 0
}

/** Root again at the end, after the image already ran as somebody else. */
export const rootRestored = defineRule({
  id: 'root-restored',
  category: 'identity',
  severity: 'warning',
  summary: 'A later USER root undoes a user that was already set.',
  why: 'Switching to root for a step and not back is the usual way in which a hardened image loses its user.',
  remedy: 'Switch back after the last step that needs root.',
  equivalents: {
    hadolint: ['DL3002'],
    trivy: ['DS-0002', 'AVD-DS-0002', 'DS002'],
    checkov: ['CKV_DOCKER_8'],
    kics: ['67fd0c4a-68cf-46d7-8c41-bc9fba7e40ae'],
    semgrep: ['last-user-is-root'],
    sonar: ['S6471'],
    tally: ['hadolint/DL3002'],
  },
  references: ['CIS Docker Benchmark 4.1'],
  check({ timeline }, report) {
    const restored = restoredRoot(timeline)
    if (!restored) return
    const { step, stage, before } = restored
    const { instruction } = step
    if (instruction.keyword !== 'USER' || !instruction.user) return
    const drop = timeline.runtime?.dropsPrivileges
    if (drop && drop.by !== 'own') return
    const said = before.said
      ? text`USER ${before.spec} in line ${lineOf(timeline.dockerfile, before.said.instruction.range.start)}`
      : text`\`${before.reference ?? ''}\`, which runs as ${before.who}`
    report({
      at: instruction.user.range,
      message: text`This image runs as root again: USER ${step.after.identity.spec} undoes ${said}. Switch back to ${before.spec} after the last step that needs root.`,
      certainty: timeline.runtime?.state.identity.uid.certainty === 'certain' ? 'certain' : 'likely',
      related: before.said
        ? [{ range: before.said.instruction.range, message: text`${before.who} was set here.` }]
        : [],
      fixes: () => repairs(timeline, stage, step, before.spec),
    })
  },
})

function repairs(timeline: Timeline, stage: StageTimeline, step: Step, spec: string): readonly Fix[] {
  const { dockerfile } = timeline
  const back: Fix = {
    kind: 'edit',
    title: text`Switch back to \`${spec}\``,
    safety: 'suggestion',
    edits: [userEdit(dockerfile, stage, spec)],
  }
  const index = stage.steps.indexOf(step)
  const acts = stage.steps
    .slice(index + 1)
    .some(({ instruction }) => ['RUN', 'COPY', 'ADD', 'WORKDIR'].includes(instruction.keyword))
  // Nothing happens behind it: it has no use.
  return acts
    ? [back]
    : [
        back,
        {
          kind: 'edit',
          title: text`Remove this USER`,
          safety: 'suggestion',
          edits: [withoutInstruction(dockerfile, step.instruction)],
        },
      ]
}
