import { english, type Language, text } from '../l10n/index.ts'
import { countedFiles, printable } from '../output/index.ts'
import type { AppliedFix } from '../repair/index.ts'

/** What `fix` did to a file. */
export interface Changes {
  readonly file: string
  readonly applied: readonly AppliedFix[]
  /** Findings of the result. */
  readonly remaining: number
}

export function changesText(files: readonly Changes[], say: Language): string {
  const lines = files.flatMap(({ file, applied }) =>
    applied.map(({ line, title, rule }) => `${printable(file)}:${line}: ${printable(say(title))} [${rule}]`),
  )
  const changed = files.filter(({ applied }) => applied.length > 0).length
  const left = files.reduce((sum, { remaining }) => sum + remaining, 0)
  const fixes = lines.length === 1 ? text`${lines.length} fix` : text`${lines.length} fixes`
  const found = left === 1 ? text`${left} finding` : text`${left} findings`
  return `${[...lines, say(text`${fixes} in ${countedFiles(changed)}; ${found} left.`)].join('\n')}\n`
}

export function changesJson(files: readonly Changes[]): string {
  const report = {
    version: 1,
    files: files.map(({ file, applied, remaining }) => ({
      file,
      applied: applied.map((fix) => ({ ...fix, title: english(fix.title) })),
      remaining,
    })),
  }
  return `${JSON.stringify(report, null, 2)}\n`
}
