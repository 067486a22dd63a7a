import { type Analysis, analyse } from '../analysis/index.ts'
import type { Builder } from '../image/index.ts'
import { type Message, text } from '../l10n/index.ts'
import { type Belongings, createBelongings } from './belongings.ts'
import { type BuildSource, buildImage } from './build.ts'
import { compare } from './compare.ts'
import { type Engine, type EngineName, findEngine } from './engine.ts'
import type { Observations } from './observations.ts'
import { createObserver } from './observe.ts'
import { type Prediction, predict } from './prediction.ts'
import type { ProcessStatus } from './process-status.ts'
import type { VerifyReport, VerifyResult } from './types.ts'

export interface VerifyRequest {
  readonly analysis: Analysis
  /** The Dockerfile on the disk; undefined: its text is handed to the engine. */
  readonly path: string | undefined
  readonly context: string
  /** Of build and containers, as the engine's own `--network`; undefined: the engine's default. */
  readonly network?: string | undefined
  /** `NAME=VALUE`, or `NAME` for the value of the environment: what the image needs to start. */
  readonly env?: readonly string[]
  readonly engine?: EngineName | undefined
  /** Seconds that it has to stay up. */
  readonly wait?: number | undefined
  /** Seconds for all of it. */
  readonly timeout?: number | undefined
  /** Leave image and container. */
  readonly keep?: boolean
}

export interface VerifyControl {
  readonly signal: AbortSignal
  readonly progress: (message: Message) => void
  /** Of the engine's programs; default: our own. */
  readonly env?: NodeJS.ProcessEnv
}

const defaultWait = 5
const defaultTimeout = 900

/**
 * Builds and starts an image with the local engine, and compares it with what the analysis says. Starts processes: only
 * for a person who asked for it, and never in a workspace that is not trusted. What it made is gone when it returns.
 */
export async function verifyImage(request: VerifyRequest, control: VerifyControl): Promise<VerifyResult> {
  const { timeout = defaultTimeout } = request
  // With a name: Node.js 20 collects a signal that nothing but `any` has, and it never comes.
  const time = AbortSignal.timeout(timeout * 1000)
  const signal = AbortSignal.any([control.signal, time])
  try {
    return await verifyWithin(request, control, signal)
  } catch (error) {
    if (control.signal.aborted) return { kind: 'stopped' }
    if (time.aborted) return { kind: 'impossible', message: outOfTime(timeout) }
    throw error
  }
}

const outOfTime = (seconds: number) =>
  text`It was not done within ${seconds} seconds. Allow more with \`unroot verify --timeout\`, or see what the build waits for.`

async function verifyWithin(
  request: VerifyRequest,
  { progress, env = process.env }: VerifyControl,
  signal: AbortSignal,
): Promise<VerifyResult> {
  const first = predict(request.analysis)
  if (!first)
    return { kind: 'impossible', message: text`The file makes no image: there is nothing to verify.` }
  if (first.powers.windows)
    return {
      kind: 'impossible',
      message: text`Windows images are not verified: their containers know neither uids nor capabilities.`,
    }
  progress(text`Looking for a container engine`)
  const search = await findEngine(request.engine, env, signal)
  if ('trouble' in search) return { kind: 'impossible', message: search.trouble }
  const { engine } = search
  const analysis = asBuiltBy(engine, request.analysis)
  const prediction = predict(analysis) ?? first
  const own = createBelongings(engine)
  let completed = false
  try {
    const built = await buildImage(engine, sourceOf(request), analysis.dockerfile, analysis.options, own, {
      signal,
      timeout: (request.timeout ?? defaultTimeout) * 1000,
      progress: (step) => progress(text`Building: ${step}`),
    })
    if (built.kind === 'timeout')
      return { kind: 'impossible', message: outOfTime(request.timeout ?? defaultTimeout) }
    const observations: Observations =
      built.kind === 'failed'
        ? { build: built }
        : { build: built, ...(await observe(engine, own, prediction, request, progress, signal)) }
    completed = true
    return { kind: 'report', report: reportOf(engine, own, prediction, observations, request) }
  } finally {
    progress(text`Cleaning up`)
    await own.end({ completed, keep: request.keep === true })
  }
}

