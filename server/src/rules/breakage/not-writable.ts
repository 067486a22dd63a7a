import { copyFlag, copyThatMade, type Fix, giveFolder, ownerOf } from '../../fixes/index.ts'
import {
  find,
  instructionOf,
  lackOf,
  lineOf,
  type StepFailure,
  startFailures,
  stepFailures,
} from '../../image/index.ts'
import type { Failure, Timeline } from '../../image/types.ts'
import { text } from '../../l10n/index.ts'
import { defineRule, type Related } from '../types.ts'
import { isInRootMount } from './mount-owner.ts'
import { isAboutRoot } from './needs-root.ts'

/** A step or the start writes where its user may not: a folder of the application that root made. */
export const notWritable = defineRule({
  id: 'not-writable',
  category: 'breakage',
  severity: 'error',
  summary: 'A step, or the start, writes to a folder that its user may not write: permission denied.',
  why: 'WORKDIR, COPY and RUN before USER make root’s files; COPY does so after USER as well. The user may read them, not write there.',
  remedy:
    'Give that one folder to the user: chown it before USER, or --chown on COPY. Code that is only read may stay root’s.',
  equivalents: { tally: ['ruby/state-paths-not-writable-as-non-root', 'copy-after-user-without-chown'] },
  references: [
    'container-facts/copy-after-user-owner',
    'container-facts/copy-chown-dot-app',
    'container-facts/workdir-after-user-app',
  ],
  check({ timeline }, report) {
    const seen = new Set<string>()
    for (const one of stepFailures(timeline)) {
      const { stage, failure, command, step } = one
      const { path } = failure
      if (lackOf(one) !== 'write' || isAboutRoot(one) || path === undefined || isInRootMount(step, path))
        continue
      // Further steps that want the same folder are the same mistake.
      const key = `${stage.stage.index} ${path}`
      if (seen.has(key)) continue
      seen.add(key)
      const who = command?.identity ?? step.before.identity
      report({
        at: failure.range,
        message: text`${failure.message} Give ${path} to ${ownerOf(who) ?? text`that user`} before.`,
        severity: failure.certainty === 'certain' ? 'error' : 'warning',
        certainty: failure.certainty,
        related: made(timeline, path, failure),
        fixes: () => repairs(timeline, one, path),
      })
    }
    const { target } = timeline
    for (const { failure, command } of startFailures(timeline)) {
      const { path } = failure
      if (!target || failure.reason !== 'permission-denied' || path === undefined || failure.exitCode === 126)
        continue
      // What a program does that we only know by name is a guess.
      if (failure.certainty !== 'certain' || find(target.final.files, path).node.kind !== 'directory')
        continue
      report({
        at: failure.range,
        message: text`${failure.message} The container does not start. Give ${path} to ${ownerOf(command.identity) ?? text`that user`} before.`,
        severity: 'warning',
        certainty: 'likely',
        related: made(timeline, path, failure),
        fixes: () => {
          const last = target.steps.findLastIndex(({ instruction }) => instruction.keyword === 'USER')
          const fix = giveFolder(timeline, target, last + 1, path, command.identity)
          return fix ? [fix] : []
        },
      })
    }
  },
})

/** Who made the folder. */
function made(timeline: Timeline, path: string, failure: Failure): readonly Related[] {
  const origin = failure.because.findLast(({ kind }) => kind === 'instruction')
  if (origin?.kind !== 'instruction') return []
  const instruction = instructionOf(timeline.dockerfile, origin.range.start)
  return [
    {
      range: origin.range,
      message: text`${instruction?.keyword ?? text`This`} makes ${path} here (line ${lineOf(timeline.dockerfile, origin.range.start)}).`,
    },
  ]
}

function repairs(
  timeline: Timeline,
  { stage, index, step, command }: StepFailure,
  path: string,
): readonly Fix[] {
  const who = command?.identity ?? step.before.identity
  const owner = ownerOf(who)
  const fixes: Fix[] = []
  const copy = copyThatMade(timeline, stage, path, step.before.files)
  if (copy && owner && copy.chown === undefined)
    fixes.push({
      kind: 'edit',
      title: text`Copy it as \`${owner}\`: --chown=${owner}`,
      safety: 'suggestion',
      edits: [copyFlag(copy, 'chown', copy.link ? numeric(who, owner) : owner)],
    })
  const give = giveFolder(timeline, stage, index, path, who)
  if (give) fixes.push(give)
  return fixes
}

/** --link looks no names up. */
function numeric(who: NonNullable<StepFailure['command']>['identity'], owner: string): string {
  return who.uid.certainty === 'unknown' || who.gid.certainty === 'unknown'
    ? owner
    : `${who.uid.value}:${who.gid.value}`
}
