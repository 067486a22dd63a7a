import type { HardenStep } from '../analysis/index.ts'
import {
  accountCommands,
  accountToolOf,
  continuationIndent,
  creationEdit,
  keywordIn,
  lineBreakOf,
  nologinOf,
} from '../fixes/index.ts'
import { knownValue } from '../known.ts'
import type { ChosenIdentity } from './identity.ts'
import type { Subject } from './subject.ts'
import { workloadOf } from './workload.ts'

/** Commands that make the chosen account, with a home of its own only where the workload writes to one. */
export function accountStep(subject: Subject, chosen: ChosenIdentity): HardenStep | undefined {
  const { stage, dockerfile } = subject
  const tool = accountToolOf(stage)
  if (chosen.from !== 'new' || tool === 'none' || chosen.name === undefined || chosen.uid === undefined)
    return undefined
  const { name, uid } = chosen
  const gid = chosen.gid ?? uid
  const needs = workloadOf(subject).home
  const commands = accountCommands(tool, {
    name,
    uid,
    gid,
    home: needs ? `/home/${name}` : homeWithoutWrites(subject),
    shell: nologinOf(stage),
  }).map((command) => (needs ? withHome(command) : command))
  return {
    title: `Create the user \`${name}\` (${uid}:${gid})`,
    reason: needs
      ? `Its own home is for ${needs}.`
      : 'It owns nothing, so that it cannot change the code that it runs.',
    safety: 'suggestion',
    edits: [creationEdit(dockerfile, stage, commands)],
  }
}

const withHome = (command: string) =>
  command.replace('--no-create-home', '--create-home').replace(' -D -H ', ' -D ')

/** A folder that is there and that the account does not own. */
function homeWithoutWrites({ stage }: Subject): string {
  const workdir = knownValue(stage.final.workdir)
  return workdir === undefined || workdir === '/' || /\s/.test(workdir) ? '/nonexistent' : workdir
}

/** A RUN line of several commands as the file writes them. */
export function runLine({ dockerfile }: Subject, commands: readonly string[]): string {
  const glue = ` ${dockerfile.escape}${lineBreakOf(dockerfile)}${continuationIndent(dockerfile)}&& `
  return `${keywordIn(dockerfile, 'RUN')} ${commands.join(glue)}`
}
