import { type Argument, listed, type Message, text } from '../l10n/index.ts'
import type { BuildOutcome } from './build.ts'
import type { Started } from './observe.ts'
import type { PredictedPath, PredictedUser, Prediction } from './prediction.ts'
import type { Seen, SeenPath } from './probe.ts'
import type { ProcessStatus } from './process-status.ts'
import type { Check, Problem, Verdict } from './types.ts'

/** All that an engine showed of an image. */
export interface Observations {
  readonly build: Exclude<BuildOutcome, { kind: 'timeout' }>
  /** The image without `--user`; only where the flags set one. */
  readonly image?: ProcessStatus | undefined
  /** A program of the image in the place of its own, without mounts. */
  readonly bare?: Seen | undefined
  readonly started?: Started
  /** The same flags with a program of the image, where its own did not stay. */
  readonly second?: Seen | undefined
  /** Its own program without any flags, where it failed with them. */
  readonly plain?: Started
}

const error = (message: Message): Problem => ({ severity: 'error', message })
const warning = (message: Message): Problem => ({ severity: 'warning', message })

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

function buildCheck({ buildFails }: Prediction, build: Observations['build']): Check {
  const subject = text`The build`
  if (build.kind === 'built')
    return buildFails
      ? {
          id: 'build',
          subject,
          predicted: text`fails in line ${buildFails.line}: ${buildFails.message}`,
          observed: text`succeeds`,
          verdict: 'wrong',
          problem: {
            severity: buildFails.certain ? 'error' : 'warning',
            message: text`Unroot takes line ${buildFails.line} to fail, and it does not.`,
          },
        }
      : {
          id: 'build',
          subject,
          predicted: text`nothing fails`,
          observed: text`succeeds`,
          verdict: 'confirmed',
        }
  const { line, words } = build
  const observed = line === undefined ? text`fails` : text`fails in line ${line}`
  const where = line === undefined ? text`The build fails.` : text`The build fails in line ${line}.`
  if (!buildFails)
    return {
      id: 'build',
      subject,
      predicted: undefined,
      observed,
      verdict: 'new',
      words,
      problem: error(text`${where} Unroot did not foresee it.`),
    }
  const same = line === undefined || line === buildFails.line
  return {
    id: 'build',
    subject,
    predicted: text`fails in line ${buildFails.line}: ${buildFails.message}`,
    observed,
    // What comes later was not reached.
    verdict: same ? 'confirmed' : line < buildFails.line ? 'unchecked' : 'wrong',
    words,
    problem: error(
      same
        ? text`${where} Unroot foresaw it.`
        : text`${where} Unroot foresaw it for line ${buildFails.line}.`,
    ),
  }
}

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

function isSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one))
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

