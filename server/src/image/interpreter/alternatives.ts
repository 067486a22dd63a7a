import type { Known } from '../../known.ts'
import { unknown } from '../../known.ts'
import type { Outcome, World } from '../commands/model.ts'
import { maybe } from '../commands/model.ts'
import { joinStates } from '../join.ts'
import { newControl, type Shell, withOutput } from './shell.ts'

/** Ways of which we do not know which is taken: each runs on a copy, and what they leave is joined. */

interface End {
  readonly state: World['state']
  readonly cwd: Known<string>
  readonly umask: number
  readonly variables: Map<string, Known<string>>
  readonly positional: Shell['control']['positional']
}

function endOf({ world, control }: Shell): End {
  const { state, cwd, umask, variables } = world
  return { state, cwd, umask, variables, positional: control.positional }
}

/** What it does may happen. */
export function possibly(shell: Shell, action: (inner: Shell) => Outcome): Outcome {
  const outcome = branches(shell, [action, () => ({ status: 'ok' })])
  return { status: 'maybe', ...('failure' in outcome && outcome.failure ? { failure: outcome.failure } : {}) }
}

export function branches(shell: Shell, alternatives: readonly ((inner: Shell) => Outcome)[]): Outcome {
  const { world, control } = shell
  const before = endOf(shell)
  const ends: End[] = []
  const outcomes: Outcome[] = []
  for (const alternative of alternatives) {
    world.state = before.state
    world.cwd = before.cwd
    world.umask = before.umask
    world.variables = new Map(before.variables)
    const inner: Shell = {
      ...shell,
      reached: 'possible',
      options: { ...shell.options },
      control: newControl(control.positional, control.name, control.status),
    }
    const outcome = alternative(inner)
    outcomes.push(outcome)
    // A branch that ends the script with a failure is not the way that images are built.
    if (inner.control.ended === 'exit' && inner.control.end.status === 'fail') continue
    ends.push(endOf(inner))
  }
  control.status = undefined
  const [first, ...rest] = ends
  if (!first) {
    restore(shell, before)
    return outcomes.every(({ status }) => status === 'fail') && outcomes[0] ? outcomes[0] : maybe
  }
  restore(shell, rest.reduce(joinEnds, first))
  const output = outcomes.every((one) => one.output === outcomes[0]?.output) ? outcomes[0]?.output : undefined
  if (outcomes.every(({ status }) => status === 'ok')) return withOutput({ status: 'ok' }, output)
  if (outcomes.every(({ status }) => status === 'fail')) return outcomes[0]!
  const failure = outcomes
    .map((outcome) => ('failure' in outcome ? outcome.failure : undefined))
    .find((one) => one)
  return { status: 'maybe', ...(failure ? { failure: { ...failure, certainty: 'possible' as const } } : {}) }
}

function restore({ world, control }: Shell, end: End): void {
  world.state = end.state
  world.cwd = end.cwd
  world.umask = end.umask
  world.variables = end.variables
  control.positional = end.positional
}

function joinEnds(a: End, b: End): End {
  const variables = new Map(a.variables)
  for (const name of new Set([...a.variables.keys(), ...b.variables.keys()])) {
    const [one, other] = [a.variables.get(name), b.variables.get(name)]
    if (one !== other) variables.set(name, one && other ? sameOrUnknown(one, other) : unknown())
  }
  return {
    state: joinStates(a.state, b.state),
    cwd: a.cwd === b.cwd ? a.cwd : sameOrUnknown(a.cwd, b.cwd),
    umask: a.umask,
    variables,
    positional: a.positional === b.positional ? a.positional : undefined,
  }
}

function sameOrUnknown<T>(a: Known<T>, b: Known<T>): Known<T> {
  return a.certainty !== 'unknown' && b.certainty !== 'unknown' && a.value === b.value ? a : unknown()
}
