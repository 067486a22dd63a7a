import { showRuntimeGuidance } from '../../fixes/index.ts'
import { stepsDown } from '../../image/index.ts'
import { knownValue } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { suInFront } from '../power/su-in-entrypoint.ts'
import { defineRule } from '../types.ts'
import { startsItsOwnSupervisor } from './runs-as-root.ts'

/** The container starts as root on purpose and hands over to another user by itself. */
export const dropsPrivilegesAtStart = defineRule({
  id: 'drops-privileges-at-start',
  category: 'identity',
  severity: 'hint',
  summary: 'The start as root is meant: the entrypoint switches to another user.',
  why: 'Such an image needs root, and some capabilities, for the first moments only; with another USER it skips its own preparation of folders.',
  remedy:
    'Keep it, and drop all capabilities but those it needs; or prepare the folders at build time and set USER.',
  references: ['CIS Docker Benchmark 4.1'],
  check({ timeline }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime || target.base?.os === 'windows') return
    // su-in-entrypoint tells it, and what is wrong with it.
    if (suInFront(timeline)) return
    const drop = stepsDown(runtime)
    const supervisor = drop ? undefined : startsItsOwnSupervisor(target) ? target.base?.stepsDown : undefined
    if (!drop && !supervisor) return
    if (!drop && knownValue(runtime.state.identity.uid) !== 0) return
    const to = drop ? knownValue(drop.to) : supervisor?.to
    const start = runtime.state.entrypoint ?? runtime.state.cmd
    const here = start?.origin.kind === 'instruction' ? start.origin.range : undefined
    const who = here
      ? text`The start script`
      : text`The entrypoint of \`${target.reference ?? text`the base`}\``
    const whom = to ? text`\`${to}\`` : text`another user`
    // An old tag may do it by another tool than today's.
    const mayBeOlder = !here && target.base?.certainty !== 'certain'
    const how =
      drop && drop.by !== 'own' && !mayBeOlder
        ? text`drops to ${whom} by ${drop.by} itself`
        : text`drops to ${whom} itself`
    report({
      at: here
        ? headOf(here, timeline.dockerfile.text)
        : (target.stage.from.image?.range ?? target.stage.from.range),
      message: text`${who} starts as root and ${how}. It needs the capabilities SETUID and SETGID for that (CHOWN and DAC_OVERRIDE where it prepares folders); drop all others.`,
      certainty: drop?.certainty ?? 'likely',
      fixes: () => [showRuntimeGuidance],
    })
  },
})

/** The keyword of an instruction: enough to point at. */
function headOf(range: { readonly start: number; readonly end: number }, text: string) {
  const length = /^\w+/.exec(text.slice(range.start, range.end))?.[0].length ?? 1
  return { start: range.start, end: range.start + length }
}
