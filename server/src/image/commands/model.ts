import type { BaseImageFacts } from '../../base-images/types.ts'
import type { OffsetRange } from '../../dockerfile/types.ts'
import type { Known, Origin } from '../../known.ts'
import type { Builder, Failure, Identity, ImageState, ShellValue } from '../types.ts'
import type { Variables } from '../variables.ts'

/**
 * What a command sees and changes while a RUN is interpreted. One world per shell process:
 * a subshell gets a copy whose `state` is taken over afterwards.
 */
export interface World {
  /** Replaced by effects; the states themselves are immutable. */
  state: ImageState
  /** Who the process is; `su`, `gosu` … run their command in a world with another identity. */
  identity: Identity
  cwd: Known<string>
  umask: number
  /** Masks that it may have as well. */
  otherUmasks?: readonly number[] | undefined
  /** Shell and environment variables. */
  variables: Variables
  readonly base: BaseImageFacts | undefined
  readonly builder: Builder
  /** The step has mounts: some of the tree may be read-only. */
  mounted?: boolean
  /** The instruction or command that effects are put down to. */
  origin: Origin
  /** Paths written by the present command, for rules (`not-writable`, `harden`). */
  writes: string[]
}

/**
 * What became of a command. `maybe`: it can fail or not, we cannot tell (effects are then those of success,
 * with certainty lowered where it matters). A failure with certainty below `certain` belongs to `maybe`.
 */
export type Outcome =
  | { readonly status: 'ok'; readonly output?: string }
  | { readonly status: 'maybe'; readonly failure?: Failure; readonly output?: string }
  | {
      readonly status: 'fail'
      readonly failure?: Failure
      readonly exitCode?: number
      readonly output?: string
      /** A part of it may have failed before: what it has done is no surer than where it may fail. */
      readonly doubtful?: boolean
    }

export const ok: Outcome = { status: 'ok' }
export const maybe: Outcome = { status: 'maybe' }

/** Something before may have been what failed: nobody knows with which code. */
export function codeInDoubt(outcome: Outcome): Outcome {
  if (outcome.status !== 'fail') return outcome
  const { exitCode: _code, failure, ...rest } = outcome
  const { exitCode: _its, ...told } = failure ?? {}
  return failure ? { ...rest, failure: told as Failure } : rest
}

/** Options of a command: key → its spellings and, after a space, a word where it takes a value: `'-u --uid N'`. */
export type OptionTable = Readonly<Record<string, string>>

export interface Options {
  has(key: string): boolean
  /** The (last) value; undefined where the option is absent or its value unknown. */
  value(key: string): string | undefined
  /** The (last) value as word, with its place. */
  word(key: string): ShellValue | undefined
  all(key: string): readonly ShellValue[]
  /** Options that the table does not name, as written. */
  readonly unknown: readonly ShellValue[]
  /** Some word was unknown where an option could stand: the reading is not certain. */
  readonly uncertain: boolean
}

export interface Call {
  /** Program name without folder: `useradd`. */
  readonly name: string
  /** The name's place. */
  readonly nameRange: OffsetRange
  /** The whole simple command. */
  readonly range: OffsetRange
  /** Words after the name. */
  readonly args: readonly ShellValue[]
  readonly options: Options
  readonly operands: readonly ShellValue[]
  /** What stands on standard input, where known: a heredoc, `echo x |`. */
  readonly stdin: string | undefined
  readonly world: World
  /** Runs another command line in this world or another one (su, sudo, xargs, find -exec, env …). */
  readonly runArgv: (argv: readonly ShellValue[], world: World) => Outcome
  /** Runs a script text with `sh -c`; offsets are those of the word. */
  readonly runScript: (
    script: ShellValue,
    world: World,
    args?: readonly ShellValue[],
    options?: ScriptOptions,
  ) => Outcome
}

/** Flags that the shell was started with: `sh -e -o pipefail -c …`. */
export interface ScriptOptions {
  readonly errexit?: boolean
  readonly pipefail?: boolean
  /** The shell: `bash`; left out, it is `sh`. */
  readonly program?: string
  /** `$0`, where the script is a file. */
  readonly name?: string
}

export interface CommandModel {
  readonly names: readonly string[]
  readonly options?: OptionTable
  /** Options end at the first operand (su, sudo, env, gosu …). */
  readonly stopAtOperand?: boolean
  /** Long options with a single dash, no bundling of short ones (find, java …). */
  readonly singleDash?: boolean
  /**
   * Is the program certainly absent in this world's image (useradd on Alpine)? Then the interpreter answers 127.
   * Left out: taken to be there where the OS family has it or a package manager ran before.
   */
  readonly absent?: (world: World) => boolean
  run(call: Call): Outcome
}

export function defineCommand(model: CommandModel): CommandModel {
  return model
}
