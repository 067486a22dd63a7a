import {
  accountCommands,
  accountToolOf,
  continuationIndent,
  type Fix,
  keywordIn,
  lineBreakOf,
  linesBefore,
  nologinOf,
  plannedAccount,
} from '../../fixes/index.ts'
import { lastUserOf, stepFailures, userByName } from '../../image/index.ts'
import type { StageTimeline, Timeline } from '../../image/types.ts'
import { knownValue } from '../../known.ts'
import { sentences, text } from '../../l10n/index.ts'
import { defineRule, type RuleSettings } from '../types.ts'
import { nearestName, reportMissingNames } from './missing-names.ts'

/** USER names somebody that the image does not have: RUN fails, or the container does not start. */
export const userNotInImage = defineRule({
  id: 'user-not-in-image',
  category: 'identity',
  severity: 'error',
  summary: 'USER names an account that the image does not have.',
  why: 'Names are looked up in the image’s own /etc/passwd: a step after it fails, and the container does not start.',
  remedy: 'Create the account before, use one that is there, or write its number.',
  references: ['container-facts/user-missing-at-start-debian'],
  check({ timeline, settings }, report) {
    const { target, runtime } = timeline
    reportMissingNames(timeline, 'user', settings, report)
    const failures = stepFailures(timeline)
    for (const stage of timeline.stages) {
      if (!timeline.needed.has(stage.stage.index)) continue
      for (const [index, step] of stage.steps.entries()) {
        const { instruction, after } = step
        const failure = after.identityFailure
        if (instruction.keyword !== 'USER' || !instruction.user || !failure) continue
        if (failure.reason !== 'user-not-found' || failure.certainty === 'possible') continue
        const until = stage.steps.findIndex((one, at) => at > index && one.instruction.keyword === 'USER')
        const spanned = stage.steps.slice(index + 1, until < 0 ? undefined : until)
        const runs = spanned.some(
          (one) => one.instruction.keyword === 'RUN' && one.failure?.reason === 'user-not-found',
        )
        const starts =
          stage === target &&
          runtime?.failure?.reason === 'user-not-found' &&
          lastUserOf(stage)?.step === step
        if (!runs && !starts) continue
        // The step that should make it fails: that is the cause.
        if (
          failures.some(
            (one) => one.stage === stage && one.index < index && one.failure.certainty === 'certain',
          )
        )
          continue
        const name = after.identity.spec.split(':')[0] ?? ''
        const elsewhere = timeline.stages.find(
          (other) => other !== stage && userByName(other.final.accounts, name)?.origin.kind === 'instruction',
        )
        const reference = stage.reference ?? text`this image`
        const where = elsewhere
          ? [
              text`It is made only in stage ${elsewhere.stage.name ?? elsewhere.stage.index}, and accounts do not come along with COPY --from.`,
            ]
          : []
        const namesNobody = stage.final.accounts.passwd === 'missing'
        const what = namesNobody
          ? text`\`${reference}\` has no /etc/passwd, so no name can be looked up, \`${name}\` neither`
          : text`\`${name}\` is not an account of this image`
        report({
          at: instruction.user.range,
          message: sentences([
            starts ? text`${what}: the container does not start.` : text`${what}: the next RUN fails.`,
            ...where,
            namesNobody ? text`Write numbers instead.` : text`Create it before this line, or write a number.`,
          ]),
          severity: failure.certainty === 'certain' ? 'error' : 'warning',
          certainty: failure.certainty,
          fixes: () => repairs(timeline, stage, name, instruction, settings),
        })
      }
    }
  },
})

function repairs(
  timeline: Timeline,
  stage: StageTimeline,
  name: string,
  instruction: Extract<StageTimeline['steps'][number]['instruction'], { keyword: 'USER' }>,
  settings: RuleSettings,
): readonly Fix[] {
  const { dockerfile } = timeline
  const fixes: Fix[] = []
  const word = instruction.user
  if (!word) return []
  const tool = accountToolOf(stage)
  const near = nearestName(
    name,
    stage.final.accounts.users.map((user) => user.name),
  )
  if (near)
    fixes.push({
      kind: 'edit',
      title: text`Use \`${near}\``,
      safety: 'suggestion',
      edits: [{ range: word.range, text: word.raw.replace(name, near) }],
    })
  const planned = plannedAccount(stage, settings.newUser)
  const root = stage.steps.find((step) => step.instruction === instruction)?.before
  if (
    tool !== 'none' &&
    /^[a-z_][a-z0-9_-]*$/.test(name) &&
    knownValue(root?.identity.uid ?? { certainty: 'unknown', because: [] }) === 0
  ) {
    const commands = accountCommands(tool, {
      ...planned,
      name,
      home: '/nonexistent',
      shell: nologinOf(stage),
    })
    const glue = ` ${dockerfile.escape}${lineBreakOf(dockerfile)}${continuationIndent(dockerfile)}&& `
    fixes.push({
      kind: 'edit',
      title: text`Create \`${name}\` (${planned.uid}:${planned.gid}) before this line`,
      safety: 'suggestion',
      edits: [
        linesBefore(dockerfile, instruction, [`${keywordIn(dockerfile, 'RUN')} ${commands.join(glue)}`]),
      ],
    })
  }
  const other = timeline.stages.find(
    (one) => one !== stage && userByName(one.final.accounts, name)?.origin.kind === 'instruction',
  )
  const account = other && userByName(other.final.accounts, name)
  const uid = account ? knownValue(account.uid) : undefined
  const gid = account ? knownValue(account.gid) : undefined
  const numbers = uid !== undefined ? `${uid}:${gid ?? uid}` : `${planned.uid}:${planned.gid}`
  fixes.push({
    kind: 'edit',
    title: text`Write the number: USER ${numbers}`,
    safety: 'suggestion',
    edits: [{ range: word.range, text: numbers }],
  })
  return fixes
}
