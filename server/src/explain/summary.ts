import type { Runtime } from '../image/index.ts'
import { describeIdentity } from '../image/index.ts'
import { knownValue } from '../known.ts'
import { type Message, sentences, text } from '../l10n/index.ts'
import { describeCertainty } from './certainty.ts'

export interface RunsAs {
  readonly kind: 'root' | 'steps-down' | 'user' | 'unknown'
  /** `root`, `app (10001:10001)`, `drops to redis`, `unknown`. */
  readonly text: Message
  readonly sentence: Message
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
    return { kind: 'steps-down', text: text`drops to ${to}`, sentence: told(sentence) }
  }
  if (certainty === 'unknown' && knownValue(identity.user) == null && identity.spec === '')
    return {
      kind: 'unknown',
      text: text`unknown`,
      sentence: told(text`Who the container runs as is not known.`),
    }
  const sentence =
    certainty === 'certain'
      ? text`The container runs as ${who}.`
      : certainty === 'unknown'
        ? text`The container runs as ${who} (its uid is not known).`
        : text`The container runs as ${who} (${describeCertainty(certainty)}).`
  const kind = certainty === 'unknown' ? 'unknown' : identity.uid.value === 0 ? 'root' : 'user'
  return { kind, text: who, sentence: told(sentence) }
}
