import type {
  AndOr,
  Case,
  Command,
  CompoundList,
  If,
  Pipeline,
  Redirect,
  Redirection,
  Script,
  Function as ShellFunction,
  Statement,
  SyntaxNode,
  TestExpression,
  Word,
} from 'unbash'
import type { OffsetRange, Variable } from '../dockerfile/types.ts'
import type { Certainty, Known } from '../known.ts'
import { certain, knownValue, unknown, weaker } from '../known.ts'
import {
  expandParts,
  expandToText,
  expandWord,
  parseShellAt,
  type ShellScript,
  type WordContext,
} from '../shell/index.ts'
import { written } from './account-files.ts'
import { commands } from './commands/index.ts'
import type { Call, CommandModel, Outcome, World } from './commands/model.ts'
import { maybe, ok } from './commands/model.ts'
import { readOptions } from './commands/options.ts'
import { unmodelled } from './commands/tools/unmodelled.ts'
import { describeIdentity, describeNode } from './describe.ts'
import { baseMaySet } from './environment.ts'
import { allowed, find, nodeAt } from './files.ts'
import { joinStates } from './join.ts'
import { pathIn, worse, writeFile } from './operations.ts'
import type { CommandRun, Failure, ShellValue } from './types.ts'

/**
 * An abstract interpreter of shell scripts: runs what certainly runs, runs what may run on a copy and joins the
 * states, and says whether the script can work. A command whose success is required (the end of a RUN, `set -e`,
 * the left of `&&`) and whose outcome we cannot tell is taken to succeed: images are built by their owners.
 */

/** One shell process. */
interface Shell {
  world: World
  readonly script: ShellScript
  readonly functions: Map<string, { readonly node: ShellFunction; readonly script: ShellScript }>
  readonly options: { errexit: boolean; pipefail: boolean }
  readonly positional: readonly (string | undefined)[] | undefined
  readonly reached: Certainty
  /** Set by exit and return. */
  ended: 'no' | 'exit' | 'return' | 'loop'
  endStatus: 'ok' | 'fail' | 'maybe'
  readonly stdin: string | undefined
  readonly shared: Shared
}
/** What all shells of one interpretation have in common. */
interface Shared {
  readonly trace: CommandRun[]
  /** Commands that may still be run: bounds unrolled loops and recursion. */
  budget: number
  depth: number
  wrappers: readonly string[]
}

const mostCommands = 20_000
const deepest = 24
const mostIterations = 64

export interface Interpretation {
  readonly outcome: Outcome
  readonly commands: readonly CommandRun[]
}

/** @param shell the words before the script, as in SHELL: their options count (`bash -eo pipefail -c`) */
export function interpret(
  script: ShellScript,
  world: World,
  shell: readonly string[] = ['/bin/sh', '-c'],
  positional?: readonly string[],
): Interpretation {
  const shared: Shared = { trace: [], budget: mostCommands, depth: 0, wrappers: [] }
  const outcome = runShell(script, world, shared, optionsOf(shell), positional)
  return { outcome, commands: shared.trace }
}

/** Runs a program by its words, without a shell (exec form). */
export function interpretArgv(argv: readonly ShellValue[], world: World): Interpretation {
  const shared: Shared = { trace: [], budget: mostCommands, depth: 0, wrappers: [] }
  const shell = newShell(
    parseShellAt('', argv[0]?.range ?? { start: 0, end: 0 }),
    world,
    shared,
    { errexit: false, pipefail: false },
    undefined,
    'certain',
  )
  const outcome = runProgram(argv, shell, rangeOfWords(argv), undefined)
  return { outcome, commands: shared.trace }
}

function optionsOf(shell: readonly string[]): { errexit: boolean; pipefail: boolean } {
  const flags = shell
    .slice(1)
    .filter((word) => /^-[a-z]+$/i.test(word))
    .join('')
  return { errexit: flags.includes('e'), pipefail: shell.includes('pipefail') }
}

function newShell(
  script: ShellScript,
  world: World,
  shared: Shared,
  options: { errexit: boolean; pipefail: boolean },
  positional: readonly (string | undefined)[] | undefined,
  reached: Certainty,
  stdin?: string,
): Shell {
  return {
    world,
    script,
    functions: new Map(),
    options: { ...options },
    positional,
    reached,
    ended: 'no',
    endStatus: 'ok',
    stdin,
    shared,
  }
}

function runShell(
  script: ShellScript,
  world: World,
  shared: Shared,
  options: { errexit: boolean; pipefail: boolean },
  positional: readonly (string | undefined)[] | undefined,
  reached: Certainty = 'certain',
): Outcome {
  if (shared.depth >= deepest) return maybe
  shared.depth++
  const shell = newShell(script, world, shared, options, positional, reached)
  const outcome = runList(script.tree.commands, shell, true)
  shared.depth--
  return ended(shell, outcome)
}

function ended(shell: Shell, outcome: Outcome): Outcome {
  if (shell.ended !== 'exit') return outcome
  return shell.endStatus === 'ok'
    ? { status: 'ok', ...(outcome.output === undefined ? {} : { output: outcome.output }) }
    : shell.endStatus === 'maybe'
      ? maybe
      : outcome.status === 'fail'
        ? outcome
        : { status: 'fail' }
}

