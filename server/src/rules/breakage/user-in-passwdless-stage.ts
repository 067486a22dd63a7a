import { stepFailures, userBefore } from '../../image/index.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** RUN under USER in an image without /etc/passwd or /etc/group: BuildKit cannot start it. */
export const userInPasswdlessStage = defineRule({
  id: 'user-in-passwdless-stage',
  category: 'breakage',
  severity: 'error',
  summary:
    'BuildKit cannot run a step under USER in an image without /etc/passwd and /etc/group, unless USER is uid:gid.',
  why: 'Before RUN, BuildKit opens both files for every USER but uid:gid, even for USER 0, and stops with “invalid argument” where one is missing. The start of the container has no such fault.',
  remedy: 'Write user and group as numbers.',
  equivalents: { tally: ['named-identity-in-passwdless-stage'] },
  references: ['container-facts/user-scratch-run-zero', 'container-facts/user-passwd-copied'],
  check({ timeline }, report) {
    const seen = new Set<object>()
    for (const { stage, index, step, failure } of stepFailures(timeline)) {
      if (
        step.instruction.keyword !== 'RUN' ||
        failure.reason !== 'user-not-found' ||
        step.commands.length > 0
      )
        continue
      const { accounts, identity } = step.before
      const user = userBefore(stage, index)?.step.instruction
      if (user?.keyword !== 'USER' || !user.user || seen.has(user)) continue
      const [who = '', group = ''] = identity.spec.split(':')
      // A name that is not there is user-not-in-image's.
      if (!/^\d+$/.test(who) && accounts.passwd === 'missing') continue
      if (accounts.passwd !== 'missing' && accounts.group !== 'missing') continue
      seen.add(user)
      const { range } = user.user
      const file = accounts.passwd === 'missing' ? '/etc/passwd' : '/etc/group'
      const account = accounts.users.find(({ name }) => name === who)
      const uid = /^\d+$/.test(who)
        ? who
        : account?.uid.certainty === 'certain'
          ? String(account.uid.value)
          : undefined
      const gid = /^\d+$/.test(group)
        ? group
        : account?.gid.certainty === 'certain'
          ? String(account.gid.value)
          : uid
      const numbers = uid === undefined ? undefined : `${uid}:${gid}`
      report({
        at: range,
        message: text`BuildKit cannot run the next step as \`${identity.spec}\`: the image has no ${file} (invalid argument). Write USER ${numbers ?? 'uid:gid'}.`,
        certainty: failure.certainty,
        related: [{ range: step.instruction.keywordRange, message: text`This step fails.` }],
        fixes: () =>
          numbers
            ? [
                {
                  kind: 'edit',
                  title: text`Write USER ${numbers}`,
                  safety: 'suggestion',
                  edits: [{ range, text: numbers }],
                },
              ]
            : [],
      })
    }
  },
})
