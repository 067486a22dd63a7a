import { Map as ImmutableMap } from 'immutable'
import type { Known } from '../known.ts'
import { unknown } from '../known.ts'
import { NameMap } from './name-map.ts'

/** Variables of a shell process. Processes have copies, which cost nothing until they differ. */
export interface Variables extends Iterable<[string, Known<string>]> {
  get(name: string): Known<string> | undefined
  has(name: string): boolean
  set(name: string, value: Known<string>): unknown
  delete(name: string): unknown
  /** A script that nobody could read ran in this very shell: what is not known to be set may be. */
  mayHoldOthers?: boolean
}

type Environment = ImmutableMap<string, Known<string>>
interface Contents {
  /** What the process found in its environment. */
  readonly environment: Environment
  /** What was set since, and (undefined) what was unset. */
  readonly own: NameMap<Known<string> | undefined>
  readonly others: boolean
}
const contents = new WeakMap<Variables, () => Contents>()

export function variablesFrom(environment: Environment): Variables {
  return variablesOf({ environment, own: NameMap.of(), others: false })
}

function variablesOf(start: Contents): Variables {
  const { environment } = start
  let { own } = start
  const get = (name: string) => own.get(name) ?? (own.has(name) ? undefined : environment.get(name))
  const variables: Variables = {
    mayHoldOthers: start.others,
    get,
    has: (name) => get(name) !== undefined,
    set: (name, value) => {
      own = own.set(name, value)
    },
    delete: (name) => {
      if (get(name) !== undefined) own = own.set(name, undefined)
    },
    *[Symbol.iterator]() {
      for (const [name, value] of environment) if (!own.has(name)) yield [name, value]
      for (const [name, value] of own) if (value !== undefined) yield [name, value]
    },
  }
  contents.set(variables, () => ({ environment, own, others: variables.mayHoldOthers === true }))
  return variables
}

function contentsOf(variables: Variables): Contents {
  return (
    contents.get(variables)?.() ?? { environment: ImmutableMap(variables), own: NameMap.of(), others: false }
  )
}

export function copyOf(variables: Variables): Variables {
  return variablesOf(contentsOf(variables))
}

/** What holds after either of two ways. */
export function joinVariables(a: Variables, b: Variables): Variables {
  const [one, other] = [contentsOf(a), contentsOf(b)]
  if (one.environment !== other.environment) return joinAll(a, b)
  const { environment } = one
  if (one.own === other.own && one.others === other.others) return a
  const valueIn = ({ own }: Contents, name: string) =>
    own.get(name) ?? (own.has(name) ? undefined : environment.get(name))
  return variablesOf({
    environment,
    others: one.others || other.others,
    own: one.own.joined(other.own, (_mine, _others, name) =>
      joinValues(valueIn(one, name), valueIn(other, name)),
    ),
  })
}

/** Of processes that did not start from the same environment. */
function joinAll(a: Variables, b: Variables): Variables {
  const names = new Set([...a, ...b].map(([name]) => name))
  return variablesOf({
    environment: ImmutableMap(
      [...names].map((name) => [name, joinValues(a.get(name), b.get(name)) ?? unknown()]),
    ),
    own: NameMap.of(),
    others: a.mayHoldOthers === true || b.mayHoldOthers === true,
  })
}

function joinValues(a: Known<string> | undefined, b: Known<string> | undefined): Known<string> | undefined {
  if (a === b) return a
  return a !== undefined && b !== undefined ? sameOrUnknown(a, b) : unknown()
}

export function sameOrUnknown<T>(a: Known<T>, b: Known<T>): Known<T> {
  return a.certainty !== 'unknown' && b.certainty !== 'unknown' && a.value === b.value ? a : unknown()
}
