import type { OffsetRange } from '../../dockerfile/types.ts'
import { certain, knownValue, lowered, unknown } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { parseShellAt } from '../../shell/index.ts'
import type { Outcome } from '../commands/model.ts'
import { maybe } from '../commands/model.ts'
import { unmodelled } from '../commands/tools/unmodelled.ts'
import { describeIdentity, describeNode } from '../describe.ts'
import { allowed, find, nodeAt } from '../files.ts'
import { pathIn } from '../operations.ts'
import type { Failure, FileNode, ShellValue } from '../types.ts'
import { endOf as endOfWay, settle } from './alternatives.ts'
import { callFor, nameless } from './call.ts'
import { runList } from './lists.ts'
import { runProgram } from './program.ts'
import { deeper, exitCodeOfBuiltin, type Need, quiet, rangeOfWords, type Shell } from './shell.ts'

/** Commands that are part of the shell: what they change is the shell itself. */

export type Builtin = (args: readonly ShellValue[], shell: Shell, range: OffsetRange) => Outcome

function changeDirectory(args: readonly ShellValue[], shell: Shell, range: OffsetRange): Outcome {
  const { world } = shell
  const operand = args.find(({ text }) => text === undefined || !/^-[LPe@]+$|^--$/.test(text))
  const lost = (): Outcome => {
    world.cwd = unknown()
    return maybe
  }
  if (operand?.text === '-' || operand?.glob) return lost()
  const home = knownValue(world.variables.get('HOME') ?? world.identity.home)
  const target = operand ? operand.text : home
  const path = target === undefined ? undefined : pathIn(world, target)
  if (path === undefined) return lost()
  const found = find(world.state.files, path)
  const refused = (failure: Pick<Failure, 'reason' | 'certainty' | 'message'>): Outcome => {
    const value: Failure = {
      ...failure,
      range,
      because: found.node.because,
      exitCode: exitCodeOfBuiltin(shell),
      path,
    }
    if (failure.certainty === 'certain')
      return { status: 'fail', exitCode: exitCodeOfBuiltin(shell), failure: value }
    world.cwd = lowered(certain(path), 'likely')
    return { status: 'maybe', failure: value }
  }
  if ((found.node.kind === 'missing' || found.node.kind === 'file') && found.node.exists === 'certain')
    return refused({
      reason: 'other',
      certainty: 'certain',
      message:
        found.node.kind === 'file'
          ? text`${path} is a file, cd needs a folder.`
          : text`${path} does not exist here.`,
    })
  const may = allowed(world.state.files, path, world.identity, 'execute')
  if (may.certainty !== 'unknown' && !may.value && found.node.kind === 'directory')
    return refused({
      reason: 'permission-denied',
      certainty: may.certainty,
      message: text`${describeIdentity(world.identity)} may not enter ${path}, which ${describeNode(found.node, world.state.accounts)}.`,
    })
  const isSure =
    found.node.kind === 'directory' && found.node.exists === 'certain' && may.certainty === 'certain'
  // What cd prints with CDPATH set, nobody sets; links stay in the name, as in `cd -L`.
  world.cwd = lowered(certain(path), isSure ? 'certain' : 'likely')
  return isSure ? quiet : maybe
}

function declare(args: readonly ShellValue[], { world }: Shell): Outcome {
  for (const { text } of args) {
    const match = text === undefined ? undefined : /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(text)
    if (match) world.variables.set(match[1]!, certain(match[2]!))
  }
  return quiet
}
const declaring: ReadonlySet<string> = new Set(['export', 'readonly', 'local', 'declare', 'typeset'])

/** `export X=…` and its kin. */
export function declares(name: string | undefined): boolean {
  return name !== undefined && declaring.has(name)
}

function end(kind: 'exit' | 'return'): Builtin {
  return ([word], { control }) => {
    control.ended = kind
    control.end = endOf(word ? (word.text === undefined ? undefined : Number(word.text)) : control.status)
    return control.end
  }
}
function endOf(code: number | undefined): Outcome {
  if (code === undefined || !Number.isInteger(code)) return maybe
  const exitCode = ((code % 256) + 256) % 256
  return exitCode === 0 ? quiet : { status: 'fail', exitCode, output: '' }
}

/** POSIX 2.8.1: builtins whose errors end a shell that no user sits at. */
export const specialBuiltins: ReadonlySet<string> = new Set(
  '. : break continue eval exec exit export readonly return set shift source times trap unset'.split(' '),
)

/** A special builtin has failed: every shell but bash (under its own name) ends. */
export function endedByBuiltin({ program, control }: Shell, outcome: Outcome): Outcome {
  if (program === 'bash' || outcome.status !== 'fail') return outcome
  control.ended = 'exit'
  control.end = outcome
  return outcome
}

/** A special builtin may have failed. Where that ends the whole script, it has not: images are built by their owners. */
export function mayBeEnded(shell: Shell): void {
  const { program, control, isInner } = shell
  if (program === 'bash' || !isInner) return
  control.early = [...control.early, { how: 'exit', outcome: { status: 'fail' }, end: endOfWay(shell) }]
}

const mostPositional = 1_000

function setOptions(args: readonly ShellValue[], { options, control }: Shell): Outcome {
  for (let index = 0; index < args.length; index++) {
    const { text } = args[index]!
    if (text === undefined || text === '--' || !/^[-+]/.test(text)) {
      // What follows becomes $1, $2 …
      const words = args.slice(text === '--' ? index + 1 : index)
      control.positional =
        words.length > mostPositional || words.some(({ glob }) => glob)
          ? undefined
          : words.map((word) => word.text)
      return quiet
    }
    const on = text.startsWith('-')
    if (/^[-+][a-z]*e/i.test(text)) options.errexit = on
    if (!text.endsWith('o')) continue
    const name = args[++index]?.text
    if (name === 'pipefail') options.pipefail = on
    if (name === 'errexit') options.errexit = on
  }
  return quiet
}

