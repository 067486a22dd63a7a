import type { AndOr, Pipeline, Statement, SyntaxNode } from 'unbash'
import { weaker } from '../../known.ts'
import type { Outcome, World } from '../commands/model.ts'
import { codeInDoubt, maybe, ok } from '../commands/model.ts'
import { unvouched } from '../join.ts'
import { worse } from '../operations.ts'
import type { Failure } from '../types.ts'
import { copyOf } from '../variables.ts'
import { branches, possibly } from './alternatives.ts'
import { runCommand } from './command.ts'
import { runCase, runFor, runIf, runWhile } from './compound.ts'
import { runTest } from './conditional.ts'
import { redirect } from './redirects.ts'
import { ended } from './script.ts'
import {
  asCondition,
  exhausted,
  exitCodeOf,
  joined,
  type Need,
  newControl,
  quiet,
  type Shell,
  withOutput,
} from './shell.ts'

/** Lists, `&&`, `||`, pipes, subshells: what runs after what, and whose failure is whose. */

export function runList(statements: readonly Statement[], shell: Shell, need: Need): Outcome {
  const { control } = shell
  let outcome: Outcome = ok
  let doubt: Failure | undefined
  let doubtful = false
  let output: string | undefined = ''
  for (const [index, statement] of statements.entries()) {
    const required: Need =
      index === statements.length - 1 && need !== 'nothing'
        ? need
        : shell.options.errexit
          ? 'last'
          : 'nothing'
    control.asked = false
    outcome = runStatement(statement, shell, required)
    output = joined(output, outcome.output)
    if (required !== 'nothing' && outcome.status === 'maybe') {
      doubtful = true
      if (outcome.failure) doubt = moreCertain(doubt, outcome.failure)
    }
    if (control.ended !== 'no') break
    if (outcome.status === 'fail' && shell.options.errexit && !control.asked) {
      control.ended = 'exit'
      // What was passed over as working may have been what ended it.
      control.end = doubtful || !shell.shared.sure ? codeInDoubt(outcome) : outcome
      break
    }
  }
  if (outcome.status !== 'fail' && doubt) outcome = { status: 'maybe', failure: doubt }
  return withOutput(doubtful ? codeInDoubt(outcome) : outcome, output)
}

export function moreCertain(a: Failure | undefined, b: Failure): Failure {
  return a !== undefined && weaker(a.certainty, b.certainty) === b.certainty ? a : b
}

function runStatement(statement: Statement, shell: Shell, need: Need): Outcome {
  if (!statement.background) return run(statement.command, shell, need)
  inSubshell(shell, (inner) => run(statement.command, inner, 'nothing'))
  shell.control.status = 0
  return quiet
}

/** A process of its own: variables, working directory and umask end with it, what it does to the image stays. */
export function inSubshell(shell: Shell, action: (inner: Shell) => Outcome, stdin = shell.stdin): Outcome {
  const { control } = shell
  const world: World = { ...shell.world, variables: copyOf(shell.world.variables) }
  const inner: Shell = {
    ...shell,
    world,
    functions: new Map(shell.functions),
    options: { ...shell.options },
    isInner: true,
    control: newControl(control.positional, control.name, control.status),
    stdin,
  }
  const outcome = ended(inner, action(inner))
  shell.world.state = world.state
  shell.world.writes = world.writes
  control.status = exitCodeOf(outcome)
  control.asked = false
  return outcome
}

export function run(node: SyntaxNode, shell: Shell, need: Need): Outcome {
  const { world, shared } = shell
  const before = world.state
  const outcome = runNode(node, shell, need)
  if (outcome.status === 'maybe') shared.sure = false
  if (need === 'nothing' && node.type === 'Command') world.state = unvouched(before, world.state, outcome)
  return outcome
}

