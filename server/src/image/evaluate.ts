import type { Map as ImmutableMap } from 'immutable'
import { scratchFacts } from '../base-images/index.ts'
import type { BaseImageFacts } from '../base-images/types.ts'
import {
  baseStageOf,
  expandWord,
  expandWords,
  parseDockerfile,
  platformArgs,
  stageOf,
  stagesNeededFor,
  targetStage,
  variableOf,
} from '../dockerfile/index.ts'
import type {
  CommandInstruction,
  CommandLine,
  CopyInstruction,
  Dockerfile,
  Instruction,
  KeyValueInstruction,
  MappedText,
  OffsetRange,
  RunInstruction,
  Stage,
  Variable,
  Word,
} from '../dockerfile/types.ts'
import type { Known, Origin } from '../known.ts'
import { certain, knownValue, unknown, weaker } from '../known.ts'
import { isPosixShell, parseShell, type ShellScript } from '../shell/index.ts'
import { stateOfBase } from './base-state.ts'
import type { World } from './commands/model.ts'
import { copyInto } from './copy/index.ts'
import { stageVariable } from './environment.ts'
import { absolute, find, nodeAt, put } from './files.ts'
import { resolveChown, resolveUser } from './identity.ts'
import { type Budget, interpret, interpretArgv, newBudget } from './interpreter/index.ts'
import { type LongValues, tooLong, withLength } from './long-values.ts'
import { withMount } from './mounts.ts'
import { openedFolders } from './opened.ts'
import { installUnknown } from './programs.ts'
import { runtimeOf } from './runtime.ts'
import type {
  Builder,
  CommandRun,
  EvaluateOptions,
  Failure,
  FileNode,
  ImageState,
  StageTimeline,
  StartCommand,
  Step,
  Timeline,
} from './types.ts'
import { variablesFrom } from './variables.ts'
import { makeFolders } from './workdir.ts'

/** Evaluates a Dockerfile: each stage once, in the file's order. Never throws; time is linear in the size of the text. */
export function evaluate(dockerfile: Dockerfile, options: EvaluateOptions): Timeline {
  const builder = options.builder ?? 'buildkit'
  const globals = globalVariables(dockerfile, options)
  const lookup = (name: string): Variable => globals.get(name) ?? { kind: 'unset' }
  const stages: StageTimeline[] = []
  const budget = newBudget()
  for (const stage of dockerfile.stages)
    stages.push(evaluateStage(stage, { dockerfile, options, builder, globals, stages, budget }))
  const wanted = targetStage(dockerfile, options.target)
  const target = wanted ? stages[wanted.index] : undefined
  return {
    dockerfile,
    stages,
    target,
    runtime: target ? runtimeOf(target, builder, budget) : undefined,
    needed: new Set(wanted ? stagesNeededFor(dockerfile, wanted, lookup).map(({ index }) => index) : []),
  }
}

interface Evaluation {
  readonly dockerfile: Dockerfile
  readonly options: EvaluateOptions
  readonly builder: Builder
  readonly globals: ReadonlyMap<string, Variable>
  /** The stages before. */
  readonly stages: readonly StageTimeline[]
  readonly budget: Budget
}

/** ARGs before the first FROM, and what the builder itself sets there. */
function globalVariables(dockerfile: Dockerfile, options: EvaluateOptions): ReadonlyMap<string, Variable> {
  const all = new Map<string, Variable>()
  for (const [name, { of, part }] of Object.entries(platformArgs))
    all.set(name, of === 'target' ? platformValue(part, options.platform) : { kind: 'unknown' })
  for (const instruction of dockerfile.metaArgs) {
    for (const { key, value } of instruction.pairs) {
      const given = options.buildArgs?.get(key.raw)
      if (given !== undefined) all.set(key.raw, { kind: 'set', value: given })
      // Without a default the build has to give it: what it is, only the build knows.
      else if (value === undefined) all.has(key.raw) || all.set(key.raw, { kind: 'unknown' })
      else
        all.set(
          key.raw,
          variableFrom(value, (name) => all.get(name) ?? { kind: 'unset' }, dockerfile),
        )
    }
  }
  return all
}

