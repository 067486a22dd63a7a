import type { CheckedFile } from './types.ts'

export interface Summary {
  readonly files: number
  readonly errors: number
  readonly warnings: number
  readonly information: number
  readonly hints: number
}

export function summaryOf(files: readonly CheckedFile[]): Summary {
  const count = { error: 0, warning: 0, information: 0, hint: 0 }
  for (const { findings } of files) for (const { severity } of findings) count[severity]++
  return {
    files: files.length,
    errors: count.error,
    warnings: count.warning,
    information: count.information,
    hints: count.hint,
  }
}
