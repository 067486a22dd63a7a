import { listed, type Message, text } from '../l10n/index.ts'
import { splitAtBlanks, wordOf, wordsAtBlanks, wordsAtSpaces } from './argument-words.ts'
import { isAs, isBlank, isSpace, toLower, trimSpace } from './characters.ts'
import { parseDuration } from './durations.ts'
import { anyVariable, expansionProblem, isPlain } from './expansion-problems.ts'
import { checkFlags } from './flags.ts'
import { readMarker } from './heredocs.ts'
import { type InstructionName, instructionNamed, instructionNames } from './instruction-names.ts'
import { readJsonForm } from './json-form.ts'
import type { SplitInstruction } from './keyword-and-flags.ts'
import { joinMapped, mapped, sliceMapped, toFileRange } from './mapped-text.ts'
import { readFields, readMount } from './mounts.ts'
import { nearest } from './nearest.ts'
import { type EscapeCharacter, expandWord, expandWords } from './shell-words.ts'
import type {
  CommandLine,
  Flag,
  Heredoc,
  Instruction,
  KeyValue,
  Keyword,
  MappedText,
  Mount,
  OffsetRange,
  SyntaxProblem,
  SyntaxProblemKind,
  Word,
} from './types.ts'
import { isBoolean, portProblem } from './value-grammars.ts'

/** An instruction before its arguments are read, and what reading them takes. */
export interface InstructionFrame {
  readonly startLine: number
  readonly leadingComments: readonly OffsetRange[]
  /** How far the file is read: known for this instruction when its heredocs are. */
  readonly endOffset: () => number
  readonly endLine: () => number
  readonly split: SplitInstruction
  readonly escape: EscapeCharacter
  /** Reads the bodies that follow the line; called where BuildKit would look for them. */
  readonly readHeredocs: () => readonly Heredoc[]
  /** The instruction in ONBUILD; `readHeredocs` stays the outer one's. */
  readonly readTrigger: (args: MappedText) => Instruction
  /** A fault that BuildKit's instructions package finds; in a trigger only when an image builds on this one. */
  readonly report: Report
  /** A fault that BuildKit's parser finds, in a trigger too. */
  readonly refuse: Report
  /** A fault that shows when the stage is built. */
  readonly defer: Report
  /** The file's text. */
  readonly text: string
  /** False where only faults are looked for: a line may hold a hundred thousand words, and they stay unmade then. */
  readonly keepsWords: boolean
}

export type Report = (
  kind: SyntaxProblemKind,
  range: OffsetRange,
  message: Message,
  suggestion?: string,
) => void

const noHeredocs: readonly Heredoc[] = Object.freeze([])
const noWords: readonly Word[] = Object.freeze([])
const noMounts: readonly Mount[] = Object.freeze([])

/** BuildKit: instructions/parse.go, one reader an instruction. A fault is reported once, and what could be read is kept. */
export function readInstruction(frame: InstructionFrame): Instruction {
  const { split, report } = frame
  const name = instructionNamed(split.keyword)
  if (name === undefined) {
    reportUnknown(frame)
    return unreadInstruction(frame)
  }
  const instruction = readers[name](frame, name)
  if (!(name === 'HEALTHCHECK' && toLower(firstWord(split.args.text)) === 'none')) {
    const bad = checkFlags(name, instruction.flags)
    if (bad !== undefined) report(bad.kind, bad.range, bad.message, bad.suggestion)
  }
  return instruction
}

/** An instruction whose arguments nobody reads. */
export function unreadInstruction(frame: InstructionFrame): Instruction {
  return common(frame, 'UNKNOWN')
}

type Reader = (frame: InstructionFrame, name: InstructionName) => Instruction

const readers: Readonly<Record<InstructionName, Reader>> = {
  ADD: readCopy,
  ARG: readArg,
  CMD: readCommand,
  COPY: readCopy,
  ENTRYPOINT: readCommand,
  ENV: readPairs,
  EXPOSE: readExpose,
  FROM: readFrom,
  HEALTHCHECK: readHealthcheck,
  LABEL: readPairs,
  MAINTAINER: (frame) => make(frame, 'MAINTAINER', { value: readWhole(frame, text`a name`) }),
  ONBUILD: readOnbuild,
  RUN: readRun,
  SHELL: readShell,
  STOPSIGNAL: (frame) =>
    make(frame, 'STOPSIGNAL', {
      value: readWhole(frame, text`a signal such as \`SIGTERM\``),
    }),
  USER: (frame) =>
    make(frame, 'USER', {
      user: readWhole(frame, text`a user, \`name\`, \`uid\` or \`uid:gid\``),
    }),
  VOLUME: readVolume,
  WORKDIR: (frame) => make(frame, 'WORKDIR', { path: readWhole(frame, text`a directory`) }),
}

