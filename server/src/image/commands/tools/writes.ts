import type { Certainty } from '../../../known.ts'
import { knownValue, unknown, weaker } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import { describeIdentity, describeNode } from '../../describe.ts'
import { absolute, allowed, find, joinTrees, nodeAt, parentOf, put } from '../../files.ts'
import { makeDirectory, pathIn, setFiles } from '../../operations.ts'
import type { Failure, FileNode } from '../../types.ts'
import { mayWriteInto, processOwned } from '../files/unlisted.ts'
import type { Call, Outcome, World } from '../model.ts'
import { maybe, ok } from '../model.ts'
import { mayHaveFilled } from './unmodelled.ts'

/** A folder that a tool writes into. */
export interface Write {
  /** `.` is the working directory, `~` the home: `./node_modules`, `~/.npm`, `/usr/local/bin`. */
  readonly at: string
  /** Variables that put it elsewhere; the first that is set counts. */
  readonly unless?: readonly string[]
  /** How surely the tool fails where it may not write there; `never`: it goes on without. */
  readonly fails: Certainty | 'never'
  /** `made`: afterwards the folder is there. Left out: it may get entries. */
  readonly makes?: true
  /** What runs is the project's own: it may make files wherever it is allowed to. */
  readonly elsewhere?: true
}

/** What became of a tool that writes to these folders. */
export function writeAll(
  call: Call,
  writes: readonly Write[],
  options: { readonly exitCode?: number; readonly cwd?: string | undefined } = {},
): Outcome {
  let outcome: Outcome = maybe
  for (const write of writes) {
    const next = writeOne(call, write, options)
    if (next.status === 'fail') return next
    if (write.elsewhere) mayHaveFilled(call.world, true)
    if (next.status === 'maybe' && next.failure && !(outcome.status === 'maybe' && outcome.failure))
      outcome = next
  }
  return outcome
}

function writeOne(
  call: Call,
  write: Write,
  options: { readonly exitCode?: number; readonly cwd?: string | undefined },
): Outcome {
  const { world } = call
  const place = placeOf(world, write, options.cwd)
  if (place.path === undefined) return maybe
  const certainty = write.fails === 'never' ? 'never' : weaker(write.fails, place.certainty)
  // A home of which nobody knows whether it is there: its account's, as a rule.
  if (
    write.at.startsWith('~') &&
    place.home !== undefined &&
    nodeAt(world.state.files, place.home).kind === 'unknown'
  )
    return maybe
  const { node } = find(world.state.files, place.path)
  if (node.kind === 'directory') {
    const blocked = notWritable(
      call,
      place.path,
      node.exists === 'certain' ? certainty : possibly(certainty),
      options.exitCode,
    )
    if (blocked?.status === 'fail') return blocked
    if (certainty !== 'never' || !blocked) mayWriteInto(world, place.path)
    return blocked ?? ok
  }
  const before = world.state
  const writes = world.writes.length
  const made = makeDirectory(world, place.path, { parents: true })
  const failure = made.status === 'ok' ? undefined : made.failure
  if (made.status === 'fail' || failure) {
    world.state = before
    world.writes.length = writes
    if (certainty === 'never' || failure?.reason !== 'permission-denied') return maybe
    return refusal(
      call,
      failure,
      weaker(certainty, node.kind === 'unknown' ? weaker(failure.certainty, 'likely') : failure.certainty),
      options.exitCode,
    )
  }
  const found = find(world.state.files, place.path)
  setFiles(
    world,
    put(world.state.files, found.path, {
      ...found.node,
      unlisted: processOwned(world),
      because: [world.origin],
    }),
  )
  if (!write.makes || place.certainty !== 'certain') {
    const files: FileNode = joinTrees(before.files, world.state.files)
    world.state = before
    setFiles(world, files)
  }
  return made
}

const possibly = (certainty: Certainty | 'never'): Certainty | 'never' =>
  certainty === 'never' ? 'never' : 'possible'

/** Undefined where the folder may be written. */
function notWritable(
  call: Call,
  path: string,
  certainty: Certainty | 'never',
  exitCode?: number,
): Outcome | undefined {
  const { world } = call
  const answer = allowed(world.state.files, path, world.identity, 'write')
  if (answer.certainty === 'unknown') return maybe
  if (answer.value) return undefined
  if (certainty === 'never') return maybe
  const { node } = find(world.state.files, path)
  return refusal(call, failureAt(call, path, node), weaker(certainty, answer.certainty), exitCode)
}

function failureAt(call: Call, path: string, node: FileNode): Failure {
  return {
    reason: 'permission-denied',
    certainty: 'certain',
    message: text``,
    range: call.range,
    because: node.because,
    path,
  }
}

/** `npm ci writes to /app, which belongs to root:root with mode 0755, but runs as node (1000:1000): permission denied.` */
function refusal(call: Call, failure: Failure, certainty: Certainty, exitCode = 1): Outcome {
  const { world } = call
  const wanted = failure.path ?? '/'
  const there = nearestFolder(world, wanted)
  const message = text`\`${nameOfCall(call)}\` writes to ${there}, which ${describeNode(nodeAt(world.state.files, there), world.state.accounts)}, but runs as ${describeIdentity(world.identity)}: permission denied.`
  const value: Failure = { ...failure, message, certainty, path: there, range: call.range, exitCode }
  return certainty === 'certain'
    ? { status: 'fail', failure: value, exitCode }
    : { status: 'maybe', failure: value }
}

/** The folder of the path that is there, in which something was to be made. */
function nearestFolder(world: World, path: string): string {
  let at = path
  while (at !== '/' && nodeAt(world.state.files, at).kind !== 'directory') at = parentOf(at)
  return at
}

/** `npm ci`, `pip install`: the name and the subcommand. */
export function nameOfCall(call: Call): string {
  const first = call.args[0]?.text
  return first !== undefined && /^[a-z][\w:-]*$/i.test(first) ? `${call.name} ${first}` : call.name
}

/** Where a write goes, and how sure that is. */
function placeOf(
  world: World,
  write: Write,
  cwd: string | undefined,
): { path: string | undefined; certainty: Certainty; home?: string } {
  for (const name of write.unless ?? []) {
    const variable = world.variables.get(name) ?? world.state.env.get(name)
    if (!variable) continue
    const value = knownValue(variable)
    if (value === undefined) return { path: undefined, certainty: 'possible' }
    if (value !== '')
      return {
        path: pathIn(world, value),
        certainty: weaker(variable.certainty === 'unknown' ? 'possible' : variable.certainty, 'likely'),
      }
  }
  if (write.at.startsWith('/')) return { path: write.at, certainty: 'certain' }
  const home = knownValue(world.variables.get('HOME') ?? unknown<string>()) ?? knownValue(world.identity.home)
  const start = write.at.startsWith('~') ? home : (cwd ?? knownValue(world.cwd))
  if (start === undefined || !start.startsWith('/')) return { path: undefined, certainty: 'possible' }
  // Where HOME comes from an account that we only think is there, so does the path.
  const certainty =
    write.at.startsWith('~') && world.identity.home.certainty !== 'unknown'
      ? world.identity.home.certainty
      : 'certain'
  return { path: absolute(write.at.replace(/^[~.]\/?/, './'), start), certainty, home: absolute(start) }
}
