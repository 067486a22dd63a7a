import type { Fix } from '../../fixes/index.ts'
import { freeIdIn, lineOf, stepFailures } from '../../image/index.ts'
import type { Failure, Timeline } from '../../image/types.ts'
import { text } from '../../l10n/index.ts'
import type { Report, RuleSettings } from '../types.ts'

/** What uid-taken, gid-taken and name-taken share: a command that wants what somebody has already. */
export function reportTaken(
  timeline: Timeline,
  reason: Failure['reason'],
  report: (report: Report) => void,
  repairs: (failure: Failure, taken: Taken) => readonly Fix[],
): void {
  for (const one of stepFailures(timeline)) {
    const { failure, step, command } = one
    if (failure.reason !== reason) continue
    const { accounts } = step.after
    // What the step itself made before it failed counts too.
    const holder = holderOf(step.before.accounts, failure.name) ?? holderOf(accounts, failure.name)
    const origin = holder?.origin
    // What a base is only thought to have is no reason: its owner's build works.
    if (failure.certainty !== 'certain' && origin?.kind === 'base') continue
    report({
      at: failure.range,
      message: failure.message,
      severity: failure.certainty === 'certain' ? 'error' : 'warning',
      certainty: failure.certainty,
      related:
        origin?.kind === 'instruction'
          ? [
              {
                range: origin.range,
                message: text`\`${failure.name ?? ''}\` is made here (line ${lineOf(timeline.dockerfile, origin.range.start)}).`,
              },
            ]
          : [],
      fixes: () => repairs(failure, { accounts, command }),
    })
  }
}

function holderOf({ users, groups }: Taken['accounts'], wanted: string | undefined) {
  return users.find(({ name }) => name === wanted) ?? groups.find(({ name }) => name === wanted)
}

interface Taken {
  readonly accounts: Parameters<typeof freeIdIn>[0]
  readonly command: import('../../image/types.ts').CommandRun | undefined
}

/** A free number in place of the one that is taken, where it stands as a number in the file. */
export function useFreeId(
  timeline: Timeline,
  failure: Failure,
  { accounts }: Taken,
  settings: RuleSettings,
): readonly Fix[] {
  const written = timeline.dockerfile.text.slice(failure.range.start, failure.range.end)
  const number = /\d+$/.exec(written)?.[0]
  if (!number) return []
  const free = freeIdIn(accounts, settings.newUser.uid)
  return [
    {
      kind: 'edit',
      title: text`Use the free id ${free}`,
      safety: 'suggestion',
      edits: [
        { range: { start: failure.range.end - number.length, end: failure.range.end }, text: String(free) },
      ],
    },
  ]
}
