import { withoutFlag } from '../../fixes/index.ts'
import { type Message, text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

interface Power {
  readonly flag: string
  readonly value: string
  readonly severity: 'warning' | 'information'
  readonly message: Message
}

const powers: readonly Power[] = [
  {
    flag: 'security',
    value: 'insecure',
    severity: 'warning',
    message: text`This step runs with all capabilities on the machine that builds: what it downloads and runs may take that machine over. Leave --security=insecure out where the step works without it.`,
  },
  {
    flag: 'network',
    value: 'host',
    severity: 'information',
    message: text`This step sees the network of the machine that builds, its local services too. Leave --network=host out where the step only downloads.`,
  },
]

/** RUN --security=insecure and --network=host: power over the machine that builds. */
export const insecureBuild = defineRule({
  id: 'insecure-build',
  category: 'power',
  severity: 'warning',
  summary: 'A step runs with power over the machine that builds.',
  why: 'RUN --security=insecure is a privileged container, --network=host reaches the local services of the machine. BuildKit refuses both unless the entitlement is given.',
  remedy: 'Leave the flag out.',
  equivalents: { sonar: ['S6502'] },
  references: ['BuildKit: docs/reference, RUN --security, RUN --network'],
  check({ timeline }, report) {
    for (const { stage, steps } of timeline.stages) {
      if (!timeline.needed.has(stage.index)) continue
      for (const { instruction } of steps) {
        if (instruction.keyword !== 'RUN') continue
        for (const { flag, value, severity, message } of powers) {
          const found = instruction.flags.find((one) => one.name === flag && one.value?.raw === value)
          if (!found) continue
          report({
            at: found.range,
            message,
            severity,
            fixes: () => [
              {
                kind: 'edit',
                title: text`Leave --${flag}=${value} out`,
                safety: 'suggestion',
                edits: [withoutFlag(instruction, found)],
              },
            ],
          })
        }
      }
    }
  },
})