function platformValue(part: string, platform: string | undefined): Variable {
  if (platform === undefined) return part === 'os' ? { kind: 'set', value: 'linux' } : { kind: 'unknown' }
  const [os = '', architecture = '', variant = ''] = platform.split('/')
  const value = { platform, os, architecture, variant, 'os-version': '' }[part]
  return value === undefined ? { kind: 'unknown' } : { kind: 'set', value }
}

function variableFrom(word: Word, lookup: (name: string) => Variable, dockerfile: Dockerfile): Variable {
  return variableOf(expandWord(word.raw, lookup, { escape: dockerfile.escape }))
}

/** One stage while it is evaluated. */
interface Progress {
  readonly evaluation: Evaluation
  readonly stage: Stage
  readonly base: BaseImageFacts | undefined
  state: ImageState
  /** CMD was set in this stage: a later ENTRYPOINT keeps it. */
  ownCmd: boolean
  readonly steps: Step[]
  longValues: LongValues
  variables?: {
    readonly env: ImageState['env']
    readonly args: ImageState['args']
    readonly all: ImmutableMap<string, Known<string>>
  }
  /** In ONBUILD triggers of the base: effects and failures belong to FROM. */
  foreign: Origin | undefined
}

function evaluateStage(stage: Stage, evaluation: Evaluation): StageTimeline {
  const { dockerfile, options } = evaluation
  const lookup = (name: string): Variable => evaluation.globals.get(name) ?? { kind: 'unset' }
  const expanded = stage.from.image
    ? expandWord(stage.from.image.raw, lookup, { escape: dockerfile.escape })
    : undefined
  const reference = expanded?.kind === 'known' && expanded.value !== '' ? expanded.value : undefined
  const parentStage = reference === undefined ? undefined : baseStageOf(dockerfile, reference, stage)
  const parent = parentStage ? evaluation.stages[parentStage.index] : undefined
  const platformWord = stage.from.platform
    ? expandWord(stage.from.platform.raw, lookup, { escape: dockerfile.escape })
    : undefined
  const platform = platformWord?.kind === 'known' ? platformWord.value : options.platform
  const base = parent
    ? parent.base
    : reference === undefined
      ? undefined
      : reference === 'scratch'
        ? scratchFacts()
        : options.baseImages.resolve(reference, platform)
  const origin: Origin = { kind: 'instruction', range: stage.from.image?.range ?? stage.from.keywordRange }
  const initial: ImageState = parent ? { ...parent.final, onbuild: [] } : stateOfBase(base, origin)
  const progress: Progress = {
    evaluation,
    stage,
    base,
    state: initial,
    ownCmd: false,
    steps: [],
    longValues: new Map(),
    foreign: undefined,
  }
  runTriggers(
    progress,
    parent
      ? parent.final.onbuild.map(({ instruction }) => instruction)
      : (base?.onbuild ?? []).map(triggerOf),
    origin,
  )
  for (const instruction of stage.instructions) step(progress, instruction)
  return { stage, reference, base, parent, initial, steps: progress.steps, final: progress.state }
}

function triggerOf(text: string): Instruction | undefined {
  return parseDockerfile(`FROM scratch\n${text}\n`).instructions[1]
}

function runTriggers(
  progress: Progress,
  triggers: readonly (Instruction | undefined)[],
  origin: Origin,
): void {
  progress.foreign = origin
  for (const instruction of triggers) if (instruction) step(progress, instruction)
  progress.foreign = undefined
}

function step(progress: Progress, instruction: Instruction): void {
  const before = progress.state
  const { failure, commands } = apply(progress, instruction)
  if (progress.foreign) return
  progress.steps.push({ instruction, before, after: progress.state, failure, commands: commands ?? [] })
}

