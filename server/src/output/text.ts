import type { Severity } from '../rules/types.ts'
import { codeFrame } from './code-frame.ts'
import { type Paint, painter, severityStyle } from './colors.ts'
import { summaryOf } from './count.ts'
import { placeOf } from './place.ts'
import { printable } from './printable.ts'
import type { CheckedFile, CheckedFinding, Output } from './types.ts'

/** For people: `file:line:column: severity: message [rule]`, the line, and what it relates to. */
export const text: Output = {
  showsFixes: false,
  write: (files, { color, quiet }) => {
    const paint = painter(color)
    const blocks = files.flatMap((file) => file.findings.map((finding) => block(file, finding, paint, quiet)))
    if (quiet) return blocks.map((block) => `${block}\n`).join('')
    return [...blocks.map((block) => `${block}\n\n`), `${summary(files, paint)}\n`].join('')
  },
}

function block(
  { file, text, lines }: CheckedFile,
  { rule, severity, range, message, related }: CheckedFinding,
  paint: Paint,
  quiet: boolean,
): string {
  const { line, column } = placeOf(lines, range)
  const style = severityStyle[severity]
  const place = paint('bold', `${printable(file)}:${line}:${column}:`)
  const head = `${place} ${paint(style, `${severity}:`)} ${printable(message)} ${paint('dim', `[${rule.id}]`)}`
  if (quiet) return head
  const notes = related.flatMap(({ range, message }) =>
    codeFrame(text, lines, range, paint, 'dim', printable(message)),
  )
  return [head, ...codeFrame(text, lines, range, paint, style), ...notes].join('\n')
}

const nouns: Record<Severity, readonly [string, string]> = {
  error: ['error', 'errors'],
  warning: ['warning', 'warnings'],
  information: ['information', 'information'],
  hint: ['hint', 'hints'],
}

function summary(files: readonly CheckedFile[], paint: Paint): string {
  const { errors, warnings, information, hints } = summaryOf(files)
  const counted = (
    [
      ['error', errors],
      ['warning', warnings],
      ['information', information],
      ['hint', hints],
    ] as const
  ).filter(([, count]) => count > 0)
  const where = `${files.length} ${files.length === 1 ? 'file' : 'files'}`
  const suppressed = files.reduce((sum, file) => sum + file.suppressed, 0)
  const aside = suppressed > 0 ? ` (${suppressed} suppressed)` : ''
  if (counted.length === 0) return `${paint('green', 'No findings')} in ${where}${aside}.`
  const list = counted.map(([severity, count]) =>
    paint(severityStyle[severity], `${count} ${nouns[severity][count === 1 ? 0 : 1]}`),
  )
  return `${list.join(', ')} in ${where}${aside}.`
}
