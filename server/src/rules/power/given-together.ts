import { type Fix, takeBack } from '../../fixes/index.ts'
import { type Actor, controls, type Giving, givenBy } from '../../image/index.ts'
import type { StageTimeline, Timeline } from '../../image/types.ts'
import { text } from '../../l10n/index.ts'

/** Paths that one line of the file gave to the actor. */
export interface GivenTogether {
  readonly giving: Giving
  readonly paths: readonly string[]
}

/** Of `paths`, those that the actor controls because this file says so, by the line that does. */
export function givenTogether(
  target: StageTimeline,
  paths: readonly string[],
  actor: Actor,
): readonly GivenTogether[] {
  const found = new Map<number, { readonly giving: Giving; readonly paths: string[] }>()
  for (const path of paths) {
    const giving = controls(target.final.files, path, actor)
      ? givenBy(target, path, (files) => controls(files, path, actor))
      : undefined
    if (!giving) continue
    const before = found.get(giving.range.start)
    if (before) before.paths.push(path)
    else found.set(giving.range.start, { giving, paths: [path] })
  }
  return [...found.values()]
}

/** Where the line gave this one path only, it can be left to root. */
export function leftToRoot({ dockerfile }: Timeline, { giving, paths }: GivenTogether): readonly Fix[] {
  const [only, ...others] = paths
  if (only === undefined || others.length > 0) return []
  const edits = takeBack(dockerfile, giving, only)
  return edits ? [{ kind: 'edit', title: text`Leave ${only} to root`, safety: 'suggestion', edits }] : []
}
