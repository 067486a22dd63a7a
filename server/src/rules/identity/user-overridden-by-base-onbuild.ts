import { userEdit } from '../../fixes/index.ts'
import { describeIdentity, isRoot, isUnprivileged, lastUserOf, lineOf } from '../../image/index.ts'
import type { Identity, StageTimeline, Timeline } from '../../image/types.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** The base runs as somebody else than root, and its ONBUILD makes root of its children. */
export const userOverriddenByBaseOnbuild = defineRule({
  id: 'user-overridden-by-base-onbuild',
  category: 'identity',
  severity: 'warning',
  summary: 'ONBUILD USER of the base undoes the user that the base itself runs as.',
  why: 'The triggers of a base run directly after FROM. Who looks at the base sees its user, not the one that its children get.',
  remedy: 'Set USER in this file, after the last step that needs root.',
  references: ['CIS Docker Benchmark 4.1'],
  check({ timeline }, report) {
    const undone = undoneByTrigger(timeline)
    if (!undone) return
    const { target, was } = undone
    const { dockerfile } = timeline
    const { from } = target.stage
    const trigger = target.parent?.final.onbuild.findLast(
      ({ instruction }) => instruction?.keyword === 'USER',
    )
    const origin = trigger?.origin.kind === 'instruction' ? trigger.origin.range : undefined
    const reference = target.reference ?? ''
    report({
      at: from.image?.range ?? from.keywordRange,
      message: text`\`${reference}\` itself runs as ${describeIdentity(was)}, but its ONBUILD USER makes this image run as root. Add USER ${was.spec} after the last step that needs root.`,
      related: origin
        ? [
            {
              range: origin,
              message: text`Line ${lineOf(dockerfile, origin.start)} acts in every image that is built FROM this one.`,
            },
          ]
        : [],
      fixes: () => [
        {
          kind: 'edit',
          title: text`Run as \`${was.spec}\`, as the base does`,
          safety: 'suggestion',
          edits: [userEdit(dockerfile, target, was.spec)],
        },
      ],
    })
  },
})

/** Who the base runs as, where its triggers make root of the image that is built and no USER of this file says otherwise. */
export function undoneByTrigger({
  target,
  runtime,
}: Timeline): { readonly target: StageTimeline; readonly was: Identity } | undefined {
  if (!target || !runtime || !isRoot(runtime.state.identity)) return undefined
  const was = target.initial.identity
  const after = target.started.identity
  return isUnprivileged(was) && was.spec !== '' && isRoot(after) && lastUserOf(target)?.stage !== target
    ? { target, was }
    : undefined
}
