import type { Map as ImmutableMap } from 'immutable'
import { stageOf } from '../../dockerfile/index.ts'
import type { MappedText, Mount, OffsetRange, RunInstruction } from '../../dockerfile/types.ts'
import type { Known, Origin } from '../../known.ts'
import { certain, knownValue, unknown, weaker } from '../../known.ts'
import { isPosixShell, parseShell, type ShellScript } from '../../shell/index.ts'
import type { World } from '../commands/model.ts'
import { contextNode } from '../copy/index.ts'
import { absolute, find, nodeAt, put } from '../files.ts'
import { resolveUser } from '../identity.ts'
import { type Interpretation, interpret, interpretArgv, shebangOf } from '../interpreter/index.ts'
import { tooLong } from '../long-values.ts'
import { withMount } from '../mounts.ts'
import { rangeOf } from '../places.ts'
import type { Failure, FileNode, ImageState } from '../types.ts'
import { variablesFrom } from '../variables.ts'
import { makeFolders, startFolder } from '../workdir.ts'
import { needsBuildkit } from './classic.ts'
import { type Applied, expandedText, fine, type Progress } from './progress.ts'
import { afterFailedRun, lastCommandFails, withoutShell } from './run-failures.ts'
import { refreshIdentity } from './user.ts'
import { notPlaced } from './workdir.ts'

/** RUN: the builder's own refusals, then what the script or program does. */
export function runStep(progress: Progress, instruction: RunInstruction, origin: Origin): Applied {
  const { foreign, base, evaluation, state: before } = progress
  const { builder } = evaluation
  const { command } = instruction
  if (base?.os === 'windows') return fine
  const who = whoRuns(progress)
  const refusal = needsBuildkit(instruction, builder) ?? refusedBefore(progress, instruction, who)
  if (refusal) return { failure: refusal }
  if (command.form === 'shell' && !isPosixShell(before.shell)) return { ...fine, sure: false }
  makeWorkdir(progress, origin)
  const world = worldFor(progress, origin)
  const { unmount, blocked } = mount(progress, instruction, world)
  if (blocked?.failure) return blocked
  const { outcome, commands, sure: known } = carriedOut(progress, instruction, world)
  const sure = known && !mayBeNobody(before) && !blocked
  const files = unmount(world.state.files)
  progress.state = { ...world.state, files: builder === 'buildkit' ? files : keepVolumes(before, files) }
  if (world.state.accounts !== before.accounts) refreshIdentity(progress)
  const failure = outcome.status === 'ok' ? who?.failure : outcome.failure
  if (!failure)
    return {
      failure:
        outcome.status === 'fail' ? lastCommandFails(commands, instruction, outcome.exitCode) : undefined,
      commands,
      sure,
    }
  if (outcome.status === 'fail') progress.state = afterFailedRun(progress.state, origin)
  const placed = foreign ? { ...failure, range: rangeOf(foreign) } : failure
  return {
    failure:
      outcome.status === 'fail' ? placed : { ...placed, certainty: weaker(placed.certainty, 'likely') },
    commands: commands.map((one) => (one.failure === failure ? { ...one, fatal: true } : one)),
    sure,
  }
}

/** USER names somebody who only may be there: where nobody is called that, the step does not start. */
function mayBeNobody({ identity: { spec, uid, gid } }: ImageState): boolean {
  const [user = '', group = ''] = spec.split(':')
  const isOpen = (name: string, id: Known<number>) =>
    name !== '' && !/^\d+$/.test(name) && id.certainty !== 'certain'
  return isOpen(user, uid) || isOpen(group, gid)
}

/** A working directory that was removed is made again, as root's (runc; container-facts/workdir-removed). */
function makeWorkdir(progress: Progress, origin: Origin): void {
  const { state } = progress
  const path = knownValue(state.workdir)
  if (path === undefined || state.workdir.certainty !== 'certain') return
  if (find(state.files, path).node.kind !== 'missing') return
  const root = { owner: certain(0), group: certain(0) }
  progress.state = { ...state, files: makeFolders(state.files, path, root, origin) }
}

