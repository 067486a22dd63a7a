import { stepFailures } from '../../image/index.ts'
import { text } from '../../l10n/index.ts'
import { isToolFailure } from '../identity/user-tool-missing.ts'
import { defineRule } from '../types.ts'

/** What certainly fails, and no other rule tells. */
export const stepFails = defineRule({
  id: 'step-fails',
  category: 'breakage',
  severity: 'error',
  summary: 'A step certainly fails: a command is used wrongly, an id is out of range, RUN has no shell.',
  why: 'The commands that make accounts and change owners refuse what is wrong with an exit code, and the build ends there.',
  remedy: 'Correct it as the message says.',
  references: [
    'container-facts/chown-form-1500-to-',
    'container-facts/user-number-2147483648',
    'container-facts/useradd-name-digits',
  ],
  check({ timeline }, report) {
    for (const one of stepFailures(timeline)) {
      const { failure, step } = one
      if (failure.certainty !== 'certain') continue
      // A name that cannot be looked up is told by link-chown-name and user-not-in-image.
      if (step.instruction.keyword !== 'RUN' && (failure.reason !== 'other' || failure.name !== undefined))
        continue
      if (failure.reason !== 'other' && (failure.reason !== 'command-not-found' || isToolFailure(one)))
        continue
      report({ at: failure.range, message: failure.message })
    }
    // Numbers that are too large stop the start as well.
    const { runtime } = timeline
    const failure = runtime?.state.identityFailure
    if (failure?.reason === 'other' && failure.certainty === 'certain')
      report({ at: failure.range, message: text`${failure.message} The container does not start.` })
  },
})
