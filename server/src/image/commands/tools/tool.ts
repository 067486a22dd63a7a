import { pathIn } from '../../operations.ts'
import { mayMakeNamed } from '../files/unlisted.ts'
import type { Call, CommandModel, OptionTable, Outcome } from '../model.ts'
import { defineCommand, maybe } from '../model.ts'
import type { Write } from './writes.ts'
import { writeAll } from './writes.ts'

/** A tool as data: which folders each of its subcommands writes to. */
export interface Tool {
  readonly names: string
  /** Exit code where it may not write. */
  readonly exitCode?: number
  /** Options that take a value, so that the value is not taken for the subcommand; others need no mention. */
  readonly values?: string
  /** Option that names the folder to work in. */
  readonly folder?: string
  /** By subcommand; `''` without one, `*` for all others. */
  readonly commands: Readonly<Record<string, readonly Write[]>>
}

/** Asks for nothing but its version or help. */
export function onlyAsks(call: Call): boolean {
  return (
    call.args.length > 0 &&
    call.args.every(
      ({ text }) => text !== undefined && /^(--version|--help|-h|-V|-v|version|help)$/.test(text),
    )
  )
}

/** Whatever the project makes of it: it may write into its working directory, and leave files elsewhere. */
export const workingFolder: readonly Write[] = [{ at: '.', fails: 'possible', elsewhere: true }]
export const nothing: readonly Write[] = []

export function defineTool(tool: Tool): CommandModel {
  const options: OptionTable = {
    ...(tool.values ? { value: tool.values } : {}),
    ...(tool.folder ? { folder: tool.folder } : {}),
  }
  return defineCommand({ names: tool.names.split(' '), options, run: (call) => runTool(call, tool) })
}

export function runTool(call: Call, tool: Pick<Tool, 'commands' | 'exitCode'>): Outcome {
  if (onlyAsks(call)) return maybe
  const [command] = call.operands
  const writes = tool.commands[command?.text ?? ''] ?? tool.commands['*'] ?? workingFolder
  if (writes.some(({ at }) => at === '.')) mayMakeNamed(call.world, call.args.slice(1))
  const folder = call.options.word('folder')
  const cwd = folder?.text === undefined ? undefined : pathIn(call.world, folder.text)
  if (folder && cwd === undefined) return maybe
  return writeAll(call, writes, { ...(tool.exitCode === undefined ? {} : { exitCode: tool.exitCode }), cwd })
}