/** What all instructions have; made when the heredocs are read. */
function common<K extends Keyword>(
  frame: InstructionFrame,
  keyword: K,
  heredocs: readonly Heredoc[] = noHeredocs,
) {
  const { split, startLine, leadingComments } = frame
  const { keywordRange, keyword: written } = split
  return {
    keyword,
    range: { start: keywordRange.start, end: Math.max(keywordRange.end, frame.endOffset()) },
    keywordRange,
    argumentsRange: split.argsRange,
    startLine,
    endLine: frame.endLine(),
    written,
    flags: split.flags,
    heredocs,
    leadingComments,
    argumentsText: split.args,
  }
}

/** Assigned, not spread: with spread objects V8 makes a hidden class for each of them. */
function make<K extends Keyword, F extends object>(
  frame: InstructionFrame,
  keyword: K,
  fields: F,
  heredocs?: readonly Heredoc[],
) {
  return Object.assign(common(frame, keyword, heredocs), fields)
}

/** The arguments, or the keyword where there are none. */
function where({ split }: InstructionFrame): OffsetRange {
  return split.args.text === '' ? split.keywordRange : split.argsRange
}

function reportUnknown({ split, report }: InstructionFrame): void {
  const { keyword } = split
  if (keyword === '') {
    report(
      'unknown-instruction',
      split.keywordRange,
      text`This continues into nothing. Remove the lone line continuation.`,
    )
    return
  }
  const near = nearest(keyword.toUpperCase(), instructionNames)
  const suggestion = near !== undefined && keyword === keyword.toLowerCase() ? near.toLowerCase() : near
  const shown = keyword.length > 40 ? `${keyword.slice(0, 40)}…` : keyword
  const advice =
    near === undefined
      ? text`If it belongs to the instruction above, end that line with a continuation.`
      : text`Did you mean \`${suggestion ?? near}\`?`
  report(
    'unknown-instruction',
    split.keywordRange,
    text`\`${shown}\` is no instruction. ${advice}`,
    suggestion,
  )
}

function needsArgument(frame: InstructionFrame, what: Message): void {
  const name = frame.split.keyword.toUpperCase()
  frame.report('missing-argument', frame.split.keywordRange, text`${name} needs ${what}; nothing follows it.`)
}

/** Instructions whose argument is the rest of the line, spaces and all (parseString). */
function readWhole(frame: InstructionFrame, what: Message): Word | undefined {
  const { args } = frame.split
  if (args.text === '') {
    needsArgument(frame, what)
    return undefined
  }
  return { raw: args.text, range: frame.split.argsRange }
}

function reportNotStrings(frame: InstructionFrame): void {
  frame.refuse(
    'wrong-arguments',
    where(frame),
    text`In the JSON form every element is a string. Put each in double quotes: \`["a", "1"]\`.`,
  )
}

function readFrom(frame: InstructionFrame): Instruction {
  const { split, report } = frame
  const words = splitAtBlanks(split.args)
  const [image, as, name] = words
  if (image === undefined) needsArgument(frame, text`an image: \`FROM image:tag\`, or \`FROM scratch\``)
  const named = words.length === 3 && isAs(as?.raw ?? '')
  if (words.length > 1 && !named) {
    const asIsThere = isAs(as?.raw ?? '')
    const extra = words[asIsThere ? 3 : 1] as Word | undefined
    const range = { start: (extra ?? as)?.range.start ?? 0, end: split.argsRange.end }
    const message =
      words.length === 2 && asIsThere
        ? text`AS needs a name for the stage: \`FROM image AS name\`.`
        : text`FROM takes an image, and a name for the stage: \`FROM image AS name\`. Remove the rest.`
    report('wrong-arguments', words.length === 2 && asIsThere ? (as as Word).range : range, message)
  }
  const stageName = named ? name : undefined
  // Go and JavaScript lower-case alike what this lets through.
  if (stageName !== undefined && !/^[a-z][a-z0-9\-_.]*$/.test(toLower(stageName.raw))) {
    const rule = text`Stage names begin with a letter; letters, digits, \`-\`, \`_\` and \`.\` follow.`
    report('bad-value', stageName.range, text`\`${stageName.raw}\` is no name for a stage. ${rule}`)
  }
  const head = common(frame, 'FROM')
  return Object.assign(head, { image, platform: flagValue(head.flags, 'platform'), stageName })
}

