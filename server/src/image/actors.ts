import type { OffsetRange } from '../dockerfile/types.ts'
import { type Certainty, knownValue } from '../known.ts'
import { isUnprivileged } from './failures.ts'
import { absolute, allowed, find, parentOf } from './files.ts'
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

/** The last place in the file that made `holds` true of `path`; undefined where the base did, or where we cannot tell what did. */
export function givenBy(
  stage: StageTimeline,
  path: string,
  holds: (files: FileNode) => boolean,
): Giving | undefined {
  const steps = stepsOf(stage)
  const origin = find(stage.final.files, path).node.because.at(-1)
  // Nothing behind the last change gave anything.
  let at = origin?.kind === 'instruction' ? lastBefore(steps, origin.range.start) : steps.length - 1
  while (at >= 0 && !(holds(steps[at]!.after.files) && !holds(steps[at]!.before.files))) at--
  const step = steps[at]
  if (!step) return undefined
  const { instruction } = step
  if (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') {
    const flag = instruction.flags.find(({ name }) => name === 'chown' || name === 'chmod')
    return { step, command: undefined, operand: undefined, range: flag?.range ?? instruction.keywordRange }
  }
  if (instruction.keyword !== 'RUN') return undefined
  for (const operands of operandsOf(step)) {
    for (let folder = path; ; folder = parentOf(folder)) {
      const found = operands.get(folder)
      if (found) return { step, ...found, range: found.command.range }
      if (folder === '/') break
    }
  }
  return undefined
}

/** The last step that begins at or before an offset; the steps stand in the file's order. */
function lastBefore(steps: readonly Step[], offset: number): number {
  let low = 0
  let high = steps.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (steps[middle]!.instruction.range.start <= offset) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** What gives ownership, then what opens. */
const givers: readonly ReadonlySet<string>[] = [
  new Set(['chown', 'install']),
  new Set(['chgrp', 'chmod', 'setfacl']),
]

type Operands = ReadonlyMap<string, { readonly command: CommandRun; readonly operand: ShellValue }>
const known = new WeakMap<Step, readonly Operands[]>()

/** Paths that a step's commands name, with the last one that does, by what gives. */
function operandsOf(step: Step): readonly Operands[] {
  const before = known.get(step)
  if (before) return before
  const found = givers.map((names) => {
    const operands = new Map<string, { command: CommandRun; operand: ShellValue }>()
    for (const command of step.commands) {
      if (!names.has(command.name ?? '') || command.failure) continue
      const cwd = knownValue(command.cwd)
      for (const operand of command.argv.slice(1)) {
        const { text } = operand
        if (text?.startsWith('/') || (text !== undefined && cwd !== undefined && /\/|^\.$/.test(text)))
          operands.set(absolute(text, cwd), { command, operand })
      }
    }
    return operands
  })
  known.set(step, found)
  return found
}
