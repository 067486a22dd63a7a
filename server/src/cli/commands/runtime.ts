import { runtimeGuidance } from '../../harden/index.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { outputLanguage } from '../language.ts'
import { analysePath } from '../one-input.ts'
import type { CommonOptions } from '../options.ts'
import type { Terminal } from '../terminal.ts'

export const platforms = ['docker', 'compose', 'kubernetes'] as const

export interface RuntimeOptions extends CommonOptions {
  readonly format: 'text' | 'json'
  readonly for?: (typeof platforms)[number]
}

/** `unroot runtime`: how to run this image with as little power as it needs. */
export async function runtime(path: string, options: RuntimeOptions, terminal: Terminal): Promise<ExitCode> {
  const { file, analysis } = await analysePath(path, options, terminal)
  const guidance = runtimeGuidance(analysis, await outputLanguage(options))
  const { markdown, ...facts } = guidance
  const text = options.for === undefined ? markdown : guidance[options.for]
  terminal.print(
    options.format === 'json'
      ? `${JSON.stringify({ version: 1, file, ...facts }, null, 2)}\n`
      : text.endsWith('\n')
        ? text
        : `${text}\n`,
  )
  return exitCode.ok
}
