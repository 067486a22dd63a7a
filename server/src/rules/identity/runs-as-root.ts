import {
  candidates,
  createUser,
  type Fix,
  moveToVariant,
  numericUser,
  type Offer,
  showRuntimeGuidance,
  useAccount,
} from '../../fixes/index.ts'
import { accountsMadeHere, isRoot, lastUserOf, lineageOf, lineOf, stepsDown } from '../../image/index.ts'
import type { StageTimeline, Timeline } from '../../image/types.ts'
import { type Message, text } from '../../l10n/index.ts'
import { defineRule, type Related, type RuleInput } from '../types.ts'
import { restoredRoot } from './root-restored.ts'
import { emptyArgument } from './user-from-argument.ts'
import { undoneByTrigger } from './user-overridden-by-base-onbuild.ts'

/** The image that is built runs as root, because its base does and nothing changes it, or because USER says so. */
export const runsAsRoot = defineRule({
  id: 'runs-as-root',
  category: 'identity',
  severity: 'warning',
  summary: 'The image runs as root.',
  why: 'Who breaks out of a process of root in a container is root towards the kernel, the mounted files and the other containers of the host.',
  remedy: 'Use the account that the base brings, or create one and switch to it before CMD.',
  equivalents: {
    hadolint: ['DL3002'],
    trivy: ['DS-0002', 'AVD-DS-0002', 'DS002'],
    checkov: ['CKV_DOCKER_3', 'CKV_DOCKER_8'],
    kics: ['fd54f200-402c-4333-a5a4-36ef6709af2f', '67fd0c4a-68cf-46d7-8c41-bc9fba7e40ae'],
    semgrep: ['missing-user', 'missing-user-entrypoint', 'last-user-is-root'],
    sonar: ['S6471'],
    tally: ['hadolint/DL3002', 'stateful-root-runtime'],
    dockle: ['CIS-DI-0001'],
    terrascan: ['AC_DOCKER_0005'],
  },
  references: [
    'CIS Docker Benchmark 4.1',
    'NIST SP 800-190 4.1.3',
    'Kubernetes Pod Security Standards: restricted',
  ],
  check(input, report) {
    const { timeline } = input
    const { target, runtime } = timeline
    if (!target || !runtime || !isRoot(runtime.state.identity) || target.base?.os === 'windows') return
    if (stepsDown(runtime) || startsItsOwnSupervisor(target) || restoredRoot(timeline)) return
    // Others tell why.
    if (emptyArgument(timeline) || undoneByTrigger(timeline)) return
    const user = lastUserOf(target)
    const here = user && user.stage === target ? user.step.instruction : undefined
    const at =
      here?.keyword === 'USER' && here.user
        ? here.user.range
        : (target.stage.from.image?.range ?? target.stage.from.keywordRange)
    report({
      at,
      message: text`${reason(timeline, target)} ${advice(target)}`,
      certainty: runtime.state.identity.uid.certainty === 'certain' ? 'certain' : 'likely',
      related: related(timeline, target),
      fixes: () => rootFixes(input, target),
    })
  },
})

/** s6, my_init: an image that has to start as root and drops for its services (drops-privileges-at-start tells it). */
export function startsItsOwnSupervisor(stage: StageTimeline): boolean {
  const { base } = stage
  return (
    base?.mustStartAsRoot === true &&
    base.nonRootVariant === null &&
    base.stepsDown !== null &&
    stage.final.entrypoint?.origin.kind !== 'instruction' &&
    isSupervisor(stage)
  )
}
function isSupervisor(stage: StageTimeline): boolean {
  const { base } = stage
  if (!base) return false
  return (
    base.stepsDown?.by === 's6' ||
    (base.stepsDown?.by === 'own' && base.entrypoint === null && base.cmd === null)
  )
}