function flagValue(flags: readonly Flag[], name: string): Word | undefined {
  return flags.find((flag) => flag.name === name)?.value
}

function isOn(flags: readonly Flag[], name: string): boolean {
  const flag = flags.find((one) => one.name === name)
  return flag !== undefined && (flag.value === undefined || flag.value.raw.toLowerCase() === 'true')
}

/** BuildKit: parseMaybeJSON. */
function readCommandLine(frame: InstructionFrame, args: MappedText): CommandLine {
  // For faults it matters whether there is one.
  const json = readJsonForm(args, frame.keepsWords ? Number.POSITIVE_INFINITY : 1)
  if (json.kind === 'strings') return { form: 'json', args: json.words }
  if (json.kind === 'other') reportNotStrings(frame)
  return { form: 'shell', script: args }
}

function readCommand(frame: InstructionFrame, name: InstructionName): Instruction {
  const command = readCommandLine(frame, frame.split.args)
  return make(frame, name as 'CMD' | 'ENTRYPOINT', { command })
}

const networks = ['default', 'none', 'host']
const securities = ['insecure', 'sandbox']

function readRun(frame: InstructionFrame): Instruction {
  const { split, report } = frame
  const written = readCommandLine(frame, split.args)
  const heredocs = written.form === 'json' ? noHeredocs : frame.readHeredocs()
  const command =
    written.form === 'json' ? written : { form: 'shell' as const, script: scriptOf(frame, heredocs) }
  if (split.cut !== undefined) {
    const message = text`BuildKit takes a byte of this character for a blank, which ends the flag, and cannot send what is left of it. Write the flag without it.`
    frame.defer('bad-value', split.cut, message)
  }
  const mounts: Mount[] = []
  for (const flag of split.flags) {
    if (flag.value === undefined) continue
    const { raw, range } = flag.value
    const mountText = split.mounts.get(flag)
    if (mountText !== undefined) {
      const { mount, problem, isEarly } = readMount(flag, mountText, frame.escape)
      mounts.push(mount)
      if (problem !== undefined) {
        const tell = isEarly ? report : frame.defer
        tell(problem.kind, problem.range, problem.message, problem.suggestion)
      }
    } else if (flag.name === 'network' && !networks.includes(raw)) {
      const message = text`\`${raw}\` is no network mode; they are ${listed(networks)}.`
      report('bad-value', raw === '' ? flag.range : range, message, nearest(raw, networks))
    } else if (flag.name === 'security' && !securities.includes(raw)) {
      const message = text`\`${raw}\` is no security mode; they are ${listed(securities)}.`
      report('bad-value', raw === '' ? flag.range : range, message, nearest(raw, securities))
    } else if (flag.name === 'device') {
      const message = deviceProblem(raw)
      if (message !== undefined) report('bad-value', flag.range, message)
    }
  }
  return make(frame, 'RUN', { command, mounts: mounts.length === 0 ? noMounts : mounts.slice() }, heredocs)
}

/** BuildKit: instructions/commands_rundevice.go. */
function deviceProblem(raw: string): Message | undefined {
  const fields = readFields(raw)
  if (fields === 'bad')
    return text`\`--device\` is a comma-separated list: \`--device=vendor.com/class=name,required\`.`
  let name = ''
  for (const { text: field } of fields) {
    const equals = field.indexOf('=')
    const key = toLower(equals === -1 ? field : field.slice(0, equals))
    const value = field.slice(equals + 1)
    if (key === 'required') {
      if (equals === -1 || isBoolean(value)) continue
      return text`\`${value}\` is no value for \`required\` in \`--device\`: write true or false.`
    }
    if (key === 'name' && equals !== -1) {
      if (name !== '')
        return text`\`--device\` names two devices, \`${name}\` and \`${value}\`. Give each a flag of its own.`
      name = value
    } else if (name === '') name = field
    else
      return text`\`--device\` does not know \`${field}\`. After the device's name, \`required\` may follow.`
  }
  return undefined
}

/**
 * The text that the shell gets (dockerfile2llb/convert.go: dispatchRun). One heredoc alone is the script itself;
 * else the line and the bodies are put together again for the shell to read.
 */
