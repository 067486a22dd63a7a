import type { PipelineNode } from 'unbash'
import type { OffsetRange } from '../dockerfile/types.ts'
import type { ShellScript } from './parse.ts'

/** A command or pipeline of a script's outermost level, redirections included. */
export interface OuterCommand {
  readonly range: OffsetRange
  /** What stands between it and the one before; undefined for the first. A new line counts as `;`. */
  readonly joint: '&&' | '||' | ';' | '&' | undefined
}

/** The commands of a script that stand in no branch, loop or group, in order. */
export function outerCommands(script: ShellScript): readonly OuterCommand[] {
  const found: OuterCommand[] = []
  let joint: OuterCommand['joint']
  const add = ({ pos, end }: PipelineNode, before: OuterCommand['joint']) =>
    found.push({ range: script.rangeOf(pos, end), joint: before })
  for (const { command, background } of script.tree.commands) {
    if (command.type === 'AndOr')
      command.commands.forEach((one, index) => {
        add(one, index === 0 ? joint : command.operators[index - 1])
      })
    else add(command, joint)
    joint = background ? '&' : ';'
  }
  return found
}
