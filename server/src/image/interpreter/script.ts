import { text } from '../../l10n/index.ts'
import type { Outcome } from '../commands/model.ts'
import { settle } from './alternatives.ts'
import { runList } from './lists.ts'
import { deeper, type Shell, withOutput } from './shell.ts'

/** A whole script in a shell process of its own. */
export function runScript(shell: Shell): Outcome {
  return deeper(shell, () => {
    const outcome = ended(shell, runList(shell.script.tree.commands, shell, shell.control.need))
    return outcome.status === 'fail' ? outcome : (unreadable(shell) ?? outcome)
  })
}

/** What a process ends with: `exit` says so, else its last command. */
export function ended(shell: Shell, outcome: Outcome): Outcome {
  const { control } = shell
  const last = control.ended === 'exit' ? withOutput(control.end, outcome.output) : outcome
  return settle(shell, ['exit', 'return', 'break', 'continue'], last)
}

/** A shell that cannot read its script fails with 2. Our reader is bash's: dash may see it otherwise. */
function unreadable({ script, world }: Shell): Outcome | undefined {
  const [error] = script.tree.errors ?? []
  if (!error) return undefined
  // Nobody knows what shell an unknown image brings: it may be PowerShell.
  if (!world.base?.os) return { status: 'maybe' }
  return {
    status: 'maybe',
    failure: {
      reason: 'other',
      certainty: 'likely',
      message: text`The shell cannot read this: ${error.message}.`,
      range: script.rangeOf(error.pos, Math.min(error.pos + 1, script.text.length)),
      because: [],
      exitCode: 2,
    },
  }
}
