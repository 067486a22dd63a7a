import type { CopyInstruction, RunInstruction } from '../../dockerfile/types.ts'
import { text } from '../../l10n/index.ts'
import type { Builder, Failure } from '../types.ts'

/**
 * What the classic builder refuses because only BuildKit has it ("the --chmod option requires BuildKit"): moby,
 * daemon/builder/dockerfile/dispatchers.go, dispatchCopy, dispatchAdd and dispatchRun. Other flags of COPY it takes and
 * ignores.
 */
export function needsBuildkit(
  instruction: CopyInstruction | RunInstruction,
  builder: Builder,
): Failure | undefined {
  if (builder !== 'classic') return undefined
  const flag =
    instruction.keyword === 'RUN'
      ? instruction.flags[0]
      : instruction.flags.find(({ name }) => name === 'chmod')
  if (flag)
    return {
      reason: 'other',
      certainty: 'certain',
      message: text`The classic builder does not know \`--${flag.name}\`. Build with BuildKit, or leave it out.`,
      range: flag.range,
      because: [],
    }
  const heredoc = instruction.keyword === 'RUN' ? undefined : instruction.heredocs[0]
  if (!heredoc) return undefined
  return {
    reason: 'other',
    certainty: 'certain',
    message: text`The classic builder does not know heredocs. Build with BuildKit, or copy a file.`,
    range: heredoc.markerRange,
    because: [],
  }
}
