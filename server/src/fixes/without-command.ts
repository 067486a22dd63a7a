import type { CommandInstruction, Dockerfile, OffsetRange, RunInstruction } from '../dockerfile/types.ts'
import { type OuterCommand, outerCommands, parseShell } from '../shell/index.ts'
import { inOrder, withoutInstruction } from './style.ts'
import type { TextEdit } from './types.ts'

/**
 * The commands at `ranges` taken out of their instruction, with the `&&`, `;` or line that joins them to the others; the
 * whole instruction where it holds nothing else. Undefined where others depend on one: in a branch, beside `||`, with a
 * heredoc of its own.
 */
export function withoutCommands(
  dockerfile: Dockerfile,
  instruction: RunInstruction | CommandInstruction,
  ranges: readonly OffsetRange[],
): readonly TextEdit[] | undefined {
  if (instruction.command.form !== 'shell') return [withoutInstruction(dockerfile, instruction)]
  const commands = outerCommands(parseShell(instruction.command.script))
  const gone = new Set<number>()
  for (const range of ranges) {
    const index = commands.findIndex((one) => one.range.start <= range.start && range.end <= one.range.end)
    const command = commands[index]
    if (!command?.simple || dockerfile.text.slice(command.range.start, command.range.end).includes('<<'))
      return undefined
    gone.add(index)
  }
  if (gone.size === commands.length) return [withoutInstruction(dockerfile, instruction)]
  const edits: TextEdit[] = []
  for (const first of gone) {
    if (gone.has(first - 1)) continue
    let last = first
    while (gone.has(last + 1)) last++
    const edit = withoutRow(commands, first, last)
    if (!edit) return undefined
    edits.push(edit)
  }
  return inOrder(edits)
}

/** Commands that stand one behind the other. */
function withoutRow(commands: readonly OuterCommand[], first: number, last: number): TextEdit | undefined {
  const joints = commands.slice(first, last + 2).map(({ joint }) => joint)
  if (joints.some((joint) => joint === '||' || joint === '&')) return undefined
  const [from, to, before, after] = [first, last, first - 1, last + 1].map((index) => commands[index]?.range)
  if (!from || !to) return undefined
  if (after && joints[0] !== '&&') return { range: { start: from.start, end: after.start }, text: '' }
  return before && { range: { start: before.end, end: to.end }, text: '' }
}

/** One operand taken out of a command, the white space before it too. */
export function withoutWord(dockerfile: Dockerfile, word: OffsetRange): TextEdit {
  let { start } = word
  while (/[ \t]/.test(dockerfile.text[start - 1] ?? '')) start--
  return { range: { start, end: word.end }, text: '' }
}
