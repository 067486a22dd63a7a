import type { Fix } from '../../fixes/index.ts'
import { stepFailures } from '../../image/index.ts'
import type { CommandRun } from '../../image/types.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** BusyBox's adduser asks for a password, and nobody is there to answer. */
export const interactiveAdduser = defineRule({
  id: 'interactive-adduser',
  category: 'identity',
  severity: 'warning',
  summary: 'adduser asks for a password during the build: the step fails.',
  why: 'A build has no terminal. BusyBox’s adduser makes the account, then its passwd reads nothing and the step ends with exit code 1.',
  remedy: 'Add -D: no password, which nobody needs to run as the account.',
  references: ['container-facts/busybox-adduser-asks'],
  check({ timeline }, report) {
    for (const { failure, command } of stepFailures(timeline)) {
      if (failure.reason !== 'asks') continue
      report({
        at: failure.range,
        message: failure.message,
        severity: failure.certainty === 'certain' ? 'error' : 'warning',
        certainty: failure.certainty,
        fixes: () => repairs(command),
      })
    }
  },
})

function repairs(command: CommandRun | undefined): readonly Fix[] {
  const name = command?.argv[0]
  return name
    ? [
        {
          kind: 'edit',
          title: text`Add -D: without a password`,
          safety: 'suggestion',
          edits: [{ range: { start: name.range.end, end: name.range.end }, text: ' -D' }],
        },
      ]
    : []
}
