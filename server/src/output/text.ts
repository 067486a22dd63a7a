import { english, type Language, listed, type Message, text } from '../l10n/index.ts'
import type { Severity } from '../rules/types.ts'
import { codeFrame } from './code-frame.ts'
import { type Paint, painter, severityStyle } from './colors.ts'
import { summaryOf } from './count.ts'
import { countedFiles } from './counted-files.ts'
import { placeOf } from './place.ts'
import { printable } from './printable.ts'
import type { CheckedFile, CheckedFinding, Output } from './types.ts'

/** For people: `file:line:column: severity: message [rule]`, the line, and what it relates to. */
export const forPeople: Output = {
  showsFixes: false,
  write: (files, { color, quiet, say = english }) => {
    const paint = painter(color)
    const blocks = files.flatMap((file) => file.findings.map((finding) => block(file, finding, paint, quiet)))
    if (quiet) return blocks.map((block) => `${block}\n`).join('')
    return [...blocks.map((block) => `${block}\n\n`), `${summary(files, paint, say)}\n`].join('')
  },
}

function block(
  { file, text: source, lines }: CheckedFile,
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
    codeFrame(source, lines, range, paint, 'dim', printable(message)),
  )
  return [head, ...codeFrame(source, lines, range, paint, style), ...notes].join('\n')
}

function counted(severity: Severity, number: number): Message {
  switch (severity) {
    case 'error':
      return number === 1 ? text`${number} error` : text`${number} errors`
    case 'warning':
      return number === 1 ? text`${number} warning` : text`${number} warnings`
    case 'information':
      return text`${number} information`
    case 'hint':
      return number === 1 ? text`${number} hint` : text`${number} hints`
  }
}

function summary(files: readonly CheckedFile[], paint: Paint, say: Language): string {
  const { errors, warnings, information, hints } = summaryOf(files)
  const found = (
    [
      ['error', errors],
      ['warning', warnings],
      ['information', information],
      ['hint', hints],
    ] as const
  ).filter(([, count]) => count > 0)
  const suppressed = files.reduce((sum, file) => sum + file.suppressed, 0)
  const where =
    suppressed > 0
      ? text`${countedFiles(files.length)} (${suppressed} suppressed)`
      : countedFiles(files.length)
  if (found.length === 0) return say(text`${paint('green', say(text`No findings`))} in ${where}.`)
  const list = found.map(([severity, count]) => paint(severityStyle[severity], say(counted(severity, count))))
  return say(text`${listed(list)} in ${where}.`)
}
