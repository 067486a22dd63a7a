import { copyFlag, copyThatMade, type Fix, keywordIn, linesAfter } from '../../fixes/index.ts'
import { lackOf, stepFailures } from '../../image/index.ts'
import type { StageTimeline, Timeline } from '../../image/types.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** The start script, or a program of a step, has no execute bit for its user. */
export const notExecutable = defineRule({
  id: 'not-executable',
  category: 'breakage',
  severity: 'error',
  summary:
    'A program has no execute bit for the user who runs it: the step or the start ends with exit code 126.',
  why: 'COPY keeps the mode of the build context, and a script made on Windows, or fetched, has no execute bit. Root needs one as well.',
  remedy: 'Set the bit: --chmod=0755 on COPY, chmod +x in the repository, or start it with its interpreter.',
  references: ['container-facts/copy-script-mode-0644', 'container-facts/copy-script-0644-root'],
  check({ timeline }, report) {
    for (const one of stepFailures(timeline)) {
      const { failure, stage, step } = one
      const { path } = failure
      if (lackOf(one) !== 'execute' || path === undefined) continue
      report({
        at: failure.range,
        message: text`${failure.message} Set its execute bit.`,
        severity: failure.certainty === 'certain' ? 'error' : 'warning',
        certainty: failure.certainty,
        fixes: () => repairs(timeline, stage, path, step.before.files),
      })
    }
    const { target, runtime } = timeline
    const failure = runtime?.failure
    if (
      !target ||
      failure?.exitCode !== 126 ||
      failure.certainty === 'possible' ||
      failure.path === undefined
    )
      return
    const { path } = failure
    report({
      at: failure.range,
      message: text`${failure.message} Set its execute bit.`,
      severity: failure.certainty === 'certain' ? 'error' : 'warning',
      certainty: failure.certainty,
      fixes: () => repairs(timeline, target, path, target.final.files),
    })
  },
})

function repairs(
  timeline: Timeline,
  stage: StageTimeline,
  path: string,
  files: StageTimeline['final']['files'],
): readonly Fix[] {
  const copy = copyThatMade(timeline, stage, path, files)
  if (!copy) return []
  const fixes: Fix[] = []
  // One file is copied: the flag is its own.
  if (
    (copy.sources.length === 1 && copy.sources[0]?.raw.split('/').at(-1) === path.split('/').at(-1)) ||
    copy.heredocs.length === 1
  )
    fixes.push({
      kind: 'edit',
      title: text`Copy it with --chmod=0755`,
      safety: 'suggestion',
      edits: [copyFlag(copy, 'chmod', '0755')],
    })
  else
    fixes.push({
      kind: 'edit',
      title: text`Set its execute bit after ${copy.keyword}`,
      safety: 'suggestion',
      edits: [
        linesAfter(timeline.dockerfile, copy, [
          `${keywordIn(timeline.dockerfile, 'RUN')} chmod a+rx ${path}`,
        ]),
      ],
    })
  return fixes
}
