import { checkBuild } from './build-checks.ts'
import { skipSpace, toLower, trimSpace } from './characters.ts'
import { readDirective } from './directives.ts'
import { readMarkers } from './heredocs.ts'
import { instructionNames } from './instruction-names.ts'
import { type InstructionFrame, type Report, readInstruction, unreadInstruction } from './instructions.ts'
import { splitInstruction } from './keyword-and-flags.ts'
import { createLineIndex, lineStarts } from './line-index.ts'
import {
  createReader,
  isTooLong,
  type LineReader,
  lineRange,
  longestLine,
  readBodies,
  readLogicalLine,
} from './logical-lines.ts'
import { mapped, toFileRange } from './mapped-text.ts'
import type { EscapeCharacter } from './shell-words.ts'
import type {
  Comment,
  Directive,
  Dockerfile,
  FromInstruction,
  Heredoc,
  Instruction,
  KeyValueInstruction,
  MappedText,
  OffsetRange,
  Stage,
  SyntaxProblem,
} from './types.ts'

/**
 * Reads a Dockerfile as BuildKit's parser does (frontend/dockerfile/parser/parser.go). Where BuildKit stops at the
 * first fault, this notes it and reads on. Never throws; takes time linear in the text.
 */
export function parseDockerfile(text: string): Dockerfile {
  const starts = lineStarts(text)
  const reader = createReader(text, starts)
  const file: Building = {
    text,
    reader,
    escape: '\\',
    directives: [],
    comments: [],
    instructions: [],
    problems: [],
    faulty: new Set(),
    late: new Map(),
    triggers: new Map(),
    line: mapped('', 0),
    faults: noFaults,
    heredocs: undefined,
  }
  readLines(file, createFrame(file))
  const { stages, metaArgs } = toStages(file)
  const dockerfile: Dockerfile = {
    text,
    lines: createLineIndex(text, starts),
    escape: file.escape,
    directives: file.directives,
    comments: file.comments,
    instructions: file.instructions,
    stages,
    metaArgs,
    problems: file.problems,
  }
  for (const problem of checkBuild(dockerfile, file)) file.problems.push(problem)
  file.problems.sort((a, b) => a.range.start - b.range.start)
  return dockerfile
}

interface Building {
  readonly text: string
  readonly reader: LineReader
  escape: EscapeCharacter
  readonly directives: Directive[]
  readonly comments: Comment[]
  readonly instructions: Instruction[]
  readonly problems: SyntaxProblem[]
  /** Instructions with an error of their own. */
  readonly faulty: Set<Instruction>
  /** Faults that show when the stage is built. */
  readonly late: Map<Instruction, SyntaxProblem>
  /** Faults of ONBUILD triggers. */
  readonly triggers: Map<Instruction, SyntaxProblem>
  /** Of the instruction that is being read. */
  line: MappedText
  faults: Faults
  heredocs: readonly Heredoc[] | undefined
}

type WritableFrame = { -readonly [Field in keyof InstructionFrame]: InstructionFrame[Field] }

const noComments: readonly OffsetRange[] = Object.freeze([])

function readLines(file: Building, frame: WritableFrame): void {
  const { text, reader } = file
  let directivesMayFollow = true
  let leading: OffsetRange[] = []
  while (reader.next < reader.count) {
    const line = reader.next
    const range = lineRange(reader, line)
    const start = skipSpace(text, range.start, range.end)
    if (directivesMayFollow) {
      const directive = readDirective(text, start, range.end)
      directivesMayFollow = directive !== undefined
      if (directive !== undefined) addDirective(file, directive)
      if (directive !== undefined) {
        reader.next++
        continue
      }
    }
    if (start === range.end) {
      if (isTooLong(reader, line)) reportTooLong(file, line)
      if (leading.length > 0) leading = []
      reader.next++
    } else if (text[start] === '#') {
      if (isTooLong(reader, line)) reportTooLong(file, line)
      const comment = { start, end: range.end }
      file.comments.push(toComment(text, comment, false))
      leading.push(comment)
      reader.next++
    } else {
      addInstruction(file, frame, leading.length === 0 ? noComments : leading.slice())
      if (leading.length > 0) leading = []
    }
  }
}

function addDirective(file: Building, directive: Directive): void {
  const { name, value, range, valueRange } = directive
  const bad = (at: OffsetRange, message: string) =>
    file.problems.push({ kind: 'bad-directive', severity: 'error', range: at, message })
  if (file.directives.some((one) => one.name === name)) {
    file.comments.push(toComment(file.text, range, false))
    bad(range, `The directive \`${name}\` stands twice. Only one may; remove this line.`)
    return
  }
  file.directives.push(directive)
  if (name !== 'escape') return
  if (value === '\\' || value === '`') file.escape = value
  else bad(valueRange, `\`${value}\` cannot be the escape character. Write \`\\\` or a backquote.`)
}

function toComment(text: string, range: OffsetRange, inside: boolean): Comment {
  return { range, text: trimSpace(text.slice(range.start + 1, range.end)), inside }
}

function reportTooLong(file: Building, line: number): void {
  const { start, end } = lineRange(file.reader, line)
  const message = `This line is longer than ${longestLine} bytes, and BuildKit reads none that is. Break it with line continuations.`
  file.problems.push({
    kind: 'line-too-long',
    severity: 'error',
    range: { start, end: Math.min(end, start + 80) },
    message,
  })
}

