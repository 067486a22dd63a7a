import type { OffsetRange } from '../dockerfile/types.ts'
import { knownValue, unknown, weaker } from '../known.ts'
import { text } from '../l10n/index.ts'
import type { World } from './commands/model.ts'
import { describeIdentity, describeNode } from './describe.ts'
import { asStarted } from './engine-files.ts'
import { absolute, allowed, find, nodeAt } from './files.ts'
import { type Budget, interpretArgv } from './interpreter/index.ts'
import { openedFolders } from './opened.ts'
import { privilegeDrop } from './privilege-drop.ts'
import { fileOnPath } from './programs.ts'
import type { Builder, CommandRun, Failure, ImageState, Runtime, StageTimeline } from './types.ts'
import { variablesFrom } from './variables.ts'
import { startFolder } from './workdir.ts'

/** The container as the engine would start it: who, with what command, and whether it can start at all. */
export function runtimeOf(stage: StageTimeline, builder: Builder, budget: Budget): Runtime {
  const state = asStarted(stage.final, stage.base?.os)
  const entrypoint = state.entrypoint?.argv ?? []
  const cmd = state.cmd?.argv ?? []
  // A shell-form ENTRYPOINT takes no arguments from CMD.
  const argv = state.entrypoint?.form === 'shell' ? entrypoint : [...entrypoint, ...cmd]
  const origin = (state.entrypoint ?? state.cmd)?.origin ?? state.identityOrigin
  const range = origin.kind === 'instruction' ? origin.range : stage.stage.from.range
  const windows = stage.base?.os === 'windows'
  const starts = argv.length > 0 && !windows && !state.identityFailure
  let commands = starts ? start(stage, state, argv, range, builder, budget).commands : []
  let script = startScript(state, argv)
  // The base's own entrypoint ends with `exec "$@"`, unless it hands its server over to another account.
  const given = startGiven(state)
  if (starts && given && !script && !privilegeDrop(stage, state, commands)) {
    commands = [...commands, ...start(stage, state, cmd, given, builder, budget).commands]
    script = startScript(state, cmd)
  }
  return {
    stage,
    state,
    argv,
    dropsPrivileges: windows ? undefined : privilegeDrop(stage, state, commands),
    failure:
      state.identityFailure ??
      (windows ? undefined : (volumeOverFile(state) ?? cannotStart(state, argv, range))),
    commands,
    script,
  }
}

/** Where the command stands that this file gives to an entrypoint of its base; undefined where it does not. */
function startGiven({ entrypoint, cmd }: ImageState): OffsetRange | undefined {
  if (entrypoint?.origin.kind !== 'base' || entrypoint.form === 'shell') return undefined
  return cmd?.origin.kind === 'instruction' && cmd.argv[0]?.startsWith('-') === false
    ? cmd.origin.range
    : undefined
}

const shells = new Set(['sh', 'bash', 'dash', 'ash'])
const inits = new Set(['tini', 'dumb-init', 'catatonit', 'env', 'exec'])

