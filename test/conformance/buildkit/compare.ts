import { toLower } from '../../../server/src/dockerfile/characters.ts'
import {
  baseStageOf,
  type Dockerfile,
  type Flag,
  type Heredoc,
  type Instruction,
  type Stage,
  type SyntaxProblem,
  type Word,
} from '../../../server/src/dockerfile/index.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import type { FileAnswer, NodeAnswer, Typed } from './oracle.ts'

/**
 * Where our reading of a file and BuildKit's differ; empty where they do not.
 *
 * Meant differences, passed over here and nowhere else:
 * - After an error we read on. BuildKit's parser gives nothing then, so the text before its error is compared.
 * - BuildKit places an error of a directive on the line before it, and one of a line that is too long on the line
 *   before that; we place both where they stand.
 * - BuildKit sorts the ports of EXPOSE; we keep their order.
 * - The content of a `<<-` heredoc has its tabs off already; BuildKit takes them off when it uses it.
 * - Several instructions before the first FROM, or after a misspelled FROM, get one message; so do instructions in a
 *   row whose keyword is none, nor near to one.
 */
export function differences(ours: Dockerfile, theirs: FileAnswer): string[] {
  const out: string[] = []
  const errors = ours.problems.filter(({ severity }) => severity === 'error')
  const lineOf = (offset: number) => ours.lines.positionAt(offset).line + 1
  const byLine = new Map<number, SyntaxProblem[]>()
  for (const problem of errors) {
    const line = lineOf(problem.range.start)
    byLine.set(line, [...(byLine.get(line) ?? []), problem])
  }
  const same = (what: string, a: unknown, b: unknown) => {
    const [one, other] = [JSON.stringify(a), JSON.stringify(b)]
    if (one !== other) out.push(`${what}: ours ${one}, BuildKit ${other}`)
  }
  if (theirs.parseError !== null) {
    const first = theirs.parseError.lines[0]
    const [from, to] = first ?? [0, Number.POSITIVE_INFINITY]
    const reach = /parser directive|escape token|max allowed|no instructions/.test(theirs.parseError.message)
      ? 1
      : 0
    const until = /no instructions/.test(theirs.parseError.message) ? Number.POSITIVE_INFINITY : to + reach
    const found = errors.some(({ range }) => {
      const line = lineOf(range.start)
      return reach === 1 ? line <= until : line >= from && line <= to
    })
    if (!found) out.push(`no error for "${theirs.parseError.message}" at ${from}-${to}`)
    return out
  }
  same('escape', ours.escape, theirs.escape)
  same('instructions', ours.instructions.length, theirs.instructions.length)
  const count = Math.min(ours.instructions.length, theirs.instructions.length)
  for (let index = 0; index < count; index++) {
    const instruction = ours.instructions[index] as Instruction
    const node = theirs.instructions[index] as NodeAnswer
    const at = `line ${node.start} ${node.value}`
    compareNode(at, instruction, node, same)
    const mine: SyntaxProblem[] = []
    for (let line = node.start; line <= node.end; line++) mine.push(...(byLine.get(line) ?? []))
    const isInRow = instruction.keyword === 'UNKNOWN' && ours.instructions[index - 1]?.keyword === 'UNKNOWN'
    if (node.error !== undefined && mine.length === 0 && !isInRow)
      out.push(`${at}: no error for "${node.error}"`)
    if (mine.length > 1)
      out.push(`${at}: ${mine.length} errors: ${mine.map(({ message }) => inEnglish(message)).join(' | ')}`)
    if (node.error === undefined) compareTyped(at, instruction, node, same)
  }
  const warnings = ours.problems.filter(({ kind }) => kind === 'builder-warning')
  same('warnings', warnings.length, theirs.warnings.length)
  if (!ours.text.startsWith('#!') && !ours.text.includes('\r\r'))
    same('directives', detectable(ours), sorted(theirs.directives))
  if (theirs.instructionsError !== null) {
    if (errors.length === 0) out.push(`no error for "${theirs.instructionsError.message}"`)
    return out
  }
  same(
    'stages',
    ours.stages.map(({ name, from, instructions }) => [name ?? '', from.image?.raw, instructions.length]),
    theirs.stages.map(({ name, base, commands }) => [name, base, commands]),
  )
  same('meta args', ours.metaArgs.length, theirs.metaArgs)
  return out
}

type Same = (what: string, ours: unknown, theirs: unknown) => void

