import { catalogue, combine, declaredBaseImages } from '../../../server/src/base-images/index.ts'
import { parseDockerfile } from '../../../server/src/dockerfile/index.ts'
import {
  type CommandRun,
  evaluate,
  type FileNode,
  find,
  type ImageState,
  octal,
  type Runtime,
  type Timeline,
} from '../../../server/src/image/index.ts'
import { startFolder } from '../../../server/src/image/workdir.ts'
import { type Certainty, certain, type Known, weaker } from '../../../server/src/known.ts'
import { type Case, declarations, type Observed, type ObservedPath } from './cases.ts'
import { memoryContext } from './memory-context.ts'
import { accessOf, withFlags } from './run-flags.ts'

/** One observation beside what we say of it. */
export interface Field {
  readonly case: string
  readonly name: string
  /** The path, the name that was printed. */
  readonly of: string
  readonly observed: unknown
  readonly predicted: Known<unknown>
}

const known = catalogue()

export function evaluateCase(one: Case): Timeline {
  return evaluate(parseDockerfile(one.dockerfile), {
    context: memoryContext(one.context ?? []),
    baseImages: combine(declaredBaseImages(one.baseImages ?? declarations(), known), known),
    builder: one.buildkit ? 'buildkit' : 'classic',
    ...(one.target === undefined ? {} : { target: one.target }),
    ...(one.buildArgs ? { buildArgs: new Map(Object.entries(one.buildArgs)) } : {}),
  })
}

/** @param left counts what flags of `docker run` keep us from saying */
export function fieldsOf(one: Case, observed: Observed, left: (fields: number) => void): readonly Field[] {
  const timeline = evaluateCase(one)
  const fields: Field[] = []
  const add = (name: string, seen: unknown, predicted: Known<unknown>, of = '') => {
    if (seen !== undefined) fields.push({ case: one.id, name, of, observed: seen, predicted })
  }
  const { faults, sure } = buildFaults(timeline)
  const fault = faults.find(({ certainty }) => certainty === 'certain') ?? faults[0]
  const says = (value: unknown, certainty = sure): Known<unknown> => ({ certainty, value, because: [] })
  add('build.ok', observed.build.ok, says(fault === undefined, fault?.certainty))
  if (!observed.build.ok) {
    // Stages are built side by side: nobody knows which of two that fail is the first.
    const told = faults.find(({ line }) => line === observed.build.errorLine) ?? fault
    if (!told) return fields
    const certainty = weaker(told.certainty, told.sure)
    add('build.errorLine', observed.build.errorLine, says(told.line, certainty))
    add(
      'build.exitCode',
      observed.build.exitCode,
      told.exitCode === undefined ? unsaid : says(told.exitCode, certainty),
    )
    return fields
  }
  for (const [name, text] of Object.entries(observed.build.said ?? {}))
    add(`said.${kindOfSaid(name)}`, text, saidBy(timeline, name), name)
  const { runtime } = timeline
  if (!runtime || fault?.certainty === 'certain') return fields
  const { config, run } = observed
  if (config) {
    add(
      'config.user',
      config.user,
      certain(runtime.state.identityOrigin.kind === 'base' ? '' : runtime.state.identity.spec),
    )
    add('config.workdir', config.workdir || '/', runtime.state.workdir)
    const volumes = new Set([...runtime.state.volumes].map(({ path }) => path))
    add('config.volumes', config.volumes, certain([...volumes].sort()))
    add('config.onbuild', config.onbuild, certain([...runtime.stage.final.onbuild].map(({ text }) => text)))
  }
  if (!run) return fields
  const flagged = withFlags(runtime.state, one.probe.flags ?? [])
  if (!flagged) {
    left(Object.keys(run).length)
    return fields
  }
  const { state, accessDiffers } = flagged
  const failure = state.identityFailure ?? (runtime.failure?.exitCode === 125 ? runtime.failure : undefined)
  add(
    'run.started',
    run.started,
    failure ? { certainty: failure.certainty, value: false, because: [] } : started(state),
  )
  if (!run.started) return fields
  const { identity } = state
  add('run.uid', run.uid, identity.uid)
  add('run.gid', run.gid, identity.gid)
  add('run.groups', run.groups, identity.groups)
  add('run.home', run.home, identity.home)
  add('run.cwd', run.cwd, startFolder(state))
  // The engine says 125 to 127 of a program that it cannot start; a shell says so of programs in its script.
  if (run.exit !== undefined && run.output !== undefined && !one.probe.flags)
    add('run.startFails', /OCI runtime/.test(run.output), startFault(runtime))
  for (const [path, seen] of Object.entries(run.paths ?? {})) {
    if (accessDiffers) left(3)
    for (const [name, value] of pathFields(state, path, seen, accessDiffers))
      add(`path.${name}`, ...value, path)
  }
  return fields
}

/**
 * An account or a group that only may be there may be the one that is not found; what only may be a file may be in the
 * way of a volume.
 */
function started({ identity: { uid, gid }, volumes, files }: ImageState): Known<unknown> {
  if (uid.certainty === 'unknown' || gid.certainty === 'unknown') return unsaid
  const mayBeFile = ({ kind, exists }: FileNode) =>
    kind === 'file' || (kind === 'directory' && exists !== 'certain')
  if (volumes.some(({ path }) => mayBeFile(find(files, path).node))) return unsaid
  return { certainty: weaker(uid.certainty, gid.certainty), value: true, because: [] }
}

