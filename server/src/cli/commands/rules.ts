import { allRules } from '../../analysis/index.ts'
import { docsOf, painter, severityStyle } from '../../output/index.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'

export interface RulesOptions {
  readonly format: 'text' | 'json'
  readonly color: 'auto' | 'always' | 'never'
}

/** `unroot rules`: all rules with their metadata, by id. */
export async function rules({ format, color }: RulesOptions, terminal: Terminal): Promise<ExitCode> {
  const sorted = [...allRules].sort((a, b) => (a.id < b.id ? -1 : 1))
  if (format === 'json') {
    const list = sorted.map(({ check: _, ...metadata }) => ({ ...metadata, docs: docsOf(metadata.id) }))
    terminal.print(`${JSON.stringify({ version: 1, rules: list }, null, 2)}\n`)
    return exitCode.ok
  }
  const paint = painter(terminal.colored(color))
  const width = Math.max(0, ...sorted.map(({ id }) => id.length))
  for (const { id, severity, summary } of sorted)
    terminal.print(
      `${paint('bold', id.padEnd(width))}  ${paint(severityStyle[severity], severity.padEnd(11))}  ${summary}\n`,
    )
  return exitCode.ok
}