function scriptOf({ split, text }: InstructionFrame, heredocs: readonly Heredoc[]): MappedText {
  const { args } = split
  const first = heredocs[0]
  if (first === undefined) return args
  const alone = readMarker(args.text)
  if (alone !== undefined && alone !== 'error') return first.content
  const parts: MappedText[] = [args]
  for (const { name, bodyRange, closingRange } of heredocs) {
    parts.push(mapped('\n', Math.max(bodyRange.start - 1, 0)))
    // The shell strips the tabs of `<<-` itself, so it gets them.
    parts.push(mapped(text.slice(bodyRange.start, bodyRange.end), bodyRange.start))
    if (closingRange !== undefined) parts.push(mapped(name, closingRange.start))
  }
  return joinMapped(parts)
}

function readCopy(frame: InstructionFrame, name: InstructionName): Instruction {
  const { split, report } = frame
  const json = readJsonForm(split.args)
  if (json.kind === 'other') reportNotStrings(frame)
  const words = json.kind === 'strings' ? json.words : splitAtBlanks(split.args)
  const heredocs = json.kind === 'strings' ? noHeredocs : frame.readHeredocs()
  const destination = words.length > 1 ? words[words.length - 1] : undefined
  if (words.length === 0) needsArgument(frame, text`sources and a destination`)
  else if (words.length === 1) {
    const only = (words[0] as Word).raw
    report('missing-argument', where(frame), text`${name} needs a destination after \`${shorten(only)}\`.`)
  } else if (destination !== undefined && isMarker(destination.raw)) {
    const message = text`${name} cannot write to a heredoc. The destination comes last: \`${name} <<EOF /path\`.`
    report('wrong-arguments', destination.range, message)
  }
  const sources = words.length > 1 ? words.slice(0, -1) : words
  const head = common(frame, name as 'COPY' | 'ADD', heredocs)
  const { flags } = head
  return Object.assign(head, {
    sources: sources.some(({ raw }) => isMarker(raw)) ? sources.filter(({ raw }) => !isMarker(raw)) : sources,
    destination,
    from: name === 'COPY' ? flagValue(flags, 'from') : undefined,
    chown: flagValue(flags, 'chown'),
    chmod: flagValue(flags, 'chmod'),
    link: isOn(flags, 'link'),
    parents: name === 'COPY' && isOn(flags, 'parents'),
    exclude: frame.keepsWords ? valuesOf(flags, 'exclude') : noWords,
  })
}

function valuesOf(flags: readonly Flag[], name: string): readonly Word[] {
  if (flags.every((flag) => flag.name !== name)) return noWords
  return flags.flatMap((flag) => (flag.name === name && flag.value !== undefined ? [flag.value] : []))
}

function isMarker(word: string): boolean {
  const marker = readMarker(word)
  return marker !== undefined && marker !== 'error'
}

/** BuildKit: parseNameVal. The old form, `ENV name value`, is told by a first word without `=`. */
function readPairs(frame: InstructionFrame, name: InstructionName): Instruction {
  const { split, report, keepsWords } = frame
  const { args } = split
  const keyword = name as 'ENV' | 'LABEL'
  const pairs: KeyValue[] = []
  const mayFail = !isPlain(args.text)
  let isFirst = true
  for (const { raw, start, end } of wordsAtSpaces(args.text, frame.escape)) {
    const equals = raw.indexOf('=')
    if (equals === -1 && isFirst) return make(frame, keyword, { pairs: [readOldPair(frame, name)] })
    isFirst = false
    if (equals === -1) {
      const range = toFileRange(args, { start, end })
      const advice = text`Write \`name=value\`, and put a value with spaces in quotes.`
      frame.refuse('wrong-arguments', range, text`\`${shorten(raw)}\` has no \`=\`. ${advice}`)
      continue
    }
    if (equals === 0) {
      const range = toFileRange(args, { start, end })
      report('wrong-arguments', range, text`A name is missing before \`=\`: write \`${name} name=value\`.`)
    }
    if (!keepsWords && !mayFail) continue
    const key = wordOf(args, start, start + equals)
    const value = wordOf(args, start + equals + 1, end)
    if (keepsWords) pairs.push({ key, value })
    checkExpansion(frame, key)
    checkExpansion(frame, value)
  }
  if (isFirst) needsArgument(frame, text`a name and a value: \`${name} name=value\``)
  return make(frame, keyword, { pairs })
}

