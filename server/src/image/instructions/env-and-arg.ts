import { variableOf } from '../../dockerfile/index.ts'
import type { KeyValueInstruction, Variable } from '../../dockerfile/types.ts'
import { certain, unknown } from '../../known.ts'
import { variableFrom } from '../global-arguments.ts'
import { withLength } from '../long-values.ts'
import { expandedText, type Progress, variable } from './progress.ts'
import { refreshIdentity } from './user.ts'

export function setEnv(progress: Progress, instruction: KeyValueInstruction): void {
  let { env, args } = progress.state
  const before = progress.state
  for (const { key, value } of instruction.pairs) {
    // All of one ENV are expanded with the environment before it (dispatchEnv).
    progress.state = before
    const name = expandedText(progress, key) ?? key.raw
    const expanded = value === undefined ? '' : expandedText(progress, value)
    const held = variableOf(
      expanded === undefined
        ? { kind: 'unknown', variables: [] }
        : { kind: 'known', value: expanded, variables: [], unset: [] },
    )
    const text = held.kind === 'set' ? held.value : undefined
    progress.longValues = withLength(progress.longValues, name, value, expanded)
    env = env.set(
      name,
      text === undefined ? unknown() : certain(text, [{ kind: 'instruction', range: instruction.range }]),
    )
    args = args.delete(name)
  }
  progress.state = { ...before, env, args }
  if (instruction.pairs.some(({ key }) => key.raw === 'HOME')) refreshIdentity(progress)
}

export function declareArgs(progress: Progress, instruction: KeyValueInstruction): void {
  const { options, globals, dockerfile } = progress.evaluation
  for (const { key, value } of instruction.pairs) {
    const name = key.raw
    const given = options.buildArgs?.get(name)
    const global = globals.get(name)
    const declared: Variable =
      given !== undefined
        ? { kind: 'set', value: given }
        : value !== undefined
          ? variableFrom(value, (one) => variable(progress, one), dockerfile)
          : (global ?? { kind: 'unset' })
    // Declared anew without a default, it keeps what it has (dispatchArg).
    if (declared.kind === 'unset' && progress.state.args.has(name)) continue
    progress.state = { ...progress.state, args: progress.state.args.set(name, declared) }
  }
}
