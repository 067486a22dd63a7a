import { randomBytes } from 'node:crypto'
import { type BaseImageFacts, parseReference } from '../base-images/index.ts'
import { inEnglish, type Message, text } from '../l10n/index.ts'
import { diskCache } from './disk-cache.ts'
import { type EngineCommand, readImageFiles } from './engine-files.ts'
import { factsOf, type ImageFiles, isJsonObject, readImageConfig } from './image-config.ts'
import { laterImages } from './later.ts'
import { type ProcessResult, runProcess } from './process.ts'
import type { Note, SlowImages } from './types.ts'

export interface EngineOptions {
  /** Programs to try, in order; the first that answers is kept. */
  readonly engines?: readonly string[]
  /** Where facts are kept between sessions; left out: nowhere. */
  readonly cacheFolder?: string
  /** For one command, in milliseconds. */
  readonly timeout?: number
  readonly note?: Note
  readonly env?: NodeJS.ProcessEnv
  readonly now?: () => number
}

// Bump when ImageFiles changes.
const cacheVersion = 1
const defaultTimeout = 10_000
const retryAfter = 60_000
/** An engine that did not answer is not asked for so long: one that hangs would cost every image its time limit. */
const restAfterFault = 30_000
const firstLine = (text: string) => text.trim().split('\n')[0]?.slice(0, 300) ?? ''

/**
 * Images that the local engine has. Nothing is pulled and nothing is started: the config comes from `image inspect`,
 * accounts are copied out of a container that is created for it and removed.
 */
export function createEngineImages(options: EngineOptions = {}): SlowImages {
  const {
    engines = ['docker', 'podman'],
    timeout = defaultTimeout,
    note = () => {},
    env,
    now = Date.now,
  } = options
  const cache = diskCache(options.cacheFolder, cacheVersion)
  const noted = new Set<string>()
  const noteOnce = (message: Message) => {
    const said = inEnglish(message)
    if (noted.has(said)) return
    noted.add(said)
    note(message)
  }

  const restingUntil = new Map<string, number>()

  const ask = async (
    reference: string,
    platform: string | undefined,
    signal: AbortSignal,
  ): Promise<BaseImageFacts | undefined> => {
    if (!parseReference(reference)) return undefined
    for (const engine of engines) {
      if (now() < (restingUntil.get(engine) ?? 0)) continue
      const run: EngineCommand = (args, extra = {}) =>
        runProcess(engine, args, { timeout, ...(env ? { env } : {}), ...extra })
      const inspected = await run(['image', 'inspect', '--format', '{{json .}}', reference], { signal })
      if (signal.aborted) return undefined
      const image = readInspection(inspected)
      if (image) return describeImage(reference, platform, image, run, signal)
      if (isNoSuchImage(inspected)) continue
      restingUntil.set(engine, now() + restAfterFault)
      const reason = whyNot(engine, inspected)
      if (reason) noteOnce(reason)
    }
    return undefined
  }

  const describeImage = async (
    reference: string,
    platform: string | undefined,
    image: Readonly<Record<string, unknown>>,
    run: EngineCommand,
    signal: AbortSignal,
  ): Promise<BaseImageFacts | undefined> => {
    const config = readImageConfig(image)
    if (platform !== undefined && platform.split('/')[0] !== config.platformOs) return undefined
    const id =
      typeof image.Id === 'string' && /^(?:sha256:)?[0-9a-f]{64}$/.test(image.Id) ? image.Id : undefined
    if (id === undefined || config.platformOs === 'windows')
      return factsOf(reference, 'engine', config, undefined)
    const cached = (await cache.read(id)) as ImageFiles | undefined
    const files = cached ?? (await filesOf(id, reference, run, signal))
    if (!cached && files) await cache.write(id, files)
    return factsOf(reference, 'engine', config, files)
  }

  const filesOf = async (id: string, reference: string, run: EngineCommand, signal: AbortSignal) => {
    const container = `unroot-${randomBytes(8).toString('hex')}`
    // The command is never run; images without one need it.
    const created = await run(
      ['create', '--pull=never', '--network=none', '--name', container, id, '/unroot'],
      { signal },
    )
    try {
      if (created.outcome !== 'exit' || created.code !== 0) {
        if (!signal.aborted)
          note(text`${reference}: no container could be created to read its accounts: ${explain(created)}`)
        return undefined
      }
      return await readImageFiles(container, run, signal)
    } finally {
      // Also after an abort, and where `create` was killed: by then the engine may have made it.
      await run(['rm', '--force', container])
    }
  }

  return laterImages({
    ask,
    atOnce: 2,
    retryAfter,
    now,
    failed: (reference, error) => note(text`${reference}: the engine could not be asked: ${String(error)}`),
  })
}

function readInspection({
  outcome,
  code,
  stdout,
}: ProcessResult): Readonly<Record<string, unknown>> | undefined {
  if (outcome !== 'exit' || code !== 0) return undefined
  try {
    const value: unknown = JSON.parse(stdout.toString('utf8'))
    // podman gives a list where docker's --format gives one.
    const image: unknown = Array.isArray(value) ? value[0] : value
    return isJsonObject(image) && (isJsonObject(image.Config) || isJsonObject(image.config))
      ? image
      : undefined
  } catch {
    return undefined
  }
}

/** docker: "No such image"; podman: "image not known". That is an answer, not a fault. */
function isNoSuchImage({ outcome, code, stderr }: ProcessResult): boolean {
  return (
    outcome === 'exit' && code !== 0 && /no such image|image not known|failed to find image/i.test(stderr)
  )
}

function whyNot(engine: string, result: ProcessResult): Message | undefined {
  // Having no engine is normal.
  return result.outcome === 'missing' || result.outcome === 'stopped'
    ? undefined
    : text`${engine} was asked for images: ${explain(result)}`
}

function saidOrCode(said: string, code: number): Message {
  return said ? text`${said}` : text`it ended with exit code ${code}.`
}

function explain({ outcome, code, stderr }: ProcessResult): Message {
  switch (outcome) {
    case 'timeout':
      return text`it did not answer in time.`
    case 'too-much':
      return text`its answer was too large.`
    case 'missing':
      return text`it is not installed.`
    case 'stopped':
      return text`it was stopped.`
    case 'failed':
      return text`it could not be started.`
    case 'exit':
      if (code === null) return text`it was killed.`
      return code === 0 ? text`its answer is not an image.` : saidOrCode(firstLine(stderr), code)
  }
}
