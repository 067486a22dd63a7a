import { type Message, text } from '../../../l10n/index.ts'
import type { ShellValue } from '../../types.ts'
import type { Call, Outcome } from '../model.ts'
import { maybe } from '../model.ts'
import { flavour } from './operands.ts'

/** Options of GNU's program that BusyBox's does not have. @param keys of the option table */
export function lacking(call: Call, keys: readonly string[]): Outcome | undefined {
  const word =
    flavour(call.world) === 'busybox' ? keys.map((key) => call.options.word(key)).find(Boolean) : undefined
  return word && usage(call, text`BusyBox's ${call.name} has no such option.`, word)
}

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
