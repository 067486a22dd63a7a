import { listed, type Message, sentences, text } from '../l10n/index.ts'
import { toLower } from './characters.ts'
import { checkDirectiveProblem } from './check-directive.ts'
import { anyVariable, expansionProblem, isPlain } from './expansion-problems.ts'
import { expandedWords } from './expansion-rules.ts'
import { platformArgs, targetStageArg } from './predefined-args.ts'
import { type EscapeCharacter, expandWord, expandWords } from './shell-words.ts'
import { baseStageOf, referencedStage, references, stagesNeededFor } from './stages.ts'
import type {
  CopyInstruction,
  Dockerfile,
  FromInstruction,
  Instruction,
  OffsetRange,
  RunInstruction,
  Stage,
  SyntaxProblem,
  SyntaxProblemKind,
  Variable,
  Word,
} from './types.ts'
import {
  digestProblem,
  imageReferenceProblem,
  modeProblem,
  platformProblem,
  signalProblem,
} from './value-grammars.ts'
import { variableOf } from './variables.ts'
import { changeDirectory } from './workdirs.ts'

/** An instruction to look at when all stages are known. */
export interface Suspect {
  readonly stage: Stage
  readonly instruction: Instruction
  readonly workdir: string | undefined
  /** Its first fault that shows in it alone. */
  readonly own: BuildProblem | undefined
  /** Whether that shows before its references are looked up. */
  readonly isLate: boolean
  readonly isReferring: boolean
  /** The fault of its ONBUILD trigger, which shows when an image is built on this one. */
  readonly trigger: SyntaxProblem | undefined
}

export interface Suspects {
  readonly suspects: readonly Suspect[]
  /** Stages whose FROM needs no further look. */
  readonly faultyStages: ReadonlySet<Stage>
}

/**
 * What BuildKit refuses when it turns the file into build steps (frontend/dockerfile/dockerfile2llb): words that
 * cannot be expanded, references to stages that are not there yet, values outside of their grammar. Only what no
 * build argument can mend is an error; only the stages that the last one needs are built, faults in others are warnings.
 */
export function checkBuild(dockerfile: Dockerfile, { suspects, faultyStages }: Suspects): SyntaxProblem[] {
  const { stages } = dockerfile
  const problems: SyntaxProblem[] = []
  const last = stages[stages.length - 1]
  const badCheck = checkDirectiveProblem(dockerfile)
  if (badCheck !== undefined) problems.push(badCheck)
  if (last === undefined) return problems
  const globals = globalVariables(dockerfile)
  const needed = new Set(stagesNeededFor(dockerfile, last, globals))
  let cycles: ReadonlySet<Stage> | undefined
  const cyclic = () => {
    cycles ??= stagesInCycles(dockerfile)
    return cycles
  }
  const bases = new Set(stagesBuiltOn(dockerfile, needed, globals))
  for (const stage of stages) {
    if (!faultyStages.has(stage)) problems.push(...firstOf(fromProblems(dockerfile, stage, globals)))
  }
  for (const { stage, instruction, workdir, own, isLate, isReferring, trigger } of suspects) {
    if (trigger !== undefined) problems.push(asTriggerProblem(trigger, bases.has(stage)))
    const isSure = ({ isAlways, isLater }: BuildProblem) =>
      needed.has(stage) || isAlways === true || (isLater === true && cyclic().has(stage))
    const look: Look = (word, numbers, what) => referenceProblems(dockerfile, stage, word, numbers, what)
    const place = { escapeWith: dockerfile.escape, workdir, look }
    const found = isReferring ? [...instructionProblems(instruction, place)] : []
    if (own !== undefined && (isLate || !isReferring)) found.unshift(own)
    // In a stage that nobody needs, references are looked up all the same.
    const problem = found.find(isSure) ?? found[0]
    if (problem === undefined) continue
    const { isAlways, isLater, ...told } = problem
    problems.push(isSure(problem) ? told : { ...told, severity: 'warning' })
  }
  return problems
}

