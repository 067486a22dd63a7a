import { type Message, text } from '../l10n/index.ts'

/** What a request came to. `refused`: an answer that we did not take, with the reason for people. */
export type HttpAnswer =
  | { readonly kind: 'ok'; readonly status: number; readonly headers: Headers; readonly body: Buffer }
  | { readonly kind: 'status'; readonly status: number; readonly headers: Headers }
  | { readonly kind: 'refused'; readonly reason: Message }

export interface HttpRequest {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: 'GET' | 'POST'
  readonly body?: string
  /** Bytes; a larger answer is refused as soon as that is known. */
  readonly limit: number
  /** Takes the body as it comes, instead of leaving it to the answer. What it does not take is not read. */
  readonly take?: (body: AsyncIterable<Uint8Array>) => Promise<void>
  /** For the whole, redirects included, in milliseconds. */
  readonly timeout: number
  readonly signal: AbortSignal
}

const maxRedirects = 5
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * One GET or POST with limits on time, size and redirects. Credentials go to the first address only, and https is
 * never left. Never rejects.
 */
export async function request({
  url,
  headers = {},
  method = 'GET',
  body,
  limit,
  take,
  timeout,
  signal,
}: HttpRequest): Promise<HttpAnswer> {
  const time = AbortSignal.timeout(timeout)
  const either = AbortSignal.any([signal, time])
  let at = new URL(url)
  let sent = headers
  try {
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const response = await fetch(at, {
        method,
        headers: sent,
        redirect: 'manual',
        signal: either,
        ...(body === undefined ? {} : { body }),
      })
      if (!redirects.has(response.status)) return await readAnswer(response, limit, take)
      await response.body?.cancel()
      const target = response.headers.get('location')
      if (target === null || method === 'POST')
        return { kind: 'refused', reason: text`it redirects to nowhere` }
      const next = new URL(target, at)
      if (next.protocol !== 'https:' && next.protocol !== at.protocol)
        return {
          kind: 'refused',
          reason: text`it redirects from ${at.protocol.slice(0, -1)} to ${next.protocol.slice(0, -1)}`,
        }
      // Blob stores have signed addresses; they must not see the registry's token.
      if (next.origin !== at.origin) sent = without(sent, 'authorization')
      at = next
    }
    return { kind: 'refused', reason: text`it redirects more than ${maxRedirects} times` }
  } catch (error) {
    if (signal.aborted) return { kind: 'refused', reason: text`it was stopped` }
    if (time.aborted)
      return { kind: 'refused', reason: text`it did not answer within ${Math.round(timeout / 100) / 10} s` }
    return { kind: 'refused', reason: connectionFault(error) }
  }
}

async function readAnswer(response: Response, limit: number, take: HttpRequest['take']): Promise<HttpAnswer> {
  const { status, headers } = response
  if (status < 200 || status > 299) {
    await response.body?.cancel()
    return { kind: 'status', status, headers }
  }
  if (Number(headers.get('content-length') ?? 0) > limit) {
    await response.body?.cancel()
    return tooLarge(limit)
  }
  const chunks: Uint8Array[] = []
  const collect = async (body: AsyncIterable<Uint8Array>) => {
    for await (const chunk of body) chunks.push(chunk)
  }
  const body = limited(response.body, limit)
  try {
    await (take ?? collect)(body.chunks)
  } finally {
    await body.close()
  }
  if (body.exceeded()) return tooLarge(limit)
  return { kind: 'ok', status, headers, body: Buffer.concat(chunks) }
}

function tooLarge(limit: number): HttpAnswer {
  return { kind: 'refused', reason: text`its answer is larger than ${limit >> 20 || 1} MB` }
}

/** The chunks of a body up to a limit; with more it ends, and says so afterwards. */
function limited(body: Response['body'], limit: number) {
  const reader = body?.getReader()
  let exceeded = false
  async function* chunks(): AsyncGenerator<Uint8Array> {
    let size = 0
    for (;;) {
      const part = await reader?.read()
      if (!part || part.done) return
      size += part.value.length
      exceeded = size > limit
      if (exceeded) return
      yield part.value
    }
  }
  return { chunks: chunks(), exceeded: () => exceeded, close: async () => reader?.cancel().catch(() => {}) }
}

function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key.toLowerCase() !== name))
}

/** fetch says "fetch failed" and keeps the reason inside. */
function connectionFault(error: unknown): Message {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code =
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
  const said = cause instanceof Error ? cause.message.split('\n')[0]?.slice(0, 200) : ''
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return text`its name is not known here (offline?)`
    case 'ECONNREFUSED':
      return text`nothing answers there`
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return text`it hung up`
    default:
      return said ? text`${said}` : text`it could not be reached`
  }
}
