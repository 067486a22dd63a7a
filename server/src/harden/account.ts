import {
  accountCommands,
  accountToolOf,
  continuationIndent,
  keywordIn,
  lineBreakOf,
  nologinOf,
} from '../fixes/index.ts'
import { knownValue } from '../known.ts'
import type { ChosenIdentity } from './identity.ts'
import type { Subject } from './subject.ts'
import { workloadOf } from './workload.ts'

/**
 * Commands that make the chosen account; none where it is there. It has a home of its own only where the workload writes to one.
 * @param movedHome what lay in /root was moved there: the account's home, and still root's
 */
export function accountCommandsFor(
  subject: Subject,
  chosen: ChosenIdentity,
  movedHome: string | undefined,
): readonly string[] {
  const { stage } = subject
  const tool = accountToolOf(stage)
  const { name, uid } = chosen
  if (chosen.from !== 'new' || tool === 'none' || name === undefined || uid === undefined) return []
  const writesHome = workloadOf(subject).home !== undefined
  const commands = accountCommands(tool, {
    name,
    uid,
    gid: chosen.gid ?? uid,
    home: movedHome ?? (writesHome ? `/home/${name}` : homeWithoutWrites(subject)),
    shell: nologinOf(stage),
  })
  return writesHome ? commands.map(withHome) : commands
}

const withHome = (command: string) =>
  command.replace('--no-create-home', '--create-home').replace(' -D -H ', ' -D ')

/** A folder that is there and that the account does not own. */
function homeWithoutWrites({ stage }: Subject): string {
  const workdir = knownValue(stage.final.workdir)
  return workdir === undefined || workdir === '/' || /^\/root(?:\/|$)|\s/.test(workdir)
    ? '/nonexistent'
    : workdir
}

/** A RUN line of several commands as the file writes them. */
export function runLine({ dockerfile }: Subject, commands: readonly string[]): string {
  const glue = ` ${dockerfile.escape}${lineBreakOf(dockerfile)}${continuationIndent(dockerfile)}&& `
  return `${keywordIn(dockerfile, 'RUN')} ${commands.join(glue)}`
}
