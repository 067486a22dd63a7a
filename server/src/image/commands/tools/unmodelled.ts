import type { Certainty } from '../../../known.ts'
import { unknown } from '../../../known.ts'
import { find, mayBe, nodeAt, parentOf, put } from '../../files.ts'
import { pathIn, setFiles } from '../../operations.ts'
import { unseenProgramRan } from '../../programs.ts'
import { doubtBelow, doubtEverywhere } from '../files/doubt.ts'
import { mayWrite, mayWriteInto } from '../files/unlisted.ts'
import type { Call, Outcome, World } from '../model.ts'

/**
 * A program that nobody described: it can do whatever its identity may. What it is told of (its operands) and what
 * lies around it (its working directory) may be changed afterwards; the rest of what we know is kept.
 */
export function unmodelled(call: Call): Outcome {
  const { world } = call
  unseenProgramRan(world)
  const before = world.writes.length
  for (const path of namedPaths(call)) mayChange(world, path)
  world.writes.length = before
  if (isScript(call.name)) doubtEverywhere(world, ['owner', 'group', 'mode', 'exists'], 'likely')
  mayWriteInto(world, world.cwd.certainty === 'unknown' ? undefined : world.cwd.value)
  return { status: 'maybe' }
}

/** A script of the application's own does several things; its text is not at hand. */
function isScript(name: string): boolean {
  return (
    name === '' || /\.(sh|bash|py|pl|rb|run|bin)$/.test(name) || name === 'configure' || name === 'bootstrap'
  )
}

const mostPaths = 64

/** Absolute paths among the words, also behind `=`; relative ones where they exist. */
function namedPaths(call: Call): string[] {
  const paths: string[] = []
  for (const { text } of call.args) {
    if (text === undefined || paths.length >= mostPaths) continue
    const candidate = /^-{0,2}[\w-]*=(?<path>\/.*)$/.exec(text)?.groups?.path ?? text
    if (
      candidate === '/' ||
      candidate.startsWith('-') ||
      candidate.startsWith('//') ||
      /[:\s]/.test(candidate)
    )
      continue
    const path = pathIn(call.world, candidate)
    if (path === undefined || path === '/') continue
    const { kind, exists } = nodeAt(call.world.state.files, path)
    if (candidate.startsWith('/') || (kind !== 'missing' && kind !== 'unknown' && exists === 'certain'))
      paths.push(path)
  }
  return paths
}

const certainty: Certainty = 'possible'

/** The path, and all below it, may be made, changed or removed. */
function mayChange(world: World, path: string): void {
  const found = find(world.state.files, path)
  if (found.node.kind !== 'missing') {
    if (!mayWrite(world, found.path)) return
    doubtBelow(world, found.path, ['owner', 'group', 'mode', 'exists'], certainty)
    mayWriteInto(world, found.path)
    return
  }
  const parent = nodeAt(world.state.files, parentOf(found.path))
  if (parent.kind !== 'missing' && !mayWrite(world, parentOf(found.path))) return
  const { uid, gid } = world.identity
  const attributes = { owner: uid, group: gid, mode: unknown<number>([world.origin]) }
  setFiles(
    world,
    put(world.state.files, found.path, mayBe({ ...attributes, because: [world.origin] }, attributes)),
  )
}
