import { type CheckedFile, type OutputName, outputs } from '../../output/index.ts'
import { version } from '../../version.ts'
import { type Analysed, analyseInputs } from '../analyse-inputs.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { type Input, isReadable, withInputs } from '../inputs.ts'
import type { CommonOptions } from '../options.ts'
import type { Terminal } from '../terminal.ts'
import { fails, worst } from '../verdict.ts'

export interface CheckOptions extends CommonOptions {
  readonly format: OutputName
}

interface Checked {
  readonly checked: CheckedFile
  readonly code: ExitCode
}

/** `unroot check`: the findings of every file. */
export function check(
  paths: readonly string[],
  options: CheckOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  return withInputs(paths, options, terminal, async (inputs, images) => {
    const analysed = new Map<Input, Analysed>()
    const readable = inputs.filter(isReadable)
    for (const [index, result] of (await analyseInputs(readable, images, terminal)).entries())
      analysed.set(readable[index]!, result)
    const checked = inputs.map((input) => verdictOn(input, analysed.get(input), terminal))
    const form = { color: terminal.colored(options.color), quiet: options.quiet, version }
    const files = checked.map(({ checked }) => checked)
    terminal.print(outputs[options.format](files, form))
    return worst(checked.map(({ code }) => code))
  })
}

function verdictOn(input: Input, analysed: Analysed | undefined, terminal: Terminal): Checked {
  const { file } = input
  if ('problem' in input) {
    terminal.complain(`${file}: ${input.problem}`)
    return unchecked(file, input.problem, exitCode.usage)
  }
  if (analysed === undefined || 'fault' in analysed) {
    const fault = analysed?.fault
    const report = fault instanceof Error ? fault.stack : String(fault)
    terminal.complain(`${file}: this is a fault of Unroot ${version}; please report it\n${report}`)
    return unchecked(file, 'could not be analysed: a fault of Unroot', exitCode.fault)
  }
  const { analysis, failOn } = analysed
  const code = fails(analysis, failOn) ? exitCode.findings : exitCode.ok
  return { checked: { file, analysis, problems: [] }, code }
}

function unchecked(file: string, message: string, code: ExitCode): Checked {
  return { checked: { file, analysis: undefined, problems: [{ line: 1, message }] }, code }
}
