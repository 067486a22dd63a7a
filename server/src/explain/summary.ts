import type { Runtime } from '../image/index.ts'
import { describeIdentity } from '../image/index.ts'
import { type Certainty, knownValue } from '../known.ts'
import { type Message, sentences, text } from '../l10n/index.ts'
import { describeCertainty } from './certainty.ts'

export interface RunsAs {
  /** `root`, `app (10001:10001)`, `drops to redis`, `unknown`. */
  readonly text: Message
  readonly sentence: Message
  readonly certainty: Certainty | 'unknown'
}

/** Who the container runs as, in a few words and in a sentence. */
export function runsAs({ state, dropsPrivileges, failure }: Runtime): RunsAs {
  const { identity } = state
  const { certainty } = identity.uid
  const who = describeIdentity(identity)
  const told = (sentence: Message) => (failure ? sentences([sentence, failure.message]) : sentence)
  // A server that switches for its workers alone keeps a process of root's.
  if (dropsPrivileges && dropsPrivileges.by !== 'own') {
    const to = knownValue(dropsPrivileges.to) ?? text`another user`
    const sentence = text`The container starts as ${who}; its entrypoint drops to ${to} with ${dropsPrivileges.by}.`
    return { text: text`drops to ${to}`, sentence: told(sentence), certainty: dropsPrivileges.certainty }
  }
  if (certainty === 'unknown' && knownValue(identity.user) == null && identity.spec === '')
    return { text: text`unknown`, sentence: told(text`Who the container runs as is not known.`), certainty }
  const sentence =
    certainty === 'certain'
      ? text`The container runs as ${who}.`
      : certainty === 'unknown'
        ? text`The container runs as ${who} (its uid is not known).`
        : text`The container runs as ${who} (${describeCertainty(certainty)}).`
  return { text: who, sentence: told(sentence), certainty }
}