interface Applied {
  readonly failure: Failure | undefined
  readonly commands?: readonly CommandRun[]
}
const fine: Applied = { failure: undefined }

function apply(progress: Progress, instruction: Instruction): Applied {
  const { state } = progress
  const origin: Origin = progress.foreign ?? { kind: 'instruction', range: instruction.range }
  switch (instruction.keyword) {
    case 'ENV':
      setEnv(progress, instruction)
      break
    case 'ARG':
      declareArgs(progress, instruction)
      break
    case 'USER':
      return switchUser(progress, instruction.user, origin)
    case 'WORKDIR':
      if (instruction.path) changeWorkdir(progress, instruction.path, origin)
      break
    case 'RUN':
      return progress.base?.os === 'windows' ? fine : runStep(progress, instruction, origin)
    case 'COPY':
    case 'ADD':
      return copy(progress, instruction, origin)
    case 'VOLUME': {
      const paths = instruction.words.flatMap((word) => expandedText(progress, word) ?? [])
      progress.state = {
        ...state,
        volumes: [
          ...state.volumes,
          ...paths.map((path) => ({ path: absolute(path, knownValue(state.workdir) ?? '/'), origin })),
        ],
      }
      break
    }
    case 'EXPOSE': {
      const ports = instruction.words.flatMap((word) => {
        const expanded = expandWords(word.raw, (name) => variable(progress, name), {
          escape: progress.evaluation.dockerfile.escape,
        })
        return expanded.kind === 'known'
          ? expanded.values.map((port) => ({
              port: port.replace(/\/tcp$/i, ''),
              origin: { kind: 'instruction', range: word.range } satisfies Origin,
            }))
          : []
      })
      progress.state = { ...state, ports: [...state.ports, ...ports] }
      break
    }
    case 'SHELL':
      progress.state = { ...state, shell: instruction.words.map(({ raw }) => raw) }
      break
    case 'CMD':
      progress.ownCmd = true
      progress.state = { ...state, cmd: startCommand(instruction.command, state, origin) }
      break
    case 'ENTRYPOINT':
      // Docker: an ENTRYPOINT drops the CMD that came from the base.
      progress.state = {
        ...state,
        entrypoint: startCommand((instruction as CommandInstruction).command, state, origin),
        cmd: progress.ownCmd ? state.cmd : undefined,
      }
      break
    case 'HEALTHCHECK':
      if (instruction.test !== undefined)
        progress.state = {
          ...state,
          healthcheck:
            instruction.test === 'none' ? undefined : startCommand(instruction.test, state, origin),
        }
      break
    case 'ONBUILD':
      progress.state = {
        ...state,
        onbuild: [
          ...state.onbuild,
          { instruction: instruction.instruction, text: instruction.argumentsText.text, origin },
        ],
      }
      break
  }
  return fine
}

function startCommand(command: CommandLine, state: ImageState, origin: Origin): StartCommand | undefined {
  if (command.form === 'json')
    return command.args.length === 0
      ? undefined
      : { form: 'json', argv: command.args.map(({ raw }) => raw), origin }
  return { form: 'shell', argv: [...state.shell, command.script.text], origin }
}

function variable(progress: Progress, name: string): Variable {
  return stageVariable(progress.state, name, progress.base)
}

function expandedText(progress: Progress, word: Word): string | undefined {
  // An ARG without default has a value only the build knows; the builder would take it for empty.
  const expanded = expandWord(word.raw, (name) => variable(progress, name), {
    escape: progress.evaluation.dockerfile.escape,
  })
  return expanded.kind === 'known' && !isOpen(progress, word, expanded.unset) ? expanded.value : undefined
}

