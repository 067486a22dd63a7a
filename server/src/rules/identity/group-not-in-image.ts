import { lastUserOf, stepFailures } from '../../image/index.ts'
import { knownValue } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'
import { reportMissingNames } from './missing-names.ts'

/** USER, --chown or a command names a group that the image does not have. */
export const groupNotInImage = defineRule({
  id: 'group-not-in-image',
  category: 'identity',
  severity: 'error',
  summary: 'USER, --chown or a command names a group that the image does not have.',
  why: 'Groups are looked up by name in the image’s own /etc/group; a number always works. useradd makes a group of the account’s name, adduser --system on Debian does not.',
  remedy: 'Create the group before, use one that is there, or write its number.',
  references: ['container-facts/user-group-missing-app-nogrp', 'container-facts/copy-chown-missing-group'],
  check({ timeline, settings }, report) {
    reportMissingNames(timeline, 'group', settings, report)
    const { target, runtime } = timeline
    if (!target || !runtime) return
    const user = lastUserOf(target)
    const { identityFailure: failure, identity } = runtime.state
    if (failure?.reason !== 'group-not-found' || failure.certainty === 'possible') return
    if (user?.stage !== target || user.step.instruction.keyword !== 'USER' || !user.step.instruction.user)
      return
    if (
      stepFailures(timeline).some(
        (one) =>
          one.stage === target &&
          one.failure.certainty === 'certain' &&
          one.step !== user.step &&
          target.steps.indexOf(one.step) < target.steps.indexOf(user.step),
      )
    )
      return
    const { range, raw } = user.step.instruction.user
    const [name = '', group = ''] = identity.spec.split(':')
    const uid = knownValue(identity.uid)
    report({
      at: range,
      message: text`The group \`${group}\` is not in this image: the container does not start. Write USER ${name} for the account’s own groups, or create the group before.`,
      severity: failure.certainty === 'certain' ? 'error' : 'warning',
      certainty: failure.certainty,
      fixes: () =>
        raw.endsWith(`:${group}`) && uid !== undefined
          ? [
              {
                kind: 'edit',
                title: text`Write USER ${raw.slice(0, -group.length - 1)}`,
                safety: 'suggestion',
                edits: [{ range, text: raw.slice(0, -group.length - 1) }],
              },
            ]
          : [],
    })
  },
})
