import type { Certainty } from '../../../known.ts'
import { knownValue } from '../../../known.ts'
import { find, nodeAt, put } from '../../files.ts'
import { foldersAt, openedAt, openedFolders } from '../../opened.ts'
import { pathIn, setFiles } from '../../operations.ts'
import { unseenProgramRan } from '../../programs.ts'
import { doubtBelow, doubtEverywhere } from '../files/doubt.ts'
import { mayMake, mayMakeNamed, mayWrite, mayWriteInto, processOwned } from '../files/unlisted.ts'
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
  if (isScript(call.name)) mayHaveDoneAnything(world)
  mayMakeNamed(world, call.args)
  mayHaveFilled(world, isScript(call.name) || call.args.some(({ text }) => text === undefined))
  return { status: 'maybe' }
}

/**
 * Files may be new in the application's folder and the system's, or in all where nobody knows what the program was told.
 */
export function mayHaveFilled(world: World, everything: boolean): void {
  const { uid } = world.identity
  const asRoot = uid.certainty === 'unknown' || uid.value === 0
  const cwd = world.cwd.certainty === 'unknown' ? undefined : world.cwd.value
  if (everything || cwd === undefined) fill(world, '/')
  else if (cwd !== '/') fill(world, cwd)
  if (asRoot) setFiles(world, openedAt(world.state.files, systemFolders, processOwned(world)))
  else
    for (const folder of [knownValue(world.identity.home), ...foldersOfAll]) if (folder) fill(world, folder)
}

/** Where everybody may write. */
const foldersOfAll = ['/tmp', '/var/tmp', '/dev/shm', '/run/lock']

/** Where programs put what they install or keep. */
const systemFolders = foldersAt(
  '/ /bin /etc /home /lib /opt /root /run /sbin /srv /tmp /usr /usr/bin /usr/lib /usr/local /usr/local/bin /usr/local/lib /usr/local/sbin /usr/local/share /usr/sbin /usr/share /var /var/cache /var/lib /var/log /var/tmp'.split(
    ' ',
  ),
)

function fill(world: World, path: string): void {
  const found = find(world.state.files, path)
  if (found.node.kind !== 'directory' || !mayWrite(world, found.path)) return
  const next = openedFolders(found.node, processOwned(world))
  if (next !== found.node) setFiles(world, put(world.state.files, found.path, next))
}

const all = ['owner', 'group', 'mode', 'exists'] as const

/** As root all that this file made, as somebody else what is theirs. */
function mayHaveDoneAnything(world: World): void {
  const { uid, home } = world.identity
  if (uid.certainty !== 'certain' || uid.value === 0) doubtEverywhere(world, all, 'likely')
  else
    for (const known of [world.cwd, home])
      if (known.certainty !== 'unknown' && known.value !== '/' && mayWrite(world, known.value))
        doubtBelow(world, known.value, all, 'likely')
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
  mayMake(world, found.path)
}
