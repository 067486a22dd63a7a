import type { Runtime } from '../image/index.ts'
import { describeIdentity } from '../image/index.ts'
import { type Certainty, knownValue } from '../known.ts'

export interface RunsAs {
  /** `root`, `app (10001:10001)`, `drops to redis`, `unknown`. */
  readonly text: string
  readonly sentence: string
  readonly certainty: Certainty | 'unknown'
}

/** Who the container runs as, in a few words and in a sentence. */
export function runsAs({ state, dropsPrivileges, failure }: Runtime): RunsAs {
  const { identity } = state
  const { certainty } = identity.uid
  const who = describeIdentity(identity)
  const trouble = failure ? ` ${failure.message}` : ''
  // A server that switches for its workers alone keeps a process of root's.
  if (dropsPrivileges && dropsPrivileges.by !== 'own') {
    const to = knownValue(dropsPrivileges.to) ?? 'another user'
    const sentence = `The container starts as ${who}; its entrypoint drops to ${to} with ${dropsPrivileges.by}.${trouble}`
    return { text: `drops to ${to}`, sentence, certainty: dropsPrivileges.certainty }
  }
  if (certainty === 'unknown' && who === 'an unknown user')
    return { text: 'unknown', sentence: `Who the container runs as is not known.${trouble}`, certainty }
  const sure =
    certainty === 'certain' ? '' : certainty === 'unknown' ? ' (its uid is not known)' : ` (${certainty})`
  return { text: who, sentence: `The container runs as ${who}${sure}.${trouble}`, certainty }
}