/** It depends on an ARG without a default, and gives none itself (`${X:-app}`). */
function isOpen({ state }: Progress, word: Word, unset: readonly string[]): boolean {
  const defaulted = (name: string) => word.raw.includes(`\${${name}:-`) || word.raw.includes(`\${${name}-`)
  return unset.some((name) => state.args.has(name) && !defaulted(name))
}

function setEnv(progress: Progress, instruction: KeyValueInstruction): void {
  let { env, args } = progress.state
  const before = progress.state
  for (const { key, value } of instruction.pairs) {
    // All of one ENV are expanded with the environment before it (dispatchEnv).
    progress.state = before
    const name = expandedText(progress, key) ?? key.raw
    const expanded = value === undefined ? '' : expandedText(progress, value)
    const held = variableOf(
      expanded === undefined
        ? { kind: 'unknown', variables: [] }
        : { kind: 'known', value: expanded, variables: [], unset: [] },
    )
    const text = held.kind === 'set' ? held.value : undefined
    progress.longValues = withLength(progress.longValues, name, value, expanded)
    env = env.set(
      name,
      text === undefined ? unknown() : certain(text, [{ kind: 'instruction', range: instruction.range }]),
    )
    args = args.delete(name)
  }
  progress.state = { ...before, env, args }
  if (instruction.pairs.some(({ key }) => key.raw === 'HOME')) refreshIdentity(progress)
}

function declareArgs(progress: Progress, instruction: KeyValueInstruction): void {
  const { options, globals, dockerfile } = progress.evaluation
  for (const { key, value } of instruction.pairs) {
    const name = key.raw
    const given = options.buildArgs?.get(name)
    const global = globals.get(name)
    const declared: Variable =
      given !== undefined
        ? { kind: 'set', value: given }
        : value !== undefined
          ? variableFrom(value, (one) => variable(progress, one), dockerfile)
          : (global ?? { kind: 'unset' })
    progress.state = { ...progress.state, args: progress.state.args.set(name, declared) }
  }
}

function switchUser(progress: Progress, word: Word | undefined, _origin: Origin): Applied {
  const { state } = progress
  const { dockerfile } = progress.evaluation
  if (!word) return fine
  const expanded = expandWord(word.raw, (name) => variable(progress, name), { escape: dockerfile.escape })
  const at: Origin = progress.foreign ?? { kind: 'instruction', range: word.range }
  if (expanded.kind !== 'known') {
    const nobody = {
      ...state.identity,
      uid: unknown<number>([at]),
      gid: unknown<number>([at]),
      groups: unknown<readonly number[]>([at]),
      user: unknown<string | null>([at]),
      group: unknown<string | null>([at]),
      home: unknown<string>([at]),
      spec: word.raw,
    }
    progress.state = { ...state, identity: nobody, identityOrigin: at, identityFailure: undefined }
    return fine
  }
  if (progress.base?.os === 'windows') {
    const windows = {
      ...state.identity,
      uid: unknown<number>([at]),
      gid: unknown<number>([at]),
      groups: unknown<readonly number[]>([at]),
      user: certain<string | null>(expanded.value, [at]),
      group: unknown<string | null>([at]),
      home: unknown<string>([at]),
      spec: expanded.value,
    }
    progress.state = { ...state, identity: windows, identityOrigin: at, identityFailure: undefined }
    return fine
  }
  const resolved = resolveUser(expanded.value, state, at, {
    at: 'start',
    builder: progress.evaluation.builder,
  })
  // Where an ARG without default decides, the build may say otherwise.
  const open = isOpen(progress, word, expanded.unset)
  const identity = open
    ? {
        ...resolved.identity,
        uid: lowered(resolved.identity.uid),
        gid: lowered(resolved.identity.gid),
        groups: lowered(resolved.identity.groups),
        user: lowered(resolved.identity.user),
        group: lowered(resolved.identity.group),
        home: lowered(resolved.identity.home),
      }
    : resolved.identity
  progress.state = { ...state, identity, identityOrigin: at, identityFailure: resolved.failure }
  return fine
}

