import type { OffsetRange } from '../dockerfile/types.ts'
import { type Certainty, knownValue } from '../known.ts'
import { isUnprivileged, isWithin } from './failures.ts'
import { absolute, allowed, find } from './files.ts'
import { resolveUser } from './identity.ts'
import { stepsOf } from './questions.ts'
import type { CommandRun, FileNode, Identity, Runtime, ShellValue, StageTimeline, Step } from './types.ts'

/** Who may change the image's files while it runs, and which line of the file gave him the right. */

export interface Actor {
  readonly identity: Identity
  /** `app`, or the number of one without a name. */
  readonly name: string
  /** Root starts the container and hands over to him. */
  readonly afterRoot: boolean
  readonly certainty: Certainty
}

/** The account without privileges that runs in the container; undefined where there is only root, or nobody knows. */
export function actorOf({ state, dropsPrivileges }: Runtime): Actor | undefined {
  if (isUnprivileged(state.identity)) {
    const certainty = state.identity.uid.certainty
    return certainty === 'unknown' ? undefined : actor(state.identity, false, certainty)
  }
  const to = dropsPrivileges && knownValue(dropsPrivileges.to)
  if (!dropsPrivileges || to === undefined) return undefined
  const { identity, failure } = resolveUser(to, state, state.identityOrigin)
  return failure || !isUnprivileged(identity) ? undefined : actor(identity, true, dropsPrivileges.certainty)
}

function actor(identity: Identity, afterRoot: boolean, certainty: Certainty): Actor | undefined {
  const name = knownValue(identity.user) ?? knownValue(identity.uid)?.toString()
  return name === undefined ? undefined : { identity, name, afterRoot, certainty }
}

/** He owns it, so that he may give himself every right, or may write to it. What is open to everybody is no right of his own. */
export function controls(files: FileNode, path: string, { identity }: Actor): boolean {
  const { node } = find(files, path)
  if (node.kind === 'missing' || node.readOnly || ((knownValue(node.mode) ?? 0) & 0o002) !== 0) return false
  const owns = node.owner.certainty !== 'possible' && knownValue(node.owner) === knownValue(identity.uid)
  if (owns) return true
  const may = allowed(files, path, identity, 'write')
  return knownValue(may) === true && may.certainty !== 'possible'
}

export interface Giving {
  readonly step: Step
  /** The chown, chmod … of a RUN. */
  readonly command: CommandRun | undefined
  /** The operand of it that names the path, or a folder above it. */
  readonly operand: ShellValue | undefined
  /** Where a person would edit. */
  readonly range: OffsetRange
}

/** What gives ownership, then what opens. */
const givers: readonly ReadonlySet<string>[] = [
  new Set(['chown', 'install']),
  new Set(['chgrp', 'chmod', 'setfacl']),
]

/** The last place in the file that made `holds` true of `path`; undefined where the base did, or where we cannot tell what did. */
export function givenBy(
  stage: StageTimeline,
  path: string,
  holds: (files: FileNode) => boolean,
): Giving | undefined {
  const step = stepsOf(stage).findLast(({ before, after }) => holds(after.files) && !holds(before.files))
  if (!step) return undefined
  const { instruction } = step
  if (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') {
    const flag = instruction.flags.find(({ name }) => name === 'chown' || name === 'chmod')
    return { step, command: undefined, operand: undefined, range: flag?.range ?? instruction.keywordRange }
  }
  if (instruction.keyword !== 'RUN') return undefined
  for (const names of givers) {
    for (const command of step.commands.toReversed()) {
      const operand =
        names.has(command.name ?? '') && !command.failure ? operandFor(command, path) : undefined
      if (operand) return { step, command, operand, range: command.range }
    }
  }
  return undefined
}

/** The word that names the path or a folder above it. */
function operandFor({ argv, cwd }: CommandRun, path: string): ShellValue | undefined {
  const folder = knownValue(cwd)
  return argv
    .slice(1)
    .find(
      ({ text }) =>
        text !== undefined &&
        (text.startsWith('/') || (folder !== undefined && (text.includes('/') || text === '.'))) &&
        isWithin(path, absolute(text, folder)),
    )
}
