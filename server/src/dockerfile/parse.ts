import { type Message, text } from '../l10n/index.ts'
import { checkBuild, ownProblem, type Suspect } from './build-checks.ts'
import { skipSpace, toLower } from './characters.ts'
import { type CommentTable, createCommentTable } from './comment-table.ts'
import { readDirective } from './directives.ts'
import { createNode, forget, hold, type ReadAgain } from './instruction-nodes.ts'
import { createLineIndex, lineStarts } from './line-index.ts'
import { createReader, isTooLong, lineRange, longestLine } from './logical-lines.ts'
import {
  createInstructionReader,
  type Faults,
  type InstructionReader,
  type ReadInstruction,
} from './next-instruction.ts'
import { refers } from './stages.ts'
import type {
  Comment,
  Directive,
  Dockerfile,
  FromInstruction,
  Instruction,
  KeyValueInstruction,
  OffsetRange,
  Stage,
  SyntaxProblem,
} from './types.ts'
import { firstWorkdir, nextWorkdir, type Workdir } from './workdirs.ts'

/**
 * Reads a Dockerfile as BuildKit's parser does (frontend/dockerfile/parser/parser.go). Where BuildKit stops at the
 * first fault, this notes it and reads on. Never throws; takes time linear in the text. What is found stays; comments
 * and the fields of instructions are read again when somebody asks for them, so that a file takes little more than
 * its text.
 */
export function parseDockerfile(text: string): Dockerfile {
  const starts = lineStarts(text)
  const file = createBuilding(text, starts)
  readLines(file)
  reportMissingStages(file)
  // All that the result holds on to of the reading, besides the reader itself.
  const { comments: table } = file
  let comments: readonly Comment[] | undefined
  const dockerfile: Dockerfile = {
    text,
    lines: createLineIndex(text, starts),
    escape: file.reader.escape,
    directives: file.directives,
    get comments() {
      comments ??= table.all()
      return comments
    },
    // Pushed arrays keep room for more; these stay.
    instructions: file.instructions.slice(),
    stages: file.stages,
    metaArgs: file.metaArgs,
    problems: file.problems,
  }
  for (const problem of checkBuild(dockerfile, file)) file.problems.push(problem)
  file.problems.sort((a, b) => a.range.start - b.range.start)
  for (const instruction of file.held) forget(instruction)
  return dockerfile
}

interface Building {
  readonly text: string
  readonly reader: InstructionReader
  readonly readAgain: ReadAgain
  readonly directives: Directive[]
  readonly comments: CommentTable
  readonly instructions: Instruction[]
  readonly stages: OpenStage[]
  readonly metaArgs: KeyValueInstruction[]
  readonly problems: SyntaxProblem[]
  /** What the checks at the end look at: read once, and forgotten after them. */
  readonly held: Instruction[]
  readonly faultyStages: Set<Stage>
  readonly suspects: Suspect[]
  /** After the instructions of the stage so far, and of the earlier stages by their name. */
  workdir: Workdir
  readonly workdirs: Map<string, Workdir>
  /** Whether the stage so far has ONBUILD, which may change the directory of those that build on it. */
  hasTriggers: boolean
  /** The first instruction, and the first one that stands in no stage and should. */
  first: Placed | undefined
  orphan: Placed | undefined
  /** Whether a keyword before the first FROM is none: it may be the FROM. */
  misspelled: boolean
}

interface Placed {
  readonly instruction: Instruction
  readonly isFaulty: boolean
}

interface OpenStage extends Stage {
  instructions: Instruction[]
  referring: Instruction[]
}

function createBuilding(text: string, starts: Uint32Array): Building {
  const lines = createReader(text, starts)
  const reader = createInstructionReader(lines)
  const comments = createCommentTable(text)
  return {
    text,
    reader,
    readAgain: (line) => {
      lines.next = line
      return reader.readAgain(comments.above(starts[line] as number))
    },
    directives: [],
    comments,
    instructions: [],
    stages: [],
    metaArgs: [],
    problems: [],
    held: [],
    faultyStages: new Set(),
    suspects: [],
    workdir: undefined,
    workdirs: new Map(),
    hasTriggers: false,
    first: undefined,
    orphan: undefined,
    misspelled: false,
  }
}

const hash = 0x23

function readLines(file: Building): void {
  const { text, comments } = file
  const { lines } = file.reader
  const addInside = (start: number, end: number) => comments.add(start, end, true)
  let directivesMayFollow = true
  while (lines.next < lines.count) {
    const line = lines.next
    const range = lineRange(lines, line)
    const start = skipSpace(text, range.start, range.end)
    if (directivesMayFollow) {
      const directive = readDirective(text, start, range.end)
      directivesMayFollow = directive !== undefined
      if (directive !== undefined) {
        addDirective(file, directive)
        lines.next++
        continue
      }
    }
    const isBlank = start === range.end
    if (!isBlank && text.charCodeAt(start) !== hash) {
      addInstruction(file, file.reader.read(addInside))
      continue
    }
    if (isTooLong(lines, line)) reportTooLong(file, line)
    if (!isBlank) comments.add(start, range.end, false)
    lines.next++
  }
  // Only open heredocs need it, and where they end is known now.
  lines.lastLineOf = undefined
  closeStage(file)
}

function addDirective(file: Building, directive: Directive): void {
  const { name, value, range, valueRange } = directive
  const bad = (at: OffsetRange, message: Message) =>
    file.problems.push({ kind: 'bad-directive', severity: 'error', range: at, message })
  file.comments.endDirectives(range.end)
  if (file.directives.some((one) => one.name === name)) {
    file.comments.add(range.start, range.end, false)
    bad(range, text`The directive \`${name}\` stands twice. Only one may; remove this line.`)
    return
  }
  file.directives.push(directive)
  if (name !== 'escape') return
  if (value === '\\' || value === '`') file.reader.escape = value
  else bad(valueRange, text`\`${value}\` cannot be the escape character. Write \`\\\` or a backquote.`)
}