function readOldPair(frame: InstructionFrame, name: InstructionName): KeyValue {
  const { args } = frame.split
  const written = args.text
  let end = 0
  while (end < written.length && !isBlank(written.charCodeAt(end))) end++
  let next = end
  while (next < written.length && isBlank(written.charCodeAt(next))) next++
  const key = wordOf(args, 0, end)
  if (end === written.length) {
    const shown = shorten(key.raw)
    const message = text`${name} needs a value for \`${shown}\`: write \`${shown}=…\`.`
    frame.refuse('missing-argument', where(frame), message)
    return { key, value: undefined }
  }
  const value = wordOf(args, next, written.length)
  checkExpansion(frame, key)
  checkExpansion(frame, value)
  return { key, value }
}

/** A word that cannot be expanded is noticed when the stage is built. */
function checkExpansion(frame: InstructionFrame, word: Word): void {
  if (frame.keepsWords) return
  const expanded = expandWord(word.raw, anyVariable, { escape: frame.escape })
  if (expanded.kind === 'error') defer(frame, expansionProblem(word, expanded.message))
}

function defer(frame: InstructionFrame, { kind, range, message }: SyntaxProblem): void {
  frame.defer(kind, range, message)
}

function readArg(frame: InstructionFrame): Instruction {
  const { split, report } = frame
  const { args } = split
  const pairs: KeyValue[] = []
  let isEmpty = true
  for (const { raw, start, end } of wordsAtSpaces(args.text, frame.escape)) {
    isEmpty = false
    const equals = raw.indexOf('=')
    if (equals === 0) {
      report(
        'wrong-arguments',
        toFileRange(args, { start, end }),
        text`A name is missing before \`=\`: write \`ARG name=default\`.`,
      )
    }
    const nameEnd = equals === -1 ? end : start + equals
    const key = wordOf(args, start, nameEnd)
    const value = equals === -1 ? undefined : wordOf(args, nameEnd + 1, end)
    if (frame.keepsWords) pairs.push({ key, value })
    if (value !== undefined) checkExpansion(frame, value)
  }
  if (isEmpty) needsArgument(frame, text`a name: \`ARG name\` or \`ARG name=default\``)
  return make(frame, 'ARG', { pairs })
}

function readExpose(frame: InstructionFrame): Instruction {
  const { args } = frame.split
  if (args.text === '') needsArgument(frame, text`a port such as \`8080\``)
  const words = frame.keepsWords ? splitAtBlanks(args) : noWords
  if (!frame.keepsWords) checkPorts(frame)
  return make(frame, 'EXPOSE', { form: 'words' as const, words })
}

/** BuildKit expands all of them before it looks at one. */
function checkPorts(frame: InstructionFrame): void {
  let bad: SyntaxProblem | undefined
  for (const word of wordsAtBlanks(frame.split.args)) {
    const ports = expandWords(word.raw, anyVariable, { escape: frame.escape })
    if (ports.kind === 'error') defer(frame, expansionProblem(word, ports.message))
    if (ports.kind !== 'known' || bad !== undefined) continue
    for (const port of ports.values) {
      const problem = portProblem(port)
      if (problem === undefined) continue
      bad = {
        kind: 'bad-value',
        severity: 'error',
        range: word.range,
        message: text`\`${port}\` ${problem}.`,
      }
      break
    }
  }
  if (bad !== undefined) defer(frame, bad)
}

function readVolume(frame: InstructionFrame): Instruction {
  const { args } = frame.split
  const json = readJsonForm(args)
  if (json.kind === 'other') reportNotStrings(frame)
  const isJson = json.kind === 'strings'
  const words = isJson ? json.words : splitAtBlanks(args)
  if (words.length === 0) needsArgument(frame, text`a directory`)
  for (const word of words) {
    if (trimSpace(word.raw) === '')
      frame.report('bad-value', word.range, text`VOLUME with an empty name. Remove it, or write a directory.`)
  }
  const trimmed = words.map(({ raw, range }) => ({ raw: trimSpace(raw), range }))
  return make(frame, 'VOLUME', { form: isJson ? 'json' : 'words', words: trimmed })
}

function readShell(frame: InstructionFrame): Instruction {
  const { args } = frame.split
  const json = readJsonForm(args)
  if (json.kind === 'strings') {
    if (json.words.length === 0) needsArgument(frame, text`at least one element: \`SHELL ["/bin/sh", "-c"]\``)
    return make(frame, 'SHELL', { form: 'json', words: json.words })
  }
  if (json.kind === 'other') reportNotStrings(frame)
  else if (args.text === '') needsArgument(frame, text`a JSON array: \`SHELL ["/bin/sh", "-c"]\``)
  else {
    const advice = text`Write every element in double quotes: \`SHELL ["/bin/bash", "-o", "pipefail", "-c"]\`.`
    frame.report('wrong-arguments', where(frame), text`SHELL takes a JSON array only. ${advice}`)
  }
  return make(frame, 'SHELL', {
    form: 'words',
    words: args.text === '' ? noWords : splitAtBlanks(args),
  })
}

