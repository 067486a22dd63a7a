import type { ContextFile, HardenPlan, HardenStep } from '../analysis/index.ts'
import { applyEdits, inOrder } from '../fixes/index.ts'
import type { TextEdit } from '../fixes/types.ts'
import type { BuildContext } from '../image/types.ts'
import type { Message } from '../l10n/index.ts'

/** All edits of the steps in the order of the text; at one place, in the order of the steps. */
export function mergedEdits(steps: readonly HardenStep[]): readonly TextEdit[] {
  return inOrder(steps.flatMap(({ edits }) => edits))
}

export function resultOf(text: string, steps: readonly HardenStep[]): string {
  return applyEdits(text, mergedEdits(steps))
}

/** The files of the context that the steps change, sorted by path. */
export function contextFilesOf(steps: readonly HardenStep[], context: BuildContext): readonly ContextFile[] {
  const byPath = new Map<string, TextEdit[]>()
  for (const { path, edits } of steps.flatMap(({ contextEdits }) => contextEdits ?? []))
    byPath.set(path, [...(byPath.get(path) ?? []), ...edits])
  return [...byPath]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, edits]) => {
      const text = context.read(path)
      return text === undefined ? [] : [{ path, text, result: applyEdits(text, edits) }]
    })
}

/** The context as it is after the plan. */
export function contextWith(context: BuildContext, files: readonly ContextFile[]): BuildContext {
  if (files.length === 0) return context
  const results = new Map(files.map(({ path, result }) => [path, result]))
  return { ...context, read: (path) => results.get(path.replace(/^(?:\.?\/)+/, '')) ?? context.read(path) }
}

export function unchanged(
  text: string,
  outcome: 'nothing' | 'refused',
  refusals: readonly Message[] = [],
  remaining: readonly Message[] = [],
): HardenPlan {
  return { steps: [], edits: [], result: text, contextFiles: [], outcome, refusals, remaining }
}