function runNode(node: SyntaxNode, shell: Shell, need: Need): Outcome {
  if (shell.control.ended !== 'no') return ok
  if (exhausted(shell)) return maybe
  switch (node.type) {
    case 'Command':
      shell.control.need = need
      return runCommand(node, shell)
    case 'AndOr':
      return runAndOr(node, shell, need)
    case 'Pipeline':
      return runPipeline(node, shell, need)
    case 'Subshell':
      return inSubshell(shell, (inner) => runList(node.body.commands, inner, need))
    case 'BraceGroup':
      return runList(node.body.commands, shell, need)
    case 'CompoundList':
      return runList(node.commands, shell, need)
    case 'If':
      return runIf(node, shell, need)
    case 'For':
    case 'Select':
      return runFor(node, shell, need)
    case 'While':
      return runWhile(node, shell)
    case 'ArithmeticFor':
      return possibly(shell, (inner) => runList(node.body.commands, inner, 'nothing'))
    case 'Case':
      return runCase(node, shell, need)
    case 'Function':
      shell.functions.set(node.name.value, { node, script: shell.script, sure: true })
      shell.control.status = 0
      return quiet
    case 'Redirected': {
      const redirected = redirect(node.redirects, shell)
      if (redirected.outcome.status === 'fail') return redirected.outcome
      const inner = redirected.stdin === 'inherited' ? shell : { ...shell, stdin: redirected.stdin.text }
      return redirected.finish(run(node.command, inner, need))
    }
    case 'TestCommand': {
      const outcome = runTest(node.expression, shell)
      shell.control.status = exitCodeOf(outcome)
      return outcome
    }
    case 'Coproc':
      return possibly(shell, (inner) => run(node.body, inner, 'nothing'))
    default:
      shell.control.status = undefined
      return maybe
  }
}

function runAndOr(node: AndOr, shell: Shell, need: Need): Outcome {
  const { control } = shell
  const { parts, operators, orElse } = withoutBailing(node)
  // `x || exit 1`, `x || { echo …; exit 1; }`: x has to work.
  const bails = orElse !== undefined && (need !== 'nothing' || bailsOut(orElse) === 'script')
  if (orElse && !bails) {
    parts.push(orElse)
    operators.push('||')
  }
  const lastOr = operators.lastIndexOf('||')
  const needOf = (index: number): Need => {
    if (index === parts.length - 1) return bails ? 'success' : need
    return index > lastOr && (bails || need === 'success') ? 'success' : 'nothing'
  }
  const runPart = (index: number, inner: Shell, own: Need): Outcome => {
    const part = parts[index]!
    return index < parts.length - 1 || bails
      ? asCondition(inner, () => run(part, inner, own))
      : run(part, inner, own)
  }
  let before = shell.world.cwd
  let outcome = runPart(0, shell, needOf(0))
  let failedAt = outcome.status === 'fail' ? 0 : -1
  let doubt = needOf(0) === 'success' && outcome.status === 'maybe' ? outcome.failure : undefined
  let doubtful = outcome.status === 'maybe'
  let output = outcome.output
  for (const [index, operator] of operators.entries()) {
    if (control.ended !== 'no') return outcome
    const own = needOf(index + 1)
    const { cwd } = shell.world
    let result: Outcome
    if (operator === '&&') {
      if (outcome.status === 'fail') continue
      const sure = outcome.status === 'ok' || needOf(index) === 'success'
      result = sure
        ? runPart(index + 1, shell, own)
        : mergeMaybe(
            outcome,
            eitherWay(shell, before, (inner) => runPart(index + 1, inner, 'nothing')),
          )
    } else {
      if (outcome.status === 'ok') continue
      if (outcome.status === 'fail') result = runPart(index + 1, shell, own)
      else {
        result = possibly(shell, (inner) => runPart(index + 1, inner, 'nothing'))
        if (alwaysWorks(parts[index + 1]!)) result = ok
      }
    }
    if (own !== 'nothing' && result.status === 'maybe' && result.failure)
      doubt = moreCertain(doubt, result.failure)
    doubtful ||= result.status === 'maybe'
    output = joined(output, result.output)
    before = cwd
    outcome = result
    if (outcome.status === 'fail') failedAt = index + 1
  }
  if (outcome.status === 'fail') {
    if (failedAt < parts.length - 1) control.asked = true
    const failed = doubtful ? codeInDoubt(outcome) : outcome
    return withOutput(bails && orElse ? bail(orElse, failed, shell) : failed, output)
  }
  if (doubt && lastOr < 0) return withOutput({ status: 'maybe', failure: doubt }, output)
  return withOutput(outcome, output)
}

/** What runs where a command before it works: where that fails, the shell is still in the folder it was in. */
function eitherWay(shell: Shell, before: World['cwd'], action: (inner: Shell) => Outcome): Outcome {
  if (shell.world.cwd === before) return possibly(shell, action)
  const stays = (inner: Shell): Outcome => {
    inner.world.cwd = before
    return ok
  }
  const outcome = branches(shell, [action, stays])
  return { status: 'maybe', ...('failure' in outcome && outcome.failure ? { failure: outcome.failure } : {}) }
}