function lowered<T>(known: Known<T>): Known<T> {
  return known.certainty === 'unknown' ? known : { ...known, certainty: weaker(known.certainty, 'likely') }
}

/** Accounts or HOME changed: the same USER may now be somebody else. */
function refreshIdentity(progress: Progress): void {
  const { state } = progress
  if (state.identity.uid.certainty === 'unknown' && state.identity.spec === '') return
  if (progress.base?.os === 'windows' || /\$/.test(state.identity.spec)) return
  const resolved = resolveUser(state.identity.spec, state, state.identityOrigin, {
    at: 'start',
    builder: progress.evaluation.builder,
  })
  progress.state = { ...state, identity: resolved.identity, identityFailure: resolved.failure }
}

/** Who owns what the builder itself makes for the present USER (container-facts/workdir-uid-gid-of-account-1500). */
function makerOf(progress: Progress): { owner: Known<number>; group: Known<number> } {
  const { state } = progress
  const { builder } = progress.evaluation
  // The classic builder, Kaniko and older Buildah make it as root (container-facts/workdir-classic-after-user).
  if (builder !== 'buildkit') return { owner: certain(0), group: certain(0) }
  if (state.identity.uid.certainty === 'unknown' && !state.identityFailure)
    return { owner: unknown(), group: unknown() }
  if (state.identity.spec === '') return { owner: state.identity.uid, group: state.identity.gid }
  const { owner, group } = resolveChown(state.identity.spec, state.accounts, builder)
  return { owner, group }
}

function changeWorkdir(progress: Progress, word: Word, origin: Origin): void {
  const { state } = progress
  const text = expandedText(progress, word)
  const cwd = knownValue(state.workdir)
  if (text === undefined || progress.base?.os === 'windows' || (!text.startsWith('/') && cwd === undefined)) {
    progress.state = { ...state, workdir: unknown([origin]) }
    return
  }
  const path = absolute(text, cwd)
  const certainty =
    text.startsWith('/') || state.workdir.certainty === 'unknown' ? 'certain' : state.workdir.certainty
  progress.state = {
    ...state,
    workdir: { certainty, value: path, because: [origin] },
    files: makeFolders(state.files, path, makerOf(progress), origin),
  }
}

/** What a RUN finds in its environment: ENV, and ARG where it has a value. Kept until one of them changes. */
function shellVariables(progress: Progress): ImmutableMap<string, Known<string>> {
  const { env, args } = progress.state
  const known = progress.variables
  if (known?.env === env && known.args === args) return known.all
  const all = env.withMutations((variables) => {
    for (const [name, value] of args) {
      if (value.kind === 'set') variables.set(name, certain(value.value))
      else if (!variables.has(name)) variables.set(name, unknown())
    }
  })
  progress.variables = { env, args, all }
  return all
}

function worldFor(progress: Progress, origin: Origin): World {
  const { state, base, evaluation } = progress
  return {
    state,
    identity: state.identity,
    cwd: state.workdir,
    umask: 0o022,
    variables: variablesFrom(shellVariables(progress)),
    base,
    builder: evaluation.builder,
    origin,
    writes: [],
  }
}

