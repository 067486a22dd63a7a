import type { Analysis, HardenStep } from '../analysis/index.ts'
import { analyse, newErrors } from '../analysis/index.ts'
import { lineOf, stepFailures } from '../image/index.ts'
import type { Failure, Timeline } from '../image/types.ts'
import { knownValue } from '../known.ts'
import { distinct, inEnglish, type Message, text } from '../l10n/index.ts'
import { contextFilesOf, contextWith, resultOf } from './plan.ts'

/** What is wrong with a hardened text; empty where it holds. */
export interface Verdict {
  readonly after: Analysis
  readonly problems: readonly Message[]
  /** Failures of the start that the file did not have before. */
  readonly startFailures: readonly Failure[]
}

/** Analyses the result as any text: nobody is root at the start, and nothing fails that did not fail before. */
export function checkResult(before: Analysis, steps: readonly HardenStep[]): Verdict {
  const { context } = before.options
  const after = analyse(resultOf(before.text, steps), {
    ...before.options,
    context: contextWith(context, contextFilesOf(steps, context)),
  })
  const { runtime } = after.timeline
  const problems: Message[] = []
  if (!runtime) return { after, problems: [text`The result makes no image.`], startFailures: [] }
  const uid = knownValue(runtime.state.identity.uid)
  if (
    after.timeline.target?.base?.os !== 'windows' &&
    (uid === 0 || (uid === undefined && !runtime.state.identity.spec))
  )
    problems.push(text`It would still run as root.`)
  if (runtime.state.identityFailure) problems.push(runtime.state.identityFailure.message)
  for (const failure of added(buildFailures(before.timeline), buildFailures(after.timeline)))
    problems.push(
      text`Line ${lineOf(after.dockerfile, failure.range.start)} of the result would fail: ${failure.message}`,
    )
  const startFailures = added(startFailuresOf(before.timeline), startFailuresOf(after.timeline))
  for (const finding of newErrors(before, after))
    if (!startFailures.some(({ message }) => inEnglish(message) === inEnglish(finding.message)))
      problems.push(finding.message)
  return { after, problems: distinct(problems), startFailures }
}

function buildFailures(timeline: Timeline): readonly Failure[] {
  return stepFailures(timeline).map(({ failure }) => failure)
}

function startFailuresOf({ runtime }: Timeline): readonly Failure[] {
  if (!runtime) return []
  const ofCommands = runtime.commands.flatMap(({ failure, fatal }) =>
    failure && failure.certainty !== 'possible' && (fatal || failure.reason !== 'command-not-found')
      ? [failure]
      : [],
  )
  return runtime.failure && runtime.failure.certainty !== 'possible'
    ? [runtime.failure, ...ofCommands]
    : ofCommands
}

/** Those of `after` that `before` did not have; lines move, so they are told apart by what fails. */
function added(before: readonly Failure[], after: readonly Failure[]): readonly Failure[] {
  const key = ({ reason, path, name, message }: Failure) =>
    `${reason} ${path ?? name ?? inEnglish(message).replace(/line \d+/g, '')}`
  const had = new Set(before.map(key))
  return after.filter((failure) => !had.has(key(failure)))
}
