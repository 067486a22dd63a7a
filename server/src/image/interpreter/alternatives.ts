import type { Outcome } from '../commands/model.ts'
import { joinStates } from '../join.ts'
import { copyOf, joinVariables, sameOrUnknown } from '../variables.ts'
import { type Control, type EarlyEnd, type End, newControl, type Shell, withOutput } from './shell.ts'

/** Ways of which we do not know which is taken: each runs on a copy, and what they leave is joined. */

export function endOf({ world, control }: Shell): End {
  const { state, cwd, umask, otherUmasks, variables } = world
  return { state, cwd, umask, otherUmasks, variables, positional: control.positional }
}

/** What it does may happen. */
export function possibly(shell: Shell, action: (inner: Shell) => Outcome): Outcome {
  const outcome = branches(shell, [action, () => ({ status: 'ok' })])
  return { status: 'maybe', ...('failure' in outcome && outcome.failure ? { failure: outcome.failure } : {}) }
}

export function branches(shell: Shell, alternatives: readonly ((inner: Shell) => Outcome)[]): Outcome {
  const { world, control } = shell
  const before = endOf(shell)
  const going: {
    readonly outcome: Outcome
    readonly end: End
    readonly functions: Shell['functions']
  }[] = []
  const early: EarlyEnd[] = []
  const failed: Outcome[] = []
  for (const alternative of alternatives) {
    world.state = before.state
    world.cwd = before.cwd
    world.umask = before.umask
    world.otherUmasks = before.otherUmasks
    world.variables = copyOf(before.variables)
    const inner: Shell = {
      ...shell,
      reached: 'possible',
      options: { ...shell.options },
      functions: new Map(shell.functions),
      control: newControl(control.positional, control.name, control.status),
    }
    const outcome = alternative(inner)
    early.push(...inner.control.early)
    const { ended, end } = inner.control
    if (ended === 'no') going.push({ outcome, end: endOf(inner), functions: inner.functions })
    // A way that ends the script with a failure is not the way that images are built.
    else if (ended === 'exit' && end.status === 'fail') failed.push(end)
    else early.push({ how: ended, outcome: end, end: endOf(inner) })
  }
  control.status = undefined
  const [first, ...rest] = going
  if (!first) return allEnded(shell, before, early, failed)
  control.early = [...control.early, ...early]
  restore(
    shell,
    rest.reduce((all, { end }) => joinEnds(all, end), first.end),
  )
  joinFunctions(
    shell.functions,
    going.map(({ functions }) => functions),
  )
  return together(going.map(({ outcome }) => outcome))
}

/** What one way declares and another does not may be declared. */
function joinFunctions(into: Shell['functions'], ways: readonly Shell['functions'][]): void {
  for (const way of ways)
    for (const [name, declared] of way) {
      const same = ways.every((other) => other.get(name)?.node === declared.node)
      into.set(name, same ? declared : { ...declared, sure: false })
    }
}

/** Nothing goes on after the alternatives. */
function allEnded(
  shell: Shell,
  before: End,
  early: readonly EarlyEnd[],
  failed: readonly Outcome[],
): Outcome {
  const { control } = shell
  const [first] = early
  if (!first) {
    restore(shell, before)
    control.ended = 'exit'
    control.end = failed[0] ?? { status: 'maybe' }
    return control.end
  }
  const same = early.filter(({ how }) => how === first.how)
  control.early = [...control.early, ...early.filter(({ how }) => how !== first.how)]
  restore(
    shell,
    same.slice(1).reduce((all, { end }) => joinEnds(all, end), first.end),
  )
  control.ended = first.how
  control.end = together(same.map(({ outcome }) => outcome))
  return control.end
}

/** What is known of the outcome where any of these may be it. */
function together(outcomes: readonly Outcome[]): Outcome {
  const [first] = outcomes
  const output = outcomes.every((one) => one.output === first?.output) ? first?.output : undefined
  if (first && outcomes.every(({ status }) => status === first.status && first.status !== 'maybe'))
    return withOutput(first, output)
  const failure = outcomes
    .map((outcome) => ('failure' in outcome ? outcome.failure : undefined))
    .find((one) => one)
  return withOutput(
    { status: 'maybe', ...(failure ? { failure: { ...failure, certainty: 'possible' as const } } : {}) },
    output,
  )
}

/** Ways that ended before come together with the one that went on, where what they ended is over. */
export function settle(shell: Shell, kinds: readonly Control['ended'][], outcome: Outcome): Outcome {
  const { control } = shell
  const mine = control.early.filter(({ how }) => kinds.includes(how))
  const [first] = mine
  if (!first) return outcome
  control.early = control.early.filter(({ how }) => !kinds.includes(how))
  control.status = undefined
  // A way that fails in the end is not the one that was taken.
  const ends =
    outcome.status === 'fail' ? mine.map(({ end }) => end) : [endOf(shell), ...mine.map(({ end }) => end)]
  restore(
    shell,
    ends.slice(1).reduce((all, end) => joinEnds(all, end), ends[0]!),
  )
  return together([outcome, ...mine.map((one) => one.outcome)])
}

function restore({ world, control }: Shell, end: End): void {
  world.state = end.state
  world.cwd = end.cwd
  world.umask = end.umask
  world.otherUmasks = end.otherUmasks
  world.variables = end.variables
  control.positional = end.positional
}

function umasksBeside(a: End, b: End): readonly number[] | undefined {
  if (a.umask === b.umask && !a.otherUmasks && !b.otherUmasks) return undefined
  const others = new Set([...(a.otherUmasks ?? []), b.umask, ...(b.otherUmasks ?? [])])
  others.delete(a.umask)
  return others.size === 0 ? undefined : [...others]
}

function joinEnds(a: End, b: End): End {
  return {
    state: joinStates(a.state, b.state),
    cwd: a.cwd === b.cwd ? a.cwd : sameOrUnknown(a.cwd, b.cwd),
    umask: a.umask,
    otherUmasks: umasksBeside(a, b),
    variables: joinVariables(a.variables, b.variables),
    positional: a.positional === b.positional ? a.positional : undefined,
  }
}
