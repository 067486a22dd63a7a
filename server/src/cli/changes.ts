import { english } from '../l10n/index.ts'
import { printable } from '../output/index.ts'
import type { AppliedFix } from '../repair/index.ts'

/** What `fix` did to a file. */
export interface Changes {
  readonly file: string
  readonly applied: readonly AppliedFix[]
  /** Findings of the result. */
  readonly remaining: number
}

export function changesText(files: readonly Changes[]): string {
  const lines = files.flatMap(({ file, applied }) =>
    applied.map(
      ({ line, title, rule }) => `${printable(file)}:${line}: ${printable(english(title))} [${rule}]`,
    ),
  )
  const changed = files.filter(({ applied }) => applied.length > 0).length
  const left = files.reduce((sum, { remaining }) => sum + remaining, 0)
  const done = `${count(lines.length, 'fix', 'fixes')} in ${count(changed, 'file', 'files')}`
  return `${[...lines, `${done}; ${count(left, 'finding', 'findings')} left.`].join('\n')}\n`
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

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`
}