/** What an instruction's faults depend on besides itself. */
interface Place {
  readonly escapeWith: EscapeCharacter
  /** Undefined where the base image or a build argument decides. */
  readonly workdir: string | undefined
  readonly look: Look
}

/** What is wrong with a reference to a stage. */
type Look = (word: Word, numbers: boolean, what: Message) => Problems

function* lookNowhere(): Problems {}

/** The first fault that an instruction has whatever stages there are. */
export function ownProblem(
  instruction: Instruction,
  escapeWith: EscapeCharacter,
  workdir: string | undefined,
): BuildProblem | undefined {
  return firstOf(instructionProblems(instruction, { escapeWith, workdir, look: lookNowhere }))[0]
}

/** Stages whose triggers run in this file. */
function* stagesBuiltOn(
  dockerfile: Dockerfile,
  stages: Iterable<Stage>,
  globals: (name: string) => Variable,
): Generator<Stage> {
  for (const stage of stages) {
    const { image } = stage.from
    if (image === undefined) continue
    const name = expandWord(image.raw, globals, { escape: dockerfile.escape })
    const base = name.kind === 'known' ? baseStageOf(dockerfile, name.value, stage) : undefined
    if (base !== undefined) yield base
  }
}

function asTriggerProblem(problem: SyntaxProblem, runsHere: boolean): SyntaxProblem {
  if (runsHere)
    return { ...problem, message: text`${problem.message} A later stage of this file runs this trigger.` }
  const message = text`${problem.message} Every image built on this one will fail here.`
  return { ...problem, severity: 'warning', message }
}

export interface BuildProblem extends SyntaxProblem {
  /** References are resolved in all stages, needed or not. */
  readonly isAlways?: true
  /** A reference to a later stage: an error where that stage is needed, or needs this one. */
  readonly isLater?: true
}

type Problems = Generator<BuildProblem>

/** One mistake, one message. */
function firstOf(problems: Problems): readonly BuildProblem[] {
  const first = problems.next()
  return first.done === true ? [] : [first.value]
}

function error(kind: SyntaxProblemKind, range: OffsetRange, message: Message): BuildProblem {
  return { kind, severity: 'error', range, message }
}

/** What FROM sees: declared before the first stage with its default, unknown where the build decides, else unset. */
function globalVariables({ metaArgs, escape: escapeWith }: Dockerfile): (name: string) => Variable {
  const known = new Map<string, Variable>([[targetStageArg, { kind: 'unknown' }]])
  for (const name of Object.keys(platformArgs)) known.set(name, { kind: 'unknown' })
  const lookup = (name: string): Variable => known.get(name) ?? { kind: 'unset' }
  for (const { pairs } of metaArgs) {
    for (const { key, value } of pairs) {
      if (value === undefined) {
        if (!known.has(key.raw)) known.set(key.raw, { kind: 'unknown' })
        continue
      }
      known.set(key.raw, variableOf(expandWord(value.raw, lookup, { escape: escapeWith })))
    }
  }
  return lookup
}

function* expansionProblems(instruction: Instruction, escapeWith: EscapeCharacter): Problems {
  const { argumentsText, flags, heredocs } = instruction
  // Those of ENV, LABEL, ARG and EXPOSE were looked at when they were read.
  if ('pairs' in instruction || instruction.keyword === 'EXPOSE') return
  if (flags.length === 0 && heredocs.length === 0 && isPlain(argumentsText.text)) return
  for (const { rule, word } of expandedWords(instruction)) {
    if (rule === 'never') continue
    const expand = rule === 'words' ? expandWords : expandWord
    const options =
      rule === 'heredoc' ? ({ escape: '\\', mode: 'keep-quotes' } as const) : { escape: escapeWith }
    const expanded = expand(word.raw, anyVariable, options)
    if (expanded.kind === 'error') yield expansionProblem(word, expanded.message)
  }
}