/** podman builds with buildah, whose behaviour is another, unless somebody said whose is to hold. */
function asBuiltBy({ kind, env }: Engine, analysis: Analysis): Analysis {
  const builder: Builder | undefined =
    kind === 'podman' ? 'buildah' : env.DOCKER_BUILDKIT === '0' ? 'classic' : undefined
  if (builder === undefined || analysis.options.builder !== undefined) return analysis
  return analyse(analysis.text, { ...analysis.options, builder })
}

function sourceOf({ analysis, path, context, network }: VerifyRequest): BuildSource {
  return { path, text: analysis.text, context, network }
}

async function observe(
  engine: Engine,
  own: Belongings,
  prediction: Prediction,
  { analysis, network, env = [], wait = defaultWait }: VerifyRequest,
  progress: (message: Message) => void,
  signal: AbortSignal,
): Promise<Omit<Observations, 'build'>> {
  const { platform } = analysis.options
  const common = [
    ...(platform === undefined ? [] : ['--platform', platform]),
    ...env.flatMap((variable) => ['--env', variable]),
  ]
  const outward = network === undefined ? [] : ['--network', network]
  const observer = createObserver(engine, own, common, signal)
  const { flags, givenUser, powers } = prediction
  const paths = prediction.paths.map(({ path }) => path)
  const stepsDown = powers.stepsDownTo !== undefined
  // What only looks needs neither network nor power.
  const bareFlags = ['--network', 'none', '--cap-drop=ALL', '--security-opt=no-new-privileges']

  progress(text`Looking at the image`)
  const user = givenUser === undefined ? [] : ['--user', givenUser]
  const bare =
    stepsDown || paths.length === 0
      ? undefined
      : await observer.probe('image', [...bareFlags, ...user], paths)
  const image =
    givenUser === undefined
      ? undefined
      : ((await observer.probe('user', bareFlags, []))?.status ?? (await seenFromOutside()))

  progress(text`Starting the image under the recommended flags`)
  const wish = { paths, wait: wait * 1000, stepsDown }
  const started = await observer.start({ ...wish, purpose: 'start', flags: [...outward, ...flags] })
  if (started.outcome === 'up') return { bare, image, started }
  progress(text`Looking why it ended`)
  const second = stepsDown ? undefined : await observer.probe('again', ['--network', 'none', ...flags], paths)
  const failed = prediction.hasCommand && started.exitCode !== 0
  if (!failed) return { bare, image, started, second }
  const plain = await observer.start({ ...wish, paths: [], purpose: 'plain', flags: outward })
  return { bare, image, started, second, plain }

  /** The image's own program without `--user`, for as long as it takes to look. */
  async function seenFromOutside(): Promise<ProcessStatus | undefined> {
    const withoutUser = flags.filter((flag, index) => flag !== '--user' && flags[index - 1] !== '--user')
    const { status } = await observer.start({
      purpose: 'user',
      flags: [...outward, ...withoutUser],
      paths: [],
      wait: 0,
      stepsDown,
    })
    await own.remove('user')
    return status
  }
}

function reportOf(
  engine: Engine,
  own: Belongings,
  prediction: Prediction,
  observations: Observations,
  { wait = defaultWait, keep }: VerifyRequest,
): VerifyReport {
  const remarks: Message[] = []
  if (keep) remarks.push(text`Kept: the image ${own.tag} and the container ${own.container('start')}.`)
  return {
    engine: { program: engine.kind, version: engine.version },
    flags: prediction.flags,
    checks: compare(prediction, observations, wait),
    remarks,
  }
}
