import { type Fix, withoutInstruction } from '../../fixes/index.ts'
import { describeIdentity, isUnprivileged, lastUserOf, startFailures } from '../../image/index.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** The start switches user, which only root may, and USER is somebody else already. */
export const gosuWithoutRoot = defineRule({
  id: 'gosu-without-root',
  category: 'breakage',
  severity: 'error',
  summary: 'The start uses gosu, su-exec, setpriv or su, but USER is not root: the container does not start.',
  why: 'Only root may become somebody else. With USER set there is nothing left to switch: the program ends with “operation not permitted”.',
  remedy:
    'Start the program directly, as USER has switched already; or leave USER out and let the entrypoint switch.',
  references: ['container-facts/gosu-as-user', 'container-facts/entrypoint-gosu-user'],
  check({ timeline }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime || !isUnprivileged(runtime.state.identity)) return
    for (const { command, failure } of startFailures(timeline)) {
      if (failure.reason !== 'not-permitted' || !switching.test(command.name ?? '')) continue
      const user = lastUserOf(target)
      const word =
        user?.stage === target && user.step.instruction.keyword === 'USER' ? user.step.instruction : undefined
      report({
        at: word?.user?.range ?? failure.range,
        message: text`The start uses \`${command.name ?? ''}\`, which only root may, but runs as ${describeIdentity(runtime.state.identity)}: the container does not start. Start the program directly, or remove USER so that \`${command.name ?? ''}\` can switch.`,
        severity: failure.certainty === 'certain' ? 'error' : 'warning',
        certainty: failure.certainty,
        related: word
          ? [{ range: failure.range, message: text`\`${command.name ?? ''}\` is started here.` }]
          : [],
        fixes: () => {
          const fixes: Fix[] = []
          const direct = startDirectly(timeline, command.name ?? '')
          if (direct) fixes.push(direct)
          if (word)
            fixes.push({
              kind: 'edit',
              title: text`Remove USER: the entrypoint switches itself`,
              safety: 'suggestion',
              edits: [withoutInstruction(timeline.dockerfile, word)],
            })
          return fixes
        },
      })
      return
    }
  },
})

const switching = /^(gosu|su-exec|setpriv|runuser|su|chroot|chpst|s6-setuidgid)$/

/** `["gosu", "app", "server"]` → `["server"]` */
function startDirectly(
  timeline: Parameters<typeof gosuWithoutRoot.check>[0]['timeline'],
  name: string,
): Fix | undefined {
  if (name !== 'gosu' && name !== 'su-exec') return undefined
  for (const { instruction } of timeline.target?.steps ?? []) {
    if (instruction.keyword !== 'ENTRYPOINT' && instruction.keyword !== 'CMD') continue
    const { command } = instruction
    if (command.form !== 'json' || command.args[0]?.raw.replace(/^.*\//, '') !== name) continue
    const [first, , third] = command.args
    if (!first || !third) continue
    return {
      kind: 'edit',
      title: text`Start it without ${name}`,
      safety: 'suggestion',
      edits: [{ range: { start: first.range.start, end: third.range.start }, text: '' }],
    }
  }
  return undefined
}
