import type { Function as ShellFunction } from 'unbash'
import type { OffsetRange } from '../../dockerfile/types.ts'
import type { Certainty, Known } from '../../known.ts'
import type { ShellScript } from '../../shell/index.ts'
import type { Outcome, ScriptOptions, World } from '../commands/model.ts'
import { maybe } from '../commands/model.ts'
import { work } from '../name-map.ts'
import { isBusybox } from '../operations.ts'
import { unseenProgramRan } from '../programs.ts'
import type { CommandRun, ShellValue } from '../types.ts'
import type { Variables } from '../variables.ts'

/** One shell process while it is interpreted, and what all of one interpretation share. */
export interface Shell {
  readonly world: World
  readonly script: ShellScript
  readonly functions: Map<string, DeclaredFunction>
  readonly options: ShellOptions
  /** Its program: `sh`, `bash`. */
  readonly program: string
  readonly reached: Certainty
  /** A process of another shell's, which goes on when this one ends with a failure. */
  readonly isInner: boolean
  readonly control: Control
  readonly stdin: string | undefined
  readonly shared: Shared
}
export interface DeclaredFunction {
  readonly node: ShellFunction
  readonly script: ShellScript
  /** False: the script may not have come by its declaration. */
  readonly sure: boolean
}
/** Changed by `set`. */
export interface ShellOptions {
  errexit: boolean
  pipefail: boolean
}
/** How far a list has come. A function call, a branch and a subshell have one of their own. */
export interface Control {
  ended: 'no' | 'exit' | 'return' | 'break' | 'continue'
  /** Of `exit` and `return`. */
  end: Outcome
  /** `$?`; undefined where unknown. */
  status: number | undefined
  /** What the failure of the present command means. */
  need: Need
  /** The last failure was a question (left of `&&`, after `!`): `set -e` does not mind it. */
  asked: boolean
  /** What the last `$(…)` came to: an assignment alone works as it does. */
  substituted: Outcome | undefined
  /** `$1` …; undefined where nobody knows. */
  positional: readonly (string | undefined)[] | undefined
  /** `$0`, where a script has a name. */
  readonly name: string | undefined
  /** Ways that have ended before: what comes after them may not be reached. */
  early: readonly EarlyEnd[]
}
export interface EarlyEnd {
  readonly how: Exclude<Control['ended'], 'no'>
  readonly outcome: Outcome
  readonly end: End
}
/** What a way leaves behind. */
export interface End {
  readonly state: World['state']
  readonly cwd: Known<string>
  readonly umask: number
  readonly otherUmasks: readonly number[] | undefined
  readonly variables: Variables
  readonly positional: Control['positional']
}
export interface Shared {
  readonly trace: CommandRun[]
  /** Commands that may still be run: bounds unrolled loops and recursion. */
  readonly budget: Budget
  depth: number
  wrappers: readonly string[]
  /** Of every command so far it is known whether it works. */
  sure: boolean
}
export interface Budget {
  left: number
}

/** What a command's or list's failure means for the whole. */
export type Need =
  /** It ends the step. */
  | 'success'
  /** `set -e`: it does so unless it is the left of `&&` or `||`. */
  | 'last'
  | 'nothing'

export const mostCommands = 20_000
/** Entries of folders that one file's commands may look at or make in all: a second or two of work; real files take a thousandth of it. */
const mostWork = 4_000_000
/** Scripts in scripts and functions in functions. */
const deepest = 24

export const quiet: Outcome = { status: 'ok', output: '' }

export function newShared(budget: Budget): Shared {
  return { trace: [], budget, depth: 0, wrappers: [], sure: true }
}

export function newControl(
  positional: Control['positional'],
  name?: string,
  status: number | undefined = 0,
  need: Need = 'success',
): Control {
  return {
    ended: 'no',
    end: quiet,
    status,
    need,
    asked: false,
    substituted: undefined,
    positional,
    name,
    early: [],
  }
}

export function newShell(
  script: ShellScript,
  world: World,
  shared: Shared,
  options: ScriptOptions = {},
  more: Partial<Pick<Shell, 'control' | 'isInner' | 'reached' | 'stdin'>> = {},
): Shell {
  return {
    world,
    script,
    functions: new Map(),
    options: { errexit: options.errexit === true, pipefail: options.pipefail === true },
    program: options.program ?? 'sh',
    reached: more.reached ?? 'certain',
    isInner: more.isInner ?? false,
    control: more.control ?? newControl(undefined),
    stdin: more.stdin,
    shared,
  }
}

/** Does a shell go on when the process that it starts now fails? */
export function goesOn({ isInner, control }: Shell): boolean {
  return isInner || control.need !== 'success'
}

/** Goes one level down; what lies too deep, or comes too late, may do anything. */
export function deeper(shell: Shell, action: () => Outcome): Outcome {
  const { shared } = shell
  if (exhausted(shell)) return maybe
  shared.depth++
  const outcome = action()
  shared.depth--
  return outcome
}

export function exhausted({ shared, world }: Shell): boolean {
  if (shared.budget.left > 0 && shared.depth < deepest && work.done < mostWork) return false
  unseenProgramRan(world)
  return true
}

/** Options among the words before a script, as in SHELL: `bash -eo pipefail -c`. */
export function optionsOf(shell: readonly string[]): ScriptOptions {
  const flags = shell
    .slice(1)
    .filter((word) => /^-[a-z]+$/i.test(word))
    .join('')
  return {
    errexit: flags.includes('e'),
    pipefail: shell.includes('pipefail'),
    program: (shell[0] ?? 'sh').replace(/^.*\//, ''),
  }
}

/** POSIX: `set -e` is ignored in the list after if, while and until, left of `&&` and `||` and after `!`, however deep. */
export function asCondition(shell: Shell, action: () => Outcome): Outcome {
  const { errexit } = shell.options
  shell.options.errexit = false
  const outcome = action()
  shell.options.errexit = errexit
  return outcome
}

function isDash({ program, world: { base } }: Shell): boolean {
  return program === 'dash' || (program === 'sh' && (base?.os === 'debian' || base?.os === 'ubuntu'))
}

/** What the shell ends with where it cannot open a file: dash with 2, bash and BusyBox with 1 (container-facts/run-as-user-write-etc). */
export function exitCodeOfRedirect(shell: Shell): number {
  return isDash(shell) ? 2 : 1
}

/** What a builtin ends with that raises an error: 2 in dash and in BusyBox (ash.c: ash_msg_and_raise_error), 1 in bash. */
export function exitCodeOfBuiltin(shell: Shell): number {
  return isDash(shell) || (shell.program !== 'bash' && isBusybox(shell.world)) ? 2 : 1
}

export function exitCodeOf(outcome: Outcome): number | undefined {
  if (outcome.status === 'ok') return 0
  if (outcome.status === 'maybe') return undefined
  return outcome.exitCode ?? outcome.failure?.exitCode
}

export function withOutput(outcome: Outcome, output: string | undefined): Outcome {
  if (outcome.output === output) return outcome
  const { output: _old, ...rest } = outcome
  return output === undefined ? (rest as Outcome) : { ...rest, output }
}

const mostOutput = 100_000

/** What two commands print one after the other; undefined where a part is unknown, or where it is too much to keep. */
export function joined(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || b === undefined || a.length + b.length > mostOutput ? undefined : a + b
}

export function rangeOfWords(words: readonly ShellValue[]): OffsetRange {
  const first = words[0]?.range ?? { start: 0, end: 0 }
  return { start: first.start, end: words.reduce((end, word) => Math.max(end, word.range.end), first.end) }
}
