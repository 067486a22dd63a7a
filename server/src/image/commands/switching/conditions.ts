import type { Certainty, Known } from '../../../known.ts'
import { certain, unknown, weaker } from '../../../known.ts'
import { allowed, both, find, permits } from '../../files.ts'
import { pathIn } from '../../operations.ts'
import type { FileNode, ShellValue } from '../../types.ts'
import { globMatcher } from '../files/operands.ts'
import type { CommandModel, Outcome, World } from '../model.ts'
import { defineCommand, maybe } from '../model.ts'

/** test(1), `[`: certain where the image's state decides it. */

type Answer = Known<boolean>

const yes = certain(true)
const no = certain(false)
const cannotTell: Answer = unknown()

const not = (answer: Answer): Answer =>
  answer.certainty === 'unknown' ? answer : { ...answer, value: !answer.value }
const or = (a: Answer, b: Answer): Answer => not(both(not(a), not(b)))

interface Reader {
  readonly words: readonly ShellValue[]
  readonly world: World
  at: number
}

/** POSIX's rules by number of arguments come out right from this grammar: `-o` binds weakest, then `-a`, then `!`. */
export function evaluateTest(words: readonly ShellValue[], world: World): Answer {
  if (words.length === 0) return no
  if (words.length === 1) return notEmpty(words[0])
  // Three words with an operator in the middle are a comparison, whatever the outer ones look like.
  if (words.length === 3 && binary.has(words[1]?.text ?? ''))
    return compare(words[0], words[1]?.text ?? '', words[2], world)
  const reader: Reader = { words, world, at: 0 }
  const answer = readOr(reader)
  return reader.at === words.length ? answer : cannotTell
}

const peek = (reader: Reader) => reader.words[reader.at]?.text

function readOr(reader: Reader): Answer {
  let answer = readAnd(reader)
  while (peek(reader) === '-o' || peek(reader) === '||') {
    reader.at++
    answer = or(answer, readAnd(reader))
  }
  return answer
}
function readAnd(reader: Reader): Answer {
  let answer = readNot(reader)
  while (peek(reader) === '-a' || peek(reader) === '&&') {
    reader.at++
    answer = both(answer, readNot(reader))
  }
  return answer
}
function readNot(reader: Reader): Answer {
  if (peek(reader) !== '!') return readPrimary(reader)
  reader.at++
  return not(readNot(reader))
}
function readPrimary(reader: Reader): Answer {
  const { words, world } = reader
  const [first, second, third] = words.slice(reader.at, reader.at + 3)
  if (second && third && binary.has(second.text ?? '')) {
    reader.at += 3
    return compare(first, second.text ?? '', third, world)
  }
  if (first?.text === '(') {
    reader.at++
    const inner = readOr(reader)
    if (peek(reader) !== ')') return cannotTell
    reader.at++
    return inner
  }
  if (first?.text !== undefined && second && unary[first.text]) {
    reader.at += 2
    return unary[first.text]?.(second, world) ?? cannotTell
  }
  reader.at++
  return notEmpty(first)
}

function notEmpty(word: ShellValue | undefined): Answer {
  if (!word) return no
  return word.text === undefined ? cannotTell : certain(word.text !== '')
}

const binary: ReadonlySet<string> = new Set('= == != < > =~ -eq -ne -lt -le -gt -ge -nt -ot -ef'.split(' '))

function compare(
  left: ShellValue | undefined,
  operator: string,
  right: ShellValue | undefined,
  world: World,
): Answer {
  const a = left?.text
  const b = right?.text
  if (a === undefined || b === undefined) return cannotTell
  switch (operator) {
    case '=':
    case '==':
      return right?.glob ? certain(matchesWhole(b, a)) : certain(a === b)
    case '!=':
      return right?.glob ? certain(!matchesWhole(b, a)) : certain(a !== b)
    case '<':
      return certain(a < b)
    case '>':
      return certain(a > b)
    case '-ef':
      return sameFile(a, b, world)
    case '=~':
    case '-nt':
    case '-ot':
      return cannotTell
    default:
      return compareNumbers(a, operator, b)
  }
}

const matchesWhole = (pattern: string, text: string) => globMatcher(pattern)(text)

function compareNumbers(a: string, operator: string, b: string): Answer {
  if (!/^\s*[-+]?\d+\s*$/.test(a) || !/^\s*[-+]?\d+\s*$/.test(b)) return no // exit 2: not a number
  const difference = Number(a) - Number(b)
  switch (operator) {
    case '-eq':
      return certain(difference === 0)
    case '-ne':
      return certain(difference !== 0)
    case '-lt':
      return certain(difference < 0)
    case '-le':
      return certain(difference <= 0)
    case '-gt':
      return certain(difference > 0)
    default:
      return certain(difference >= 0)
  }
}