function runStep(progress: Progress, instruction: RunInstruction, origin: Origin): Applied {
  const { builder, budget } = progress.evaluation
  const before = progress.state
  const who =
    before.identity.uid.certainty === 'unknown' && !before.identityFailure
      ? undefined
      : resolveUser(before.identity.spec, before, before.identityOrigin, { at: 'run', builder })
  if (who?.failure) {
    // It is the RUN that fails, at its own line (container-facts/user-missing-at-run-instruction-app).
    const failure: Failure = {
      ...who.failure,
      range: progress.foreign ? rangeOf(progress.foreign) : instruction.keywordRange,
      because: [before.identityOrigin],
    }
    if (failure.certainty === 'certain') return { failure }
  }
  const refused = tooLong(
    progress.longValues,
    progress.foreign ? rangeOf(progress.foreign) : instruction.keywordRange,
  )
  if (refused) return { failure: refused }
  const world = worldFor(progress, origin)
  const noShell = withoutShell(progress, instruction)
  if (noShell) return { failure: { ...noShell, range: instruction.keywordRange } }
  let unmount = (after: FileNode): FileNode => after
  for (const mount of instruction.mounts) {
    const mounted = withMount(world.state.files, {
      mount,
      option: (key) => {
        const word = mount.options.get(key)
        return word === undefined ? undefined : word.raw === '' ? '' : expandedText(progress, word)
      },
      workdir: knownValue(before.workdir),
      origin,
    })
    const outer = unmount
    unmount = (after) => outer(mounted.unmount(after))
    world.state = { ...world.state, files: mounted.files }
  }
  if (instruction.command.form === 'shell' && !isPosixShell(before.shell)) {
    progress.state = before
    return { failure: undefined }
  }
  const result =
    instruction.command.form === 'shell'
      ? interpret(scriptOf(progress, instruction.command.script), world, before.shell, budget)
      : interpretArgv(
          instruction.command.args.map(({ raw, range }) => ({
            text: raw,
            glob: false,
            range: progress.foreign ? rangeOf(progress.foreign) : range,
          })),
          world,
          budget,
        )
  const files = unmount(world.state.files)
  const kept = builder === 'buildkit' ? files : keepVolumes(before, files)
  progress.state = { ...world.state, files: kept }
  if (world.state.accounts !== before.accounts) refreshIdentity(progress)
  const { outcome, commands } = result
  const failure = outcome.status === 'ok' ? who?.failure : outcome.failure
  if (!failure)
    return {
      failure:
        outcome.status === 'fail' ? lastCommandFails(commands, instruction, outcome.exitCode) : undefined,
      commands,
    }
  if (outcome.status === 'fail') progress.state = afterFailedRun(progress.state, origin)
  const fatal = commands.map((command) =>
    command.failure === failure ? { ...command, fatal: true } : command,
  )
  const placed = progress.foreign ? { ...failure, range: rangeOf(progress.foreign) } : failure
  return {
    failure:
      outcome.status === 'fail' ? placed : { ...placed, certainty: weaker(placed.certainty, 'likely') },
    commands: fatal,
  }
}

/** The build ends here. Who goes on reading takes what the rest of the step would have made for possible. */
function afterFailedRun(state: ImageState, origin: Origin): ImageState {
  const nobody = unknown<number>([origin])
  return installUnknown({
    ...state,
    accounts: state.accounts.complete ? { ...state.accounts, complete: false } : state.accounts,
    files: openedFolders(state.files, { owner: nobody, group: nobody, mode: nobody }),
  })
}