function reportTooLong(file: Building, line: number): void {
  const { start, end } = lineRange(file.reader.lines, line)
  const message = text`This line is longer than ${longestLine} bytes, and BuildKit reads none that is. Break it with line continuations.`
  file.problems.push({
    kind: 'line-too-long',
    severity: 'error',
    range: { start, end: Math.min(end, start + 80) },
    message,
  })
}

function addInstruction(file: Building, { instruction, line, faults }: ReadInstruction): void {
  const { problems, reader } = file
  const { first, emptyLine } = line
  const node = createNode(instruction.keyword, file.readAgain, first)
  const before = file.instructions[file.instructions.length - 1]
  file.instructions.push(node)
  if (faults.error !== undefined && !isSameMistake(before, faults.error)) problems.push(faults.error)
  place(file, instruction, node, faults)
  if (emptyLine !== undefined) {
    const message = text`An empty line in a continued instruction: BuildKit warns that it will refuse this. Remove the line, or make it a comment.`
    problems.push({ kind: 'builder-warning', severity: 'warning', range: emptyLine, message })
  }
  for (let index = first; index < reader.lines.next; index++) {
    if (!isTooLong(reader.lines, index)) continue
    reportTooLong(file, index)
    break
  }
}

/** Text that is no Dockerfile, or lines that lack a continuation, are one mistake; a keyword misspelled is one of its own. */
function isSameMistake(before: Instruction | undefined, { kind, suggestion }: SyntaxProblem): boolean {
  return before?.keyword === 'UNKNOWN' && kind === 'unknown-instruction' && suggestion === undefined
}

/** BuildKit: instructions.Parse. `read` is the instruction with all its fields; the node is what stays of it. */
function place(file: Building, read: Instruction, node: Instruction, { error, late, trigger }: Faults): void {
  const { stages, metaArgs, suspects, reader, workdir } = file
  const stage = stages[stages.length - 1]
  let isFaulty = error !== undefined
  if (read.keyword === 'FROM') {
    closeStage(file)
    const next: OpenStage = {
      index: stages.length,
      name: read.stageName === undefined ? undefined : toLower(read.stageName.raw),
      from: node as FromInstruction,
      instructions: [],
      referring: [],
    }
    stages.push(next)
    file.workdir = firstWorkdir(read, file.workdirs)
    holdFor(file, node, read)
    if (isFaulty) file.faultyStages.add(next)
  } else if (stage !== undefined) {
    stage.instructions.push(node)
    if (read.keyword === 'WORKDIR') file.workdir = nextWorkdir(read, workdir, reader.escape)
    if (read.keyword === 'ONBUILD') file.hasTriggers = true
    const isReferring = refers(read)
    if (isReferring) {
      stage.referring.push(node)
      holdFor(file, node, read)
    }
    if (!isFaulty) {
      const own = late ?? ownProblem(read, reader.escape, workdir)
      if (own !== undefined || isReferring || trigger !== undefined)
        suspects.push({
          stage,
          instruction: node,
          workdir,
          own,
          trigger,
          isLate: late !== undefined,
          isReferring,
        })
    }
  } else if (read.keyword === 'ARG') {
    metaArgs.push(node as KeyValueInstruction)
    file.held.push(node)
    if (!isFaulty && late !== undefined) file.problems.push(late)
    isFaulty ||= late !== undefined
  } else if (read.keyword === 'UNKNOWN') file.misspelled = true
  else file.orphan ??= { instruction: node, isFaulty }
  file.first ??= { instruction: node, isFaulty }
}

function holdFor({ held }: Building, node: Instruction, read: Instruction): void {
  held.push(node)
  hold(node, read)
}

const noInstructions: Instruction[] = []

/** Pushed arrays keep room for more; these stay. */
function closeStage(file: Building): void {
  const stage = file.stages[file.stages.length - 1]
  if (stage === undefined) return
  const trimmed = (list: Instruction[]) => (list.length === 0 ? noInstructions : list.slice())
  stage.instructions = trimmed(stage.instructions)
  stage.referring = trimmed(stage.referring)
  if (stage.name !== undefined) file.workdirs.set(stage.name, file.hasTriggers ? undefined : file.workdir)
  file.hasTriggers = false
}

function reportMissingStages(file: Building): void {
  const { first, orphan, stages, misspelled } = file
  if (first === undefined) {
    const message = text`There is no instruction in this file. Begin with \`FROM image\`.`
    const range = lineRange(file.reader.lines, 0)
    file.problems.push({ kind: 'empty-file', severity: 'error', range, message })
  } else if (misspelled) return
  else if (orphan !== undefined) {
    const name = orphan.instruction.keyword
    const message =
      stages.length === 0
        ? text`${name} stands in no stage: the file has no FROM. Begin with \`FROM image\`.`
        : text`${name} stands before the first FROM. Only ARG may; move it into a stage.`
    reportNoStage(file, orphan, message)
  } else if (stages.length === 0)
    reportNoStage(file, first, text`There is no stage to build in this file. Add \`FROM image\`.`)
}

/** One message an instruction: where it has another fault, that one first. */
function reportNoStage(file: Building, { instruction, isFaulty }: Placed, message: Message): void {
  if (isFaulty) return
  const range = instruction.keywordRange
  file.problems.push({ kind: 'no-stage', severity: 'error', range, message })
}