type NodeTest = (node: FileNode, world: World) => Answer

/** Asks something about an existing path; false where there is none, or where nobody may look. */
function path(test: NodeTest, followLast = true) {
  return (word: ShellValue, world: World): Answer => {
    if (word.text === '') return no
    const at = word.text === undefined || word.glob ? undefined : pathIn(world, word.text)
    if (at === undefined) return cannotTell
    const found = find(world.state.files, at, followLast)
    let reachable: Answer = yes
    for (const { node } of found.ancestors)
      reachable = both(reachable, permits(node, world.identity, 'execute'))
    if (found.node.kind === 'missing')
      return { certainty: found.node.exists, value: false, because: found.node.because }
    const answer =
      found.node.kind === 'unknown' || found.node.optional
        ? cannotTell
        : weakened(test(found.node, world), found.node.exists)
    // A folder that may not be searched hides what is in it; where we do not know, it does not.
    return reachable.certainty === 'unknown' ? answer : both(reachable, answer)
  }
}

function weakened(answer: Answer, certainty: Certainty): Answer {
  return answer.certainty === 'unknown'
    ? answer
    : { ...answer, certainty: weaker(answer.certainty, certainty) }
}

const isKind =
  (...kinds: FileNode['kind'][]): NodeTest =>
  (node) =>
    certain(kinds.includes(node.kind))
const hasBit =
  (bit: number): NodeTest =>
  (node) =>
    node.mode.certainty === 'unknown' ? cannotTell : { ...node.mode, value: (node.mode.value & bit) !== 0 }
const sameAs =
  (key: 'owner' | 'group', mine: 'uid' | 'gid'): NodeTest =>
  (node, { identity }) =>
    node[key].certainty === 'unknown' || identity[mine].certainty === 'unknown'
      ? cannotTell
      : {
          certainty: weaker(node[key].certainty, identity[mine].certainty),
          value: node[key].value === identity[mine].value,
          because: [],
        }

function mayAccess(access: 'read' | 'write' | 'execute') {
  const exists = path(() => yes)
  return (word: ShellValue, world: World): Answer => {
    const there = exists(word, world)
    if (there.certainty === 'unknown' || !there.value) return there
    const at = word.text === undefined ? undefined : pathIn(world, word.text)
    return at === undefined ? cannotTell : both(there, allowed(world.state.files, at, world.identity, access))
  }
}

function sameFile(a: string, b: string, world: World): Answer {
  const [first, second] = [pathIn(world, a), pathIn(world, b)]
  if (first === undefined || second === undefined) return cannotTell
  const [one, other] = [find(world.state.files, first), find(world.state.files, second)]
  if (one.node.kind === 'missing' || other.node.kind === 'missing') return no
  return one.path === other.path ? yes : cannotTell
}

const unary: Readonly<Record<string, (word: ShellValue, world: World) => Answer>> = {
  '-n': notEmpty,
  '-z': (word) => not(notEmpty(word)),
  '-e': path(() => yes),
  '-a': path(() => yes),
  '-f': path(isKind('file')),
  '-d': path(isKind('directory')),
  '-L': path(isKind('link'), false),
  '-h': path(isKind('link'), false),
  '-b': path(() => no),
  '-c': path((node) => (node.kind === 'other' ? cannotTell : no)),
  '-p': path((node) => (node.kind === 'other' ? cannotTell : no)),
  '-S': path((node) => (node.kind === 'other' ? cannotTell : no)),
  '-s': path((node) =>
    node.kind === 'directory' ? yes : node.content === undefined ? cannotTell : certain(node.content !== ''),
  ),
  '-u': path(hasBit(0o4000)),
  '-g': path(hasBit(0o2000)),
  '-k': path(hasBit(0o1000)),
  '-O': path(sameAs('owner', 'uid')),
  '-G': path(sameAs('group', 'gid')),
  '-r': mayAccess('read'),
  '-w': mayAccess('write'),
  '-x': mayAccess('execute'),
  '-N': () => cannotTell,
  '-o': () => cannotTell,
  '-t': () => no,
  '-v': (word, { variables }) => {
    if (word.text === undefined) return cannotTell
    return variables.has(word.text) ? yes : cannotTell
  },
}

const statusOf = (answer: Answer): Outcome =>
  answer.certainty !== 'certain'
    ? maybe
    : answer.value
      ? { status: 'ok', output: '' }
      : { status: 'fail', exitCode: 1, output: '' }

export const conditionCommands: readonly CommandModel[] = [
  defineCommand({
    names: ['test', '[', '[['],
    run: ({ name, args, world }) => {
      const closing = name === '[' ? ']' : name === '[[' ? ']]' : undefined
      const words = closing !== undefined && args.at(-1)?.text === closing ? args.slice(0, -1) : args
      return statusOf(evaluateTest(words, world))
    },
  }),
]
