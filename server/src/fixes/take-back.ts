import type { CopyInstruction, Dockerfile, Flag } from '../dockerfile/types.ts'
import type { Giving } from '../image/index.ts'
import type { TextEdit } from './types.ts'
import { withoutCommands, withoutWord } from './without-command.ts'

/** Repairs that leave a path to root: the flag, the operand or the command that gave it away is taken out. */

/** Undefined where it also gave what it should. */
export function takeBack(
  dockerfile: Dockerfile,
  { step, command, operand }: Giving,
  path: string,
): readonly TextEdit[] | undefined {
  const { instruction } = step
  if (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') {
    const flag = instruction.flags.find(({ name }) => name === 'chown')
    const alone = instruction.sources.length + instruction.heredocs.length === 1
    return flag && alone ? [withoutFlag(instruction, flag)] : undefined
  }
  if (instruction.keyword !== 'RUN' || command?.name !== 'chown' || !operand?.text?.endsWith(path))
    return undefined
  const operands = command.argv.slice(1).filter(({ text }) => !text?.startsWith('-'))
  if (command.argv.some(({ text }) => text === undefined)) return undefined
  return operands.length > 2
    ? [withoutWord(dockerfile, operand.range)]
    : withoutCommands(dockerfile, instruction, [command.range])
}

/** A flag taken out, up to what follows it. */
export function withoutFlag(
  { flags, argumentsRange }: Pick<CopyInstruction, 'flags' | 'argumentsRange'>,
  flag: Flag,
): TextEdit {
  const next = flags[flags.indexOf(flag) + 1]?.range.start ?? argumentsRange.start
  return { range: { start: flag.range.start, end: next }, text: '' }
}
