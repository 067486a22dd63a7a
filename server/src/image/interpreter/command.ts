import type { Command } from 'unbash'
import { certain, unknown } from '../../known.ts'
import { expandToText, expandWord, type WordContext } from '../../shell/index.ts'
import type { Outcome } from '../commands/model.ts'
import type { ShellValue } from '../types.ts'
import { copyOf, type Variables } from '../variables.ts'
import { declares, endedByBuiltin, mayBeEnded, specialBuiltins } from './builtins.ts'
import { note, runProgram } from './program.ts'
import { redirect } from './redirects.ts'
import { exitCodeOf, quiet, type Shell } from './shell.ts'
import { contextOf, variableOf } from './words.ts'

/** A simple command: assignments, redirections, words. */
export function runCommand(node: Command, shell: Shell): Outcome {
  const { control } = shell
  const outcome = simpleCommand(node, shell)
  control.status = exitCodeOf(outcome)
  control.asked = false
  return outcome
}

interface Assigned {
  readonly name: string
  readonly value: string | undefined
  readonly append: boolean
}

function simpleCommand(node: Command, shell: Shell): Outcome {
  shell.shared.budget.left--
  const { world } = shell
  const context = contextOf(shell)
  const range = shell.script.rangeOf(node.pos, node.end)
  const redirected = redirect(node.redirects, shell)
  // What is only likely to be refused is told too: the command's own outcome knows nothing of it.
  const { outcome: opened } = redirected
  if (opened.status === 'fail' || (opened.status === 'maybe' && opened.failure))
    note(shell, range, [], opened, undefined, redirected.written)
  const isSpecial = specialBuiltins.has(node.name?.value ?? '')
  if (opened.status === 'fail') return isSpecial ? endedByBuiltin(shell, opened) : opened
  if (opened.status === 'maybe' && isSpecial) mayBeEnded(shell)
  shell.control.substituted = undefined
  const assigned = node.prefix.flatMap((one): Assigned[] =>
    one.type === 'Assignment'
      ? [
          {
            name: one.name,
            value:
              one.value.type === 'Word' && one.index === undefined
                ? expandToText(one.value, context)
                : undefined,
            append: one.append === true,
          },
        ]
      : [],
  )
  if (!node.name) {
    assign(world.variables, assigned, shell)
    return redirected.finish(shell.control.substituted ?? quiet)
  }
  const words = wordsOf(node, shell, context)
  if (words.length === 0) return redirected.finish(quiet)
  const inner: Shell = redirected.stdin === 'inherited' ? shell : { ...shell, stdin: redirected.stdin.text }
  if (assigned.length === 0) return redirected.finish(runProgram(words, inner, range, node))
  const kept = world.variables
  world.variables = copyOf(kept)
  assign(world.variables, assigned, shell)
  const outcome = runProgram(words, inner, range, node)
  world.variables = kept
  return redirected.finish(outcome)
}

function assign(variables: Variables, assigned: readonly Assigned[], shell: Shell): void {
  for (const { name, value, append } of assigned) {
    const old = append ? variableOf(shell.world, name) : undefined
    const text =
      value === undefined || old?.kind === 'unknown'
        ? undefined
        : (old?.kind === 'set' ? old.value : '') + value
    variables.set(name, text === undefined ? unknown() : certain(text))
  }
}

function wordsOf(node: Command, shell: Shell, context: WordContext): readonly ShellValue[] {
  const declaring = declares(node.name?.value)
  return [node.name!, ...node.args].flatMap((argument): readonly ShellValue[] => {
    if (argument.type === 'Word') return expandWord(argument, context)
    const value = argument.value.type === 'Word' ? expandToText(argument.value, context) : undefined
    // `export X=$(…)` sets X, to whatever it is.
    if (declaring && value === undefined) shell.world.variables.set(argument.name, unknown())
    return [
      {
        text: value === undefined ? undefined : `${argument.name}=${value}`,
        glob: false,
        range: shell.script.rangeOf(argument.pos, argument.end),
      },
    ]
  })
}
