import type { OffsetRange } from './dockerfile/types.ts'

/** How a base image's facts were found. */
export type Resolver = 'stage' | 'workspace' | 'declared' | 'catalogue' | 'engine' | 'registry' | 'unknown'

/** Why something is so. */
export type Origin =
  | { readonly kind: 'instruction'; readonly range: OffsetRange }
  | { readonly kind: 'base'; readonly reference: string; readonly resolvedBy: Resolver }
  /** The builder's own behaviour, by its case id in container-facts. */
  | { readonly kind: 'engine'; readonly fact: string }

/** `certain`: any engine does so. `likely`: true of this base or command as a rule. `possible`: depends on what we cannot see. */
export type Certainty = 'certain' | 'likely' | 'possible'

/** Something about the image: its value, how sure we are, and the places that made it so. */
export type Known<T> =
  | { readonly certainty: Certainty; readonly value: T; readonly because: readonly Origin[] }
  | { readonly certainty: 'unknown'; readonly because: readonly Origin[] }

export function certain<T>(value: T, because: readonly Origin[] = []): Known<T> {
  return { certainty: 'certain', value, because }
}

export function unknown<T>(because: readonly Origin[] = []): Known<T> {
  return { certainty: 'unknown', because }
}

/** The value where it is known at all, else undefined. */
export function knownValue<T>(known: Known<T>): T | undefined {
  return known.certainty === 'unknown' ? undefined : known.value
}

/** True where the value is known for certain and is this one. */
export function isCertainly<T>(known: Known<T>, value: T): boolean {
  return known.certainty === 'certain' && known.value === value
}

const order = ['certain', 'likely', 'possible'] as const

/** The same, no surer than `certainty`. */
export function lowered<T>(known: Known<T>, certainty: Certainty = 'likely'): Known<T> {
  return known.certainty === 'unknown' || weaker(known.certainty, certainty) === known.certainty
    ? known
    : { ...known, certainty }
}

/** The weaker of two certainties. */
export function weaker(a: Certainty, b: Certainty): Certainty {
  return order[Math.max(order.indexOf(a), order.indexOf(b))] as Certainty
}
