import { type Analysis, analyse } from '../analysis/index.ts'
import type { ImageSources } from './image-sources.ts'
import type { Input } from './inputs.ts'
import type { Terminal } from './terminal.ts'

export type ReadableInput = Extract<Input, { source: object }>

/** An input with what is known of it; `fault`: Unroot itself stumbled over it. */
export type Analysed<T extends ReadableInput = ReadableInput> = T &
  ({ readonly analysis: Analysis } | { readonly fault: unknown })

/** Base images that lead to base images: a chain longer than this is not followed. */
const maxRounds = 5

/** Analyses all inputs, again where slow sources of base images learned something. */
export async function analyseInputs(
  inputs: readonly ReadableInput[],
  images: ImageSources,
  terminal: Terminal,
): Promise<Analysed[]> {
  await images.settle()
  for (let round = 1; ; round++) {
    const analysed = inputs.map((input, index) => {
      terminal.progress(`${index + 1} of ${inputs.length}: ${input.file}`)
      return analyseOne(input)
    })
    if (round === maxRounds || !(await images.settle())) return analysed
  }
}

/** One file that Unroot stumbles over must not hide what it knows of the others. */
function analyseOne(input: ReadableInput): Analysed {
  try {
    return { ...input, analysis: analyse(input.source.text, input.options) }
  } catch (fault) {
    return { ...input, fault }
  }
}

/** For commands that do all or nothing. */
export function withoutFaults(
  analysed: readonly Analysed[],
): (ReadableInput & { readonly analysis: Analysis })[] {
  return analysed.map((input) => {
    if ('fault' in input) throw new Error(`${input.file}: ${String(input.fault)}`, { cause: input.fault })
    return input
  })
}
