import { type Argument, type Message, text } from '../../l10n/index.ts'
import type { Observations } from '../observations.ts'
import type { Started } from '../observe.ts'
import type { PredictedPath, Prediction } from '../prediction.ts'
import type { Seen, SeenPath } from '../probe.ts'
import type { Check, Problem } from '../types.ts'
import { error, warning } from './problem.ts'

const cannotTry = text`The image has no shell and no interpreter to try it with.`

/** What may be written in the image as it was built. */
export function imageWriteChecks({ paths, process }: Prediction, bare: Seen | undefined): readonly Check[] {
  // Where somebody else runs, what he may write says nothing about the prediction.
  if (bare === undefined || bare.status.uid !== process.uid) return []
  return paths.flatMap(({ path, inImage }): Check[] => {
    const found = bare.paths.get(path)
    if (!found) return []
    const verdict = inImage === undefined ? 'new' : inImage === found.writable ? 'confirmed' : 'wrong'
    return [
      {
        id: 'image-write',
        subject: text`Write ${path} in the image`,
        predicted: writeText(inImage),
        observed: seenText(found),
        verdict,
        ...(verdict === 'wrong' ? { problem: wrongly(path, found) } : {}),
      },
    ]
  })
}

const writeText = (writable: boolean | undefined) =>
  writable === undefined ? undefined : writable ? text`allowed` : text`refused`

function seenText({ kind, writable }: SeenPath): Message {
  if (kind !== 'missing') return writable ? text`allowed` : text`refused`
  return writable ? text`not there, may be made` : text`not there, may not be made`
}

/** What may be written under the flags, of the paths that the workload writes. */
export function writeChecks(
  { paths, powers, process }: Prediction,
  { started, second }: Observations,
): readonly Check[] {
  const tried = started?.paths ?? (powers.stepsDownTo ? undefined : second?.paths)
  const status = started?.status ?? second?.status
  if (status && process.uid !== undefined && status.uid !== process.uid) return []
  return paths.flatMap((predicted): Check[] => {
    const { why } = predicted
    return why === undefined ? [] : [writeCheck(predicted, why, tried?.get(predicted.path), started)]
  })
}

function writeCheck(
  { path, started: predicted }: PredictedPath,
  why: Argument,
  seen: SeenPath | undefined,
  started: Started | undefined,
): Check {
  const shared = { id: 'write', subject: text`Write ${path}`, predicted: writeText(predicted) } as const
  if (!seen)
    return {
      ...shared,
      observed: undefined,
      verdict: 'unchecked',
      note: started?.outcome === 'up' ? cannotTry : text`It had ended before this could be tried.`,
    }
  const { writable } = seen
  const verdict = predicted === undefined ? 'new' : predicted === writable ? 'confirmed' : 'wrong'
  const problem =
    verdict === 'wrong'
      ? wrongly(path, seen)
      : writable
        ? undefined
        : warning(
            text`${path} cannot be written, and it is written at run time: ${why}. Give it to the user who runs.`,
          )
  return { ...shared, observed: seenText(seen), verdict, ...(problem ? { problem } : {}) }
}

function wrongly(path: string, { writable }: SeenPath): Problem {
  return error(
    writable
      ? text`${path} can be written, though Unroot says that it cannot.`
      : text`${path} cannot be written, though Unroot says that it can.`,
  )
}
