import type { Analysis } from '../analysis/index.ts'
import { type Language, text } from '../l10n/index.ts'
import { type Row, sections } from './rows.ts'
import { runsAs } from './summary.ts'

/** The table for an editor's preview. */
export function explainMarkdown(analysis: Analysis, say: Language): string {
  const { runtime } = analysis.timeline
  const parts = sections(analysis, say).map(({ title, base, rows }) =>
    [
      `### ${code(title)}`,
      `${escapeMarkdown(base)}`,
      [
        say(text`| Line | Runs as | In | Instruction | |`),
        '| ---: | --- | --- | --- | --- |',
        ...rows.map(tableRow),
      ].join('\n'),
    ].join('\n\n'),
  )
  const end = runtime
    ? `### ${say(text`Run time`)}\n\n${escapeMarkdown(say(runsAs(runtime).sentence))}`
    : say(text`No stage: nothing would run.`)
  return `${[...parts, end].join('\n\n')}\n`
}

function tableRow({ line, runsAs, workdir, source, becomes, fails }: Row): string {
  const notes = [becomes && `→ ${escapeMarkdown(becomes)}`, fails && `✗ ${escapeMarkdown(fails)}`]
  const cells = [
    String(line),
    escapeMarkdown(runsAs),
    code(workdir),
    code(source),
    notes.filter(Boolean).join('; '),
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** Text of the file as code: no markup, no link comes out of it. */
export function code(text: string): string {
  const clean = text.replace(/\s+/g, ' ')
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = clean.startsWith('`') || clean.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${clean}${pad}${fence}`
}

/** Backticks stay: messages put names of the file in them. */
export function escapeMarkdown(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\*_[\]<>#]/g, '\\$&')
}
