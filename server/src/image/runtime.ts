import type { OffsetRange } from '../dockerfile/types.ts'
import type { Certainty, Known, Origin } from '../known.ts'
import { isCertainly, knownValue, weaker } from '../known.ts'
import type { World } from './commands/model.ts'
import { describeIdentity, describeNode } from './describe.ts'
import { asStarted } from './engine-files.ts'
import { allowed, find, nodeAt } from './files.ts'
import { type Budget, interpretArgv } from './interpreter/index.ts'
import type {
  Builder,
  CommandRun,
  Failure,
  ImageState,
  PrivilegeDrop,
  Runtime,
  StageTimeline,
} from './types.ts'

/** The container as the engine would start it: who, with what command, and whether it can start at all. */
export function runtimeOf(stage: StageTimeline, builder: Builder, budget: Budget): Runtime {
  const state = asStarted(stage.final, stage.base?.os)
  const entrypoint = state.entrypoint?.argv ?? []
  const cmd = state.cmd?.argv ?? []
  // A shell-form ENTRYPOINT takes no arguments from CMD.
  const argv = state.entrypoint?.form === 'shell' ? entrypoint : [...entrypoint, ...cmd]
  const origin = (state.entrypoint ?? state.cmd)?.origin ?? state.identityOrigin
  const range = origin.kind === 'instruction' ? origin.range : stage.stage.from.range
  const script = startScript(state, argv)
  const windows = stage.base?.os === 'windows'
  const started =
    argv.length > 0 && !windows && !state.identityFailure
      ? start(stage, state, argv, range, builder, budget)
      : undefined
  const commands = started?.commands ?? []
  return {
    stage,
    state,
    argv,
    dropsPrivileges: windows ? undefined : (dropOf(state, commands) ?? baseDrop(stage, state)),
    failure: state.identityFailure ?? (windows ? undefined : cannotStart(state, argv, range)),
    commands,
    script,
  }
}

const searchPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
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
  const candidates = program.includes('/')
    ? [program.startsWith('/') ? program : `${cwd}/${program}`]
    : searchPath.map((folder) => `${folder}/${program}`)
  for (const candidate of candidates) {
    const found = find(state.files, candidate.replace(/\/\.\//g, '/').replace(/^\/\//, '/'))
    if (found.node.content !== undefined) return { path: found.path, text: found.node.content }
  }
  return undefined
}

function start(
  stage: StageTimeline,
  state: ImageState,
  argv: readonly string[],
  range: OffsetRange,
  builder: Builder,
  budget: Budget,
): { readonly commands: readonly CommandRun[] } {
  const variables = new Map<string, Known<string>>(state.env)
  const world: World = {
    state,
    identity: state.identity,
    cwd: state.workdir,
    umask: 0o022,
    variables,
    base: stage.base,
    builder,
    origin: { kind: 'instruction', range },
    writes: [],
  }
  return interpretArgv(
    argv.map((text) => ({ text, glob: false, range })),
    world,
    budget,
  )
}

const droppers: Readonly<Record<string, PrivilegeDrop['by']>> = {
  gosu: 'gosu',
  'su-exec': 'su-exec',
  setpriv: 'setpriv',
  su: 'su',
  runuser: 'runuser',
  's6-setuidgid': 's6',
  's6-applyuidgid': 's6',
  chpst: 'own',
  chroot: 'chroot',
  'start-stop-daemon': 'own',
}

/** A command of the start that switches from root to somebody else. */
function dropOf(state: ImageState, commands: readonly CommandRun[]): PrivilegeDrop | undefined {
  if (!isCertainly(state.identity.uid, 0)) return undefined
  for (const command of commands) {
    const by = droppers[command.name ?? '']
    if (!by || !isCertainly(command.identity.uid, 0)) continue
    const inner = commands.find((one) => one.wrappers.includes(command.name ?? '') && one !== command)
    const to = inner && !isCertainly(inner.identity.uid, 0) ? targetOf(inner) : namedTarget(command)
    if (to === undefined || to === 'root' || to === '0' || to === '0:0' || to === 'root:root') continue
    const certainty: Certainty = command.reached
    return {
      by,
      to: to === '' ? { certainty: 'unknown', because: [] } : { certainty, value: to, because: [] },
      certainty,
      because: [{ kind: 'instruction', range: command.range }],
    }
  }
  return undefined
}

function targetOf(command: CommandRun): string {
  const user = knownValue(command.identity.user)
  const uid = knownValue(command.identity.uid)
  return user ?? (uid === undefined ? '' : String(uid))
}

/** The account as the command names it; '' where it is a value we do not know. */
function namedTarget(command: CommandRun): string | undefined {
  const words = command.argv.slice(1)
  if (command.name === 'setpriv') {
    const reuid = words.find(({ text }) => text?.startsWith('--reuid'))
    if (!reuid) return undefined
    const value = reuid.text?.includes('=')
      ? reuid.text.slice(reuid.text.indexOf('=') + 1)
      : words[words.indexOf(reuid) + 1]?.text
    return value ?? ''
  }
  if (command.name === 'chroot') {
    const spec = words.find(({ text }) => text?.startsWith('--userspec='))
    return spec?.text?.slice('--userspec='.length)
  }
  if (command.name === 'start-stop-daemon') {
    const at = words.findIndex(({ text }) => text === '--chuid' || text === '-c')
    return at < 0 ? undefined : (words[at + 1]?.text ?? '')
  }
  if (command.name === 'chpst') {
    const at = words.findIndex(({ text }) => text === '-u')
    return at < 0 ? undefined : (words[at + 1]?.text ?? '').replace(/^:/, '')
  }
  if (command.name === 'runuser') {
    const at = words.findIndex(({ text }) => text === '-u' || text === '--user')
    if (at >= 0) return words[at + 1]?.text ?? ''
  }
  const operand = words.find(({ text }) => text === undefined || !text.startsWith('-'))
  return operand === undefined ? undefined : (operand.text ?? '')
}

/** The base's own entrypoint steps down, and this file leaves it in place. */
function baseDrop(stage: StageTimeline, state: ImageState): PrivilegeDrop | undefined {
  const drop = stage.base?.stepsDown
  if (!drop || !isCertainly(state.identity.uid, 0)) {
    if (!drop || knownValue(state.identity.uid) !== 0) return undefined
  }
  if (state.entrypoint && state.entrypoint.origin.kind === 'instruction') return undefined
  const because: Origin[] = [
    { kind: 'base', reference: stage.base?.reference ?? '', resolvedBy: stage.base?.resolvedBy ?? 'unknown' },
  ]
  // It steps down for its own server only; another command starts as root.
  const ownCommand = state.cmd?.origin.kind !== 'instruction'
  const certainty = weaker(stage.base?.certainty ?? 'possible', ownCommand ? 'certain' : 'likely')
  return {
    by: drop.by,
    to: drop.to === null ? { certainty: 'unknown', because } : { certainty, value: drop.to, because },
    certainty,
    because,
  }
}

/** The program certainly cannot be started: not there, or not executable for this identity. */
function cannotStart(state: ImageState, argv: readonly string[], range: OffsetRange): Failure | undefined {
  const program = argv[0]
  if (program === undefined || !program.includes('/')) return undefined
  const cwd = knownValue(state.workdir)
  const path = program.startsWith('/') ? program : cwd === undefined ? undefined : `${cwd}/${program}`
  if (path === undefined) return undefined
  const found = find(state.files, path.replace(/\/\.\//g, '/').replace(/\/+/g, '/'))
  if (found.node.kind === 'missing') {
    if (found.node.exists !== 'certain') return undefined
    return {
      reason: 'command-not-found',
      certainty: 'certain',
      message: `${path} is not in the image: the container cannot start (exit code 127).`,
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
    message: `${found.path} ${describeNode(nodeAt(state.files, found.path), state.accounts)}: ${describeIdentity(state.identity)} may not execute it, so the container cannot start (exit code 126).`,
    range,
    because: found.node.because,
    exitCode: 126,
    path: found.path,
  }
}
