import type { CommandInstruction, Dockerfile, OffsetRange, RunInstruction } from '../dockerfile/types.ts'
import { outerCommands, parseShell } from '../shell/index.ts'
import { withoutInstruction } from './style.ts'
import type { TextEdit } from './types.ts'

/**
 * The command at `range` taken out of its RUN, CMD or ENTRYPOINT, with the `&&`, `;` or line that joins it to the others; the whole instruction where it
 * holds nothing else. Undefined where others depend on it: in a branch, beside `||`, with a heredoc of its own.
 */
export function withoutCommand(
  dockerfile: Dockerfile,
  instruction: RunInstruction | CommandInstruction,
  range: OffsetRange,
): TextEdit | undefined {
  if (instruction.command.form !== 'shell') return withoutInstruction(dockerfile, instruction)
  const commands = outerCommands(parseShell(instruction.command.script))
  const index = commands.findIndex((one) => one.range.start <= range.start && range.end <= one.range.end)
  const command = commands[index]
  if (!command || dockerfile.text.slice(command.range.start, command.range.end).includes('<<'))
    return undefined
  const before = commands[index - 1]
  const after = commands[index + 1]
  if (!before && !after) return withoutInstruction(dockerfile, instruction)
  if ([command.joint, after?.joint].some((joint) => joint === '||' || joint === '&')) return undefined
  if (after && command.joint !== '&&')
    return { range: { start: command.range.start, end: after.range.start }, text: '' }
  return before && { range: { start: before.range.end, end: command.range.end }, text: '' }
}

/** One operand taken out of a command, the white space before it too. */
export function withoutWord(dockerfile: Dockerfile, word: OffsetRange): TextEdit {
  let { start } = word
  while (/[ \t]/.test(dockerfile.text[start - 1] ?? '')) start--
  return { range: { start, end: word.end }, text: '' }
}
