import { type Input, isReadable } from './inputs.ts'
import type { Terminal } from './terminal.ts'

/** All inputs, or, where one cannot be read, undefined and a word on stderr: commands that write do all or nothing. */
export function readableOrComplain(
  inputs: readonly Input[],
  terminal: Terminal,
): Extract<Input, { source: object }>[] | undefined {
  const readable = inputs.filter(isReadable)
  if (readable.length === inputs.length) return readable
  for (const input of inputs) if (!isReadable(input)) terminal.complain(`${input.file}: ${input.problem}`)
  return undefined
}
