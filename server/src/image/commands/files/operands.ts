import type { Certainty, Known } from '../../../known.ts'
import { certain, weaker } from '../../../known.ts'
import { matchesShellPattern, readPattern } from '../../../shell/index.ts'
import { allowed, childOf, find, join, nodeAt } from '../../files.ts'
import { unvouched } from '../../join.ts'
import { pathIn, worse } from '../../operations.ts'
import type { ShellValue } from '../../types.ts'
import type { Call, Outcome, World } from '../model.ts'
import { ok } from '../model.ts'
import type { ModeDialect } from './symbolic-mode.ts'

/** What the words of a command stand for in the file tree. */

export interface OperandPath {
  /** Absolute, links not followed. */
  readonly path: string
  /** Below `certain`: a glob that may match it, if it is there. */
  readonly certainty: Certainty
  /** As written: `dir/.` and `dir` differ for cp. */
  readonly written: string
}
export interface OperandPaths {
  readonly paths: readonly OperandPath[]
  /** Folders some of whose unnamed entries a glob may mean. */
  readonly unlistedIn: readonly string[]
  /** The word's text, or the working directory it is taken from, is unknown: it may be any path. */
  readonly anywhere: boolean
}

const nowhere: OperandPaths = { paths: [], unlistedIn: [], anywhere: true }

/** The paths that a word means. A glob without a match stays as it is, as in POSIX shells. */
export function operandPaths(call: Call, value: ShellValue): OperandPaths {
  const { world } = call
  const { text } = value
  if (text === undefined) return nowhere
  const path = pathIn(world, text)
  if (path === undefined) return nowhere
  if (!value.glob)
    return { paths: [{ path, certainty: 'certain', written: text }], unlistedIn: [], anywhere: false }
  const matched = expandGlob(world, path)
  if (!matched) return nowhere
  if (matched.paths.length > 0 || matched.unlistedIn.length > 0) return { ...matched, anywhere: false }
  return { paths: [{ path, certainty: 'certain', written: text }], unlistedIn: [], anywhere: false }
}

// A pattern over more entries than this is not worked out, so that many of them cost no more than their text.
const mostEntries = 2000

function expandGlob(world: World, pattern: string): Omit<OperandPaths, 'anywhere'> | undefined {
  const root = world.state.files
  let left = mostEntries
  let found: readonly { path: string; certainty: Certainty }[] = [{ path: '/', certainty: 'certain' }]
  const unlistedIn: string[] = []
  const segments = pattern.split('/').filter((segment) => segment !== '')
  for (const segment of segments) {
    const next: { path: string; certainty: Certainty }[] = []
    for (const { path, certainty } of found) {
      const folder = find(root, path).node
      if (!/[*?[]/.test(segment)) {
        const child = childOf(folder, segment)
        if (child.kind === 'missing') continue
        next.push({ path: join(path, segment), certainty: weaker(certainty, child.exists) })
        continue
      }
      const matches = globMatcher(segment)
      left -= folder.children.size
      if (left < 0) return undefined
      // A folder that may not be read has no names to match.
      const read = mayList(world, path)
      if (read.certainty === 'certain' && !read.value) continue
      const seen = read.certainty !== 'unknown' && read.value ? certainty : 'possible'
      for (const [name, child] of folder.children)
        if (child.kind !== 'missing' && matches(name))
          next.push({ path: join(path, name), certainty: weaker(seen, child.exists) })
      const mayHoldMore = folder.unlisted !== 'none' && folder.kind !== 'missing'
      if (mayHoldMore || seen !== certainty) unlistedIn.push(path)
    }
    found = next
  }
  return { paths: found.map((one) => ({ ...one, written: one.path })), unlistedIn }
}

/** May the process read the names in a folder? One of whom nothing is known is taken to. */
function mayList({ state, identity }: World, path: string): Known<boolean> {
  return identity.uid.certainty === 'unknown' ? certain(true) : allowed(state.files, path, identity, 'read')
}

/** `*`, `?` and `[…]` in one path segment; a leading dot must be written (glob(7)). */
export function globMatcher(pattern: string): (name: string) => boolean {
  const hidden = pattern.startsWith('.')
  const tokens = readPattern(pattern)
  return (name) => (hidden || !name.startsWith('.')) && matchesShellPattern(tokens, name)
}

/** Puts a failure down to the word that it is about. */
export function at(outcome: Outcome, word: ShellValue, exitCode = 1): Outcome {
  if (outcome.status === 'ok' || !outcome.failure) return outcome
  const failure = { ...outcome.failure, range: word.range, exitCode }
  return outcome.status === 'fail' ? { ...outcome, failure, exitCode } : { ...outcome, failure }
}

/**
 * Does something with every path that the words mean. As the programs do: one that fails does not keep the others
 * from being tried, and the command fails in the end.
 * @param unlisted what to do where a glob may mean entries that the tree does not name
 * @param anywhere what to do where a word is unknown
 */
export function eachPath(
  call: Call,
  words: readonly ShellValue[],
  action: (path: string, operand: OperandPath) => Outcome,
  otherwise: { unlisted?: (folder: string) => void; anywhere?: () => void; exitCode?: number } = {},
): Outcome {
  const { world } = call
  let outcome: Outcome = ok
  let doubted: { readonly before: World['state']; readonly result: Outcome } | undefined
  for (const word of words) {
    const { paths, unlistedIn, anywhere } = operandPaths(call, word)
    for (const operand of paths) {
      const before = world.state
      const result = action(operand.path, operand)
      if (result.status === 'maybe' || (result.status === 'fail' && result.doubtful))
        doubted ??= { before, result }
      outcome = worse(outcome, at(result, word, otherwise.exitCode))
      // That the command works would have told that this did.
      if (outcome.status === 'fail' && doubted) {
        world.state = unvouched(doubted.before, world.state, doubted.result)
        doubted = undefined
      }
    }
    for (const folder of unlistedIn) otherwise.unlisted?.(folder)
    if (unlistedIn.length > 0 || anywhere) outcome = worse(outcome, { status: 'maybe' })
    if (anywhere) otherwise.anywhere?.()
  }
  return outcome
}

/** True where the word certainly names an existing folder; undefined where we cannot tell. */
export function isFolder(world: World, path: string): boolean | undefined {
  const node = nodeAt(world.state.files, path)
  if (node.kind === 'unknown') return undefined
  return node.kind === 'directory' ? (node.exists === 'certain' ? true : undefined) : false
}

/** What GNU coreutils and BusyBox do differently; `unknown` where the image has neither for certain. */
export function flavour(world: World): 'gnu' | 'busybox' | 'unknown' {
  const os = world.base?.os
  if (os === undefined || os === null) return 'unknown'
  return os === 'alpine' || os === 'busybox' ? 'busybox' : 'gnu'
}

/** How the image's chmod, mkdir and install read modes. */
export function dialectOf(world: World): ModeDialect {
  return flavour(world) === 'busybox' ? 'busybox' : 'gnu'
}
