import type { Mount } from '../../dockerfile/types.ts'
import { absolute, describeIdentity, isUnprivileged, isWithin, stepFailures } from '../../image/index.ts'
import type { Step, Timeline } from '../../image/types.ts'
import { knownValue } from '../../known.ts'
import { type Argument, type Message, text } from '../../l10n/index.ts'
import type { Report } from '../types.ts'

/** What cache-mount-owner and secret-mount-owner share: a mount that is root's, in a step that somebody else runs. */
export function reportRootMounts(
  timeline: Timeline,
  type: 'cache' | 'secret',
  message: (target: Argument, who: Argument) => Message,
  report: (report: Report) => void,
): void {
  const failures = stepFailures(timeline)
  for (const stage of timeline.stages) {
    if (!timeline.needed.has(stage.stage.index) || stage.base?.os === 'windows') continue
    for (const step of stage.steps) {
      const { identity } = step.before
      if (
        !isUnprivileged(identity) ||
        (step.before.identityOrigin.kind === 'base' && identity.uid.certainty !== 'certain')
      )
        continue
      for (const mount of rootMounts(step, type)) {
        const failure = failures.find(
          (one) => one.step === step && isAbout(one.failure.path, step, mount),
        )?.failure
        const uid = knownValue(identity.uid)
        const gid = knownValue(identity.gid)
        const { value, range } = mount.flag
        const options = `uid=${uid}${type === 'cache' ? `,gid=${gid ?? uid}` : ''}`
        report({
          at: range,
          message: message(targetOf(step, mount) ?? text`the mount`, describeIdentity(identity)),
          ...(failure?.certainty === 'certain' ? { severity: 'error' as const } : {}),
          certainty: failure?.certainty ?? 'likely',
          fixes: () =>
            value === undefined || uid === undefined
              ? []
              : [
                  {
                    kind: 'edit',
                    title: text`Mount it for this user: ${options}`,
                    safety: 'suggestion',
                    edits: [
                      {
                        range: { start: range.end, end: range.end },
                        text: `,${options}`,
                      },
                    ],
                  },
                ],
        })
      }
    }
  }
}

/** Mounts that say neither whose nor how open they are. */
function rootMounts({ instruction }: Step, type: 'cache' | 'secret'): readonly Mount[] {
  return instruction.keyword === 'RUN'
    ? instruction.mounts.filter(
        ({ type: is, options }) =>
          is === type &&
          !options.has('uid') &&
          !options.has('mode') &&
          !options.has('gid') &&
          !options.has('env') &&
          !options.has('from'),
      )
    : []
}

function targetOf(step: Step, { options, type }: Mount): string | undefined {
  const word = options.get('target') ?? options.get('dst') ?? options.get('destination')
  if (word) return word.raw.includes('$') ? undefined : absolute(word.raw, knownValue(step.before.workdir))
  const id = options.get('id')?.raw
  return type === 'secret' && id && !id.includes('$') ? `/run/secrets/${id}` : undefined
}

function isAbout(path: string | undefined, step: Step, mount: Mount): boolean {
  const target = targetOf(step, mount)
  return path !== undefined && target !== undefined && isWithin(path, target)
}

/** The failure is told by the rule about the mount. */
export function isInRootMount(step: Step, path: string): boolean {
  return (
    isUnprivileged(step.before.identity) &&
    (['cache', 'secret'] as const).some((type) =>
      rootMounts(step, type).some((mount) => isAbout(path, step, mount)),
    )
  )
}
