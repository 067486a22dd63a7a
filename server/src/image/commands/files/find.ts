import { knownValue, unknown } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import {
  allowed,
  file,
  join,
  joinTrees,
  find as lookUp,
  nameOf,
  nodeAt,
  pathsBelow,
  put,
} from '../../files.ts'
import { pathIn, readable, removePath, setFiles, wayRefused, worse } from '../../operations.ts'
import type { FileNode, ShellValue } from '../../types.ts'
import type { Call, Outcome, World } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { changeUnlisted, doubtBelow, doubtEverywhere } from './doubt.ts'
import { flavour, globMatcher, operandPaths } from './operands.ts'

/** Does a path meet a test? Undefined: we cannot tell. */
type Test = (path: string, node: FileNode, depth: number) => boolean | undefined

interface Expression {
  readonly tests: readonly Test[]
  readonly actions: readonly Action[]
  /** Every entry is met, but for its kind. */
  readonly onlyKinds: boolean
  readonly depth: { readonly min: number; readonly max: number }
}
type Action =
  | { readonly kind: 'delete' }
  | { readonly kind: 'exec'; readonly argv: readonly ShellValue[]; readonly together: boolean }

const flags = new Set(['-H', '-L', '-P'])
const takesValue = new Set([
  '-amin',
  '-anewer',
  '-atime',
  '-cmin',
  '-cnewer',
  '-ctime',
  '-fstype',
  '-inum',
  '-links',
  '-lname',
  '-ilname',
  '-mmin',
  '-mtime',
  '-newer',
  '-regex',
  '-iregex',
  '-regextype',
  '-samefile',
  '-size',
  '-used',
  '-xtype',
  '-context',
  '-printf',
  '-user',
  '-group',
  '-uid',
  '-gid',
  '-perm',
  '-newermt',
])

/**
 * find(1): its actions are run on what the tree knows below the starting points. Entries that it does not name get
 * what chown and chmod would give them; other actions on those make nothing certain.
 */
export const find = defineCommand({
  names: ['find'],
  stopAtOperand: true,
  run(call) {
    const words = call.args.filter(
      ({ text }, index) => !(index === 0 && text !== undefined && flags.has(text)),
    )
    const cut = words.findIndex(({ text }) => text !== undefined && /^(-|\(|!|\)|,)/.test(text))
    const starts = cut < 0 ? words : words.slice(0, cut)
    const expression = readExpression(cut < 0 ? [] : words.slice(cut))
    let outcome: Outcome = ok
    for (const word of starts.length > 0 ? starts : [{ text: '.', glob: false, range: call.nameRange }]) {
      const { paths, anywhere, unlistedIn } = operandPaths(call, word)
      if (anywhere) doubtActions(call.world, undefined, expression)
      if (anywhere || unlistedIn.length > 0) outcome = worse(outcome, maybe)
      for (const { path } of paths) {
        const seen = startingPoint(call.world, path, word)
        outcome = worse(outcome, seen)
        if (seen.status !== 'fail') outcome = worse(outcome, walk(call, path, expression))
      }
    }
    return worse(outcome, comesBack(call.world))
  },
})

/** GNU find goes back to where it was started; where it may not, it ends with 1 in the end (gnulib: lib/save-cwd.c). */
function comesBack(world: World): Outcome {
  const cwd = knownValue(world.cwd)
  if (cwd === undefined || flavour(world) === 'busybox') return ok
  const may = allowed(world.state.files, cwd, world.identity, 'execute')
  return may.certainty === 'certain' && may.value ? ok : maybe
}

function startingPoint(world: World, path: string, word: ShellValue): Outcome {
  const top = lookUp(world.state.files, path, false)
  const { kind } = top.node
  const read =
    kind === 'file' || kind === 'link' || kind === 'other'
      ? (wayRefused(world, top, text`look at ${path}`) ?? ok)
      : readable(world, path)
  if (read.status !== 'fail' || !read.failure) return read
  return { ...read, failure: { ...read.failure, range: word.range } }
}

