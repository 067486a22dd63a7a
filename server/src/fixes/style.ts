import type { Dockerfile, Instruction } from '../dockerfile/types.ts'
import type { TextEdit } from './types.ts'

/** Edits that look as if the file's author had made them: his line ends, his keyword case, his comments where they belong. */

/** The file's line break: the one of its first line. */
export function lineBreakOf(dockerfile: Dockerfile): string {
  const feed = dockerfile.text.indexOf('\n')
  return feed > 0 && dockerfile.text[feed - 1] === '\r' ? '\r\n' : '\n'
}

/** `USER` or `user`, as most instructions of the file are written. */
export function keywordIn(dockerfile: Dockerfile, keyword: string): string {
  const lower = dockerfile.instructions.filter(({ written }) => written === written.toLowerCase()).length
  return lower * 2 > dockerfile.instructions.length ? keyword.toLowerCase() : keyword
}

/** Whole lines after an instruction, its heredoc bodies included. */
export function linesAfter(
  dockerfile: Dockerfile,
  instruction: Instruction,
  lines: readonly string[],
): TextEdit {
  const { text } = dockerfile
  const end = instruction.range.end
  const eol = lineBreakOf(dockerfile)
  // Trailing white space of the line belongs to it.
  let at = end
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++
  return { range: { start: at, end: at }, text: lines.map((line) => eol + line).join('') }
}

/** Whole lines before an instruction and before the comments that stand directly above it. */
export function linesBefore(
  dockerfile: Dockerfile,
  instruction: Instruction,
  lines: readonly string[],
): TextEdit {
  const first = instruction.leadingComments[0] ?? instruction.range
  const position = dockerfile.lines.positionAt(first.start)
  const start = dockerfile.lines.lineStart(position.line)
  const eol = lineBreakOf(dockerfile)
  return { range: { start, end: start }, text: lines.map((line) => line + eol).join('') }
}

/** The instruction and its line taken out, the line break with it. */
export function withoutInstruction(dockerfile: Dockerfile, instruction: Instruction): TextEdit {
  const { text, lines } = dockerfile
  const start = lines.lineStart(lines.positionAt(instruction.range.start).line)
  let end = instruction.range.end
  while (end < text.length && text[end] !== '\n') end++
  return { range: { start, end: Math.min(end + 1, text.length) }, text: '' }
}

/** Edits in the order of the text; at one place, in the order in which they are given. */
export function inOrder(edits: readonly TextEdit[]): readonly TextEdit[] {
  return [...edits].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end)
}

/** A text with edits applied; edits must not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = ''
  let at = 0
  for (const { range, text: put } of inOrder(edits)) {
    result += text.slice(at, range.start) + put
    at = range.end
  }
  return result + text.slice(at)
}
