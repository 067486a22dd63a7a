import type { Severity } from '../rules/types.ts'
import { placeOf } from './place.ts'
import type { Output } from './types.ts'

const commands: Record<Severity, string> = {
  error: 'error',
  warning: 'warning',
  information: 'notice',
  hint: 'notice',
}

/** Workflow commands of GitHub Actions: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export const github: Output = {
  showsFixes: false,
  write: (files) =>
    files
      .flatMap(({ file, lines, findings, problems }) => [
        ...problems.map(({ line, message }) => command('error', { file, line, title: 'unroot' }, message)),
        ...findings.map(({ rule, severity, range, message }) => {
          const { line, column, endLine, endColumn } = placeOf(lines, range)
          // GitHub shows columns only where a finding stays on one line, and counts the end in.
          const columns = line === endLine ? { col: column, endColumn: Math.max(column, endColumn - 1) } : {}
          return command(commands[severity], { file, line, endLine, ...columns, title: rule.id }, message)
        }),
      ])
      .join(''),
}

function command(
  name: string,
  properties: Readonly<Record<string, string | number>>,
  message: string,
): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${property(String(value))}`)
  return `::${name} ${list.join(',')}::${data(message)}\n`
}
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
