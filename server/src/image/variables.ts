import { Map as ImmutableMap } from 'immutable'
import type { Known } from '../known.ts'
import { unknown } from '../known.ts'

/** Variables of a shell process. Processes have copies, which cost nothing until they differ. */
export interface Variables extends Iterable<[string, Known<string>]> {
  get(name: string): Known<string> | undefined
  has(name: string): boolean
  set(name: string, value: Known<string>): unknown
  delete(name: string): unknown
}

type Contents = ImmutableMap<string, Known<string>>
const contents = new WeakMap<Variables, () => Contents>()

export function variablesFrom(start: Contents): Variables {
  let map = start
  const variables: Variables = {
    get: (name) => map.get(name),
    has: (name) => map.has(name),
    set: (name, value) => {
      map = map.set(name, value)
    },
    delete: (name) => {
      map = map.delete(name)
    },
    [Symbol.iterator]: () => map[Symbol.iterator](),
  }
  contents.set(variables, () => map)
  return variables
}

function contentsOf(variables: Variables): Contents {
  return contents.get(variables)?.() ?? ImmutableMap(variables)
}

export function copyOf(variables: Variables): Variables {
  return variablesFrom(contentsOf(variables))
}

/** What holds after either of two ways. */
export function joinVariables(a: Variables, b: Variables): Variables {
  const [one, other] = [contentsOf(a), contentsOf(b)]
  if (one === other) return a
  const map = one.withMutations((joined) => {
    for (const [name, value] of other) {
      const mine = one.get(name)
      if (mine !== value) joined.set(name, mine ? sameOrUnknown(mine, value) : unknown())
    }
    for (const name of one.keys()) if (!other.has(name)) joined.set(name, unknown())
  })
  return variablesFrom(map)
}

export function sameOrUnknown<T>(a: Known<T>, b: Known<T>): Known<T> {
  return a.certainty !== 'unknown' && b.certainty !== 'unknown' && a.value === b.value ? a : unknown()
}
