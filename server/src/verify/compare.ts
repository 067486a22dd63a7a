import { buildCheck } from './checks/build.ts'
import { powerChecks } from './checks/powers.ts'
import { runsCheck } from './checks/start.ts'
import { imageUserCheck, processUserCheck } from './checks/user.ts'
import { imageWriteChecks, writeChecks } from './checks/write.ts'
import type { Observations } from './observations.ts'
import type { Prediction } from './prediction.ts'
import type { Check } from './types.ts'

/** Every prediction beside what was seen, in the order of an image's life. */
export function compare(prediction: Prediction, seen: Observations, seconds: number): readonly Check[] {
  const build = buildCheck(prediction, seen.build)
  if (seen.build.kind === 'failed' || !seen.started) return [build]
  return [
    build,
    ...(prediction.givenUser === undefined ? [] : [imageUserCheck(prediction, seen)]),
    ...imageWriteChecks(prediction, seen.bare),
    runsCheck(prediction, seen.started, seen.plain, seconds),
    ...processChecks(prediction, seen),
    ...writeChecks(prediction, seen),
  ]
}

function processChecks(prediction: Prediction, { started, second }: Observations): readonly Check[] {
  if (!started) return []
  // A program in the place of the image's own never steps down.
  const elsewhere = prediction.powers.stepsDownTo ? undefined : second?.status
  const status = started.status ?? elsewhere
  const user = processUserCheck(prediction, started, status)
  return status ? [user, ...powerChecks(prediction.flags, status)] : [user]
}