function readHealthcheck(frame: InstructionFrame): Instruction {
  const { split, report } = frame
  const { args } = split
  const written = args.text
  const type = firstWord(written)
  const finish = (test: 'none' | CommandLine | undefined): Instruction =>
    make(frame, 'HEALTHCHECK', {
      test,
    })
  if (type === '') {
    needsArgument(frame, text`\`CMD command\` or \`NONE\``)
    return finish(undefined)
  }
  let next = type.length
  while (next < written.length && isSpaceByte(written.charCodeAt(next))) next++
  const rest = sliceMapped(args, next, written.length)
  const command = readCommandLine(frame, rest)
  const isEmpty = command.form === 'json' ? command.args.length === 0 : rest.text === ''
  const typeRange = toFileRange(args, { start: 0, end: type.length })
  switch (type.toUpperCase()) {
    case 'NONE':
      if (!isEmpty) {
        const range = toFileRange(args, { start: next, end: written.length })
        report('wrong-arguments', range, text`HEALTHCHECK NONE takes no arguments. Remove what follows it.`)
      }
      return finish('none')
    case 'CMD':
      if (isEmpty)
        report('missing-argument', typeRange, text`HEALTHCHECK CMD needs a command; nothing follows it.`)
      checkHealthcheckFlags(frame)
      return finish(command)
    default: {
      const near = nearest(type.toUpperCase(), ['CMD', 'NONE'])
      const advice =
        near === undefined
          ? text`Write \`HEALTHCHECK CMD command\` or \`HEALTHCHECK NONE\`.`
          : text`Did you mean \`${near}\`?`
      report(
        'wrong-arguments',
        typeRange,
        text`HEALTHCHECK does not know \`${shorten(type)}\`. ${advice}`,
        near,
      )
      return finish(undefined)
    }
  }
}

/** BuildKit reads HEALTHCHECK's type byte by byte (parseHealthConfig), so a byte 85 or A0 of a character ends it too. */
function firstWord(text: string): string {
  let at = 0
  while (at < text.length && !isSpaceByte(text.charCodeAt(at))) at++
  return text.slice(0, at)
}

function isSpaceByte(code: number): boolean {
  return code < 0x80 && isSpace(code)
}

function checkHealthcheckFlags({ split, report }: InstructionFrame): void {
  for (const flag of split.flags) {
    const raw = flag.value?.raw
    if (raw === undefined || raw === '') continue
    if (flag.name === 'retries') {
      const count = /^[-+]?\d+$/.test(raw) ? Number(raw) : Number.NaN
      if (!(count >= 0 && count < 2 ** 31)) {
        report(
          'bad-value',
          flag.value?.range ?? flag.range,
          text`\`${raw}\` is no number of retries. Write a whole number such as 3.`,
        )
      }
    } else if (['interval', 'timeout', 'start-period', 'start-interval'].includes(flag.name)) {
      const duration = parseDuration(raw)
      if (duration !== undefined && (duration === 0 || duration >= 1e6)) continue
      const what = duration === undefined ? text`is no duration` : text`is shorter than 1ms`
      report(
        'bad-value',
        flag.value?.range ?? flag.range,
        text`\`${raw}\` ${what}. Write a number and a unit, such as 30s or 1m30s.`,
      )
    }
  }
}

const forbiddenTriggers = ['ONBUILD', 'MAINTAINER', 'FROM']

function readOnbuild(frame: InstructionFrame): Instruction {
  const { args } = frame.split
  if (args.text === '') {
    needsArgument(frame, text`an instruction: \`ONBUILD RUN …\``)
    return make(frame, 'ONBUILD', { instruction: undefined })
  }
  const instruction = frame.readTrigger(args)
  // BuildKit compares in upper case here, not with the table of instructions.
  const name = trimSpace(instruction.written).toUpperCase()
  if (forbiddenTriggers.includes(name)) {
    const message =
      name === 'ONBUILD'
        ? text`ONBUILD in ONBUILD is not allowed. Write ONBUILD once.`
        : text`${name} cannot be an ONBUILD trigger. Remove it, or write it in the image that builds on this one.`
    frame.report('forbidden-onbuild', instruction.keywordRange, message)
  }
  return make(frame, 'ONBUILD', { instruction }, instruction.heredocs)
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
