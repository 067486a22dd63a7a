import { text } from '../l10n/index.ts'
import { readMarkers } from './heredocs.ts'
import { instructionNames } from './instruction-names.ts'
import { type InstructionFrame, type Report, readInstruction, unreadInstruction } from './instructions.ts'
import { splitInstruction } from './keyword-and-flags.ts'
import { type LineReader, type LogicalLine, lineRange, readBodies, readLogicalLine } from './logical-lines.ts'
import { mapped, toFileRange } from './mapped-text.ts'
import type { EscapeCharacter } from './shell-words.ts'
import type { Heredoc, Instruction, MappedText, OffsetRange, SyntaxProblem } from './types.ts'

/** Reads one instruction after the other. */
export interface InstructionReader {
  readonly lines: LineReader
  /** Until a directive says otherwise: a backslash. */
  escape: EscapeCharacter
  /** Reads the instruction that begins in the next line for its faults; tells of the comments in it. */
  read(onComment: (start: number, end: number) => void): ReadInstruction
  /** Reads it for what it holds. */
  readAgain(leadingComments: readonly OffsetRange[]): Instruction
}

/** An instruction, and what was noticed while it was read. */
export interface ReadInstruction {
  readonly instruction: Instruction
  readonly line: LogicalLine
  readonly faults: Faults
}

/** One mistake, one message: the first fault of each kind is the one to mend. */
export interface Faults {
  readonly error?: SyntaxProblem
  /** Shows when the stage is built. */
  readonly late?: SyntaxProblem
  /** Shows when an image is built on this one. */
  readonly trigger?: SyntaxProblem
}

const noFaults: Faults = Object.freeze({})
const noComments: readonly OffsetRange[] = Object.freeze([])
const nothing = splitInstruction(mapped('', 0), '\\')

/** One frame serves the whole file, filled anew for every instruction: files have many. */
export function createInstructionReader(lines: LineReader): InstructionReader {
  let faults = noFaults
  let line = nothing.args
  let heredocs: readonly Heredoc[] | undefined
  const noteAs =
    (kind: keyof Faults): Report =>
    (...fault) => {
      if (faults[kind] === undefined) faults = { ...faults, [kind]: toError(...fault) }
    }
  const note = noteAs('error')
  const frame: { -readonly [Field in keyof InstructionFrame]: InstructionFrame[Field] } = {
    startLine: 0,
    leadingComments: noComments,
    split: nothing,
    escape: '\\',
    text: lines.text,
    keepsWords: false,
    endOffset: () => lineRange(lines, lines.next - 1).end,
    endLine: () => lines.next,
    // Bodies come after the line's own faults: BuildKit does not look for those of a line that it refuses.
    readHeredocs: () => {
      heredocs ??= readHeredocs(lines, line, note)
      return heredocs
    },
    readTrigger: (args) => readTrigger(frame, args, noteAs('trigger')),
    report: note,
    refuse: note,
    defer: noteAs('late'),
  }
  const readNext = (onComment: (start: number, end: number) => void): ReadInstruction => {
    const logical = readLogicalLine(lines, reader.escape, onComment)
    line = logical.line
    faults = noFaults
    heredocs = undefined
    frame.escape = reader.escape
    frame.split = splitInstruction(line, reader.escape)
    frame.startLine = logical.first + 1
    const instruction = readInstruction(frame)
    return { instruction, line: logical, faults }
  }
  const reader: InstructionReader = {
    lines,
    escape: '\\',
    read: readNext,
    readAgain(leadingComments) {
      frame.leadingComments = leadingComments
      frame.keepsWords = true
      return readNext(() => {}).instruction
    },
  }
  return reader
}

function toError(...[kind, range, message, suggestion]: Parameters<Report>): SyntaxProblem {
  return { kind, severity: 'error', range, message, ...(suggestion === undefined ? {} : { suggestion }) }
}

function readHeredocs(reader: LineReader, line: MappedText, report: Report): readonly Heredoc[] {
  if (!line.text.includes('<<')) return []
  const markers = readMarkers(line.text)
  if (markers === 'error') {
    const at = line.text.indexOf('<<')
    const range = toFileRange(line, { start: at, end: line.text.length })
    report(
      'unterminated-heredoc',
      range,
      text`The name after \`<<\` cannot be read. Write a plain word: \`<<EOF\`.`,
    )
    return []
  }
  const { heredocs, unclosed } = readBodies(reader, line, markers, instructionLike(line))
  if (unclosed !== undefined) {
    const message = text`The heredoc \`${unclosed.name}\` is not closed. Write \`${unclosed.name}\` on a line of its own after its text.`
    report('unterminated-heredoc', unclosed.markerRange, message)
  }
  return heredocs
}

const instructionStarts = {
  upper: new RegExp(`^(?:${instructionNames.join('|')})[ \\t]`),
  lower: new RegExp(`^(?:${instructionNames.join('|').toLowerCase()})[ \\t]`),
}

/** An instruction is looked for in the case of the one before: a script may say `from x import y`. */
function instructionLike({ text: written }: MappedText): (line: string) => boolean {
  const start = /^[a-z]/.test(written) ? instructionStarts.lower : instructionStarts.upper
  return (line) => start.test(line)
}

/**
 * BuildKit: parseSubCommand. What only the instructions package would refuse in a trigger does not stop this build
 * but the builds on its image.
 */
function readTrigger(outer: InstructionFrame, args: MappedText, forDependents: Report): Instruction {
  const frame: InstructionFrame = {
    ...outer,
    split: splitInstruction(args, outer.escape),
    leadingComments: noComments,
    // The trigger of a trigger is refused anyway.
    readTrigger: (inner) => unreadInstruction({ ...frame, split: splitInstruction(inner, outer.escape) }),
    report: forDependents,
    defer: forDependents,
  }
  return readInstruction(frame)
}
