import type { BaseImageFacts } from '../base-images/index.ts'
import type { SlowImages } from './types.ts'

interface LaterOptions {
  /** Finds out about one image. Never rejects for reasons that lie outside: it notes them and answers undefined. */
  readonly ask: (
    reference: string,
    platform: string | undefined,
    signal: AbortSignal,
  ) => Promise<BaseImageFacts | undefined>
  /** How many are asked at the same time. */
  readonly atOnce: number
  /** After this an "I do not know" is asked again, in milliseconds. */
  readonly retryAfter: number
  readonly now?: () => number
  readonly failed: (reference: string, error: unknown) => void
}

interface Answer {
  readonly facts: BaseImageFacts | undefined
  readonly at: number
}

const maxAnswers = 1000

/** Makes an asynchronous question into a `BaseImages` that answers from memory. */
export function laterImages({ ask, atOnce, retryAfter, now = Date.now, failed }: LaterOptions): SlowImages {
  const answers = new Map<string, Answer>()
  const waiting = new Map<string, readonly [reference: string, platform: string | undefined]>()
  const running = new Map<string, Promise<void>>()
  const listeners = new Set<() => void>()
  const stop = new AbortController()

  const run = async (key: string, reference: string, platform: string | undefined) => {
    let facts: BaseImageFacts | undefined
    try {
      facts = await ask(reference, platform, stop.signal)
    } catch (error) {
      if (!stop.signal.aborted) failed(reference, error)
    }
    running.delete(key)
    if (stop.signal.aborted) return
    const before = answers.get(key)?.facts
    if (answers.size >= maxAnswers) answers.clear()
    answers.set(key, { facts: facts ?? before, at: now() })
    startNext()
    if (facts && JSON.stringify([facts], plain) !== JSON.stringify([before], plain))
      for (const listener of [...listeners]) listener()
  }
  const startNext = () => {
    for (const [key, [reference, platform]] of waiting) {
      if (running.size >= atOnce) return
      waiting.delete(key)
      running.set(key, run(key, reference, platform))
    }
  }

  return {
    images: {
      resolve(reference, platform) {
        const key = `${reference}\n${platform ?? ''}`
        const known = answers.get(key)
        const old = !known || (known.facts === undefined && now() - known.at > retryAfter)
        if (old && !stop.signal.aborted && !running.has(key) && !waiting.has(key)) {
          waiting.set(key, [reference, platform])
          startNext()
        }
        return known?.facts
      },
    },
    async settled() {
      while (running.size > 0) await Promise.all(running.values())
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    refresh() {
      // The old answer stands until the new one is here.
      for (const [key, { facts }] of answers) {
        if (facts === undefined) answers.delete(key)
        else {
          const [reference = '', platform = ''] = key.split('\n')
          if (!running.has(key)) waiting.set(key, [reference, platform === '' ? undefined : platform])
        }
      }
      if (!stop.signal.aborted) startNext()
    },
    dispose() {
      stop.abort()
      waiting.clear()
      listeners.clear()
    },
  }
}

/** Maps as JSON, to compare facts. */
function plain(_: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value
}
