import { accountCommands } from './accounts/index.ts'
import { fileCommands } from './files/index.ts'
import type { CommandModel } from './model.ts'
import { switchCommands } from './switching/index.ts'
import { toolCommands } from './tools/index.ts'

/** Every modelled command by name. Where two know a program, the later one wins: it answers more. */
export const commands: ReadonlyMap<string, CommandModel> = new Map(
  [...fileCommands, ...accountCommands, ...switchCommands, ...toolCommands].flatMap((model) =>
    model.names.map((name): [string, CommandModel] => [name, model]),
  ),
)
