import type { Certainty } from '../../../known.ts'
import { weaker } from '../../../known.ts'
import { type Message, text } from '../../../l10n/index.ts'
import { describeIdentity } from '../../describe.ts'
import type { Failure } from '../../types.ts'
import type { Call, Outcome } from '../model.ts'
import { nameOfCall } from './writes.ts'

/** The refusal of a program that works for root alone; undefined where root certainly runs it, or may. */
export function refusedWithoutRoot(
  call: Call,
  exitCode: number,
  why: Message,
  certainty: Certainty = 'certain',
): Outcome | undefined {
  const { uid } = call.world.identity
  if (uid.certainty === 'unknown' || uid.value === 0) return undefined
  const sure = weaker(uid.certainty, certainty)
  const failure: Failure = {
    reason: 'permission-denied',
    certainty: sure,
    message: text`\`${nameOfCall(call)}\` needs root, but runs as ${describeIdentity(call.world.identity)}: ${why}`,
    range: call.range,
    because: uid.because,
    exitCode,
  }
  return sure === 'certain' ? { status: 'fail', failure, exitCode } : { status: 'maybe', failure }
}