/** What the step's script or program does in `world`. */
function carriedOut(progress: Progress, instruction: RunInstruction, world: World): Interpretation {
  const { foreign, state, evaluation } = progress
  const { command, heredocs, keywordRange } = instruction
  const wordAt = (text: string, range: OffsetRange) => ({
    text,
    glob: false,
    range: foreign ? rangeOf(foreign) : range,
  })
  if (command.form === 'json') {
    const words = command.args.map(({ raw, range }) => wordAt(raw, range))
    return interpretArgv(words, world, evaluation.budget)
  }
  const script = scriptOf(progress, command.script)
  // A heredoc alone that begins with `#!` is no script of the shell's, but a program (dockerfile2llb: dispatchRun).
  const [heredoc] = heredocs
  const shebang = heredoc?.content === command.script ? shebangOf(command.script.text) : undefined
  if (!shebang) return interpret(script, world, state.shell, evaluation.budget)
  const { interpreter = '', isShell, options } = shebang
  if (isShell)
    return interpret(script, world, [interpreter, ...(options.errexit ? ['-e'] : [])], evaluation.budget)
  const words = [interpreter, `/dev/pipes/${heredoc?.name}`].map((text) => wordAt(text, keywordRange))
  return interpretArgv(words, world, evaluation.budget)
}

/** Who USER means to the builder; undefined where that is unknown. */
function whoRuns({ state, evaluation: { builder } }: Progress) {
  if (state.identity.uid.certainty === 'unknown' && !state.identityFailure) return undefined
  return resolveUser(state.identity.spec, state, state.identityOrigin, { at: 'run', builder })
}

/** Why the builder cannot even start the step. */
function refusedBefore(
  progress: Progress,
  instruction: RunInstruction,
  who: ReturnType<typeof whoRuns>,
): Failure | undefined {
  const range = progress.foreign ? rangeOf(progress.foreign) : instruction.keywordRange
  // It is the RUN that fails, at its own line (container-facts/user-missing-at-run-instruction-app).
  if (who?.failure?.certainty === 'certain')
    return { ...who.failure, range, because: [progress.state.identityOrigin] }
  const long = tooLong(progress.longValues, range)
  if (long) return long
  const noShell = withoutShell(progress, instruction)
  return noShell && { ...noShell, range }
}

interface Mounts {
  /** Takes all of it away again. */
  readonly unmount: (after: FileNode) => FileNode
  /** What keeps one from its place, or may. */
  readonly blocked: Applied | undefined
}

/** Puts what `--mount` asks for in its place. */
function mount(progress: Progress, instruction: RunInstruction, world: World): Mounts {
  let unmount = (after: FileNode): FileNode => after
  let blocked: Applied | undefined
  for (const one of instruction.mounts) {
    const option = (key: string) => {
      const word = one.options.get(key)
      return word === undefined ? undefined : word.raw === '' ? '' : expandedText(progress, word)
    }
    const variable = one.type === 'secret' ? option('env') : undefined
    if (variable) world.variables.set(variable, unknown([world.origin]))
    const mounted = withMount(world.state.files, {
      mount: one,
      option,
      workdir: knownValue(world.cwd),
      origin: world.origin,
      source: one.type === 'bind' ? bindSource(progress, one, option, world.origin) : undefined,
    })
    if (mounted.inTheWay && !blocked?.failure) blocked = notPlaced(mounted.inTheWay, one.flag.range)
    const outer = unmount
    unmount = (after) => outer(mounted.unmount(after))
    world.state = { ...world.state, files: mounted.files }
    world.mounted = true
  }
  return { unmount, blocked }
}

/**
 * What a bind mount shows: of the build context, or of the stage that `from` names. Unlike COPY it takes no number for one.
 * BuildKit: frontend/dockerfile/dockerfile2llb/convert_runmount.go.
 */
function bindSource(
  { evaluation, stage }: Progress,
  { options }: Mount,
  option: (key: string) => string | undefined,
  origin: Origin,
): FileNode | undefined {
  const keys = ['source', 'src'].filter((key) => options.has(key))
  const path = keys.length === 0 ? '/' : keys.map(option).find((text) => text !== undefined)
  if (path === undefined) return undefined
  if (!options.has('from')) return contextNode(evaluation.options.context, path, origin)
  const name = option('from')
  const from =
    name === undefined ? undefined : stageOf(evaluation.dockerfile, name, stage, { numbers: false })
  const files = from && evaluation.stages[from.index]?.final.files
  const node = files && nodeAt(files, absolute(path))
  return node?.kind === 'missing' ? undefined : node
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
    cwd: startFolder(state),
    umask: 0o022,
    variables: variablesFrom(shellVariables(progress)),
    base,
    builder: evaluation.builder,
    origin,
    writes: [],
  }
}

/** The text of a trigger stands in another file: everything in it is at FROM. */
function scriptOf({ foreign }: Progress, text: MappedText): ShellScript {
  const script = parseShell(text)
  if (!foreign) return script
  const range = rangeOf(foreign)
  return { ...script, rangeOf: () => range }
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
