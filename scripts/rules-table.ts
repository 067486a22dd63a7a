import { allRules } from '../server/src/analysis/index.ts'

const begin = /<!-- rules:begin[^>]*-->\n/
const end = '<!-- rules:end -->'

/** The table of all rules, linked to their pages in `folder`. */
export function rulesTable(folder: string): string {
  const rows = allRules.map(
    ({ id, severity, summary, profiles }) =>
      `| [${id}](${folder}${id}.md) | ${severity} | ${summary.replaceAll('|', '\\|')}${profiles ? ` *(${profiles.join(', ')})*` : ''} |`,
  )
  return ['| rule | severity | what it reports |', '| --- | --- | --- |', ...rows, ''].join('\n')
}

/** The text with the table between its marks. */
export function withTable(text: string, table: string): string {
  const open = begin.exec(text)
  const close = text.indexOf(end)
  if (!open || close < 0) throw new Error('The marks of the rules table are missing.')
  return text.slice(0, open.index + open[0].length) + table + text.slice(close)
}
