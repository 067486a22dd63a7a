import type { CommandModel } from '../model.ts'
import { conditionCommands } from './conditions.ts'
import { printingCommands } from './printing.ts'
import { shellCommands } from './shells.ts'
import { stepDownCommands } from './step-down.ts'
import { suCommands } from './su.ts'
import { sudoCommands } from './sudo.ts'
import { wrapperCommands } from './wrappers.ts'

/** Programs that run other commands, as somebody else or in other circumstances, and the conditions around them. */
export const switchCommands: readonly CommandModel[] = [
  ...suCommands,
  ...sudoCommands,
  ...stepDownCommands,
  ...wrapperCommands,
  ...shellCommands,
  ...conditionCommands,
  ...printingCommands,
]
