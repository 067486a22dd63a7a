import type { Message } from '../../../l10n/index.ts'
import type { ShellValue } from '../../types.ts'
import type { Call, Outcome } from '../model.ts'
import { maybe } from '../model.ts'

/** A command that is written wrongly; only doubtful where words are unknown. */
export function usage(call: Call, message: Message, word?: ShellValue, exitCode = 1): Outcome {
  if (call.options.uncertain) return maybe
  return {
    status: 'fail',
    exitCode,
    failure: {
      reason: 'other',
      certainty: 'certain',
      message,
      range: word?.range ?? call.range,
      because: [],
      exitCode,
    },
  }
}