/** A command whose failing is its answer (`test`, `grep`, `false`, `exit 3`) ends the step. */
function lastCommandFails(
  commands: readonly CommandRun[],
  instruction: RunInstruction,
  exitCode: number | undefined,
): Failure {
  const last = commands.at(-1)
  const name = last?.name
  return {
    reason: 'other',
    certainty: 'certain',
    message: `${name === undefined ? 'The last command of this step' : `\`${name}\``} fails${exitCode === undefined ? '' : ` (exit code ${exitCode})`}, and the step with it.`,
    range: last?.range ?? instruction.keywordRange,
    because: [],
    ...(exitCode === undefined ? {} : { exitCode }),
  }
}

/** The text of a trigger stands in another file: everything in it is at FROM. */
function scriptOf({ foreign }: Progress, text: MappedText): ShellScript {
  const script = parseShell(text)
  if (!foreign) return script
  const range = rangeOf(foreign)
  return { ...script, rangeOf: () => range }
}

function rangeOf(origin: Origin): OffsetRange {
  return origin.kind === 'instruction' ? origin.range : { start: 0, end: 0 }
}

/** The classic builder, Kaniko and older Buildah lose what a RUN does in a volume (container-facts/volume-classic-then-chown). */
function keepVolumes(before: ImageState, files: FileNode): FileNode {
  let next = files
  for (const { path } of before.volumes) {
    const found = find(before.files, path)
    const now = find(next, path)
    if (found.node !== now.node) next = put(next, now.path, found.node)
  }
  return next
}

function withoutShell(progress: Progress, instruction: RunInstruction): Omit<Failure, 'range'> | undefined {
  const { state, base } = progress
  if (instruction.command.form !== 'shell' || instruction.mounts.length > 0) return undefined
  const program = state.shell[0] ?? '/bin/sh'
  if (!program.startsWith('/')) return undefined
  const node = nodeAt(state.files, program)
  const reference = base?.reference ?? 'the base image'
  const message = `RUN needs ${program}, which ${reference} does not have. Run this step in an earlier stage and copy its result.`
  if (
    node.kind === 'missing' &&
    node.exists === 'certain' &&
    (base?.os === 'scratch' || node.because.length > 0)
  )
    return { reason: 'command-not-found', certainty: 'certain', message, because: [] }
  if (base?.tools.shell === false && node.kind === 'unknown' && !state.programs?.others)
    return {
      reason: 'command-not-found',
      certainty: weaker('likely', base.certainty),
      message,
      because: [],
    }
  return undefined
}

function copy(progress: Progress, instruction: CopyInstruction, origin: Origin): Applied {
  const { state, evaluation, stage, base } = progress
  if (base?.os === 'windows') return fine
  const { dockerfile, stages, builder, options } = evaluation
  const chownText = instruction.chown ? expandedText(progress, instruction.chown) : undefined
  const resolved = instruction.chown
    ? chownText === undefined
      ? { owner: unknown<number>([origin]), group: unknown<number>([origin]) }
      : resolveChown(chownText, state.accounts, builder)
    : undefined
  let failure: Failure | undefined
  const flag = instruction.chown
  if (flag && resolved?.failure) failure = { ...resolved.failure, range: flag.range, because: [] }
  if (
    flag &&
    chownText !== undefined &&
    instruction.link &&
    !instruction.chmod &&
    builder === 'buildkit' &&
    chownText.split(':').some((part) => part !== '' && !/^\d+$/.test(part))
  ) {
    // container-facts/link-chown-name: invalid user index: -1
    failure = {
      reason: 'other',
      certainty: 'certain',
      message: `COPY --link cannot look up the name ${chownText}: the copy is made without the image. Use numeric ids in --chown.`,
      range: flag.range,
      because: [{ kind: 'engine', fact: 'link-chown-name-app' }],
      name: chownText,
    }
  }
  const reference = instruction.from ? expandedText(progress, instruction.from) : undefined
  const source = reference === undefined ? undefined : stageOf(dockerfile, reference, stage)
  const heredocs = instruction.heredocs.map(({ name, content, expand }) => {
    if (!expand) return { name, text: content.text }
    const expanded = expandWord(content.text, (one) => variable(progress, one), {
      escape: '\\',
      mode: 'keep-quotes',
    })
    return { name, text: expanded.kind === 'known' ? expanded.value : undefined }
  })
  progress.state = copyInto(state, {
    instruction,
    origin,
    sources: instruction.sources.map((word) => expandedText(progress, word)),
    destination: instruction.destination ? expandedText(progress, instruction.destination) : undefined,
    chown: resolved,
    chmod: instruction.chmod ? expandedText(progress, instruction.chmod) : undefined,
    from: instruction.from ? (source ? (stages[source.index]?.final ?? 'image') : 'image') : undefined,
    heredocs,
    context: options.context,
    workdir: knownValue(state.workdir),
    builder,
  })
  if (progress.state.accounts !== state.accounts) refreshIdentity(progress)
  return { failure }
}
