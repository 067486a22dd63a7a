import type { Analysis } from '../analysis/index.ts'
import { english, type Language, type Message, text } from '../l10n/index.ts'
import { type Paint, padded, painter, printable, widestOf } from '../output/index.ts'
import { describeCertainty } from './certainty.ts'
import { type ExplainRequest, explain } from './explain.ts'
import { type Row, type Section, sections } from './rows.ts'
import { runsAs } from './summary.ts'
import type { ExplainedPath } from './types.ts'

const widestColumn = 32

/** The table for a terminal. */
export function explainText(
  analysis: Analysis,
  request: ExplainRequest,
  color: boolean,
  say: Language = english,
): string {
  const paint = painter(color)
  const parts = [
    paint('bold', printable(request.file)),
    ...sections(analysis, say, request.line).map((section) => sectionText(section, paint)),
    runtimeText(analysis, paint, say),
    ...pathsText(explain(analysis, request).paths, say),
  ]
  return `${parts.join('\n\n')}\n`
}

function sectionText({ title, line, base, rows }: Section, paint: Paint): string {
  const who = widestOf(
    rows.map(({ runsAs }) => runsAs),
    widestColumn,
  )
  const where = widestOf(
    rows.map(({ workdir }) => workdir),
    widestColumn,
  )
  const head = `${paint('dim', String(line).padStart(5))}  ${paint('bold', printable(title))}  ${paint('dim', `(${printable(base)})`)}`
  return [head, ...rows.flatMap((row) => rowText(row, who, where, paint))].join('\n')
}

function rowText(row: Row, who: number, where: number, paint: Paint): string[] {
  const cells = [
    paint('dim', String(row.line).padStart(5)),
    paint(row.root ? 'yellow' : 'green', padded(printable(row.runsAs), who)),
    padded(printable(row.workdir), where),
    printable(row.source),
  ]
  const change = row.becomes === undefined ? '' : paint('cyan', `  → ${printable(row.becomes)}`)
  const trouble = row.fails === undefined ? [] : [`       ${paint('red', `✗ ${printable(row.fails)}`)}`]
  return [`${cells.join('  ')}${change}`, ...trouble]
}

function runtimeText({ timeline: { runtime } }: Analysis, paint: Paint, say: Language): string {
  if (runtime === undefined) return say(text`No stage: nothing would run.`)
  const argv = runtime.argv.length === 0 ? '' : `\n       ${printable(JSON.stringify(runtime.argv))}`
  return `${paint('bold', say(text`Run time`))}  ${printable(say(runsAs(runtime).sentence))}${argv}`
}

function pathsText(paths: Readonly<Record<string, ExplainedPath>>, say: Language): string[] {
  const entries = Object.entries(paths)
  if (entries.length === 0) return []
  const width = widestOf(
    entries.map(([path]) => path),
    widestColumn,
  )
  return [
    entries.map(([path, entry]) => `${padded(printable(path), width)}  ${say(pathText(entry))}`).join('\n'),
  ]
}

function pathText({ kind, uid, gid, mode, writable, certainty }: ExplainedPath): Message {
  if (kind === 'missing') return text`not there`
  const show = (value: string | number | null | undefined) => value ?? '?'
  const may =
    writable === null ? text`may or may not be writable` : writable ? text`writable` : text`not writable`
  const sure =
    certainty === undefined || certainty === 'unknown' ? text`unknown` : describeCertainty(certainty)
  return text`${kind ?? text`unknown`}  ${show(uid)}:${show(gid)}  ${show(mode)}  ${may}  (${sure})`
}