function* fromProblems(dockerfile: Dockerfile, stage: Stage, globals: (name: string) => Variable): Problems {
  const { image, platform } = stage.from as FromInstruction
  const options = { escape: dockerfile.escape }
  if (image !== undefined) {
    const name = expandWord(image.raw, globals, options)
    if (name.kind === 'error') yield expansionProblem(image, name.message)
    if (name.kind === 'known') {
      const severity = name.variables.every((one) => globals(one).kind === 'unset') ? 'error' : 'warning'
      if (name.value === '') {
        const list = listed(name.variables.map((one) => `\`${one}\``))
        const why = name.variables.length === 0 ? text`The name is empty.` : text`${list} holds nothing here.`
        const advice = text`Declare it above the first FROM with a default: \`ARG NAME=value\`.`
        yield { ...error('bad-reference', image.range, text`FROM has no image. ${why} ${advice}`), severity }
      } else if (name.value !== 'scratch' && baseStageOf(dockerfile, name.value, stage) === undefined) {
        const problem = imageReferenceProblem(name.value)
        if (problem !== undefined) {
          const lower = baseStageOf(dockerfile, toLower(name.value), stage)
          const message = text`\`${name.value}\` ${problem}.`
          const advice = lower === undefined ? [] : [text`For the stage, write \`${lower.name ?? ''}\`.`]
          yield { ...error('bad-reference', image.range, sentences([message, ...advice])), severity }
        }
      }
    }
  }
  if (platform === undefined || platform.raw === '') return
  const value = expandWord(platform.raw, globals, options)
  if (value.kind === 'error') yield expansionProblem(platform, value.message)
  if (value.kind !== 'known') return
  const severity = value.variables.every((one) => globals(one).kind === 'unset') ? 'error' : 'warning'
  const problem = value.value === '' ? text`holds nothing here` : platformProblem(value.value)
  if (problem === undefined) return
  const shown = value.value === '' ? platform.raw : value.value
  yield {
    ...error('bad-value', platform.range, text`\`${shown}\` ${problem}. Mend \`--platform\`, or remove it.`),
    severity,
  }
}

function* instructionProblems(instruction: Instruction, place: Place): Problems {
  const { escapeWith } = place
  const known = (word: Word | undefined): string | undefined => {
    if (word === undefined) return undefined
    const expanded = expandWord(word.raw, anyVariable, { escape: escapeWith })
    return expanded.kind === 'known' ? expanded.value : undefined
  }
  if (instruction.keyword !== 'RUN') yield* expansionProblems(instruction, escapeWith)
  switch (instruction.keyword) {
    case 'COPY':
    case 'ADD':
      yield* copyProblems(instruction, place, known)
      return
    case 'RUN':
      yield* runProblems(instruction, place, known)
      return
    case 'VOLUME':
      for (const word of instruction.words) {
        if (known(word) === '')
          yield error(
            'bad-value',
            word.range,
            text`VOLUME with an empty name. Remove it, or write a directory.`,
          )
      }
      return
    case 'STOPSIGNAL': {
      const signal = known(instruction.value)
      const problem = signal === undefined ? undefined : signalProblem(signal)
      if (problem !== undefined && instruction.value !== undefined) {
        yield error('bad-value', instruction.value.range, text`\`${signal ?? ''}\` ${problem}.`)
      }
      return
    }
  }
}

