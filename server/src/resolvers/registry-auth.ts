import { type Message, text } from '../l10n/index.ts'
import type { Credentials } from './docker-credentials.ts'
import { isJsonObject } from './image-config.ts'
import { type HttpAnswer, type HttpRequest, request } from './registry-http.ts'

/** What a 401 asks for (RFC 9110, 11.6.1; distribution's token authentication). */
export interface Challenge {
  readonly scheme: 'bearer' | 'basic'
  readonly parameters: ReadonlyMap<string, string>
}

/** Reads WWW-Authenticate; undefined where it asks for something that we do not have. */
export function readChallenge(header: string | null): Challenge | undefined {
  const match = /^\s*(bearer|basic)(?:\s+|$)/i.exec(header ?? '')
  if (!match || header === null) return undefined
  const parameters = new Map<string, string>()
  for (const [, name = '', quoted, bare = ''] of header
    .slice(match[0].length)
    .matchAll(/([a-z_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi))
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare)
  return { scheme: match[1]?.toLowerCase() === 'basic' ? 'basic' : 'bearer', parameters }
}

const tokenLimit = 256 << 10
export type Authorization =
  | { readonly kind: 'header'; readonly value: string }
  | { readonly kind: 'refused'; readonly reason: Message }

/** Answers a challenge: the Authorization header to send. */
export async function authorize(
  challenge: Challenge,
  repository: string,
  registry: URL,
  credentials: Credentials | undefined,
  limits: Pick<HttpRequest, 'timeout' | 'signal'>,
): Promise<Authorization> {
  if (challenge.scheme === 'basic')
    return credentials?.kind === 'password'
      ? { kind: 'header', value: basic(credentials) }
      : { kind: 'refused', reason: text`it wants a user and password, and Docker has none for it` }
  const realm = readRealm(challenge.parameters.get('realm'), registry)
  if (!realm) return { kind: 'refused', reason: text`it does not say where its tokens are` }
  const scope = challenge.parameters.get('scope') ?? `repository:${repository}:pull`
  const service = challenge.parameters.get('service')
  const answer =
    credentials?.kind === 'token'
      ? await exchange(realm, service, scope, credentials.token, limits)
      : await fetchToken(realm, service, scope, credentials, limits)
  if (answer.kind === 'refused') return { kind: 'refused', reason: text`its token service: ${answer.reason}` }
  if (answer.kind === 'status') {
    const denied = answer.status === 401 || answer.status === 403
    return {
      kind: 'refused',
      reason: denied
        ? text`its token service denies access`
        : text`its token service answers ${answer.status}`,
    }
  }
  const token = tokenIn(answer.body)
  return token === undefined
    ? { kind: 'refused', reason: text`its token service answers without a token` }
    : { kind: 'header', value: `Bearer ${token}` }
}

/** Credentials go there: https, unless the registry itself is without and the realm is on the same host. */
function readRealm(text: string | undefined, registry: URL): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined
  const realm = new URL(text)
  if (realm.protocol === 'https:') return realm
  return realm.protocol === 'http:' && registry.protocol === 'http:' && realm.hostname === registry.hostname
    ? realm
    : undefined
}

function fetchToken(
  realm: URL,
  service: string | undefined,
  scope: string,
  credentials: Extract<Credentials, { kind: 'password' }> | undefined,
  limits: Pick<HttpRequest, 'timeout' | 'signal'>,
): Promise<HttpAnswer> {
  const url = new URL(realm)
  if (service !== undefined) url.searchParams.set('service', service)
  url.searchParams.set('scope', scope)
  return request({
    ...limits,
    url: url.href,
    limit: tokenLimit,
    headers: credentials ? { authorization: basic(credentials) } : {},
  })
}

/** OAuth2: a refresh token for an access token (distribution, spec/auth/oauth). */
function exchange(
  realm: URL,
  service: string | undefined,
  scope: string,
  token: string,
  limits: Pick<HttpRequest, 'timeout' | 'signal'>,
): Promise<HttpAnswer> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: token,
    scope,
    client_id: 'unroot',
  })
  if (service !== undefined) form.set('service', service)
  return request({
    ...limits,
    url: realm.href,
    method: 'POST',
    body: form.toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    limit: tokenLimit,
  })
}

function tokenIn(body: Buffer): string | undefined {
  try {
    const answer: unknown = JSON.parse(body.toString('utf8'))
    const token = isJsonObject(answer) ? (answer.token ?? answer.access_token) : undefined
    // Whatever goes into a header must fit into one.
    return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? token : undefined
  } catch {
    return undefined
  }
}

function basic({ user, password }: Extract<Credentials, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}