/** @param required the list's failure ends the step */
function runList(statements: readonly Statement[], shell: Shell, required: boolean): Outcome {
  let outcome: Outcome = ok
  let doubt: Failure | undefined
  let output: string | undefined = ''
  for (const [index, statement] of statements.entries()) {
    const last = index === statements.length - 1
    const matters = (last && required) || shell.options.errexit
    outcome = runStatement(statement, shell, matters)
    output = output === undefined || outcome.output === undefined ? undefined : output + outcome.output
    if (matters && outcome.status === 'maybe' && outcome.failure) doubt = moreCertain(doubt, outcome.failure)
    if (shell.ended !== 'no') break
    if (outcome.status === 'fail' && shell.options.errexit) {
      shell.ended = 'exit'
      shell.endStatus = 'fail'
      break
    }
  }
  const withOutput = output === undefined ? {} : { output }
  if (outcome.status === 'fail') return { ...outcome, ...withOutput }
  if (doubt) return { status: 'maybe', failure: doubt, ...withOutput }
  return outcome.status === 'ok' ? { status: 'ok', ...withOutput } : outcome
}

function moreCertain(a: Failure | undefined, b: Failure): Failure {
  return a !== undefined && weaker(a.certainty, b.certainty) === b.certainty ? a : b
}

function runStatement(statement: Statement, shell: Shell, required: boolean): Outcome {
  if (!statement.background) return run(statement.command, shell, required)
  inSubshell(shell, (inner) => run(statement.command, inner, false))
  return { status: 'ok', output: '' }
}

function inSubshell(shell: Shell, action: (inner: Shell) => Outcome, stdin?: string | undefined): Outcome {
  const world: World = { ...shell.world, variables: new Map(shell.world.variables) }
  const inner: Shell = {
    ...shell,
    world,
    functions: new Map(shell.functions),
    options: { ...shell.options },
    ended: 'no',
    endStatus: 'ok',
    stdin,
  }
  const outcome = action(inner)
  shell.world.state = world.state
  return ended(inner, outcome)
}

function run(node: SyntaxNode, shell: Shell, required: boolean): Outcome {
  if (shell.ended !== 'no') return ok
  if (shell.shared.budget <= 0 || shell.shared.depth > deepest) return maybe
  switch (node.type) {
    case 'Command':
      return runCommand(node, shell)
    case 'AndOr':
      return runAndOr(node, shell, required)
    case 'Pipeline':
      return runPipeline(node, shell, required)
    case 'Subshell':
      return inSubshell(shell, (inner) => runList(node.body.commands, inner, required), shell.stdin)
    case 'BraceGroup':
      return runList(node.body.commands, shell, required)
    case 'CompoundList':
      return runList(node.commands, shell, required)
    case 'If':
      return runIf(node, shell, required)
    case 'For':
    case 'Select':
      return runFor(node, shell, required)
    case 'While':
      return runWhile(node.clause, node.body, shell, node.kind)
    case 'ArithmeticFor':
      return possibly(shell, (inner) => runList(node.body.commands, inner, false))
    case 'Case':
      return runCase(node, shell, required)
    case 'Function':
      shell.functions.set(node.name.value, { node, script: shell.script })
      return { status: 'ok', output: '' }
    case 'Redirected': {
      const redirected = redirect(node.redirects, shell)
      if (redirected.outcome.status === 'fail') return redirected.outcome
      const outcome = run(node.command, shell, required)
      redirected.finish(outcome.output)
      return worse(redirected.outcome, redirected.silent ? { ...outcome, output: '' } : outcome)
    }
    case 'TestCommand':
      return runTest(node.expression, shell)
    case 'ArithmeticCommand':
      return maybe
    case 'Coproc':
      return possibly(shell, (inner) => run(node.body, inner, false))
    default:
      return maybe
  }
}

/** Runs on a copy and joins: what it does may happen. */
function possibly(shell: Shell, action: (inner: Shell) => Outcome): Outcome {
  const before = shell.world.state
  const cwd = shell.world.cwd
  const variables = new Map(shell.world.variables)
  const inner: Shell = { ...shell, reached: 'possible', ended: 'no' }
  const outcome = action(inner)
  // A branch that ends the script with a failure is not the way that images are built.
  if (inner.ended === 'exit' && inner.endStatus === 'fail') shell.world.state = before
  else shell.world.state = joinStates(before, shell.world.state)
  if (shell.world.cwd !== cwd) shell.world.cwd = sameKnown(cwd, shell.world.cwd)
  joinVariables(shell.world.variables, variables)
  const failure = 'failure' in outcome ? outcome.failure : undefined
  return { status: 'maybe', ...(failure ? { failure: { ...failure, certainty: 'possible' as const } } : {}) }
}

function sameKnown<T>(a: Known<T>, b: Known<T>): Known<T> {
  return a.certainty !== 'unknown' && b.certainty !== 'unknown' && a.value === b.value ? a : unknown()
}
function joinVariables(into: Map<string, Known<string>>, other: ReadonlyMap<string, Known<string>>): void {
  for (const name of new Set([...into.keys(), ...other.keys()])) {
    const a = into.get(name)
    const b = other.get(name)
    if (a !== b) into.set(name, a && b ? sameKnown(a, b) : unknown())
  }
}

