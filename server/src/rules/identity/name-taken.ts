import type { Fix } from '../../fixes/index.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'
import { reportTaken } from './taken.ts'

/** An account or group is made that the image has already. */
export const nameTaken = defineRule({
  id: 'name-taken',
  category: 'identity',
  severity: 'error',
  summary: 'The account or group that is made here exists already.',
  why: 'useradd ends with exit code 9, adduser with 1, and the step with them. Many bases bring accounts such as node, www-data, nginx or ubuntu.',
  remedy: 'Use the account as it is, change it with usermod, or take another name.',
  references: ['container-facts/useradd-name-taken', 'container-facts/useradd-group-name-taken'],
  check({ timeline }, report) {
    reportTaken(timeline, 'name-taken', report, (failure, { accounts, command }) => {
      const { name } = failure
      if (name === undefined) return []
      const fixes: Fix[] = []
      const program = command?.argv[0]
      const groupExists = accounts.groups.some((group) => group.name === name)
      const userExists = accounts.users.some((user) => user.name === name)
      if (program && groupExists && !userExists && command?.name === 'useradd')
        fixes.push({
          kind: 'edit',
          title: text`Put it into the group \`${name}\`, which is there`,
          safety: 'suggestion',
          edits: [{ range: { start: program.range.end, end: program.range.end }, text: ` --gid ${name}` }],
        })
      if (
        program &&
        groupExists &&
        !userExists &&
        command?.name === 'adduser' &&
        !command.argv.some(({ text }) => text?.startsWith('--'))
      )
        fixes.push({
          kind: 'edit',
          title: text`Put it into the group \`${name}\`, which is there`,
          safety: 'suggestion',
          edits: [{ range: { start: program.range.end, end: program.range.end }, text: ` -G ${name}` }],
        })
      return fixes
    })
  },
})