/** The reason is the command's, the exit code that of `exit`. */
function bail(orElse: SyntaxNode, outcome: Outcome, shell: Shell): Outcome {
  const { control } = shell
  if (control.ended !== 'no') return outcome
  const end = endOf(control, run(orElse, shell, 'nothing'))
  const exitCode = exitCodeOf(end.outcome)
  const bailed = { ...outcome, ...(exitCode === undefined ? {} : { exitCode }) }
  if (end.exits) control.end = bailed
  return bailed
}

function endOf(control: Shell['control'], outcome: Outcome) {
  return control.ended === 'exit' ? { exits: true, outcome: control.end } : { exits: false, outcome }
}

/** The list without a last `|| …` that always fails. */
function withoutBailing({ commands, operators }: AndOr) {
  const last = commands.at(-1)
  const bails = operators.at(-1) === '||' && last !== undefined && bailsOut(last) !== undefined
  return {
    parts: bails ? commands.slice(0, -1) : [...commands],
    operators: bails ? operators.slice(0, -1) : [...operators],
    orElse: bails ? last : undefined,
  }
}

/** Does it always fail, and does the whole script end with it? */
function bailsOut(node: SyntaxNode): 'script' | 'list' | undefined {
  switch (node.type) {
    case 'Command': {
      if (node.name?.value === 'false') return 'list'
      const [code] = node.args
      if (node.name?.value !== 'exit' || code?.type !== 'Word') return undefined
      return /^\d+$/.test(code.value) && Number(code.value) % 256 !== 0 ? 'script' : undefined
    }
    case 'BraceGroup':
    case 'Subshell': {
      const last = node.body.commands.at(-1)
      const end = last && !last.background ? bailsOut(last.command) : undefined
      return end === 'script' && node.type === 'Subshell' ? 'list' : end
    }
    case 'AndOr': {
      // `echo … && exit 1`
      const last = node.commands.at(-1)
      return node.operators.every((operator) => operator === '&&') &&
        node.commands.slice(0, -1).every(alwaysWorks) &&
        last
        ? bailsOut(last)
        : undefined
    }
    default:
      return undefined
  }
}

function mergeMaybe(a: Outcome, b: Outcome): Outcome {
  const failure = ('failure' in a ? a.failure : undefined) ?? ('failure' in b ? b.failure : undefined)
  return { status: 'maybe', ...(failure ? { failure } : {}) }
}

function alwaysWorks(node: SyntaxNode): boolean {
  const name = node.type === 'Command' ? node.name?.value : undefined
  return (
    node.type === 'Command' &&
    (name === 'true' || name === ':' || name === 'echo' || name === 'printf') &&
    node.redirects.every((one) => one.type === 'Redirect' && one.operator === '>&')
  )
}

/** bash(1) of pipefail: the pipe ends with the code of the last command that fails. */
function lastToFail(before: Outcome, after: Outcome): Outcome {
  if (before.status !== 'fail') return worse(after, before)
  return after.status === 'ok' ? before : after.status === 'fail' ? after : codeInDoubt(before)
}

function runPipeline(node: Pipeline, shell: Shell, need: Need): Outcome {
  const { commands } = node
  const negated = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1
  let worst: Outcome = ok
  let outcome: Outcome = ok
  let stdin = shell.stdin
  for (const [index, command] of commands.entries()) {
    const last = index === commands.length - 1
    const own: Need = negated || !(last || shell.options.pipefail) ? 'nothing' : need
    const runHere = (inner: Shell) =>
      negated ? asCondition(inner, () => run(command, inner, own)) : run(command, inner, own)
    outcome = commands.length === 1 ? runHere(shell) : inSubshell(shell, runHere, stdin)
    stdin = outcome.output
    if (shell.options.pipefail) worst = lastToFail(worst, outcome)
  }
  if (shell.options.pipefail) outcome = withOutput(worst, outcome.output)
  if (negated) {
    const { output } = outcome
    outcome =
      outcome.status === 'ok' ? { status: 'fail', exitCode: 1 } : outcome.status === 'fail' ? ok : maybe
    outcome = withOutput(outcome, output)
    shell.control.asked = true // POSIX: set -e does not mind what `!` turns round
  }
  if (negated || commands.length > 1) shell.control.status = exitCodeOf(outcome)
  return outcome
}
