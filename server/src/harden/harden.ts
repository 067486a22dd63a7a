import type { Analysis, HardenPlan, HardenStep } from '../analysis/index.ts'
import { allowed, foldersGivenTo, isWithin } from '../image/index.ts'
import type { Failure } from '../image/types.ts'
import { knownValue } from '../known.ts'
import { distinct, keyOf, listed, type Message, text } from '../l10n/index.ts'
import { checkResult, type Verdict } from './check.ts'
import { type Draft, draftOf, type Leeway } from './draft.ts'
import { gateOf } from './gate.ts'
import { contextFilesOf, mergedEdits, resultOf, unchanged } from './plan.ts'
import { platformSteps } from './platform-steps.ts'
import { remainingFor } from './remaining.ts'
import { moreNeeds, noNeeds, type StartNeeds } from './start-writes.ts'
import { type Subject, subjectOf } from './subject.ts'
import { hardenWindows } from './windows-step.ts'
import type { WrittenPath } from './written-paths.ts'

/**
 * One plan that takes root out of an image. What it gives back was analysed again: no root, nothing that fails and did not fail
 * before, and a second run that changes nothing. Where the whole does not hold, a smaller plan is tried, and then the reason told.
 */
export function harden(analysis: Analysis): HardenPlan {
  const source = analysis.text
  const subject = subjectOf(analysis)
  if (!subject)
    return unchanged(source, 'refused', [text`The file makes no image: there is no stage to harden.`])
  const gate = gateOf(subject)
  if (!gate.open) {
    const steps = gate.outcome === 'nothing' ? platformSteps(subject) : []
    if (steps.length > 0) return planOf(subject, steps, [])
    return unchanged(source, gate.outcome, gate.refusals, gate.remaining)
  }
  if (subject.windows) return hardenWindows(subject)
  let refusals: readonly Message[] = []
  for (const leeway of leeways) {
    const attempt = attemptOf(subject, leeway)
    if (attempt.refusals.length === 0)
      return planOf(subject, attempt.draft.steps, [
        ...attempt.draft.remaining,
        ...attempt.remaining,
        ...remainingFor(subject, attempt.draft.chosen),
      ])
    refusals = attempt.refusals
    if (attempt.draft.refusal) break
  }
  return unchanged(source, 'refused', refusals, afterRefusal(refusals))
}

/** Why the start cannot be anybody else's, where a plan found that out. */
export function startNeedsRoot(analysis: Analysis): Message | undefined {
  const { outcome, refusals } = harden(analysis)
  return outcome === 'refused' ? refusals.find(isAboutStart) : undefined
}
const needsRoot = (why: Message) => text`The start needs root: ${why}`
const isAboutStart = (refusal: Message) => keyOf(refusal) === keyOf(needsRoot(text``))

const leeways: readonly Leeway[] = [
  { movesPorts: true, dropsSudo: true },
  { movesPorts: false, dropsSudo: false },
]

interface Attempt {
  readonly draft: Draft
  readonly refusals: readonly Message[]
  readonly remaining: readonly Message[]
}

const rounds = 4

/** A draft, and again with what its start turned out to write. */
function attemptOf(subject: Subject, leeway: Leeway): Attempt {
  let found = noNeeds
  for (let round = 0; ; round++) {
    const draft = draftOf(subject, found, leeway)
    if (draft.refusal) return { draft, refusals: [draft.refusal], remaining: [] }
    const verdict = checkResult(subject.analysis, draft.steps)
    const more = moreNeeds(
      withClosed(found, verdict.after),
      verdict.after.timeline.runtime,
      verdict.startFailures,
    )
    if (round < rounds && more !== found) {
      found = more
      continue
    }
    const judgement = judged(verdict)
    return {
      draft,
      ...judgement,
      remaining: [...judgement.remaining, ...unseenWrites(subject, verdict.after)],
    }
  }
}

function judged({ after, problems, startFailures }: Verdict): Pick<Attempt, 'refusals' | 'remaining'> {
  const certain = startFailures.filter(({ certainty }) => certainty === 'certain')
  const likely = startFailures.filter(({ certainty }) => certainty !== 'certain')
  const again = subjectOf(after)
  const stable = again !== undefined && isStill(again)
  return {
    refusals: [
      ...problems,
      ...certain.map(({ message }) => needsRoot(message)),
      ...(problems.length === 0 && !stable
        ? [text`Hardening the result again would change it once more.`]
        : []),
    ],
    remaining: likely.map(({ message }: Failure) => text`At the start: ${message}`),
  }
}

/** Folders that the file gives to its user: the random uid of OpenShift may not write them. */
function withClosed(known: StartNeeds, after: Analysis): StartNeeds {
  const again = subjectOf(after)
  const uid = again && knownValue(again.runtime.state.identity.uid)
  if (again?.profile !== 'openshift' || uid === undefined || platformSteps(again).length === 0) return known
  const closed = foldersGivenTo(again.runtime.state, uid)
    .filter((path) => !known.writes.some((one) => one.path === path))
    .map(
      (path): WrittenPath => ({
        path,
        kind: 'directory',
        why: text`the file gives it to its user`,
        temporary: false,
        filled: true,
        from: 'mkdir',
      }),
    )
  return closed.length === 0 ? known : { ...known, writes: [...known.writes, ...closed] }
}

/** What the start changes, where nobody knows whether it may: what packages bring is not all known. */
function unseenWrites({ base }: Subject, { timeline: { runtime } }: Analysis): readonly Message[] {
  if (!base || !runtime) return []
  const { identity, files, env } = runtime.state
  const inEnvironment = env.get('HOME')
  const home = (inEnvironment && knownValue(inEnvironment)) ?? knownValue(identity.home)
  const unseen = runtime.commands
    .filter(({ name, failure }) => !failure && name !== undefined && changesFiles.has(name))
    .flatMap(({ writes }) => writes)
    .filter(
      (path) =>
        !/^\/(?:tmp|dev|proc|sys|var\/tmp)(?:\/|$)/.test(path) &&
        !(home !== undefined && isWithin(path, home)) &&
        knownValue(allowed(files, path, identity, 'write')) !== true,
    )
  const paths = [...new Set(unseen)].filter(
    (path) => !unseen.some((other) => other !== path && isWithin(path, other)),
  )
  return paths.length === 0
    ? []
    : [
        text`The start changes ${listed(paths)}, and whether the new user may is not known here: start it once.`,
      ]
}
const changesFiles: ReadonlySet<string> = new Set([
  'sed',
  'mv',
  'cp',
  'rm',
  'ln',
  'tee',
  'touch',
  'mkdir',
  'openssl',
  'envsubst',
])

function isStill(subject: Subject): boolean {
  const gate = gateOf(subject)
  return !gate.open && gate.outcome === 'nothing' && platformSteps(subject).length === 0
}

function planOf(subject: Subject, steps: readonly HardenStep[], remaining: readonly Message[]): HardenPlan {
  const { text: source, options } = subject.analysis
  return {
    steps,
    edits: mergedEdits(steps),
    result: resultOf(source, steps),
    contextFiles: contextFilesOf(steps, options.context),
    outcome: remaining.length > 0 ? 'decisions' : 'hardened',
    refusals: [],
    remaining: distinct(remaining),
  }
}

/** Two ways out where a start script does root's work. */
function afterRefusal(refusals: readonly Message[]): readonly Message[] {
  return refusals.some(isAboutStart)
    ? [
        text`Keep the start as root and end the script with \`exec gosu USER "$@"\` (su-exec, setpriv) so that only it is root, or move that part into the Dockerfile and set USER.`,
      ]
    : []
}