const unsaid: Known<unknown> = { certainty: 'unknown', because: [] }

function startFault({ failure, argv, state, stage }: Runtime): Known<boolean> {
  if (failure) return { certainty: failure.certainty, value: true, because: [] }
  const [program = ''] = argv
  const isThere = program.includes('/')
    ? find(state.files, program).node.kind === 'file'
    : (stage.base?.tools.programs.get(program) ?? findInPath(state, program))
  return isThere ? certain(false) : { certainty: 'unknown', because: [] }
}

function findInPath(state: ImageState, program: string): boolean {
  return ['/usr/local/bin', '/usr/bin', '/bin'].some(
    (folder) => find(state.files, `${folder}/${program}`).node.kind === 'file',
  )
}

function kindOfSaid(name: string): string {
  return /^(pw|gr|in)_/.exec(name)?.[1] ?? (name === 'rc' ? name : 'text')
}

interface Fault {
  readonly certainty: Certainty
  readonly line: number
  readonly exitCode: number | undefined
  /** Whether nothing before it in its stage may fail. */
  readonly sure: Certainty
}

/** What fails first in every stage, and whether it is sure that nothing else does. */
function buildFaults({ dockerfile, stages, needed }: Timeline): {
  readonly faults: readonly Fault[]
  readonly sure: Certainty
} {
  const problem = dockerfile.problems.find(({ severity }) => severity === 'error')
  if (problem) {
    const line = dockerfile.lines.positionAt(problem.range.start).line + 1
    return { faults: [{ certainty: 'certain', line, exitCode: undefined, sure: 'certain' }], sure: 'certain' }
  }
  const faults: Fault[] = []
  let sure: Certainty = 'certain'
  for (const { stage, steps } of stages) {
    if (!needed.has(stage.index)) continue
    let sureSoFar: Certainty = 'certain'
    let ended = false
    for (const { instruction, failure, sure: known } of steps) {
      if (failure && failure.certainty !== 'possible') {
        const { certainty, exitCode } = failure
        // What a COPY takes is looked for as soon as its stage is there, before the steps above it have run.
        const early = instruction.keyword === 'COPY' && instruction.from !== undefined
        if (!ended || early)
          faults.push({ certainty, line: instruction.startLine, exitCode, sure: sureSoFar })
        ended ||= certainty === 'certain'
      }
      if (!ended && (!known || failure)) sureSoFar = 'likely'
    }
    sure = weaker(sure, sureSoFar)
  }
  // Where something else may fail as well, here or in another stage, it may be the first.
  return { faults: faults.map((fault) => ({ ...fault, sure: weaker(fault.sure, sure) })), sure }
}

/** What `echo "@@name=…"` prints in the build. */
function saidBy({ stages, needed }: Timeline, name: string): Known<unknown> {
  for (const { stage, steps } of stages.toReversed()) {
    if (!needed.has(stage.index)) continue
    const said = printedBy(
      steps.flatMap(({ commands }) => commands),
      name,
    )
    if (said) return said
  }
  return unsaid
}

/** What the last `echo "@@name=…"` of these commands prints; undefined where none is among them. */
export function printedBy(commands: readonly CommandRun[], name: string): Known<unknown> | undefined {
  const mark = `@@${name}=`
  const echo = commands.findLast(({ argv }) => argv[0]?.text === 'echo' && argv[1]?.text?.startsWith(mark))
  if (!echo) return undefined
  const text = echo.argv.slice(1).map((word) => word.text)
  return text.includes(undefined)
    ? unsaid
    : { certainty: echo.reached, value: text.join(' ').slice(mark.length).trimEnd(), because: [] }
}

function pathFields(
  state: ImageState,
  path: string,
  seen: ObservedPath,
  accessDiffers: boolean,
): readonly [string, [unknown, Known<unknown>]][] {
  const { node } = find(state.files, path, false)
  const said = node.kind === 'other' ? 'character special file' : node.kind
  const kind: Known<unknown> =
    node.kind === 'unknown' ? unsaid : { certainty: node.exists, value: said, because: [] }
  const fields: [string, [unknown, Known<unknown>]][] = [['kind', [seen.kind, kind]]]
  if (seen.kind === 'missing' || node.kind === 'missing') return fields
  const { owner, group, mode } = node
  fields.push([
    'owner',
    [
      seen.owner,
      owner.certainty === 'unknown' || group.certainty === 'unknown'
        ? unsaid
        : {
            certainty: weaker(owner.certainty, group.certainty),
            value: `${owner.value}:${group.value}`,
            because: [],
          },
    ],
  ])
  fields.push([
    'mode',
    [seen.mode, mode.certainty === 'unknown' ? unsaid : { ...mode, value: octal(mode.value) }],
  ])
  if (!accessDiffers) {
    fields.push(['readable', [seen.readable, accessOf(state, path, 'read')]])
    fields.push(['writable', [seen.writable, accessOf(state, path, 'write')]])
    fields.push(['executable', [seen.executable, accessOf(state, path, 'execute')]])
  }
  return fields
}