function reason(timeline: Timeline, target: StageTimeline): Message {
  const user = lastUserOf(target)
  if (user && isRoot(user.step.after.identity)) {
    const { instruction } = user.step
    const line = lineOf(timeline.dockerfile, instruction.range.start)
    const written = user.step.after.identity.spec || text`an empty value`
    return user.stage === target
      ? text`USER ${written} makes this image run as root.`
      : text`This image runs as root: USER ${written} in line ${line} of stage ${user.stage.stage.name ?? user.stage.stage.index} still holds.`
  }
  const base = lineageOf(target)[0]
  const reference = base?.reference ?? text`the base image`
  if (reference === 'scratch') return text`An image from scratch runs as root unless USER says otherwise.`
  return base?.base?.user.explicit
    ? text`\`${reference}\` sets USER ${base.base.user.user} and nothing after it changes that: this image runs as root.`
    : text`\`${reference}\` sets no user and nothing after it does: this image runs as root.`
}

function advice(target: StageTimeline): Message {
  const [best] = candidates(target, accountsMadeHere(target.final))
  const variant = target.base?.nonRootVariant
  if (target.base?.mustStartAsRoot) {
    return variant
      ? text`Its configuration needs root to start: move to ${variant.text}, or let Harden Image prepare its folders and port.`
      : text`Its configuration needs root to start: let Harden Image prepare its folders and port.`
  }
  if (best) {
    const ids = best.uid === undefined ? '' : ` (${best.uid}${best.gid === undefined ? '' : `:${best.gid}`})`
    const name = `\`${best.name}\`${ids}`
    const origin = accountsMadeHere(target.final).some(({ name }) => name === best.name)
      ? text`It makes the account ${name}`
      : text`The base already has the account ${name}`
    return variant?.reference
      ? text`${origin}: add USER ${best.spec} before CMD, or move to ${variant.reference}.`
      : text`${origin}: add USER ${best.spec} before CMD.`
  }
  if (variant) return text`Move to ${variant.text}, or switch to another user before CMD.`
  return target.reference === 'scratch'
    ? text`Add a numeric USER such as 65532:65532; there are no names here.`
    : text`Create a user and switch to it before CMD.`
}

function related(timeline: Timeline, target: StageTimeline): readonly Related[] {
  const user = lastUserOf(target)
  if (user && user.stage !== target)
    return [
      {
        range: user.step.instruction.range,
        message: text`USER ${user.step.after.identity.spec} is set here.`,
      },
    ]
  if (user) return []
  const base = lineageOf(target)[0]
  const { cmd, entrypoint } = target.final
  const command =
    entrypoint?.origin.kind === 'instruction'
      ? entrypoint
      : cmd?.origin.kind === 'instruction'
        ? cmd
        : undefined
  const all: Related[] = []
  if (base && base !== target)
    all.push({
      range: base.stage.from.image?.range ?? base.stage.from.range,
      message: text`${base.reference ?? text`The base image`} decides: it runs as root.`,
    })
  if (command?.origin.kind === 'instruction')
    all.push({ range: command.origin.range, message: text`This starts as root.` })
  return all.filter(({ range }) => range.start >= 0 && range.end <= timeline.dockerfile.text.length)
}

const offers: readonly Offer[] = [
  showRuntimeGuidance,
  { kind: 'offer', title: text`Harden Image …`, offer: { name: 'harden-image' } },
]

/** The ways out, best first: an account at hand, a new one, numbers, another base. */
export function rootFixes(
  { timeline, settings }: RuleInput,
  target: StageTimeline,
): readonly (Fix | Offer)[] {
  const variant = target.base?.nonRootVariant?.reference
  const move = variant && target.parent === undefined ? moveToVariant(target, variant) : undefined
  // Its own configuration does not start under another user: USER alone would break it, only the whole plan helps.
  if (target.base?.mustStartAsRoot) return [...(move ? [move] : []), ...offers]
  const fixes: (Fix | Offer)[] = []
  const shown = candidates(target, accountsMadeHere(target.final)).slice(0, 2)
  const byNumber = settings.profile !== 'docker'
  for (const { name, spec, uid, gid } of shown)
    fixes.push(
      useAccount(
        timeline,
        target,
        name,
        byNumber && uid !== undefined ? `${uid}${gid === undefined ? '' : `:${gid}`}` : spec,
      ),
    )
  const created = createUser(timeline, target, settings.newUser)
  if (created && !(byNumber && shown.length > 0)) fixes.push(created)
  fixes.push(numericUser(timeline, target, settings.newUser))
  if (move) fixes.splice(Math.min(fixes.length, 1), 0, move)
  fixes.push(...offers)
  return fixes
}
