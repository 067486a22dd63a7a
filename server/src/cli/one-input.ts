import type { Analysis } from '../analysis/index.ts'
import { analyseInputs, type ReadableInput, withoutFaults } from './analyse-inputs.ts'
import { isReadable, withInputs } from './inputs.ts'
import type { CommonOptions } from './options.ts'
import type { Terminal } from './terminal.ts'
import { usageError } from './usage-error.ts'

/** The one Dockerfile that a command is about, analysed. */
export function analysePath(
  path: string,
  common: CommonOptions,
  terminal: Terminal,
): Promise<ReadableInput & { readonly analysis: Analysis }> {
  return withInputs([path], common, terminal, async (inputs, images) => {
    const [input, ...more] = inputs
    if (input === undefined) throw usageError(`${path}: nothing to read`)
    if (!isReadable(input)) throw usageError(`${input.file}: ${input.problem}`)
    if (more.length > 0) throw usageError(`${path} holds several Dockerfiles; name one of them`)
    const keep = (input: ReadableInput, analysis: Analysis) => ({ ...input, analysis })
    return withoutFaults(await analyseInputs([input], images, terminal, keep))[0]!
  })
}