function imageUserCheck({ imageUser, givenUser }: Prediction, { image }: Observations): Check {
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

const endedBefore = (toldUser: string | undefined) =>
  toldUser
    ? text`It had ended before it could be looked at; the engine was told to run it as ${toldUser}.`
    : text`It had ended before it could be looked at.`
const cannotLook = text`Nothing in the image can tell, and it could not be seen from outside.`
const cannotTry = text`The image has no shell and no interpreter to try it with.`

function imageWriteChecks({ paths, process }: Prediction, bare: Seen | undefined): readonly Check[] {
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
        ...(verdict === 'wrong'
          ? {
              problem: error(
                found.writable
                  ? text`${path} can be written, though Unroot says that it cannot.`
                  : text`${path} cannot be written, though Unroot says that it can.`,
              ),
            }
          : {}),
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

function runsCheck(
  { startFails, hasCommand }: Prediction,
  started: Started,
  plain: Started | undefined,
  seconds: number,
): Check {
  const subject = text`The start`
  const id = 'runs'
  const predicted = startFails === undefined ? text`nothing fails` : text`fails: ${startFails}`
  if (!hasCommand || /no command specified/i.test(started.words))
    return {
      id,
      subject,
      predicted: text`there is nothing to start`,
      observed: started.outcome === 'refused' ? text`refused` : text`started`,
      verdict: started.outcome === 'refused' ? 'confirmed' : 'wrong',
      problem: error(text`The image has no CMD and no ENTRYPOINT: there is nothing to start. Add a CMD.`),
    }
  const fine = started.outcome === 'up' || started.exitCode === 0
  const observed =
    started.outcome === 'up'
      ? text`stays up for ${seconds} s`
      : started.outcome === 'refused'
        ? text`refused`
        : text`ends with exit code ${started.exitCode ?? '?'}`
  if (fine)
    return startFails === undefined
      ? { id, subject, predicted, observed, verdict: 'confirmed' }
      : {
          id,
          subject,
          predicted,
          observed,
          verdict: 'wrong',
          problem: error(text`Unroot takes the start to fail, and it does not.`),
        }
  return {
    id,
    subject,
    predicted,
    observed,
    verdict: startFails === undefined ? 'new' : 'confirmed',
    ...(started.words === '' ? {} : { words: started.words }),
    problem: error(whyEnded(started, plain, startFails)),
  }
}

function whyEnded(started: Started, plain: Started | undefined, startFails: Argument | undefined): Message {
  if (startFails !== undefined) return text`It does not start, as foreseen: ${startFails}`
  const code = started.exitCode ?? '?'
  const worksPlain = plain?.outcome === 'up' || plain?.exitCode === 0
  if (started.outcome === 'refused')
    return worksPlain
      ? text`The engine does not start it under the recommended flags, but does without them.`
      : text`The engine does not start it (exit code ${code}).`
  if (!plain) return text`It does not stay up: exit code ${code}.`
  return worksPlain
    ? text`It does not stay up under the recommended flags (exit code ${code}), but does without them: it needs something that they take away.`
    : text`It does not stay up, with the recommended flags or without them (exit code ${code}). It may need variables or arguments: give them with \`unroot verify --env\`.`
}

function processChecks(prediction: Prediction, { started, second }: Observations): readonly Check[] {
  const { powers, process, givenUser, flags } = prediction
  const { stepsDownTo, mustBeRoot } = powers
  // A program in the place of the image's own never steps down.
  const elsewhere = stepsDownTo ? undefined : second?.status
  const status = started?.status ?? elsewhere
  const note =
    status === undefined
      ? started?.outcome === 'up'
        ? cannotLook
        : endedBefore(started?.toldUser)
      : started?.status
        ? undefined
        : text`Seen on another program of the image: its own had ended.`
  const user = userCheck(
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
    note,
  )
  if (!status) return [user]
  const given = flags
    .filter((flag) => flag.startsWith('--cap-add='))
    .map((flag) => flag.slice('--cap-add='.length))
  const limited = flags.includes('--cap-drop=ALL')
  const asked = flags.includes('--security-opt=no-new-privileges')
  return [
    user,
    ...(limited && status.effective ? [effectiveCheck(status.effective, given, status.uid === 0)] : []),
    ...(limited && status.bounding ? [boundingCheck(status.bounding, given)] : []),
    ...(status.noNewPrivileges === undefined ? [] : [privilegesCheck(status.noNewPrivileges, asked)]),
  ]
}

const namesText = (names: readonly string[]) => (names.length === 0 ? text`none` : listed(names))

/** Who is not root has none, or those of its program's file: never more than were given. */
function effectiveCheck(effective: readonly string[], given: readonly string[], root: boolean): Check {
  const right = root ? isSame(effective, given) : effective.every((name) => given.includes(name))
  return {
    id: 'capabilities',
    subject: text`Capabilities it has`,
    predicted: root || given.length === 0 ? namesText(given) : text`at most ${listed(given)}`,
    observed: namesText(effective),
    verdict: right ? 'confirmed' : 'wrong',
    ...(right ? {} : { problem: error(text`It has other capabilities than its flags say.`) }),
  }
}

function boundingCheck(bounding: readonly string[], given: readonly string[]): Check {
  const right = isSame(bounding, given)
  return {
    id: 'bounding-capabilities',
    subject: text`Capabilities it may ever get`,
    predicted: namesText(given),
    observed: namesText(bounding),
    verdict: right ? 'confirmed' : 'wrong',
    ...(right ? {} : { problem: error(text`It may get other capabilities than its flags say.`) }),
  }
}

function privilegesCheck(set: boolean, asked: boolean): Check {
  // Some engines set it for all.
  const right = set || !asked
  return {
    id: 'no-new-privileges',
    subject: text`No new privileges`,
    predicted: asked ? text`set` : text`not asked for`,
    observed: set ? text`set` : text`not set`,
    verdict: right ? 'confirmed' : 'wrong',
    ...(right ? {} : { problem: error(text`no-new-privileges is not set, though its flags ask for it.`) }),
  }
}

function writeChecks(
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
      ? error(
          writable
            ? text`${path} can be written, though Unroot says that it cannot.`
            : text`${path} cannot be written, though Unroot says that it can.`,
        )
      : writable
        ? undefined
        : warning(
            text`${path} cannot be written, and it is written at run time: ${why}. Give it to the user who runs.`,
          )
  return { ...shared, observed: seenText(seen), verdict, ...(problem ? { problem } : {}) }
}
