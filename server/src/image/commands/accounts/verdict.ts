import type { OffsetRange } from '../../../dockerfile/types.ts'
import type { Certainty } from '../../../known.ts'
import { type Message, text } from '../../../l10n/index.ts'
import { describeIdentity } from '../../describe.ts'
import type { FailureReason, ShellValue } from '../../types.ts'
import type { Call, Outcome } from '../model.ts'

export interface Refusal {
  readonly reason: FailureReason
  readonly exitCode: number
  readonly message: Message
  /** How sure it is that the command refuses; `unknown`: it may. */
  readonly certainty?: Certainty | 'unknown'
  /** The word at fault; the whole command where it is left out. */
  readonly at?: ShellValue | undefined
  readonly name?: string
  readonly path?: string
}

/** Collects what may go wrong while a command is read; a certain refusal ends it. */
export interface Verdict {
  /** True: the command certainly ends here. */
  refuses(refusal: Refusal): boolean
  /** The command may fail for a reason that we cannot see. */
  doubt(): void
  outcome(output?: string): Outcome
}

export function verdictOf(call: Call): Verdict {
  let outcome: Outcome = { status: 'ok' }
  return {
    refuses(refusal) {
      const certainty = refusal.certainty ?? 'certain'
      if (certainty === 'unknown') {
        if (outcome.status === 'ok') outcome = { status: 'maybe' }
        return false
      }
      // What was in doubt before may have ended it with a code of its own.
      const before = outcome.status === 'maybe' ? outcome.failure?.exitCode : refusal.exitCode
      const exitCode = before === refusal.exitCode ? { exitCode: refusal.exitCode } : {}
      const failure = {
        reason: refusal.reason,
        certainty,
        message: refusal.message,
        range: rangeOf(call, refusal.at),
        because: [],
        ...exitCode,
        ...(refusal.name === undefined ? {} : { name: refusal.name }),
        ...(refusal.path === undefined ? {} : { path: refusal.path }),
      }
      if (certainty === 'certain') {
        outcome = { status: 'fail', failure, ...exitCode }
        return true
      }
      if (outcome.status === 'ok' || !outcome.failure) outcome = { status: 'maybe', failure }
      return false
    },
    doubt() {
      if (outcome.status === 'ok') outcome = { status: 'maybe' }
    },
    outcome: (output) => (output === undefined ? outcome : { ...outcome, output }),
  }
}

const rangeOf = (call: Call, word: ShellValue | undefined): OffsetRange => word?.range ?? call.range

/** Ends a command that only root may run. */
export function needsRoot(call: Call, verdict: Verdict, exitCode: number): boolean {
  const { uid } = call.world.identity
  if (uid.certainty === 'certain' && uid.value === 0) return false
  if (uid.certainty === 'unknown' || uid.value === 0)
    return verdict.refuses({ reason: 'permission-denied', exitCode, message: text``, certainty: 'unknown' })
  return verdict.refuses({
    reason: 'permission-denied',
    exitCode,
    certainty: uid.certainty,
    message: text`\`${call.name}\` needs root, but runs as ${describeIdentity(call.world.identity)} here. Permission denied.`,
  })
}

/** Ends a command that was given wrong options or too few or too many names. */
export function misused(
  call: Call,
  verdict: Verdict,
  exitCode: number,
  why: Message,
  at?: ShellValue,
  reason: FailureReason = 'other',
): boolean {
  return verdict.refuses({
    reason,
    exitCode,
    message: text`\`${call.name}\` stops with exit code ${exitCode}: ${why}.`,
    at,
  })
}

/** Ends a command of shadow's that was given an option it does not know; undefined where it knows them all. */
export function unknownOption(call: Call, verdict: Verdict): boolean | undefined {
  const wrong = call.options.unknown[0]
  if (!wrong) return undefined
  return misused(
    call,
    verdict,
    2,
    text`it has no option ${wrong.text?.split('=')[0] ?? ''}, or a value is missing`,
    wrong,
    'unknown-option',
  )
}
