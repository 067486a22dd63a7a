import type { LineIndex, OffsetRange } from '../dockerfile/index.ts'
import type { FixSafety, TextEdit } from '../fixes/types.ts'
import type { Certainty } from '../known.ts'
import type { Language } from '../l10n/index.ts'
import type { Rule, Severity } from '../rules/types.ts'

/** One file of a run, as it is reported. It holds nothing of the analysis, so that thousands fit in memory. */
export interface CheckedFile {
  /** As given on the command line, or found; with slashes. */
  readonly file: string
  readonly text: string
  readonly lines: LineIndex
  readonly findings: readonly CheckedFinding[]
  readonly suppressed: number
  readonly problems: readonly Problem[]
}

export interface CheckedFinding {
  readonly rule: Rule
  readonly severity: Severity
  readonly range: OffsetRange
  readonly message: string
  readonly certainty: Certainty
  readonly related: readonly { readonly range: OffsetRange; readonly message: string }[]
  /** Empty where the output does not show them: they cost time. */
  readonly fixes: readonly CheckedFix[]
}

export interface CheckedFix {
  readonly title: string
  readonly safety: FixSafety
  readonly edits: readonly TextEdit[]
}

/** Why a file could not be judged. */
export interface Problem {
  readonly line: number
  readonly message: string
}

export interface OutputOptions {
  readonly color: boolean
  /** One line a finding, no frames, no summary. */
  readonly quiet: boolean
  readonly version: string
  /** Of text for people. */
  readonly say?: Language
}

export interface Output {
  /** Whether `CheckedFinding.fixes` is wanted. */
  readonly showsFixes: boolean
  write(files: readonly CheckedFile[], options: OutputOptions): string
}
