import { type CheckedFile, checkedFile, type OutputName, outputs, uncheckedFile } from '../../output/index.ts'
import { version } from '../../version.ts'
import { analyseInputs, type Outcome } from '../analyse-inputs.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { type Input, isReadable, withInputs } from '../inputs.ts'
import { outputLanguage } from '../language.ts'
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
export async function check(
  paths: readonly string[],
  options: CheckOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const output = outputs[options.format]
  const say = await outputLanguage(options)
  return withInputs(paths, options, terminal, async (inputs, images) => {
    const readable = inputs.filter(isReadable)
    const outcomes = await analyseInputs(readable, images, terminal, ({ file, failOn }, analysis) => ({
      checked: checkedFile(file, analysis, output.showsFixes, say),
      code: fails(analysis, failOn) ? exitCode.findings : exitCode.ok,
    }))
    const found = new Map<Input, Outcome<Checked>>(readable.map((input, index) => [input, outcomes[index]!]))
    const verdicts = inputs.map((input) => verdictOn(input, found.get(input), terminal))
    const files = verdicts.map(({ checked }) => checked)
    terminal.print(
      output.write(files, { color: terminal.colored(options.color), quiet: options.quiet, version, say }),
    )
    return worst(verdicts.map(({ code }) => code))
  })
}

function verdictOn(input: Input, outcome: Outcome<Checked> | undefined, terminal: Terminal): Checked {
  const { file } = input
  if ('problem' in input) {
    terminal.complain(`${file}: ${input.problem}`)
    return { checked: uncheckedFile(file, input.problem), code: exitCode.usage }
  }
  if (outcome && 'value' in outcome) return outcome.value
  const fault = outcome?.fault
  const report = fault instanceof Error ? fault.stack : String(fault)
  terminal.complain(`${file}: this is a fault of Unroot ${version}; please report it\n${report}`)
  return { checked: uncheckedFile(file, 'could not be analysed: a fault of Unroot'), code: exitCode.fault }
}
