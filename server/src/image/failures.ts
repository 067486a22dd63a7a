import { isCertainly, knownValue } from '../known.ts'
import { inEnglish } from '../l10n/index.ts'
import { find, pathsBelow, permits } from './files.ts'
import { lineageOf } from './questions.ts'
import type { CommandRun, Failure, Identity, StageTimeline, Step, Timeline } from './types.ts'

/** What fails on the way to the image, each cause once. */

export interface StepFailure {
  readonly stage: StageTimeline
  readonly step: Step
  /** Of the step in its stage. */
  readonly index: number
  readonly failure: Failure
  /** The command that fails; undefined where the step fails before any runs. */
  readonly command: CommandRun | undefined
}

const known = new WeakMap<Timeline, readonly StepFailure[]>()

/** Steps of the stages that are needed which fail, certainly or likely, in the file's order; what only follows from an earlier failure is left out. */
export function stepFailures(timeline: Timeline): readonly StepFailure[] {
  const before = known.get(timeline)
  if (before) return before
  const found = timeline.stages
    .filter(({ stage }) => timeline.needed.has(stage.index))
    .flatMap((stage) => failuresOf(stage))
  known.set(timeline, found)
  return found
}

function failuresOf(stage: StageTimeline): readonly StepFailure[] {
  const found: StepFailure[] = []
  let broken = lineageOf(stage)
    .slice(0, -1)
    .some(({ steps }) => steps.some((step) => isFatal(step.failure)))
  for (const [index, step] of stage.steps.entries()) {
    const { failure } = step
    if (!failure || failure.certainty === 'possible') continue
    if (!(broken && mayFollow(failure)) && !restsOnGuess(step, failure))
      found.push({
        stage,
        step,
        index,
        failure,
        command: step.commands.find((command) => command.fatal) ?? commandAt(step, failure),
      })
    broken ||= isFatal(failure)
  }
  return found
}

const isFatal = (failure: Failure | undefined) => failure?.certainty === 'certain'

/** After a step that fails, what it would have made is missing: an account, a folder. */
function mayFollow({ reason, certainty }: Failure): boolean {
  return (
    certainty !== 'certain' ||
    reason === 'user-not-found' ||
    reason === 'group-not-found' ||
    reason === 'other'
  )
}

/** Who the base runs as was not read but assumed: that a step fails under it is then the better reason to doubt it. */
function restsOnGuess({ before }: Step, { certainty, reason }: Failure): boolean {
  return (
    before.identityOrigin.kind === 'base' &&
    certainty !== 'certain' &&
    (reason === 'permission-denied' || reason === 'not-permitted')
  )
}

/** The innermost command that the failure is about. */
function commandAt({ commands }: Step, failure: Failure): CommandRun | undefined {
  return commands.findLast(
    (command) => command.failure && (command.failure === failure || saysTheSame(command.failure, failure)),
  )
}

const saysTheSame = (a: Failure, b: Failure) => inEnglish(a.message) === inEnglish(b.message)

/** What somebody lacks where a permission is refused: root itself, or a right on `path`. */
export type Lack = 'root' | 'write' | 'read' | 'enter' | 'execute'

/** Undefined where the failure is about something else than permissions. */
export function lackOf({ step, failure, command }: StepFailure): Lack | undefined {
  if (failure.reason === 'not-permitted') return 'root'
  if (failure.reason !== 'permission-denied') return undefined
  const { path } = failure
  if (path === undefined) return 'root'
  if (failure.exitCode === 126) return 'execute'
  const { node, ancestors } = find(step.after.files, path)
  const who = command?.identity ?? step.before.identity
  const cannot = (one: typeof node, access: 'read' | 'write' | 'execute') =>
    knownValue(permits(one, who, access)) === false
  if (ancestors.some((ancestor) => cannot(ancestor.node, 'execute'))) return 'enter'
  if (node.kind === 'directory') return cannot(node, 'execute') ? 'enter' : 'write'
  return command?.writes.includes(path) || !cannot(node, 'read') ? 'write' : 'read'
}

const systemFolders =
  /^\/(|bin|boot|dev|etc|lib|lib32|lib64|libexec|media|mnt|opt|proc|root|run|sbin|srv|sys|usr|var|var\/(cache|lib|log|mail|spool|www|opt|run))(\/|$)/

/** A place that the system or its packages made: who writes there means to change the system. Not so the working folder, the home and what this file made. */
export function isSystemPath(step: Step, path: string, who: Identity): boolean {
  const own = [
    knownValue(step.before.workdir),
    knownValue(who.home),
    ...step.before.volumes.map((one) => one.path),
  ]
  if (own.some((folder) => folder !== undefined && folder !== '/' && isWithin(path, folder))) return false
  if (path === '/') return true
  const { because } = find(step.before.files, path).node
  return systemFolders.test(path) && !because.some(({ kind }) => kind === 'instruction')
}

export function isWithin(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`)
}

/** The identity is somebody else than root, as far as anybody has seen. */
export function isUnprivileged(identity: Identity): boolean {
  const uid = knownValue(identity.uid)
  return uid !== undefined && uid !== 0 && identity.uid.certainty !== 'possible'
}

/** The USER that decides who a step runs as, where it stands in the step's own stage. */
export function userBefore(
  stage: StageTimeline,
  index: number,
): { readonly step: Step; readonly index: number } | undefined {
  for (let at = index - 1; at >= 0; at--) {
    const step = stage.steps[at]
    if (step?.instruction.keyword === 'USER') return { step, index: at }
  }
  return undefined
}

/** Root, with everything that this brings. */
export function isCertainlyRoot(identity: Identity): boolean {
  return isCertainly(identity.uid, 0)
}

/** Commands of the start that fail whenever the container starts. */
export function startFailures(
  timeline: Timeline,
): readonly { readonly command: CommandRun; readonly failure: Failure }[] {
  const { runtime } = timeline
  if (!runtime || runtime.failure) return []
  const seen = new Set<string>()
  return runtime.commands.flatMap((command) => {
    const { failure } = command
    if (!failure || failure.certainty === 'possible' || command.reached !== 'certain') return []
    // A wrapper fails with what it runs.
    const said = inEnglish(failure.message)
    if (seen.has(said)) return []
    seen.add(said)
    return [
      {
        command:
          runtime.commands.findLast((one) => one.failure && saysTheSame(one.failure, failure)) ?? command,
        failure,
      },
    ]
  })
}

/** Topmost folders that this file made, or gave to somebody, and that are his; homes with nothing of worth left out. */
export function foldersGivenTo({ files }: Pick<Step['after'], 'files'>, uid: number): readonly string[] {
  const found: string[] = []
  for (const { path, node } of pathsBelow(files, '/')) {
    if (node.kind !== 'directory' || knownValue(node.owner) !== uid || node.owner.certainty === 'possible')
      continue
    if (!node.because.some(({ kind }) => kind === 'instruction')) continue
    if (!found.some((folder) => isWithin(path, folder))) found.push(path)
  }
  return found
}
