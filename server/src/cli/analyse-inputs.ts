import { type Analysis, analyse } from '../analysis/index.ts'
import { archivesRead } from '../build-context/node.ts'
import type { ImageSources } from './image-sources.ts'
import type { Input } from './inputs.ts'
import type { Terminal } from './terminal.ts'

export type ReadableInput = Extract<Input, { source: object }>

/** What is kept of an input's analysis; `fault`: Unroot itself stumbled over it. */
export type Outcome<T> = { readonly value: T } | { readonly fault: unknown }

/** Base images that lead to base images: a chain longer than this is not followed. */
const maxRounds = 5

/**
 * Analyses all inputs, again where slow sources of base images, or archives, told something.
 * @param keep takes what the command needs; the analysis itself is let go, so that thousands of files fit in memory
 */
export async function analyseInputs<T>(
  inputs: readonly ReadableInput[],
  images: ImageSources,
  terminal: Terminal,
  keep: (input: ReadableInput, analysis: Analysis) => T,
): Promise<Outcome<T>[]> {
  await images.settle()
  for (let round = 1; ; round++) {
    const outcomes = inputs.map((input, index) => {
      terminal.progress(`${index + 1} of ${inputs.length}: ${input.file}`)
      return analyseOne(input, keep)
    })
    const news = await Promise.all([images.settle(), archivesRead()])
    if (round === maxRounds || !news.includes(true)) return outcomes
  }
}

/** One file that Unroot stumbles over must not hide what it knows of the others. */
function analyseOne<T>(
  input: ReadableInput,
  keep: (input: ReadableInput, analysis: Analysis) => T,
): Outcome<T> {
  try {
    return { value: keep(input, analyse(input.source.text, input.options)) }
  } catch (fault) {
    return { fault }
  }
}

/** For commands that do all or nothing. */
export function withoutFaults<T>(outcomes: readonly Outcome<T>[]): T[] {
  return outcomes.map((outcome) => {
    if ('fault' in outcome) throw outcome.fault
    return outcome.value
  })
}