function runAndOr(node: AndOr, shell: Shell, required: boolean): Outcome {
  const { commands: parts, operators } = node
  const lastOr = operators.lastIndexOf('||')
  let outcome = run(parts[0]!, shell, required && lastOr < 0)
  let doubt: Failure | undefined = outcome.status === 'maybe' && lastOr < 0 ? outcome.failure : undefined
  let output = outcome.output
  for (const [index, operator] of operators.entries()) {
    if (shell.ended !== 'no') return outcome
    const next = parts[index + 1]!
    // Nothing but && follows: the failure of what came before would end the list.
    const mustWork = required && index >= lastOr
    const runNext = (): Outcome => run(next, shell, mustWork)
    let result: Outcome
    if (operator === '&&') {
      if (outcome.status === 'fail') continue
      result =
        outcome.status === 'ok' || mustWork
          ? runNext()
          : mergeMaybe(
              outcome,
              possibly(shell, (inner) => run(next, inner, false)),
            )
      if (outcome.status === 'maybe' && result.status === 'ok')
        result = { ...outcome, ...(result.output === undefined ? {} : { output: result.output }) }
    } else {
      if (outcome.status === 'ok') continue
      if (outcome.status === 'fail') result = runNext()
      else {
        const alternative = possibly(shell, (inner) => run(next, inner, false))
        // `x || true`: works whatever x does.
        result = alwaysWorks(next)
          ? ok
          : alternative.status === 'maybe'
            ? {
                status: 'maybe',
                ...('failure' in alternative && alternative.failure ? { failure: alternative.failure } : {}),
              }
            : alternative
      }
    }
    if (mustWork && result.status === 'maybe' && result.failure) doubt = moreCertain(doubt, result.failure)
    output = output === undefined || result.output === undefined ? undefined : output + result.output
    outcome = result
  }
  const withOutput = output === undefined ? {} : { output }
  if (outcome.status === 'fail') return { ...outcome, ...withOutput }
  if (doubt && lastOr < 0) return { status: 'maybe', failure: doubt, ...withOutput }
  return { ...outcome, ...withOutput }
}

function mergeMaybe(a: Outcome, b: Outcome): Outcome {
  const failure = ('failure' in a ? a.failure : undefined) ?? ('failure' in b ? b.failure : undefined)
  return { status: 'maybe', ...(failure ? { failure } : {}) }
}

function alwaysWorks(node: SyntaxNode): boolean {
  return (
    node.type === 'Command' &&
    (node.name?.value === 'true' || node.name?.value === ':' || node.name?.value === 'echo') &&
    node.redirects.length === 0
  )
}

function runPipeline(node: Pipeline, shell: Shell, required: boolean): Outcome {
  let worst: Outcome = ok
  let outcome: Outcome = ok
  let stdin = shell.stdin
  for (const [index, command] of node.commands.entries()) {
    const last = index === node.commands.length - 1
    const matters = required && (last || shell.options.pipefail)
    outcome =
      node.commands.length === 1
        ? run(command, shell, matters)
        : inSubshell(shell, (inner) => run(command, inner, matters), stdin)
    stdin = outcome.output
    // A reader that ends early breaks its writers' pipes: a doubt on the left is none about the pipeline.
    if (!last && outcome.status !== 'ok') worst = worse(worst, outcome)
  }
  if (shell.options.pipefail && worst.status !== 'ok') outcome = worse(outcome, worst)
  const negated = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1
  if (!negated) return outcome
  return outcome.status === 'ok' ? { status: 'fail' } : outcome.status === 'fail' ? ok : maybe
}

/** Runs alternatives of which we do not know which one is taken, and joins what they leave. */
function branches(shell: Shell, alternatives: readonly ((inner: Shell) => Outcome)[]): Outcome {
  const before = { state: shell.world.state, cwd: shell.world.cwd, variables: new Map(shell.world.variables) }
  const ends: { state: World['state']; cwd: Known<string>; variables: Map<string, Known<string>> }[] = []
  const outcomes: Outcome[] = []
  for (const alternative of alternatives) {
    shell.world.state = before.state
    shell.world.cwd = before.cwd
    shell.world.variables = new Map(before.variables)
    const inner: Shell = { ...shell, reached: 'possible', ended: 'no' }
    const outcome = alternative(inner)
    outcomes.push(outcome)
    if (inner.ended === 'exit' && inner.endStatus === 'fail') continue
    ends.push({ state: shell.world.state, cwd: shell.world.cwd, variables: shell.world.variables })
  }
  const [first, ...rest] = ends
  if (!first) {
    Object.assign(shell.world, before)
    return outcomes.every(({ status }) => status === 'fail') && outcomes[0] ? outcomes[0] : maybe
  }
  shell.world.state = rest.reduce((joined, end) => joinStates(joined, end.state), first.state)
  shell.world.cwd = rest.reduce(
    (joined, end) => (joined === end.cwd ? joined : sameKnown(joined, end.cwd)),
    first.cwd,
  )
  shell.world.variables = new Map(first.variables)
  for (const end of rest) joinVariables(shell.world.variables, end.variables)
  if (outcomes.every(({ status }) => status === 'ok')) return ok
  if (outcomes.every(({ status }) => status === 'fail')) return outcomes[0]!
  const failure = outcomes
    .map((outcome) => ('failure' in outcome ? outcome.failure : undefined))
    .find((one) => one)
  return { status: 'maybe', ...(failure ? { failure: { ...failure, certainty: 'possible' as const } } : {}) }
}

