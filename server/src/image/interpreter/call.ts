import type { OffsetRange } from '../../dockerfile/types.ts'
import { parseShellAt } from '../../shell/index.ts'
import type { Call, CommandModel, Outcome, World } from '../commands/model.ts'
import { maybe } from '../commands/model.ts'
import { readOptions } from '../commands/options.ts'
import type { ShellValue } from '../types.ts'
import { runProgram } from './program.ts'
import { runScript } from './script.ts'
import { deeper, goesOn, newControl, newShell, rangeOfWords, type Shell } from './shell.ts'

export const nameless: CommandModel = { names: [], run: () => maybe }

/** What a command model is given. */
export function callFor(
  model: CommandModel,
  name: string,
  nameRange: OffsetRange,
  args: readonly ShellValue[],
  shell: Shell,
  range: OffsetRange,
): Call {
  const { options, operands } = readOptions(model, args)
  const { shared, reached, stdin } = shell
  const nested = (world: World, action: () => Outcome): Outcome =>
    deeper(shell, () => {
      const { wrappers } = shared
      // A find that a find runs for every file: nobody means it.
      if (name === 'find' && wrappers.includes('find')) return maybe
      shared.wrappers = [...wrappers, name]
      const outcome = action()
      shared.wrappers = wrappers
      if (world !== shell.world) shell.world.state = world.state
      return outcome
    })
  return {
    name,
    nameRange,
    range,
    args,
    options,
    operands,
    stdin,
    world: shell.world,
    runArgv: (argv, world) =>
      nested(world, () => {
        shared.budget.left--
        const control = newControl(undefined, undefined, 0, shell.control.need)
        const inner = newShell(
          shell.script,
          world,
          shared,
          {},
          { control, reached, stdin, isInner: goesOn(shell) },
        )
        return runProgram(argv, inner, argv.length > 0 ? rangeOfWords(argv) : range, undefined)
      }),
    runScript: (script, world, positional, flags) =>
      nested(world, () => {
        if (script.text === undefined) return maybe
        const control = newControl(
          positional?.map(({ text }) => text) ?? [],
          flags?.name,
          0,
          shell.control.need,
        )
        return runScript(
          newShell(parseShellAt(script.text, script.range), world, shared, flags, {
            control,
            reached,
            stdin,
            isInner: goesOn(shell),
          }),
        )
      }),
  }
}
