import { isCertainly } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** An account with uid 0 beside root: it is root under another name. */
export const secondRoot = defineRule({
  id: 'second-root',
  category: 'identity',
  severity: 'warning',
  summary: 'An account with uid 0 is made: root under another name.',
  why: 'The kernel knows numbers only. Who runs as this account is root, and who looks at names does not see it.',
  remedy: 'Give the account an id of its own.',
  references: ['container-facts/user-second-root-toor', 'CIS Distribution Independent Linux 6.2.5'],
  check({ timeline, settings }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime) return
    for (const account of runtime.state.accounts.users) {
      const { origin, nameRange, name } = account
      if (name === 'root' || !isCertainly(account.uid, 0) || origin.kind !== 'instruction' || !nameRange)
        continue
      const command = target.steps
        .flatMap(({ commands }) => commands)
        .find(({ argv }) => argv.some(({ range }) => range.start === nameRange.start))
      const at = command?.argv.findIndex(({ text }) => text === '-u' || text === '--uid') ?? -1
      const word = at < 0 ? undefined : command?.argv[at + 1]
      const free = settings.newUser.uid
      report({
        at: nameRange,
        message: text`\`${name}\` has uid 0: it is root under another name. Give it an id of its own, such as ${free}.`,
        fixes: () =>
          word
            ? [
                {
                  kind: 'edit',
                  title: text`Give it the uid ${free}`,
                  safety: 'suggestion',
                  edits: [{ range: word.range, text: String(free) }],
                },
              ]
            : [],
      })
    }
  },
})
