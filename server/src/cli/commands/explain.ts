import { explainText, explain as explanationOf } from '../../explain/index.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { outputLanguage } from '../language.ts'
import { analysePath } from '../one-input.ts'
import type { CommonOptions } from '../options.ts'
import type { Terminal } from '../terminal.ts'
import { usageError } from '../usage-error.ts'

export interface ExplainOptions extends CommonOptions {
  readonly format: 'text' | 'json'
  readonly line?: number
  readonly paths?: string
}

/** `unroot explain`: who runs at every instruction, and at run time. */
export async function explain(path: string, options: ExplainOptions, terminal: Terminal): Promise<ExitCode> {
  const paths = (options.paths ?? '').split(',').filter((path) => path !== '')
  const relative = paths.find((path) => !path.startsWith('/'))
  if (relative !== undefined)
    throw usageError(`--paths: ${relative} is not absolute; write it as /${relative}`)
  const { file, analysis } = await analysePath(path, options, terminal)
  const request = { file, paths, ...(options.line === undefined ? {} : { line: options.line }) }
  const say = await outputLanguage(options)
  terminal.print(
    options.format === 'json'
      ? `${JSON.stringify(explanationOf(analysis, request), null, 2)}\n`
      : explainText(analysis, request, terminal.colored(options.color), say),
  )
  return exitCode.ok
}
