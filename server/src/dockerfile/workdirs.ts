import type { EscapeCharacter } from './shell-words.ts'
import { expandWord } from './shell-words.ts'
import type { FromInstruction, WorkdirInstruction } from './types.ts'

/** The working directory at a point of a stage, as far as the file alone tells; undefined where it does not. */
export type Workdir = string | undefined

/** Where a stage begins. `stages`: where the earlier ones end, by name. */
export function firstWorkdir({ image }: FromInstruction, stages: ReadonlyMap<string, Workdir>): Workdir {
  if (image === undefined) return undefined
  return image.raw === 'scratch' ? '/' : stages.get(image.raw)
}

/** dockerfile2llb/convert.go: dispatchWorkdir. */
export function nextWorkdir(
  { path }: WorkdirInstruction,
  before: Workdir,
  escapeWith: EscapeCharacter,
): Workdir {
  if (path === undefined) return before
  const expanded = expandWord(path.raw, () => ({ kind: 'unknown' }), { escape: escapeWith })
  if (expanded.kind !== 'known') return undefined
  return expanded.value.startsWith('/') || before !== undefined
    ? changeDirectory(before ?? '/', expanded.value)
    : undefined
}

/** Go: path.Join, where what is absolute begins anew. */
export function changeDirectory(from: string, to: string): string {
  const parts: string[] = []
  for (const part of (to.startsWith('/') ? to : `${from}/${to}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