function compareNode(at: string, instruction: Instruction, node: NodeAnswer, same: Same): void {
  same(`${at}: keyword`, wellFormed(instruction.written), node.value)
  same(`${at}: flags`, instruction.flags.map(flagText), node.flags)
  // Of a faulty instruction the form tells nothing.
  if (instruction.keyword !== 'UNKNOWN' && node.trigger === null && node.error === undefined) {
    same(`${at}: form`, isJson(instruction), node.json)
  }
  if (node.start > 0) {
    same(`${at}: start`, instruction.startLine, node.start)
    same(`${at}: end`, instruction.endLine, node.end)
    same(
      `${at}: heredocs`,
      instruction.heredocs.map(({ name, fd, expand, chomp, content }) => [
        name,
        fd,
        expand,
        chomp,
        wellFormed(content.text),
      ]),
      node.heredocs.map(({ name, fd, expand, chomp, content, chomped }) => [
        name,
        fd,
        expand,
        chomp,
        chomp ? chomped : content,
      ]),
    )
  }
  if (instruction.keyword !== 'ONBUILD') return
  same(`${at}: trigger`, instruction.instruction !== undefined, node.trigger !== null)
  if (instruction.instruction === undefined || node.trigger === null) return
  const inner = { ...instruction.instruction, heredocs: [] }
  // A trigger's own trigger is refused; we read no further.
  if (inner.keyword === 'ONBUILD' || node.trigger.value.toLowerCase() === 'onbuild') return
  compareNode(`${at} ${node.trigger.value}`, inner, node.trigger, same)
}

function isJson(instruction: Instruction): boolean {
  switch (instruction.keyword) {
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
      return instruction.command.form === 'json'
    case 'SHELL':
    case 'VOLUME':
      return instruction.form === 'json'
    case 'HEALTHCHECK':
      return typeof instruction.test === 'object'
        ? instruction.test.form === 'json'
        : healthcheckNoneIsJson(instruction)
    case 'ADD':
    case 'COPY': {
      const words = [...instruction.sources, instruction.destination]
      return (
        words.some((word) => word !== undefined && word.range.end > word.range.start) && isArray(instruction)
      )
    }
    default:
      return false
  }
}

/** COPY and ADD keep no form of their own; it shows in what became of the brackets. */
function isArray(instruction: Instruction): boolean {
  const { text } = instruction.argumentsText
  if (!text.startsWith('[')) return false
  try {
    const values: unknown = JSON.parse(text)
    return Array.isArray(values)
  } catch {
    return false
  }
}

function healthcheckNoneIsJson(instruction: Instruction): boolean {
  return /^\S+\s*\[\s*\]$/.test(instruction.argumentsText.text)
}

function compareTyped(at: string, instruction: Instruction, node: NodeAnswer, same: Same): void {
  const typed: Typed = node.typed ?? {}
  switch (instruction.keyword) {
    case 'FROM':
      same(`${at}: base`, raw(instruction.image), typed.base)
      same(
        `${at}: name`,
        instruction.stageName === undefined ? '' : toLower(instruction.stageName.raw),
        typed.name,
      )
      same(`${at}: platform`, raw(instruction.platform), typed.platform)
      return
    case 'ENV':
    case 'LABEL':
    case 'ARG':
      same(
        `${at}: pairs`,
        instruction.pairs.map(({ key, value }) => [
          wellFormed(key.raw),
          value === undefined ? null : wellFormed(value.raw),
        ]),
        typed.pairs?.map(({ key, value }) => [key, value]),
      )
      return
    case 'USER':
      same(at, raw(instruction.user), typed.value)
      return
    case 'WORKDIR':
      same(at, raw(instruction.path), typed.value)
      return
    case 'MAINTAINER':
    case 'STOPSIGNAL':
      same(at, raw(instruction.value), typed.value)
      return
    case 'EXPOSE':
      same(at, utf8Sorted(instruction.words.map(raw)), typed.words)
      return
    case 'VOLUME':
    case 'SHELL':
      same(at, instruction.words.map(raw), typed.words)
      return
    case 'CMD':
    case 'ENTRYPOINT':
    case 'RUN': {
      const { command } = instruction
      if (command.form === 'json') same(at, command.args.map(raw), typed.cmdline)
      else if (instruction.keyword === 'RUN')
        same(`${at}: script`, wellFormed(command.script.text), typed.script)
      else same(at, command.script.text === '' ? [] : [wellFormed(command.script.text)], typed.cmdline)
      same(`${at}: shell`, command.form === 'shell', typed.shell)
      if (instruction.keyword === 'RUN') compareMounts(at, instruction.mounts, typed, same)
      return
    }
    case 'HEALTHCHECK': {
      const { test } = instruction
      if (test === 'none') same(at, ['NONE'], typed.test)
      else if (test?.form === 'json') same(at, ['CMD', ...test.args.map(raw)], typed.test)
      else same(at, ['CMD-SHELL', wellFormed(test?.script.text ?? '')], typed.test)
      return
    }
    case 'ADD':
    case 'COPY':
      same(`${at}: sources`, instruction.sources.map(raw), typed.sources)
      same(`${at}: destination`, raw(instruction.destination), typed.destination)
      same(`${at}: contents`, contentsOf(instruction, typed), typed.contents)
      same(
        `${at}: options`,
        [
          raw(instruction.chown),
          raw(instruction.chmod),
          raw(instruction.from),
          instruction.link,
          instruction.parents,
          instruction.exclude.map(raw),
        ],
        [typed.chown, typed.chmod, typed.from, typed.link, typed.parents, typed.exclude],
      )
      return
    default:
      return
  }
}

