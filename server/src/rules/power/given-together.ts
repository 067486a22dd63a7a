import { type Fix, takeBack } from '../../fixes/index.ts'
import { type Actor, controls, type Giving, givenBy, nodeAt } from '../../image/index.ts'
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
  const { files } = target.final
  const found = new Map<number, { readonly giving: Giving; readonly paths: string[] }>()
  // What one command made or changed last was given by the same line: a COPY of thousands is looked up once.
  const givings = new Map<number, Giving | undefined>()
  for (const path of paths) {
    if (!controls(files, path, actor)) continue
    const origin = nodeAt(files, path).because.at(-1)
    const key = origin?.kind === 'instruction' ? origin.range.start : -1
    if (!givings.has(key))
      givings.set(
        key,
        givenBy(target, path, (tree) => controls(tree, path, actor)),
      )
    const giving = givings.get(key)
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
