import type { Case, For, If, Select, While, Word } from 'unbash'
import { certain, unknown } from '../../known.ts'
import {
  expandPattern,
  expandToText,
  expandWord,
  matchesShellPattern,
  type WordContext,
} from '../../shell/index.ts'
import type { Outcome } from '../commands/model.ts'
import { ok } from '../commands/model.ts'
import { branches, possibly, settle } from './alternatives.ts'
import { moreCertain, runList } from './lists.ts'
import { asCondition, joined, type Need, newControl, quiet, type Shell, withOutput } from './shell.ts'
import { contextOf } from './words.ts'

/** if, for, while, case. */

export function runIf(node: If, shell: Shell, need: Need): Outcome {
  const arms = [
    { clause: node.clause, body: node.then },
    ...node.elif.map(({ clause, then }) => ({ clause, body: then })),
  ]
  const runArm = (index: number, inner: Shell): Outcome => {
    const arm = arms[index]
    if (!arm) {
      if (node.else) return runList(node.else.commands, inner, need)
      inner.control.status = 0
      return quiet
    }
    const condition = asCondition(inner, () => runList(arm.clause.commands, inner, 'nothing'))
    if (inner.control.ended !== 'no') return condition
    const printed = (outcome: Outcome) => withOutput(outcome, joined(condition.output, outcome.output))
    if (condition.status === 'ok') return printed(runList(arm.body.commands, inner, need))
    if (condition.status === 'fail') return printed(runArm(index + 1, inner))
    return branches(inner, [
      (branch) => runList(arm.body.commands, branch, need),
      (branch) => runArm(index + 1, branch),
    ])
  }
  return runArm(0, shell)
}

const mostIterations = 64

export function runFor(node: For | Select, shell: Shell, need: Need): Outcome {
  const { control, world } = shell
  const words = node.wordlist
    ? node.wordlist.flatMap((word) => expandWord(word, contextOf(shell)))
    : control.positional?.map((text) => ({ text, glob: false }))
  const variable = node.name.value
  if (
    node.type === 'Select' ||
    !words ||
    words.length > mostIterations ||
    words.some(({ text, glob }) => text === undefined || glob)
  ) {
    return possibly(shell, (inner) => {
      inner.world.variables.set(variable, unknown())
      return inLoop(inner, () => runList(node.body.commands, inner, 'nothing'))
    })
  }
  let outcome: Outcome = quiet
  let output: string | undefined = ''
  let doubt: Outcome = ok
  for (const [index, { text }] of words.entries()) {
    world.variables.set(variable, certain(text!))
    const own: Need = index === words.length - 1 ? need : shell.options.errexit ? 'last' : 'nothing'
    outcome = settle(shell, ['continue'], runList(node.body.commands, shell, own))
    output = joined(output, outcome.output)
    if (own !== 'nothing' && outcome.status === 'maybe' && outcome.failure)
      doubt = {
        status: 'maybe',
        failure: moreCertain(doubt.status === 'maybe' ? doubt.failure : undefined, outcome.failure),
      }
    if (control.ended === 'break') {
      control.ended = 'no'
      break
    }
    if (control.ended === 'continue') control.ended = 'no'
    if (control.ended !== 'no' || shell.shared.budget.left <= 0) break
  }
  if (words.length === 0) control.status = 0
  return settle(shell, ['break'], withOutput(outcome.status === 'ok' ? doubt : outcome, output))
}

function inLoop(shell: Shell, action: () => Outcome): Outcome {
  const outcome = action()
  const { ended } = shell.control
  if (ended === 'break' || ended === 'continue') shell.control.ended = 'no'
  return settle(shell, ['break', 'continue'], outcome)
}

export function runWhile(node: While, shell: Shell): Outcome {
  const condition = asCondition(shell, () => runList(node.clause.commands, shell, 'nothing'))
  const stops = node.kind === 'while' ? condition.status === 'fail' : condition.status === 'ok'
  if (stops) {
    shell.control.status = 0
    return withOutput(ok, condition.output)
  }
  possibly(shell, (inner) => inLoop(inner, () => runList(node.body.commands, inner, 'nothing')))
  return ok
}

export function runCase(node: Case, shell: Shell, need: Need): Outcome {
  const context = contextOf(shell)
  const value = expandToText(node.word, context)
  const candidates: { readonly from: number; readonly sure: boolean }[] = []
  for (const [index, item] of node.items.entries()) {
    const matches = item.pattern.map((pattern) => matchesPattern(pattern, value, context))
    if (matches.includes(true)) {
      candidates.push({ from: index, sure: true })
      break
    }
    if (matches.includes(undefined)) candidates.push({ from: index, sure: false })
  }
  const nothing = (inner: Shell): Outcome => {
    inner.control.status = 0
    return quiet
  }
  const [first] = candidates
  if (!first) return nothing(shell)
  const runFrom = (from: number) => (inner: Shell) => runItems(node, from, inner, need)
  if (first.sure) return runFrom(first.from)(shell)
  const arms = candidates.map(({ from }) => runFrom(from))
  return branches(shell, candidates.at(-1)!.sure ? arms : [...arms, nothing])
}

/** `;&` goes on with the next list. */
function runItems(node: Case, from: number, shell: Shell, need: Need): Outcome {
  const last = node.items.findIndex(({ terminator }, index) => index >= from && terminator !== ';&')
  const items = node.items.slice(from, last < 0 ? undefined : last + 1)
  return runList(
    items.flatMap(({ body }) => body.commands),
    shell,
    need,
  )
}

/** Undefined where we cannot tell. */
export function matchesPattern(
  pattern: Word,
  value: string | undefined,
  context: WordContext,
): boolean | undefined {
  const tokens = expandPattern(pattern, context)
  if (tokens === 'anything') return true
  return tokens === undefined || value === undefined ? undefined : matchesShellPattern(tokens, value)
}

/** A control of its own for a function's body. */
export function functionControl(shell: Shell, positional: Shell['control']['positional']): Shell['control'] {
  return newControl(positional, shell.control.name, shell.control.status)
}