/** The script that the container starts, where its text is known. */
function startScript(
  state: ImageState,
  argv: readonly string[],
): { readonly path: string; readonly text: string } | undefined {
  let words = argv
  while (words.length > 0) {
    const program = words[0] ?? ''
    const name = program.replace(/^.*\//, '')
    if (inits.has(name)) {
      const next = words.findIndex((word, index) => index > 0 && !word.startsWith('-') && !/^\w+=/.test(word))
      if (next < 0) return undefined
      words = words.slice(next)
      continue
    }
    if (shells.has(name)) {
      const next = words[1]
      if (next === undefined || next.startsWith('-')) return undefined
      return scriptAt(state, next)
    }
    return scriptAt(state, program)
  }
  return undefined
}

function scriptAt(
  state: ImageState,
  program: string,
): { readonly path: string; readonly text: string } | undefined {
  const cwd = knownValue(state.workdir) ?? '/'
  const place = program.includes('/')
    ? absolute(program, cwd)
    : fileOnPath(state.files, state.env.get('PATH'), program)
  if (place === undefined) return undefined
  const { node, path } = find(state.files, place)
  return node.content === undefined ? undefined : { path, text: node.content }
}

function start(
  stage: StageTimeline,
  state: ImageState,
  argv: readonly string[],
  range: OffsetRange,
  builder: Builder,
  budget: Budget,
): { readonly commands: readonly CommandRun[] } {
  const words = argv.map((text) => ({ text, glob: false, range }))
  const started = interpretArgv(words, worldOf(stage, state, range, builder), budget)
  if (!givesUp(started.commands)) return started
  // `exit 1` where a variable is not set: whoever runs the image gives it, and others too.
  const world = worldOf(stage, state, range, builder)
  world.variables.mayHoldOthers = true
  return interpretArgv(words, world, budget)
}

function givesUp(commands: readonly CommandRun[]): boolean {
  const last = commands.at(-1)
  return last?.name === 'exit' && last.argv[1] !== undefined && last.argv[1].text !== '0'
}

function worldOf(stage: StageTimeline, state: ImageState, range: OffsetRange, builder: Builder): World {
  const nobody = unknown<number>()
  return {
    // Volumes and mounts of the run may bring what the image does not have.
    state: { ...state, files: openedFolders(state.files, { owner: nobody, group: nobody, mode: nobody }) },
    identity: state.identity,
    cwd: startFolder(state),
    umask: 0o022,
    variables: variablesFrom(state.env),
    base: stage.base,
    builder,
    origin: { kind: 'instruction', range },
    writes: [],
  }
}

/** "cannot mount volume over existing file" */
function volumeOverFile({ files, volumes }: ImageState): Failure | undefined {
  for (const { path, origin } of volumes) {
    const { node } = find(files, path)
    if (node.kind !== 'file') continue
    return {
      reason: 'other',
      certainty: node.exists,
      message: text`${path} is a volume, but a file in the image: the engine cannot mount a volume over it, so the container cannot start (exit code 125).`,
      range: origin.kind === 'instruction' ? origin.range : { start: 0, end: 0 },
      because: node.because,
      exitCode: 125,
      path,
    }
  }
  return undefined
}

/** The program certainly cannot be started: not there, or not executable for this identity. */
function cannotStart(state: ImageState, argv: readonly string[], range: OffsetRange): Failure | undefined {
  const program = argv[0]
  if (program === undefined || !program.includes('/')) return undefined
  const cwd = knownValue(state.workdir)
  if (!program.startsWith('/') && cwd === undefined) return undefined
  const path = absolute(program, cwd)
  const found = find(state.files, path)
  if (found.node.kind === 'missing') {
    if (found.node.exists !== 'certain') return undefined
    return {
      reason: 'command-not-found',
      certainty: 'certain',
      message: text`${path} is not in the image: the container cannot start (exit code 127).`,
      range,
      because: found.node.because,
      exitCode: 127,
      path,
    }
  }
  if (found.node.kind !== 'file') return undefined
  const may = allowed(state.files, path, state.identity, 'execute')
  if (may.certainty === 'unknown' || may.value) return undefined
  const nobodyMay = found.node.mode.certainty !== 'unknown' && (found.node.mode.value & 0o111) === 0
  return {
    reason: 'permission-denied',
    // Engines start a program that only its owner may execute, sometimes (container-facts/start-owner-only-program).
    certainty: nobodyMay ? may.certainty : weaker(may.certainty, 'likely'),
    message: text`${found.path} ${describeNode(nodeAt(state.files, found.path), state.accounts)}: ${describeIdentity(state.identity)} may not execute it, so the container cannot start (exit code 126).`,
    range,
    because: found.node.because,
    exitCode: 126,
    path: found.path,
  }
}
