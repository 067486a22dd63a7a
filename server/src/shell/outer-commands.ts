import type { PipelineNode } from 'unbash'
import type { OffsetRange } from '../dockerfile/types.ts'
import type { ShellScript } from './parse.ts'

/** A command or pipeline of a script's outermost level, redirections included. */
export interface OuterCommand {
  readonly range: OffsetRange
  /** What stands between it and the one before; undefined for the first. A new line counts as `;`. */
  readonly joint: '&&' | '||' | ';' | '&' | undefined
  /** A program with its words, or such in a pipe: no branch, loop or group, and no shell with a script of its own. */
  readonly simple: boolean
}

/** The commands of a script that stand in no branch, loop or group, in order. */
export function outerCommands(script: ShellScript): readonly OuterCommand[] {
  const found: OuterCommand[] = []
  let joint: OuterCommand['joint']
  const add = (node: PipelineNode, before: OuterCommand['joint']) =>
    found.push({ range: script.rangeOf(node.pos, node.end), joint: before, simple: isSimple(node) })
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

const shells = /^(.*\/)?(sh|bash|dash|ash|zsh|ksh|su|runuser|eval)$/

function isSimple(node: PipelineNode): boolean {
  if (node.type === 'Pipeline') return node.commands.every(isSimple)
  return node.type === 'Command' && !shells.test(node.name?.value ?? '')
}
