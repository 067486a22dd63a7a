import { isRoot, lineOf, stepFailures, stepsDown } from '../image/index.ts'
import { knownValue } from '../known.ts'
import { type Message, text } from '../l10n/index.ts'
import { builtUpon } from './built-upon.ts'
import { rootProgramOf } from './start-as-root.ts'
import type { Subject } from './subject.ts'

/** Whether there is something to harden, and if not, why. */
export type Gate =
  | { readonly open: true }
  | {
      readonly open: false
      readonly outcome: 'nothing' | 'refused'
      readonly refusals: readonly Message[]
      readonly remaining: readonly Message[]
    }

/** Programs that end a start as somebody else. */
const switches: ReadonlySet<string> = new Set([
  'gosu',
  'su-exec',
  'setpriv',
  'runuser',
  'sudo',
  's6-setuidgid',
  'chpst',
])

/** Words in names of images that run as a user of their own. */
const saysNotRoot = /(?:^|[-_:/.])(?:non-?root|rootless|unprivileged|chiseled)(?:$|[-_.@:])/

const open: Gate = { open: true }
const nothing: Gate = { open: false, outcome: 'nothing', refusals: [], remaining: [] }
const refused = (refusal: Message, remaining: readonly Message[] = []): Gate => ({
  open: false,
  outcome: 'refused',
  refusals: [refusal],
  remaining,
})

export function gateOf(subject: Subject): Gate {
  const { runtime, dockerfile, timeline } = subject
  const { identity } = runtime.state
  if (subject.windows) return open
  const broken = dockerfile.problems.find(({ severity }) => severity === 'error')
  if (broken)
    return refused(
      text`The builder refuses this file (line ${lineOf(dockerfile, broken.range.start)}): ${broken.message} Repair that first.`,
    )
  const uid = knownValue(identity.uid)
  if (uid !== undefined && uid !== 0) return nothing
  if (stepsDown(runtime)) return nothing
  if (uid === 0 && !isRoot(identity)) return nothing
  if (uid === undefined && identity.spec !== '') {
    // A name whose number the base does not tell is still somebody else than root.
    if (!/\$/.test(identity.spec) && identity.spec !== 'root') return nothing
    return refused(
      text`USER ${identity.spec} depends on a value that this file does not give, so nobody can tell whether it is root. Give the ARG a default that is not root.`,
    )
  }
  const failing = stepFailures(timeline).find(({ failure }) => failure.certainty === 'certain')
  if (failing)
    return refused(
      text`The build fails already, in line ${lineOf(dockerfile, failing.failure.range.start)}: ${failing.failure.message} Repair that first.`,
    )
  if (runtime.state.identityFailure)
    return refused(text`${runtime.state.identityFailure.message} Repair that first.`)
  if (!subject.base && identity.spec === '' && saysNotRoot.test(subject.baseReference ?? ''))
    return refused(
      text`By its name, ${subject.baseReference ?? ''} runs as somebody else than root already, and Unroot does not know it.`,
      [text`Declare it under baseImages in .unroot.json, with its user.`],
    )
  const switching =
    uid === undefined ? runtime.commands.find(({ name }) => switches.has(name ?? '')) : undefined
  if (switching)
    return refused(
      text`The start becomes another user with ${switching.name ?? ''}, which root may, and whom ${subject.baseReference ?? 'FROM'} runs as is not known.`,
      [
        text`Where all of the start runs as one account, set USER to it and take ${switching.name ?? ''} out; else keep root for the start.`,
      ],
    )
  const upon = builtUpon(subject)
  if (upon) return refused(upon.reason, [upon.advice])
  const rootProgram = rootProgramOf(subject)
  if (rootProgram)
    return refused(text`${rootProgram.name} has to start as root: ${rootProgram.program.why}.`, [
      rootProgram.program.instead,
    ])
  return open
}
