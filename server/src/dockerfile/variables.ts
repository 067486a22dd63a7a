import type { Expansion, Variable } from './types.ts'

/** Characters. Values that people write are far shorter; variables that double each other would grow without end. */
const longestValue = 16_384

/** What a variable holds after its value was expanded; one that is too long to follow is unknown. */
export function variableOf(expansion: Expansion): Variable {
  return expansion.kind === 'known' && expansion.value.length <= longestValue
    ? { kind: 'set', value: expansion.value }
    : { kind: 'unknown' }
}