function readExpression(words: readonly ShellValue[]): Expression {
  const tests: Test[] = []
  const actions: Action[] = []
  let [min, max, onlyKinds, negated] = [0, Number.POSITIVE_INFINITY, true, false]
  const add = (test: Test) => {
    const holds = test
    const flip = negated
    tests.push(flip ? (path, node, depth) => not(holds(path, node, depth)) : holds)
    negated = false
  }
  const cannotTell: Test = () => undefined
  for (let index = 0; index < words.length; index++) {
    const text = words[index]?.text
    const value = words[index + 1]?.text
    switch (text) {
      case '-type':
        index++
        add((_path, node) =>
          value === undefined || node.kind === 'unknown'
            ? undefined
            : value.split(',').includes(letterOf(node)),
        )
        break
      case '-name':
      case '-iname': {
        index++
        onlyKinds = false
        const matches =
          value === undefined ? undefined : globMatcher(text === '-iname' ? value.toLowerCase() : value)
        add((path) =>
          matches ? matches(text === '-iname' ? nameOf(path).toLowerCase() : nameOf(path)) : undefined,
        )
        break
      }
      case '-maxdepth':
      case '-mindepth':
        index++
        if (text === '-maxdepth') max = Number(value ?? 0)
        else min = Number(value ?? 0)
        break
      case '!':
      case '-not':
        negated = !negated
        break
      case '-exec':
      case '-execdir':
      case '-ok': {
        const end = words.findIndex(
          ({ text: other }, at) =>
            at > index && (other === ';' || (other === '+' && words[at - 1]?.text === '{}')),
        )
        const last = end < 0 ? words.length : end
        actions.push({
          kind: 'exec',
          argv: words.slice(index + 1, last),
          together: words[last]?.text === '+',
        })
        index = last
        break
      }
      case '-delete':
        actions.push({ kind: 'delete' })
        break
      case '-print':
      case '-print0':
      case '-ls':
      case '-depth':
      case '-xdev':
      case '-mount':
      case '-a':
      case '-and':
      case '-noleaf':
        break
      default:
        // `-o`, parentheses, times, sizes …: whether an entry is met we cannot tell.
        onlyKinds = false
        if (text !== undefined && takesValue.has(text)) index++
        add(cannotTell)
    }
  }
  return { tests, actions, onlyKinds, depth: { min, max } }
}

const not = (answer: boolean | undefined) => (answer === undefined ? undefined : !answer)

function letterOf(node: FileNode): string {
  return node.kind === 'directory' ? 'd' : node.kind === 'link' ? 'l' : node.kind === 'file' ? 'f' : 'p'
}

// More is not worked out, so that many commands cost no more than their text.
const mostPaths = 400
const mostVisited = 4000

function walk(call: Call, start: string, expression: Expression): Outcome {
  const { world } = call
  const { actions, tests, depth } = expression
  if (actions.length === 0) return ok
  const top = lookUp(world.state.files, start, false)
  const base = top.path === '/' ? 0 : top.path.split('/').length
  const sure: string[] = []
  const perhaps: string[] = []
  const folders: string[] = []
  const closed: string[] = []
  let unseen: Outcome = ok
  let visited = 0
  for (const { path, node } of pathsBelow(top.node, top.path)) {
    if (++visited > mostVisited) {
      doubtActions(world, start, expression)
      return maybe
    }
    if (closed.some((folder) => path.startsWith(`${folder}/`))) continue
    const level = path === top.path ? 0 : path.split('/').length - (base || 1)
    if (level > depth.max) continue
    if (node.kind === 'directory' && node.unlisted !== 'none' && level < depth.max) folders.push(path)
    // What may not be read is passed over, and find fails in the end.
    const listed =
      node.kind === 'directory' && level < depth.max && path !== top.path ? readable(world, path) : ok
    if (listed.status === 'fail') closed.push(path)
    unseen = worse(unseen, listed)
    if (level < depth.min) continue
    const answers = tests.map((test) => test(path, node, level))
    if (answers.includes(false)) continue
    if (answers.includes(undefined) || node.kind === 'unknown') perhaps.push(path)
    else sure.push(path)
    if (sure.length + perhaps.length > mostPaths) {
      doubtActions(world, start, expression)
      return maybe
    }
  }
  let outcome: Outcome = worse(unseen, folders.length > 0 || perhaps.length > 0 ? maybe : ok)
  for (const action of actions) {
    outcome = worse(outcome, act(call, action, sure))
    if (perhaps.length > 0) {
      const before = world.state
      act(call, action, perhaps)
      world.state = { ...world.state, files: joinTrees(before.files, world.state.files) }
    }
    for (const folder of folders)
      actOnUnlisted(call, action, folder, expression.onlyKinds && tests.length === 0)
  }
  return outcome
}

