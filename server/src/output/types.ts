import type { Analysis } from '../analysis/index.ts'

/** One file of a run, as it is reported. */
export interface CheckedFile {
  /** As given on the command line, or found; with slashes. */
  readonly file: string
  /** Undefined where the file could not be read. */
  readonly analysis: Analysis | undefined
  readonly problems: readonly Problem[]
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
}

export type Output = (files: readonly CheckedFile[], options: OutputOptions) => string
