import type { Analysis } from '../analysis/index.ts'
import type { Severity } from '../rules/types.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import type { FailOn } from './options.ts'

const weight: Record<Severity, number> = { error: 4, warning: 3, information: 2, hint: 1 }

/** Does the file have findings at or above the limit? */
export function fails(analysis: Analysis, failOn: FailOn): boolean {
  return analysis.findings.some(({ severity }) => weighs(severity, failOn))
}

/** Is that at or above the limit? */
export function weighs(severity: Severity, failOn: FailOn): boolean {
  return failOn !== 'never' && weight[severity] >= weight[failOn]
}

/** Of several verdicts the one that weighs most. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  return Math.max(exitCode.ok, ...codes) as ExitCode
}
