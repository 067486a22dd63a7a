import { sentences, text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

const world = 0o007

/** RUN --mount=type=secret,mode=0444: readable by every process of the step. */
export const mountMode = defineRule({
  id: 'mount-mode',
  category: 'power',
  severity: 'information',
  summary: 'A secret or an SSH agent is open to every account of the step.',
  why: 'A secret is mounted with mode 0400 for the one who needs it. With 0444 or 0666 every process of the step reads it, the scripts of packages with accounts of their own too.',
  remedy: 'Leave mode out, and name the account that reads it with uid and gid.',
  equivalents: { sonar: ['S6469'] },
  references: ['container-facts/mount-secret-default', 'CWE-732'],
  check({ timeline }, report) {
    for (const { stage, steps } of timeline.stages) {
      if (!timeline.needed.has(stage.index)) continue
      for (const { instruction, before } of steps) {
        if (instruction.keyword !== 'RUN') continue
        for (const { type, options, flag } of instruction.mounts) {
          const mode = options.get('mode')
          if ((type !== 'secret' && type !== 'ssh') || !mode || !/^0?[0-7]{3,4}$/.test(mode.raw)) continue
          const bits = Number.parseInt(mode.raw, 8)
          if ((bits & world) === 0) continue
          const uid = before.identity.uid.certainty === 'certain' ? before.identity.uid.value : undefined
          const closed = `0${(bits & 0o700).toString(8).padStart(3, '0')}`
          const owned = uid === undefined || uid === 0 || options.has('uid') ? closed : `${closed},uid=${uid}`
          report({
            at: mode.range,
            message: sentences([
              type === 'ssh'
                ? text`mode=${mode.raw} opens this SSH agent to every account of the step.`
                : text`mode=${mode.raw} opens this secret to every account of the step.`,
              uid ? text`Give it to the one who needs it: mode=${owned}.` : text`Leave it to its owner.`,
            ]),
            fixes: () =>
              flag.value
                ? [
                    {
                      kind: 'edit',
                      title: text`Only for its owner: mode=${owned}`,
                      safety: 'suggestion',
                      edits: [{ range: mode.range, text: owned }],
                    },
                  ]
                : [],
          })
        }
      }
    }
  },
})