function addInstruction(file: Building, frame: WritableFrame, leadingComments: readonly OffsetRange[]): void {
  const { reader } = file
  const { line, first, comments, emptyLine } = readLogicalLine(reader, file.escape)
  for (const range of comments) file.comments.push(toComment(file.text, range, true))
  file.line = line
  file.faults = noFaults
  file.heredocs = undefined
  frame.escape = file.escape
  frame.split = splitInstruction(line, file.escape)
  frame.startLine = first + 1
  frame.leadingComments = leadingComments
  const instruction = readInstruction(frame)
  file.instructions.push(instruction)
  addFaults(file, instruction, file.faults)
  if (emptyLine !== undefined) {
    const message =
      'An empty line in a continued instruction: BuildKit warns that it will refuse this. Remove the line, or make it a comment.'
    file.problems.push({ kind: 'builder-warning', severity: 'warning', range: emptyLine, message })
  }
  for (let index = first; index < reader.next; index++) {
    if (!isTooLong(reader, index)) continue
    reportTooLong(file, index)
    break
  }
}

/** One mistake, one message: the first fault of each kind is the one to mend. */
interface Faults {
  readonly error?: SyntaxProblem
  /** Shows when the stage is built. */
  readonly late?: SyntaxProblem
  /** Shows when an image is built on this one. */
  readonly trigger?: SyntaxProblem
}

const noFaults: Faults = Object.freeze({})

function addFaults(file: Building, instruction: Instruction, { error, late, trigger }: Faults): void {
  if (error !== undefined) {
    file.problems.push(error)
    file.faulty.add(instruction)
    return
  }
  if (late !== undefined) file.late.set(instruction, late)
  if (trigger !== undefined) file.triggers.set(instruction, trigger)
}

/** One frame serves the whole file, filled anew for every instruction: files have many. */
function createFrame(file: Building): WritableFrame {
  const { reader } = file
  const noteAs =
    (kind: keyof Faults): Report =>
    (...fault) => {
      if (file.faults[kind] === undefined) file.faults = { ...file.faults, [kind]: toError(...fault) }
    }
  const note = noteAs('error')
  const frame: WritableFrame = {
    startLine: 0,
    leadingComments: noComments,
    split: nothing,
    escape: file.escape,
    text: file.text,
    endOffset: () => lineRange(reader, reader.next - 1).end,
    endLine: () => reader.next,
    // Bodies come after the line's own faults: BuildKit does not look for those of a line that it refuses.
    readHeredocs: () => {
      file.heredocs ??= readHeredocsOf(reader, file.line, note)
      return file.heredocs
    },
    readTrigger: (args) => readTrigger(frame, args, noteAs('trigger')),
    report: note,
    refuse: note,
    defer: noteAs('late'),
  }
  return frame
}

const nothing = splitInstruction(mapped('', 0), '\\')

function toError(...[kind, range, message, suggestion]: Parameters<Report>): SyntaxProblem {
  return { kind, severity: 'error', range, message, ...(suggestion === undefined ? {} : { suggestion }) }
}

function readHeredocsOf(reader: LineReader, line: MappedText, report: Report): readonly Heredoc[] {
  if (!line.text.includes('<<')) return []
  const markers = readMarkers(line.text)
  if (markers === 'error') {
    const at = line.text.indexOf('<<')
    const range = toFileRange(line, { start: at, end: line.text.length })
    report('unterminated-heredoc', range, 'The name after `<<` cannot be read. Write a plain word: `<<EOF`.')
    return []
  }
  const { heredocs, unclosed } = readBodies(reader, line, markers, seemsInstruction)
  if (unclosed !== undefined) {
    const message = `The heredoc \`${unclosed.name}\` is not closed. Write \`${unclosed.name}\` on a line of its own after its text.`
    report('unterminated-heredoc', unclosed.markerRange, message)
  }
  return heredocs
}

const instructionStart = new RegExp(`^(?:${instructionNames.join('|')})[ \\t]`)

function seemsInstruction(line: string): boolean {
  return instructionStart.test(line)
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

/** BuildKit: instructions.Parse. */
function toStages(file: Building): {
  readonly stages: readonly Stage[]
  readonly metaArgs: readonly KeyValueInstruction[]
} {
  const stages: (Stage & { readonly instructions: Instruction[] })[] = []
  const metaArgs: KeyValueInstruction[] = []
  let orphan: Instruction | undefined
  let misspelled = false
  for (const instruction of file.instructions) {
    const current = stages[stages.length - 1]
    if (instruction.keyword === 'FROM') {
      const name = instruction.stageName === undefined ? undefined : toLower(instruction.stageName.raw)
      stages.push({
        index: stages.length,
        name,
        from: instruction satisfies FromInstruction,
        instructions: [],
      })
    } else if (current !== undefined) current.instructions.push(instruction)
    else if (instruction.keyword === 'ARG') metaArgs.push(instruction)
    else if (instruction.keyword === 'UNKNOWN') misspelled = true
    else orphan ??= instruction
  }
  const first = file.instructions[0]
  if (first === undefined) {
    const message = 'There is no instruction in this file. Begin with `FROM image`.'
    file.problems.push({ kind: 'empty-file', severity: 'error', range: lineRange(file.reader, 0), message })
  } else if (orphan !== undefined && !misspelled) {
    const name = orphan.keyword
    const message =
      stages.length === 0
        ? `${name} stands in no stage: the file has no FROM. Begin with \`FROM image\`.`
        : `${name} stands before the first FROM. Only ARG may; move it into a stage.`
    reportNoStage(file, orphan, message)
  } else if (stages.length === 0 && !misspelled) {
    reportNoStage(file, first, 'There is no stage to build in this file. Add `FROM image`.')
  }
  return { stages, metaArgs }
}

/** One message an instruction: where it has another fault, that one first. */
function reportNoStage(file: Building, instruction: Instruction, message: string): void {
  if (file.faulty.has(instruction)) return
  file.faulty.add(instruction)
  file.problems.push({ kind: 'no-stage', severity: 'error', range: instruction.keywordRange, message })
}
