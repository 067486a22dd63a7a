import type { RunInstruction } from '../../dockerfile/types.ts'
import type { Origin } from '../../known.ts'
import { unknown, weaker } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { nodeAt } from '../files.ts'
import { openedFolders } from '../opened.ts'
import { installUnknown } from '../programs.ts'
import type { CommandRun, Failure, ImageState } from '../types.ts'
import type { Progress } from './progress.ts'

/** The build ends here. Who goes on reading takes what the rest of the step would have made for possible. */
export function afterFailedRun(state: ImageState, origin: Origin): ImageState {
  const nobody = unknown<number>([origin])
  return installUnknown({
    ...state,
    accounts: state.accounts.complete ? { ...state.accounts, complete: false } : state.accounts,
    files: openedFolders(state.files, { owner: nobody, group: nobody, mode: nobody }),
  })
}

/** A command whose failing is its answer (`test`, `grep`, `false`, `exit 3`) ends the step. */
export function lastCommandFails(
  commands: readonly CommandRun[],
  instruction: RunInstruction,
  exitCode: number | undefined,
): Failure {
  const last = commands.at(-1)
  const who = last?.name === undefined ? text`The last command of this step` : `\`${last.name}\``
  return {
    reason: 'other',
    certainty: 'certain',
    message:
      exitCode === undefined
        ? text`${who} fails, and the step with it.`
        : text`${who} fails (exit code ${exitCode}), and the step with it.`,
    range: last?.range ?? instruction.keywordRange,
    because: [],
    ...(exitCode === undefined ? {} : { exitCode }),
  }
}

export function withoutShell(
  progress: Progress,
  instruction: RunInstruction,
): Omit<Failure, 'range'> | undefined {
  const { state, base } = progress
  if (instruction.command.form !== 'shell' || instruction.mounts.length > 0) return undefined
  const program = state.shell[0] ?? '/bin/sh'
  if (!program.startsWith('/')) return undefined
  const node = nodeAt(state.files, program)
  const reference = base?.reference ?? text`the base image`
  const message = text`RUN needs ${program}, which ${reference} does not have. Run this step in an earlier stage and copy its result.`
  if (
    node.kind === 'missing' &&
    node.exists === 'certain' &&
    (base?.os === 'scratch' || node.because.length > 0)
  )
    return { reason: 'command-not-found', certainty: 'certain', message, because: [] }
  if (base?.tools.shell === false && node.kind === 'unknown' && !state.programs?.others)
    return {
      reason: 'command-not-found',
      certainty: weaker('likely', base.certainty),
      message,
      because: [],
    }
  return undefined
}