function runIf(node: If, shell: Shell, required: boolean): Outcome {
  const arms = [
    { clause: node.clause, body: node.then },
    ...node.elif.map((elif) => ({ clause: elif.clause, body: elif.then })),
  ]
  const runArm = (index: number, inner: Shell): Outcome => {
    const arm = arms[index]
    if (!arm) return node.else ? runList(node.else.commands, inner, required) : { status: 'ok', output: '' }
    const errexit = inner.options.errexit
    inner.options.errexit = false // POSIX: -e is ignored in the list after if
    const condition = runList(arm.clause.commands, inner, false)
    inner.options.errexit = errexit
    if (inner.ended !== 'no') return condition
    if (condition.status === 'ok') return runList(arm.body.commands, inner, required)
    if (condition.status === 'fail') return runArm(index + 1, inner)
    return branches(inner, [
      (branch) => runList(arm.body.commands, branch, required),
      (branch) => runArm(index + 1, branch),
    ])
  }
  return runArm(0, shell)
}

function runFor(
  node: {
    readonly name: Word
    readonly wordlist: readonly Word[] | undefined
    readonly body: CompoundList
    readonly type: string
  },
  shell: Shell,
  required: boolean,
): Outcome {
  const words = node.wordlist
    ? node.wordlist.flatMap((word) => expandWord(word, contextOf(shell)))
    : shell.positional?.map((text) => ({ text, glob: false }))
  const variable = node.name.value
  if (
    node.type === 'Select' ||
    !words ||
    words.length > mostIterations ||
    words.some(({ text, glob }) => text === undefined || glob)
  ) {
    return possibly(shell, (inner) => {
      inner.world.variables.set(variable, unknown())
      return runList(node.body.commands, inner, false)
    })
  }
  let outcome: Outcome = ok
  let doubt: Outcome = ok
  for (const [index, { text }] of words.entries()) {
    shell.world.variables.set(variable, certain(text!))
    outcome = runList(
      node.body.commands,
      shell,
      required && (index === words.length - 1 || shell.options.errexit),
    )
    if (outcome.status === 'maybe') doubt = worse(doubt, outcome)
    if (shell.ended === 'loop') {
      shell.ended = 'no'
      break
    }
    if (shell.ended !== 'no' || shell.shared.budget <= 0) break
  }
  return outcome.status === 'ok' && required ? (doubt.status === 'ok' ? outcome : doubt) : outcome
}

function runWhile(clause: CompoundList, body: CompoundList, shell: Shell, kind: 'while' | 'until'): Outcome {
  const condition = runList(clause.commands, shell, false)
  const stops = kind === 'while' ? condition.status === 'fail' : condition.status === 'ok'
  if (stops) return ok
  possibly(shell, (inner) => {
    const outcome = runList(body.commands, inner, false)
    if (inner.ended === 'loop') inner.ended = 'no'
    return outcome
  })
  return ok
}

function runCase(node: Case, shell: Shell, required: boolean): Outcome {
  const context = contextOf(shell)
  const value = expandToText(node.word, context)
  const candidates: { readonly body: CompoundList; readonly sure: boolean }[] = []
  for (const item of node.items) {
    const matches = item.pattern.map((pattern) =>
      value === undefined ? undefined : matchesPattern(pattern, value, context),
    )
    if (matches.some((match) => match === true)) {
      candidates.push({ body: item.body, sure: true })
      break
    }
    if (matches.some((match) => match === undefined)) candidates.push({ body: item.body, sure: false })
  }
  const [only] = candidates
  if (!only) return ok
  if (only.sure) return runList(only.body.commands, shell, required)
  const arms = candidates.map(
    ({ body }) =>
      (inner: Shell) =>
        runList(body.commands, inner, required),
  )
  return branches(shell, candidates.at(-1)!.sure ? arms : [...arms, () => ok])
}