function shift([word]: readonly ShellValue[], shell: Shell): Outcome {
  const { control } = shell
  const count = word ? Number(word.text) : 1
  const { positional } = control
  if (!positional || !Number.isInteger(count)) {
    control.positional = undefined
    return maybe
  }
  if (count > positional.length)
    return endedByBuiltin(shell, { status: 'fail', exitCode: exitCodeOfBuiltin(shell) })
  control.positional = positional.slice(count)
  return quiet
}

function setMask([word]: readonly ShellValue[], { world }: Shell): Outcome {
  const text = word?.text
  if (text === undefined)
    return word || world.otherUmasks
      ? maybe
      : { status: 'ok', output: `${world.umask.toString(8).padStart(4, '0')}\n` }
  if (/^[0-7]{1,4}$/.test(text)) {
    world.umask = Number.parseInt(text, 8)
    world.otherUmasks = undefined
    return quiet
  }
  const mask = symbolicMask(text, world.umask)
  if (mask === undefined) return maybe
  world.otherUmasks = world.otherUmasks?.map((other) => symbolicMask(text, other) ?? other)
  world.umask = mask
  return quiet
}

/** `u=rwx,g=rx,o=`: the bits that are left on. */
function symbolicMask(text: string, before: number): number | undefined {
  let mask = before
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause)
    if (!match) return undefined
    const [, who = '', operator, bits = ''] = match
    const digit = [...bits].reduce((sum, one) => sum | (one === 'r' ? 4 : one === 'w' ? 2 : 1), 0)
    const all = who === '' || who.includes('a')
    for (const [one, place] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (!all && !who.includes(one)) continue
      const allowedBits = ~(mask >> place) & 7
      const next = operator === '=' ? digit : operator === '+' ? allowedBits | digit : allowedBits & ~digit
      mask = (mask & ~(7 << place)) | ((~next & 7) << place)
    }
  }
  return mask
}

function read(args: readonly ShellValue[], { world }: Shell): Outcome {
  for (const { text } of args)
    if (text !== undefined && /^\w+$/.test(text)) world.variables.set(text, unknown())
  return maybe
}

/** The text runs in this very shell. */
function inPlace(text: string, range: OffsetRange, shell: Shell, need: Need): Outcome {
  return deeper(shell, () => {
    const script = parseShellAt(text, range)
    return runList(script.tree.commands, { ...shell, script }, need)
  })
}

/** What runs in this very shell, and nobody could read it. A file that the base brings holds settings, mostly. */
function unread(args: readonly ShellValue[], shell: Shell, range: OffsetRange, node?: FileNode): Outcome {
  shell.world.variables.mayHoldOthers = true
  if (node?.because.every(({ kind }) => kind !== 'instruction')) return maybe
  return unmodelled(callFor(nameless, '', range, args, shell, range))
}

function evaluateText(args: readonly ShellValue[], shell: Shell): Outcome {
  const texts = args.map(({ text }) => text)
  if (texts.includes(undefined)) return unread(args, shell, rangeOfWords(args))
  return inPlace(texts.join(' '), rangeOfWords(args), shell, shell.control.need)
}

function source([file]: readonly ShellValue[], shell: Shell): Outcome {
  const { world, control } = shell
  const path = file?.text === undefined ? undefined : pathIn(world, file.text)
  const node = path === undefined ? undefined : nodeAt(world.state.files, path)
  const content = node?.content
  if (content === undefined) return unread(file ? [file] : [], shell, file?.range ?? rangeOfWords([]), node)
  const outcome = inPlace(content, file!.range, shell, shell.options.errexit ? 'last' : 'nothing')
  const returned = control.ended === 'return' ? control.end : outcome
  if (control.ended === 'return') control.ended = 'no'
  return settle(shell, ['return'], returned)
}

/** The shell becomes the program. */
const exec: Builtin = (args, shell, range) => {
  let words = args
  while (words[0]?.text?.startsWith('-')) words = words.slice(words[0].text === '-a' ? 2 : 1)
  if (words.length === 0) return quiet
  const outcome = runProgram(words, shell, range, undefined)
  shell.control.ended = 'exit'
  shell.control.end = outcome
  return outcome
}

const works: Builtin = () => quiet

function leave(how: 'break' | 'continue'): Builtin {
  return (_args, { control }) => {
    control.ended = how
    return quiet
  }
}

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['cd', changeDirectory],
  ['pushd', changeDirectory],
  [
    'popd',
    (_args, { world }) => {
      world.cwd = unknown()
      return maybe
    },
  ],
  ...[...declaring].map((name): [string, Builtin] => [name, declare]),
  [
    'unset',
    (args, { world, functions }) => {
      for (const { text } of args) {
        if (text === undefined) continue
        world.variables.delete(text)
        functions.delete(text)
      }
      return quiet
    },
  ],
  ['set', setOptions],
  ['shift', shift],
  ['umask', setMask],
  ['exit', end('exit')],
  ['return', end('return')],
  ['break', leave('break')],
  ['continue', leave('continue')],
  ...['trap', 'wait', 'hash', 'shopt', 'alias'].map((name): [string, Builtin] => [name, works]),
  ['ulimit', () => maybe],
  ['read', read],
  ['eval', evaluateText],
  ['.', source],
  ['source', source],
  ['exec', exec],
])