/** With `;` a command that fails is no failure of find; with `+` it is. */
function act(call: Call, action: Action, paths: readonly string[]): Outcome {
  const { world } = call
  if (paths.length === 0) return ok
  if (action.kind === 'delete') {
    const outcome = [...paths]
      .reverse()
      .reduce<Outcome>(
        (worst, path) => worse(worst, removePath(world, path, { recursive: true, force: true })),
        ok,
      )
    // BusyBox says so and goes on (findutils/find.c: ACTF(delete)).
    return flavour(world) === 'busybox' && outcome.status === 'fail' ? ok : outcome
  }
  if (action.together) return call.runArgv(withPaths(action.argv, paths), world)
  for (const path of paths) call.runArgv(withPaths(action.argv, [path]), world)
  return ok
}

function withPaths(argv: readonly ShellValue[], paths: readonly string[]): readonly ShellValue[] {
  return argv.flatMap((word): readonly ShellValue[] => {
    if (word.text === '{}') return paths.map((text) => ({ text, glob: false, range: word.range }))
    if (!word.text?.includes('{}') || paths.length !== 1) return [word]
    return [{ ...word, text: word.text.replaceAll('{}', paths[0] as string) }]
  })
}

const stand = '.unroot-unlisted'
const attributePrograms = new Set(['chown', 'chgrp', 'chmod'])

/** Runs the action on a stand-in for the entries that have no name here, and takes over what became of it. */
function actOnUnlisted(call: Call, action: Action, folder: string, all: boolean): void {
  const { world } = call
  const program = action.kind === 'exec' ? action.argv[0]?.text?.replace(/^.*\//, '') : undefined
  if (program === undefined || !attributePrograms.has(program) || action.kind !== 'exec') return
  const { unlisted } = nodeAt(world.state.files, folder)
  if (unlisted === 'none') return
  const path = join(folder, stand)
  const before = world.state
  setFiles(world, put(world.state.files, path, file({ ...unlisted, because: [] })))
  const argv = withPaths(action.argv, [path])
  call.runArgv(argv, world)
  const after = nodeAt(world.state.files, path)
  world.state = before
  const either = (key: 'owner' | 'group' | 'mode') => {
    const [old, now] = [unlisted[key], after[key]]
    if (all) return now
    const same = old.certainty !== 'unknown' && now.certainty !== 'unknown' && old.value === now.value
    return same ? old : unknown<number>([world.origin])
  }
  changeUnlisted(world, folder, () => ({
    owner: either('owner'),
    group: either('group'),
    mode: either('mode'),
  }))
}

/** Too many paths, or an unknown starting point. */
function doubtActions(world: World, path: string | undefined, { actions }: Expression): void {
  const programs = actions.map((action) => (action.kind === 'delete' ? 'rm' : action.argv[0]?.text))
  const aspects = programs.flatMap((program) =>
    program === 'chown'
      ? (['owner', 'group'] as const)
      : program === 'chgrp'
        ? (['group'] as const)
        : program === 'chmod'
          ? (['mode'] as const)
          : program === 'rm'
            ? (['exists'] as const)
            : (['owner', 'group', 'mode'] as const),
  )
  if (aspects.length === 0) return
  if (path === undefined) doubtEverywhere(world, [...new Set(aspects)])
  else doubtBelow(world, pathIn(world, path) ?? path, [...new Set(aspects)])
}