/** Undefined where we cannot tell. */
function matchesPattern(pattern: Word, value: string, context: WordContext): boolean | undefined {
  const text = expandToText(pattern, context)
  if (text === undefined || /[[\\]/.test(text)) return undefined
  if (!/[*?]/.test(text)) return text === value
  return new RegExp(
    `^${text
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replace(/\*+/g, '.*')
      .replace(/\?/g, '.')}$`,
    's',
  ).test(value)
}

function runTest(expression: TestExpression, shell: Shell): Outcome {
  switch (expression.type) {
    case 'TestLogical': {
      const results = expression.operands.map((operand) => runTest(operand, shell).status)
      const deciding = expression.operator === '&&' ? 'fail' : 'ok'
      if (results.includes(deciding)) return { status: deciding }
      return results.includes('maybe') ? maybe : { status: deciding === 'fail' ? 'ok' : 'fail' }
    }
    case 'TestNot': {
      const inner = runTest(expression.operand, shell)
      const flips = expression.negations.length % 2 === 1
      return !flips || inner.status === 'maybe' ? inner : inner.status === 'ok' ? { status: 'fail' } : ok
    }
    case 'TestGroup':
      return runTest(expression.expression, shell)
    case 'TestUnary':
      return runTestWords(
        [literal(expression.operator, expression, shell), valueOfWord(expression.operand, shell)],
        shell,
      )
    case 'TestBinary': {
      const operator = expression.operator === '==' ? '=' : expression.operator
      if (
        (operator === '=' || operator === '!=') &&
        expression.right.parts?.some((part) => part.type === 'Glob')
      ) {
        const left = expandToText(expression.left, contextOf(shell))
        const match =
          left === undefined ? undefined : matchesPattern(expression.right, left, contextOf(shell))
        return match === undefined ? maybe : match === (operator === '=') ? ok : { status: 'fail' }
      }
      return runTestWords(
        [
          valueOfWord(expression.left, shell),
          literal(operator, expression, shell),
          valueOfWord(expression.right, shell),
        ],
        shell,
      )
    }
  }
}

function runTestWords(words: readonly ShellValue[], shell: Shell): Outcome {
  const model = commands.get('test')
  if (!model) return maybe
  const range = rangeOfWords(words)
  return model.run(callFor(model, 'test', range, words, shell, range))
}

function literal(
  text: string,
  node: { readonly pos: number; readonly end: number },
  shell: Shell,
): ShellValue {
  return { text, glob: false, range: shell.script.rangeOf(node.pos, node.end) }
}
function valueOfWord(word: Word, shell: Shell): ShellValue {
  return {
    text: expandToText(word, contextOf(shell)),
    glob: false,
    range: shell.script.rangeOf(word.pos, word.end),
  }
}

function variableOf(world: World, name: string): Variable {
  if (name === 'PWD')
    return world.cwd.certainty === 'unknown' ? { kind: 'unknown' } : { kind: 'set', value: world.cwd.value }
  const variable = world.variables.get(name)
  if (variable)
    return variable.certainty === 'unknown' ? { kind: 'unknown' } : { kind: 'set', value: variable.value }
  if (name === 'HOME')
    return world.identity.home.certainty === 'unknown'
      ? { kind: 'unknown' }
      : { kind: 'set', value: world.identity.home.value }
  // bash sets these two, dash does not; nobody can tell from here which shell it is.
  if (shellMade.has(name)) return { kind: 'unknown' }
  return baseMaySet(name, world.base) ? { kind: 'unknown' } : { kind: 'unset' }
}
const shellMade = new Set([
  'UID',
  'EUID',
  'RANDOM',
  'HOSTNAME',
  'PPID',
  'SECONDS',
  'IFS',
  'OLDPWD',
  'BASH_VERSION',
  'SHLVL',
  'LINENO',
  'OPTARG',
  'OPTIND',
])

function contextOf(shell: Shell): WordContext {
  return {
    variable: (name) => variableOf(shell.world, name),
    positional: shell.positional,
    output: (script) => substitute(script, shell),
    rangeOf: shell.script.rangeOf,
  }
}

function substitute(script: Script, shell: Shell): string | undefined {
  if (shell.shared.depth >= deepest) return undefined
  // An escaped backtick script has a source of its own: its places are not ours.
  const whole = shell.script.rangeOf(script.pos, script.end)
  const inner: ShellScript =
    script.source === undefined ? shell.script : { tree: script, text: script.source, rangeOf: () => whole }
  shell.shared.depth++
  const outcome = inSubshell({ ...shell, script: inner }, (sub) => {
    const result = runList(script.commands, sub, false)
    shell.world.state = sub.world.state
    return result
  })
  shell.shared.depth--
  return outcome.output?.replace(/\n+$/, '')
}

function rangeOfWords(words: readonly ShellValue[]): OffsetRange {
  const first = words[0]?.range ?? { start: 0, end: 0 }
  return { start: first.start, end: words.reduce((end, word) => Math.max(end, word.range.end), first.end) }
}

function runCommand(node: Command, shell: Shell): Outcome {
  shell.shared.budget--
  const context = contextOf(shell)
  const range = shell.script.rangeOf(node.pos, node.end)
  const assignments = node.prefix.flatMap((one) => (one.type === 'Assignment' ? [one] : []))
  const assigned = assignments.map((one) => ({
    name: one.name,
    value:
      one.value.type === 'Word' && one.index === undefined ? expandToText(one.value, context) : undefined,
    append: one.append === true,
  }))
  const setAll = (variables: Map<string, Known<string>>) => {
    for (const { name, value, append } of assigned) {
      const old = append ? variableOf(shell.world, name) : undefined
      const text =
        value === undefined || old?.kind === 'unknown'
          ? undefined
          : (old?.kind === 'set' ? old.value : '') + value
      variables.set(name, text === undefined ? unknown() : certain(text))
    }
  }
  const redirected = redirect(node.redirects, shell)
  if (redirected.outcome.status === 'fail') {
    note(shell, range, [], redirected.outcome, undefined)
    return redirected.outcome
  }
  if (!node.name) {
    setAll(shell.world.variables)
    return worse(redirected.outcome, { status: 'ok', output: '' })
  }
  const words = [node.name, ...node.args].flatMap((argument): readonly ShellValue[] =>
    argument.type === 'Word'
      ? expandWord(argument, context)
      : [
          {
            text: assignmentText(argument, context),
            glob: false,
            range: shell.script.rangeOf(argument.pos, argument.end),
          },
        ],
  )
  if (words.length === 0) return worse(redirected.outcome, ok)
  const inner: Shell = redirected.stdin === undefined ? shell : { ...shell, stdin: redirected.stdin }
  let outcome: Outcome
  if (assigned.length > 0) {
    const kept = shell.world.variables
    shell.world.variables = new Map(kept)
    setAll(shell.world.variables)
    outcome = runProgram(words, inner, range, node)
    shell.world.variables = kept
  } else outcome = runProgram(words, inner, range, node)
  if (inner !== shell && inner.ended !== 'no') {
    shell.ended = inner.ended
    shell.endStatus = inner.endStatus
  }
  redirected.finish(outcome.output)
  return worse(redirected.outcome, redirected.silent ? { ...outcome, output: '' } : outcome)
}

function assignmentText(argument: Command['args'][number], context: WordContext): string | undefined {
  if (argument.type === 'Word') return undefined
  const value = argument.value.type === 'Word' ? expandToText(argument.value, context) : undefined
  return value === undefined ? undefined : `${argument.name}=${value}`
}

/** @param node undefined where there is no shell in between */
function runProgram(
  words: readonly ShellValue[],
  shell: Shell,
  range: OffsetRange,
  node: Command | undefined,
): Outcome {
  const { world } = shell
  const program = words[0]?.text
  const args = words.slice(1)
  const written = world.writes
  world.writes = []
  const identity = world.identity
  const cwd = world.cwd
  world.origin = world.origin.kind === 'instruction' ? { kind: 'instruction', range } : world.origin
  const name = program?.replace(/^.*\//, '')
  const place = note(shell, range, words, ok, name)
  const outcome = programOutcome(program, name, args, shell, range, node)
  shell.shared.trace[place] = {
    ...shell.shared.trace[place]!,
    identity,
    cwd,
    failure: 'failure' in outcome ? outcome.failure : undefined,
    writes: world.writes,
  }
  world.writes = [...written, ...world.writes]
  return outcome
}

function note(
  shell: Shell,
  range: OffsetRange,
  argv: readonly ShellValue[],
  outcome: Outcome,
  name: string | undefined,
): number {
  const { world, shared } = shell
  shared.trace.push({
    range,
    argv,
    name,
    identity: world.identity,
    cwd: world.cwd,
    reached: shell.reached,
    failure: 'failure' in outcome ? outcome.failure : undefined,
    fatal: false,
    wrappers: shared.wrappers,
    writes: [],
  })
  return shared.trace.length - 1
}

function programOutcome(
  program: string | undefined,
  name: string | undefined,
  args: readonly ShellValue[],
  shell: Shell,
  range: OffsetRange,
  node: Command | undefined,
): Outcome {
  if (program === undefined || name === undefined)
    return unmodelled(callFor(nameless, '', range, args, shell, range))
  const declared = node ? shell.functions.get(program) : undefined
  if (declared && shell.shared.depth < deepest) {
    shell.shared.depth++
    const inner: Shell = {
      ...shell,
      script: declared.script,
      positional: args.map(({ text }) => text),
      ended: 'no',
    }
    const outcome = run(declared.node.body, inner, true)
    shell.shared.depth--
    if (inner.ended === 'exit') {
      shell.ended = 'exit'
      shell.endStatus = inner.endStatus
    }
    return inner.ended === 'return' ? { status: inner.endStatus } : outcome
  }
  const builtin = node ? builtins[program] : undefined
  if (builtin) return builtin(args, shell, range)
  const model = commands.get(name)
  const nameRange = node?.name ? shell.script.rangeOf(node.name.pos, node.name.end) : range
  if (program.includes('/')) {
    const blocked = notExecutable(program, shell, range)
    if (blocked) return blocked
  }
  if (!model) return unmodelled(callFor(nameless, name, nameRange, args, shell, range))
  if (!program.includes('/') && model.absent?.(shell.world)) {
    return {
      status: 'fail',
      exitCode: 127,
      failure: {
        reason: 'command-not-found',
        certainty: 'certain',
        message: `${name} is not in this image${shell.world.base?.reference ? ` (${shell.world.base.reference} does not bring it)` : ''}.`,
        range: nameRange,
        because: [],
        exitCode: 127,
        name,
      },
    }
  }
  return model.run(callFor(model, name, nameRange, args, shell, range))
}

/** A program named by its path that this identity may not execute. */
function notExecutable(program: string, shell: Shell, range: OffsetRange): Outcome | undefined {
  const { world } = shell
  const path = pathIn(world, program)
  if (path === undefined) return undefined
  const found = find(world.state.files, path)
  if (found.node.kind === 'missing' && found.node.exists === 'certain' && found.node.because.length > 0) {
    return {
      status: 'fail',
      exitCode: 127,
      failure: {
        reason: 'command-not-found',
        certainty: 'certain',
        message: `${path} does not exist here.`,
        range,
        because: found.node.because,
        exitCode: 127,
        path,
      },
    }
  }
  if (found.node.kind !== 'file') return undefined
  const may = allowed(world.state.files, path, world.identity, 'execute')
  if (may.certainty === 'unknown' || may.value) return undefined
  const failure: Failure = {
    reason: 'permission-denied',
    certainty: may.certainty,
    message: `${path} ${describeNode(found.node, world.state.accounts)}: ${describeIdentity(world.identity)} may not execute it.`,
    range,
    because: found.node.because,
    exitCode: 126,
    path,
  }
  return may.certainty === 'certain'
    ? { status: 'fail', exitCode: 126, failure }
    : { status: 'maybe', failure }
}

const nameless: CommandModel = { names: [], run: () => maybe }

function callFor(
  model: CommandModel,
  name: string,
  nameRange: OffsetRange,
  args: readonly ShellValue[],
  shell: Shell,
  range: OffsetRange,
): Call {
  const { options, operands } = readOptions(model, args)
  const nested = (world: World, action: () => Outcome): Outcome => {
    if (shell.shared.depth >= deepest || shell.shared.budget <= 0) return maybe
    const wrappers = shell.shared.wrappers
    shell.shared.wrappers = [...wrappers, name]
    shell.shared.depth++
    const outcome = action()
    shell.shared.depth--
    shell.shared.wrappers = wrappers
    if (world !== shell.world) shell.world.state = world.state
    return outcome
  }
  return {
    name,
    nameRange,
    range,
    args,
    options,
    operands,
    stdin: shell.stdin,
    world: shell.world,
    runArgv: (argv, world) =>
      nested(world, () => {
        shell.shared.budget--
        const inner = newShell(
          shell.script,
          world,
          shell.shared,
          { errexit: false, pipefail: false },
          undefined,
          shell.reached,
          shell.stdin,
        )
        return runProgram(argv, inner, argv.length > 0 ? rangeOfWords(argv) : range, undefined)
      }),
    runScript: (script, world, positional) =>
      nested(world, () =>
        script.text === undefined
          ? maybe
          : runShell(
              parseShellAt(script.text, script.range),
              world,
              shell.shared,
              optionsOf(args.map(({ text }) => text ?? '')),
              positional?.map(({ text }) => text),
              shell.reached,
            ),
      ),
  }
}

interface Redirected {
  readonly outcome: Outcome
  readonly stdin: string | undefined
  /** Standard output goes elsewhere. */
  readonly silent: boolean
  /** Called with what the command printed. */
  readonly finish: (output: string | undefined) => void
}

const devices = /^\/dev\/(null|stdout|stderr|tty|full|zero|fd\/|tcp\/|udp\/)/

function redirect(redirections: readonly Redirection[], shell: Shell): Redirected {
  const context = contextOf(shell)
  const { world } = shell
  let outcome: Outcome = ok
  let stdin: string | undefined
  let silent = false
  const finishers: ((output: string | undefined) => void)[] = []
  for (const one of redirections) {
    if (one.type === 'HereDoc') {
      const body = one.body
      stdin = body.parts ? expandParts(body.parts, context) : body.text
      continue
    }
    if (one.type === 'HereString') {
      const text = one.target ? expandToText(one.target, context) : undefined
      stdin = text === undefined ? undefined : `${text}\n`
      continue
    }
    const target = one.target ? expandToText(one.target, context) : undefined
    if (one.operator === '<' || one.operator === '<>') {
      const path = target === undefined ? undefined : pathIn(world, target)
      stdin = path === undefined ? undefined : nodeAt(world.state.files, path).content
      continue
    }
    if (!isOutput(one) || (one.operator === '>&' && /^(\d+|-)$/.test(target ?? ''))) continue
    const toStdout =
      one.descriptor === undefined || (one.descriptor.type === 'FileDescriptor' && one.descriptor.value === 1)
    if (toStdout) silent = true
    if (target === undefined || devices.test(target)) continue
    const path = pathIn(world, target)
    if (path === undefined) {
      outcome = worse(outcome, maybe)
      continue
    }
    const append = one.operator.includes('>>')
    const range = shell.script.rangeOf(one.pos, one.end)
    const origin = world.origin
    world.origin = { kind: 'instruction', range }
    const node = nodeAt(world.state.files, path)
    const before = node.kind === 'missing' ? '' : node.content
    const result = writeFile(world, path, { append })
    world.origin = origin
    outcome = worse(
      outcome,
      result.status === 'fail'
        ? {
            ...result,
            exitCode: 2,
            ...(result.failure ? { failure: { ...result.failure, exitCode: 2 } } : {}),
          }
        : result,
    )
    if (result.status === 'fail') break
    if (toStdout) {
      finishers.push((output) => {
        written(world, path, { before, added: output, append })
      })
    }
  }
  return {
    outcome,
    stdin,
    silent,
    finish: (output) => {
      for (const finish of finishers) finish(output)
    },
  }
}

function isOutput(one: Redirect): boolean {
  return one.operator.includes('>')
}

type Builtin = (args: readonly ShellValue[], shell: Shell, range: OffsetRange) => Outcome

const quiet: Outcome = { status: 'ok', output: '' }

function changeDirectory(args: readonly ShellValue[], shell: Shell, range: OffsetRange): Outcome {
  const { world } = shell
  const operand = args.find(({ text }) => text === undefined || !text.startsWith('-'))
  if (args.some(({ text }) => text === '-')) {
    world.cwd = unknown()
    return maybe
  }
  const target = operand ? operand.text : knownValue(world.identity.home)
  const path = target === undefined ? undefined : pathIn(world, target)
  if (path === undefined) {
    world.cwd = unknown()
    return maybe
  }
  const found = find(world.state.files, path)
  if ((found.node.kind === 'missing' || found.node.kind === 'file') && found.node.exists === 'certain') {
    const failure: Failure = {
      reason: 'other',
      certainty: 'certain',
      message:
        found.node.kind === 'file' ? `${path} is a file, cd needs a folder.` : `${path} does not exist here.`,
      range,
      because: found.node.because,
      exitCode: 2,
      path,
    }
    return { status: 'fail', exitCode: 2, failure }
  }
  const may = allowed(world.state.files, path, world.identity, 'execute')
  if (
    may.certainty !== 'unknown' &&
    !may.value &&
    (found.node.kind === 'directory' || found.node.kind === 'missing')
  ) {
    const failure: Failure = {
      reason: 'permission-denied',
      certainty: may.certainty,
      message: `${describeIdentity(world.identity)} may not enter ${path}, which ${describeNode(found.node, world.state.accounts)}.`,
      range,
      because: found.node.because,
      exitCode: 2,
      path,
    }
    if (may.certainty === 'certain') return { status: 'fail', exitCode: 2, failure }
    world.cwd = certain(path)
    return { status: 'maybe', failure }
  }
  world.cwd = certain(path)
  return found.node.kind === 'directory' && may.certainty === 'certain' ? quiet : maybe
}

function exportVariables(args: readonly ShellValue[], shell: Shell): Outcome {
  for (const { text } of args) {
    const match = text === undefined ? undefined : /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(text)
    if (match) shell.world.variables.set(match[1]!, certain(match[2]!))
  }
  return quiet
}

function readStatus(word: ShellValue | undefined): 'ok' | 'fail' | 'maybe' {
  if (word === undefined) return 'maybe'
  return word.text === undefined || !/^\d+$/.test(word.text)
    ? 'maybe'
    : Number(word.text) % 256 === 0
      ? 'ok'
      : 'fail'
}

const builtins: Readonly<Record<string, Builtin>> = {
  cd: changeDirectory,
  pushd: changeDirectory,
  popd: (_args, shell) => {
    shell.world.cwd = unknown()
    return maybe
  },
  export: exportVariables,
  readonly: exportVariables,
  local: exportVariables,
  declare: exportVariables,
  typeset: exportVariables,
  unset: (args, shell) => {
    for (const { text } of args) if (text !== undefined) shell.world.variables.delete(text)
    return quiet
  },
  set: (args, shell) => {
    const words = args.map(({ text }) => text ?? '')
    for (const [index, word] of words.entries()) {
      if (word === '--') break
      if (!/^[-+][a-z]+$/i.test(word)) continue
      const on = word.startsWith('-')
      if (word.includes('e')) shell.options.errexit = on
      if (word.endsWith('o') && words[index + 1] === 'pipefail') shell.options.pipefail = on
      if (word.endsWith('o') && words[index + 1] === 'errexit') shell.options.errexit = on
    }
    return quiet
  },
  umask: (args, shell) => {
    const text = args[0]?.text
    if (text !== undefined && /^[0-7]{1,4}$/.test(text)) shell.world.umask = Number.parseInt(text, 8)
    return quiet
  },
  exit: (args, shell) => {
    shell.ended = 'exit'
    shell.endStatus = args.length === 0 ? 'ok' : readStatus(args[0])
    return { status: shell.endStatus }
  },
  return: (args, shell) => {
    shell.ended = 'return'
    shell.endStatus = args.length === 0 ? 'ok' : readStatus(args[0])
    return { status: shell.endStatus }
  },
  break: (_args, shell) => {
    shell.ended = 'loop'
    return quiet
  },
  continue: () => quiet,
  shift: () => quiet,
  trap: () => quiet,
  wait: () => quiet,
  hash: () => quiet,
  shopt: () => quiet,
  alias: () => quiet,
  ulimit: () => maybe,
  read: (args, shell) => {
    for (const { text } of args)
      if (text !== undefined && /^\w+$/.test(text)) shell.world.variables.set(text, unknown())
    return maybe
  },
  eval: (args, shell) => {
    const texts = args.map(({ text }) => text)
    if (texts.includes(undefined) || shell.shared.depth >= deepest) return maybe
    const script = parseShellAt(texts.join(' '), rangeOfWords(args))
    shell.shared.depth++
    const outcome = runList(script.tree.commands, { ...shell, script }, true)
    shell.shared.depth--
    return outcome
  },
  '.': sourceFile,
  source: sourceFile,
  exec: (args, shell, range) => {
    if (args.length === 0) return quiet
    const program = args[0]?.text?.startsWith('-') ? args.slice(1) : args
    const outcome = runProgram(program, shell, range, undefined)
    shell.ended = 'exit'
    shell.endStatus = outcome.status
    return outcome
  },
}

function sourceFile(args: readonly ShellValue[], shell: Shell): Outcome {
  const path = args[0]?.text === undefined ? undefined : pathIn(shell.world, args[0].text)
  const content = path === undefined ? undefined : nodeAt(shell.world.state.files, path).content
  if (content === undefined || shell.shared.depth >= deepest) return maybe
  const script = parseShellAt(content, args[0]!.range)
  shell.shared.depth++
  const outcome = runList(script.tree.commands, { ...shell, script }, false)
  shell.shared.depth--
  return outcome
}