function* copyProblems(
  instruction: CopyInstruction,
  { escapeWith, look }: Place,
  known: (word: Word | undefined) => string | undefined,
): Problems {
  const { keyword, from, chown, chmod, link, sources } = instruction
  if (from !== undefined && from.raw !== '') {
    const plain = expandWord(from.raw, () => ({ kind: 'unset' }), { escape: escapeWith })
    if (plain.kind !== 'known' || plain.value !== from.raw) {
      const advice = text`Name it in a stage of its own (\`FROM image:$VERSION AS name\`) and copy from that.`
      const message = text`\`--from\` does not expand variables. ${advice}`
      yield { ...error('bad-reference', from.range, message), isAlways: true }
    } else yield* look(from, true, text`copy from`)
  }
  const owner = known(chown)
  if (chown !== undefined && owner !== undefined && link && owner.split(':').some(isName)) {
    const advice = text`Write numbers, or leave \`--link\` out.`
    const found = error(
      'bad-value',
      chown.range,
      text`\`${owner}\` cannot be looked up: \`--link\` copies into an empty layer. ${advice}`,
    )
    // `--chmod` beside it turns `--link` off: BuildKit 0.25 builds it, 0.34 refuses it (dockerfile2llb: dispatchCopy).
    yield chmod === undefined || chmod.raw === '' ? found : { ...found, severity: 'warning' }
  }
  const mode = known(chmod)
  if (chmod !== undefined && mode !== undefined && mode !== '') {
    const problem = modeProblem(mode)
    if (problem !== undefined) yield error('bad-value', chmod.range, text`\`${mode}\` ${problem}.`)
  }
  const checksum = instruction.flags.find(({ name }) => name === 'checksum')?.value
  const sum = known(checksum)
  if (keyword === 'ADD' && checksum !== undefined && sum !== undefined && sum !== '') {
    if (sources.length !== 1) {
      yield error(
        'bad-value',
        checksum.range,
        text`\`--checksum\` is for one source. Give each source an ADD of its own.`,
      )
    }
    const source = known(sources[0])
    if (
      source !== undefined &&
      /^https?:\/\//.test(source) &&
      !/\.git$/.test(source.replace(/[?#].*$/s, ''))
    ) {
      const problem = digestProblem(sum)
      if (problem !== undefined) yield error('bad-value', checksum.range, text`\`${sum}\` ${problem}.`)
    }
    if (source !== undefined && !isRemote(source)) {
      yield error(
        'bad-value',
        checksum.range,
        text`\`--checksum\` is for a URL or a Git repository; \`${source}\` is neither.`,
      )
    }
  }
  if (keyword !== 'COPY') return
  for (const word of sources) {
    const source = known(word)
    if (source !== undefined && isRemote(source)) {
      yield error(
        'bad-value',
        word.range,
        text`COPY takes files, and \`${source}\` is none of them. Use ADD.`,
      )
    }
  }
}

/** llb.WithUser: what is no number is a name; `root` is 0, and nothing after the colon is no group. */
function isName(part: string, index: number): boolean {
  if (index > 1 || part === 'root' || (index === 1 && part === '')) return false
  return !(/^[-+]?\d+$/.test(part) && Math.abs(Number(part)) < 2 ** 31)
}

/** util/gitutil: ParseURL, and http(s). */
function isRemote(source: string): boolean {
  if (/^https?:\/\//.test(source)) return true
  return /^(?:ssh|git):\/\//i.test(source) || /^[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:/.test(source)
}

function* runProblems(
  instruction: RunInstruction,
  { workdir, look }: Place,
  known: (word: Word | undefined) => string | undefined,
): Problems {
  for (const { type, options, flag } of instruction.mounts) {
    const from = options.get('from')
    if (from !== undefined && from.raw !== '') yield* look(from, false, text`mount from`)
    const target = [...options].findLast(([key]) => ['target', 'dst', 'destination'].includes(key))?.[1]
    const path = target === undefined ? '' : known(target)
    const at = target === undefined || target.raw === '' ? flag.range : target.range
    if (path !== undefined && ['bind', 'cache', 'tmpfs'].includes(type) && isRoot(path, workdir)) {
      const why = text`Without another target, that is the working directory here.`
      const message = sentences([
        text`Nothing can be mounted over \`/\`.`,
        ...(path === '/' ? [] : [why]),
        text`Write a directory below it.`,
      ])
      yield error('bad-value', at, message)
    }
    const source = options.get('source') ?? options.get('src')
    if (type === 'ssh' && source !== undefined && source.raw !== '') {
      yield error(
        'bad-value',
        source.range,
        text`An ssh mount has no \`source\`; its socket is chosen with \`id\`.`,
      )
    }
  }
  if (instruction.command.form === 'json' && instruction.command.args.length === 0) {
    yield error(
      'missing-argument',
      instruction.argumentsRange,
      text`RUN with an empty array runs nothing. Write a command: \`["cmd", "arg"]\`.`,
    )
  }
}

/** convert_runmount.go: a relative target begins at the working directory; an absolute one is compared as written. */
function isRoot(target: string, workdir: string | undefined): boolean {
  if (target.startsWith('/')) return target === '/'
  return workdir !== undefined && changeDirectory(workdir, target) === '/'
}

function* referenceProblems(
  dockerfile: Dockerfile,
  stage: Stage,
  word: Word,
  numbers: boolean,
  what: Message,
): Problems {
  const found = referencedStage(dockerfile, word.raw, numbers)
  const bad = (message: Message) => error('bad-reference', word.range, message)
  if (found === undefined) {
    const message = missingStage(dockerfile, word, numbers)
    if (message !== undefined) yield { ...bad(message), isAlways: true }
  } else if (found === stage) {
    const message = text`\`${word.raw}\` is this stage itself. A stage can ${what} earlier ones only.`
    yield { ...bad(message), isAlways: true }
  } else if (found.index > stage.index) {
    const line = found.from.startLine
    const rule = text`A stage can ${what} earlier ones only. Move that stage up.`
    yield { ...bad(text`The stage \`${word.raw}\` comes later, in line ${line}. ${rule}`), isLater: true }
  }
}

function missingStage(dockerfile: Dockerfile, word: Word, numbers: boolean): Message | undefined {
  if (numbers && /^[-+]?\d+$/.test(word.raw)) {
    const count = dockerfile.stages.length
    const range = count === 1 ? text`there is one stage, 0` : text`they go from 0 to ${count - 1}`
    return text`There is no stage ${word.raw}: ${range}.`
  }
  // An image, then.
  const problem = word.raw === 'scratch' ? undefined : imageReferenceProblem(word.raw)
  return problem === undefined ? undefined : text`\`${word.raw}\` is no stage, and it ${problem}.`
}

/** Stages that copy in circles (dockerfile2llb/validations.go), or lie between such: what is left when all ends are taken off. */
function stagesInCycles(dockerfile: Dockerfile): ReadonlySet<Stage> {
  const edges: (readonly [Stage, Stage])[] = []
  for (const stage of dockerfile.stages) {
    for (const { reference, numbers } of references(stage.referring)) {
      const found = referencedStage(dockerfile, reference, numbers)
      if (found !== undefined) edges.push([stage, found])
    }
  }
  const backwards = withoutEnds(edges.map(([user, used]) => [used, user]))
  return new Set([...withoutEnds(edges)].filter((stage) => backwards.has(stage)))
}

function withoutEnds(edges: readonly (readonly [Stage, Stage])[]): ReadonlySet<Stage> {
  const left = new Set(edges.flat())
  const users = new Map<Stage, Stage[]>()
  const open = new Map<Stage, number>()
  for (const [user, used] of edges) {
    open.set(user, (open.get(user) ?? 0) + 1)
    const list = users.get(used)
    if (list === undefined) users.set(used, [user])
    else list.push(user)
  }
  const ends = [...left].filter((stage) => !open.has(stage))
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
    left.delete(end)
    for (const user of users.get(end) ?? []) {
      const count = (open.get(user) ?? 0) - 1
      open.set(user, count)
      if (count === 0) ends.push(user)
    }
  }
  return left
}
