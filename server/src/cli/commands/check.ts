import { analyse } from '../../analysis/index.ts'
import { type CheckedFile, type OutputName, outputs } from '../../output/index.ts'
import { version } from '../../version.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { type Input, isReadable, readInputs } from '../inputs.ts'
import type { CommonOptions } from '../options.ts'
import type { Terminal } from '../terminal.ts'
import { fails, worst } from '../verdict.ts'

export interface CheckOptions extends CommonOptions {
  readonly format: OutputName
}

/** `unroot check`: the findings of every file. */
export async function check(
  paths: readonly string[],
  options: CheckOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const inputs = await readInputs(paths, options, terminal)
  const checked = inputs.map((input, index) => {
    terminal.progress(`${index + 1} of ${inputs.length}: ${input.file}`)
    return checkOne(input, terminal)
  })
  const form = { color: terminal.colored(options.color), quiet: options.quiet, version }
  terminal.print(
    outputs[options.format](
      checked.map(({ checked }) => checked),
      form,
    ),
  )
  return worst(checked.map(({ code }) => code))
}

function checkOne(input: Input, terminal: Terminal): { checked: CheckedFile; code: ExitCode } {
  const { file } = input
  if (!isReadable(input)) {
    terminal.complain(`${file}: ${input.problem}`)
    const problems = [{ line: 1, message: input.problem }]
    return { checked: { file, analysis: undefined, problems }, code: exitCode.usage }
  }
  try {
    const analysis = analyse(input.source.text, input.options)
    const code = fails(analysis, input.failOn) ? exitCode.findings : exitCode.ok
    return { checked: { file, analysis, problems: [] }, code }
  } catch (error) {
    // One file that Unroot stumbles over must not hide what it knows of the others.
    terminal.complain(`${file}: a fault of Unroot ${version}: ${(error as Error).stack}`)
    const problems = [{ line: 1, message: 'could not be analysed: a fault of Unroot' }]
    return { checked: { file, analysis: undefined, problems }, code: exitCode.fault }
  }
}
