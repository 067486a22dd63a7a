import type { OffsetRange } from '../../dockerfile/types.ts'
import { parseShellAt, type ShellScript } from '../../shell/index.ts'
import type { Outcome, World } from '../commands/model.ts'
import type { CommandRun, ShellValue } from '../types.ts'
import { runProgram } from './program.ts'
import { runScript } from './script.ts'
import {
  type Budget,
  mostCommands,
  newShared,
  newShell,
  optionsOf,
  rangeOfWords,
  type Shared,
} from './shell.ts'

/** Who reads a script. */
export { shebangOf } from './shebang.ts'

/**
 * An abstract interpreter of shell scripts: runs what certainly runs, runs what may run on a copy and joins the
 * states, and says whether the script can work. A command whose success is required (the end of a RUN, `set -e`,
 * the left of `&&`) and whose outcome we cannot tell is taken to succeed: images are built by their owners.
 */

export interface Interpretation {
  readonly outcome: Outcome
  readonly commands: readonly CommandRun[]
  /** Nothing was taken to succeed. */
  readonly sure: boolean
}

/** Commands that one file may run in all; each step has its own bound as well. */
export function newBudget(): Budget {
  return { left: 400_000 }
}

function withBudget(whole: Budget, run: (own: Budget) => Interpretation): Interpretation {
  const own: Budget = { left: Math.min(mostCommands, whole.left) }
  const start = own.left
  const result = run(own)
  whole.left -= start - own.left
  return result
}

/** @param shell the words before the script, as in SHELL: their options count (`bash -eo pipefail -c`) */
export function interpret(
  script: ShellScript,
  world: World,
  shell: readonly string[] = ['/bin/sh', '-c'],
  budget: Budget = newBudget(),
): Interpretation {
  return withBudget(budget, (own) => {
    const shared = newShared(own)
    const outcome = runScript(newShell(script, world, shared, optionsOf(shell)))
    return interpretation(outcome, shared)
  })
}

/** Runs a program by its words, without a shell (exec form). @param range where they stand, if not where the words do */
export function interpretArgv(
  argv: readonly ShellValue[],
  world: World,
  budget: Budget = newBudget(),
  range: OffsetRange = rangeOfWords(argv),
): Interpretation {
  return withBudget(budget, (own) => {
    const shared = newShared(own)
    const shell = newShell(parseShellAt('', range), world, shared)
    const outcome = runProgram(argv, shell, range, undefined)
    return interpretation(outcome, shared)
  })
}

function interpretation(outcome: Outcome, { trace, sure }: Shared): Interpretation {
  return { outcome, commands: trace, sure: sure && outcome.status !== 'maybe' }
}

export type { Budget } from './shell.ts'
