import type { Fix } from '../../fixes/index.ts'
import { freeIdIn, userByUid } from '../../image/index.ts'
import type { CommandRun, StageTimeline } from '../../image/types.ts'
import { defineRule } from '../types.ts'

/** useradd asks for an id that the base has given away already. */
export const uidTaken = defineRule({
  id: 'uid-taken',
  category: 'identity',
  severity: 'error',
  summary: 'The uid asked for already belongs to another account of the image.',
  why: 'useradd and adduser refuse a uid that is taken, so the step fails; with --non-unique two accounts would share their files.',
  remedy: 'Take a free id such as 10001, or run as the account that is there.',
  references: ['container-facts/useradd-uid-taken', 'container-facts/busybox-adduser-uid-taken'],
  check({ timeline, settings }, report) {
    for (const stage of timeline.stages) {
      if (!timeline.needed.has(stage.stage.index)) continue
      for (const step of stage.steps) {
        for (const command of step.commands) {
          const { failure } = command
          if (
            failure?.reason !== 'uid-taken' ||
            failure.certainty === 'possible' ||
            command.reached !== 'certain'
          )
            continue
          const fatal = step.failure?.reason === 'uid-taken'
          report({
            at: failure.range,
            message: failure.message,
            severity: fatal && step.failure?.certainty === 'certain' ? 'error' : 'warning',
            certainty: failure.certainty,
            fixes: () => repairs(stage, command, step.before.accounts, settings.newUser.uid),
          })
        }
      }
    }
  },
})

function repairs(
  stage: StageTimeline,
  command: CommandRun,
  accounts: StageTimeline['final']['accounts'],
  wanted: number,
): readonly Fix[] {
  const at = command.argv.findIndex(
    ({ text }) =>
      text === '-u' || text === '--uid' || text?.startsWith('--uid=') || /^-u\d+$/.test(text ?? ''),
  )
  const option = command.argv[at]
  const word = option?.text === '-u' || option?.text === '--uid' ? command.argv[at + 1] : option
  if (!word?.text) return []
  const taken = /\d+$/.exec(word.text)?.[0]
  if (!taken) return []
  const free = freeIdIn(accounts, wanted)
  const holder = userByUid(accounts, Number(taken))
  const title = `Use the free id ${free}`
  const range = { start: word.range.end - taken.length, end: word.range.end }
  return holder || stage
    ? [{ kind: 'edit', title, safety: 'suggestion', edits: [{ range, text: String(free) }] }]
    : []
}
