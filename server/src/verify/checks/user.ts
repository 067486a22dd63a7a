import { listed, type Message, text } from '../../l10n/index.ts'
import type { Observations } from '../observations.ts'
import type { Started } from '../observe.ts'
import type { PredictedUser, Prediction } from '../prediction.ts'
import type { ProcessStatus } from '../process-status.ts'
import type { Check, Problem, Verdict } from '../types.ts'
import { error, warning } from './problem.ts'
import { isSame } from './same.ts'

/** `1000:1000, groups 44, 100` */
function userText({ uid, gid, groups, name }: PredictedUser): Message | undefined {
  if (uid === undefined) return undefined
  const ids = gid === undefined ? text`uid ${uid}` : text`${uid}:${gid}`
  const who = name === undefined ? ids : text`${name} (${ids})`
  const others = groups?.filter((group) => group !== gid) ?? []
  return others.length === 0 ? who : text`${who}, groups ${listed(others.map(String))}`
}

const asSeen = ({ uid, gid, groups }: ProcessStatus): PredictedUser => ({ uid, gid, groups, name: undefined })

/** `new` where nothing is claimed; what is claimed has to be so. */
function userVerdict(predicted: PredictedUser, seen: ProcessStatus): Verdict {
  const { uid, gid, groups } = predicted
  if (uid === undefined) return 'new'
  if (uid !== seen.uid || (gid !== undefined && gid !== seen.gid)) return 'wrong'
  return groups && seen.groups && !isSame(groups, seen.groups) ? 'wrong' : 'confirmed'
}

function userCheck(
  id: 'image-user' | 'process-user',
  subject: Message,
  predicted: PredictedUser,
  seen: ProcessStatus | undefined,
  problem: (seen: ProcessStatus) => Problem | undefined,
  note: Message | undefined,
): Check {
  const before = userText(predicted)
  if (!seen)
    return {
      id,
      subject,
      predicted: before,
      observed: undefined,
      verdict: 'unchecked',
      ...(note ? { note } : {}),
    }
  const observed = userText(asSeen(seen))
  const verdict = userVerdict(predicted, seen)
  const found =
    verdict === 'wrong' && before && observed
      ? error(text`It runs as ${observed}, not as ${before}: Unroot's picture of this image is wrong.`)
      : problem(seen)
  return {
    id,
    subject,
    predicted: before,
    observed,
    verdict,
    ...(note ? { note } : {}),
    ...(found ? { problem: found } : {}),
  }
}

const endedBefore = (toldUser: string | undefined) =>
  toldUser
    ? text`It had ended before it could be looked at; the engine was told to run it as ${toldUser}.`
    : text`It had ended before it could be looked at.`
const cannotLook = text`Nothing in the image can tell, and it could not be seen from outside.`

/** Who the image runs as where nobody says otherwise. */
export function imageUserCheck({ imageUser, givenUser }: Prediction, { image }: Observations): Check {
  return userCheck(
    'image-user',
    text`User of the image`,
    imageUser,
    image,
    ({ uid }) =>
      uid === 0
        ? warning(
            text`The image runs as root; only --user ${givenUser ?? ''} keeps root away. Harden it, or never start it without.`,
          )
        : undefined,
    image ? undefined : cannotLook,
  )
}

/** Who runs under the flags. @param status of `started`, or of another program in its place */
export function processUserCheck(
  { powers: { stepsDownTo, mustBeRoot }, process, givenUser }: Prediction,
  started: Started,
  status: ProcessStatus | undefined,
): Check {
  const unseen = started.outcome === 'up' ? cannotLook : endedBefore(started.toldUser)
  const elsewhere = started.status
    ? undefined
    : text`Seen on another program of the image: its own had ended.`
  return userCheck(
    'process-user',
    text`Who runs under the flags`,
    process,
    status,
    ({ uid }) => {
      if (uid !== 0 || givenUser !== undefined) return undefined
      if (mustBeRoot)
        return { severity: 'information', message: text`It runs as root, which it has to: ${mustBeRoot}` }
      return stepsDownTo
        ? error(text`It still runs as root: its start has not handed over to another user.`)
        : warning(text`It runs as root. Harden it.`)
    },
    status ? elsewhere : unseen,
  )
}