function compareMounts(
  at: string,
  mounts: Extract<Instruction, { keyword: 'RUN' }>['mounts'],
  typed: Typed,
  same: Same,
): void {
  if (typed.mounts === undefined || typed.mounts === null) return
  const last = (options: ReadonlyMap<string, Word>, ...names: string[]) =>
    [...options].findLast(([name]) => names.includes(name))?.[1].raw ?? ''
  const number = (text: string, base: number) => (text === '' ? null : Number.parseInt(text, base))
  same(
    `${at}: mounts`,
    mounts.map(({ type, options }) => [
      type,
      last(options, 'from'),
      last(options, 'id'),
      number(last(options, 'uid'), 10),
      number(last(options, 'gid'), 10),
      number(last(options, 'mode'), 8),
    ]),
    typed.mounts.map(({ Type, From, CacheID, UID, GID, Mode }) => [Type, From, CacheID, UID, GID, Mode]),
  )
}

/** BuildKit finds the body of a source by its name, the last one of that name; a JSON string may look like a marker and has none. */
function contentsOf(instruction: Extract<Instruction, { keyword: 'COPY' | 'ADD' }>, typed: Typed): unknown {
  const byName = new Map<string, Heredoc>(instruction.heredocs.map((heredoc) => [heredoc.name, heredoc]))
  return typed.contents?.map(({ path, expand }) => {
    const heredoc = byName.get(path)
    const data = heredoc === undefined ? '' : wellFormed(heredoc.content.text)
    return { path, data, expand: heredoc?.expand ?? expand }
  })
}

function raw(word: Word | undefined): string {
  return word === undefined ? '' : wellFormed(word.raw)
}

function flagText({ name, value }: Flag): string {
  return wellFormed(value === undefined ? `--${name}` : `--${name}=${value.raw}`)
}

/** Go's JSON has U+FFFD where a surrogate stands alone. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD')
}

/** `syntax` and `check` are looked for before parsing, in lines that begin with `#`; one that is indented ends the search. */
function detectable({ text, directives, lines }: Dockerfile): [string, string][] {
  const indented = directives.findIndex(({ range }) => {
    const { line, character } = lines.positionAt(range.start)
    return character !== (line === 0 && text.startsWith('\ufeff') ? 1 : 0)
  })
  const found = indented === -1 ? directives : directives.slice(0, indented)
  return sorted(Object.fromEntries(found.map(({ name, value }) => [name, value])))
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Go sorts strings by their bytes. */
function utf8Sorted(words: string[]): string[] {
  return words.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

/**
 * The same for what shows only when BuildKit turns the file into build steps (dockerfile2llb); for files that it can
 * read so far. Meant differences: what depends on a variable that the file does not settle is no error of ours, and
 * neither is a mount without a target where the base image may have a working directory of its own. A name in `--chown` of a
 * linked copy with `--chmod` is a warning: BuildKit refuses it only lately.
 */
export function buildDifferences(ours: Dockerfile, theirs: FileAnswer): string[] {
  const { buildError } = theirs
  const errors = ours.problems.filter(({ severity }) => severity === 'error')
  if (buildError === null)
    return errors.map(({ message }) => `BuildKit builds it, we say: ${inEnglish(message)}`)
  if (errors.length > 0) return []
  const lines = buildError.lines.flat()
  const told = ours.instructions.some(
    (instruction) =>
      lines.includes(instruction.startLine) &&
      (instruction.argumentsText.text.includes('$') ||
        instruction.flags.some(({ value }) => value?.raw.includes('$'))),
  )
  const isInherited =
    buildError.message.startsWith('invalid mount target') &&
    ours.stages.some(
      (stage) =>
        stage.instructions.some(({ startLine }) => lines.includes(startLine)) &&
        !hasWorkdir(ours, stage, lines),
    )
  // Older BuildKit builds it, so that we only warn.
  const isOldHabit =
    buildError.message.includes("can't be resolved when used with --link") &&
    ours.problems.some(({ severity, kind }) => severity === 'warning' && kind === 'bad-value')
  return told || isInherited || isOldHabit
    ? []
    : [`no error for "${buildError.message}" at ${JSON.stringify(buildError.lines)}`]
}

/** Whether the file itself says where the instruction at `lines` runs. */
function hasWorkdir(file: Dockerfile, stage: Stage, lines: readonly number[]): boolean {
  const before = stage.instructions.filter(({ startLine }) => startLine < (lines[0] ?? 0))
  if (before.some((one) => one.keyword === 'WORKDIR' && one.path?.raw.startsWith('/'))) return true
  const base = stage.from.image?.raw ?? ''
  const from = baseStageOf(file, base, stage)
  return from === undefined ? base === 'scratch' : hasWorkdir(file, from, [Number.POSITIVE_INFINITY])
}
