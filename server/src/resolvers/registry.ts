import { createHash } from 'node:crypto'
import {
  type BaseImageFacts,
  type BaseImages,
  type ImageReference,
  parseReference,
} from '../base-images/index.ts'
import { type Message, text } from '../l10n/index.ts'
import { diskCache } from './disk-cache.ts'
import { type CredentialOptions, dockerCredentials } from './docker-credentials.ts'
import { factsOf, type ImageFiles, isJsonObject, readImageConfig } from './image-config.ts'
import { laterImages } from './later.ts'
import { authorize, readChallenge } from './registry-auth.ts'
import { type HttpAnswer, type HttpRequest, request } from './registry-http.ts'
import { type BlobRequest, filesOfLayers, type Layer } from './registry-layers.ts'
import type { Note, SlowImages } from './types.ts'

export interface RegistryOptions extends Omit<CredentialOptions, 'timeout'> {
  readonly cacheFolder?: string
  /** For one request with its redirects, in milliseconds. */
  readonly timeout?: number
  readonly note?: Note
  /** Registries that are asked without TLS; those on this machine always are. */
  readonly insecure?: readonly string[]
  /** What is known without asking, for images that name their base in a label. */
  readonly known?: BaseImages
  readonly now?: () => number
}

// Bump when the stored shape changes.
const cacheVersion = 1
const defaultTimeout = 15_000
const maxAnswer = 4 << 20 // distribution-spec: registries should refuse manifests above 4 MB
const retryAfter = 5 * 60_000
/** All layers of an image may take so many times what one request may. */
const layerPatience = 4
const mostLayers = 200 // engines take 127
const types = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

type Json = Readonly<Record<string, unknown>>
type Fetched = { readonly json: Json } | { readonly reason: Message }

/**
 * Images from their registries (OCI distribution-spec): opt-in, since it goes out to the network. Read are manifests,
 * configs and, for the accounts, as few layers as needed; large ones are not.
 */
export function createRegistryImages(options: RegistryOptions = {}): SlowImages {
  const { timeout = defaultTimeout, note = () => {}, insecure = [], now = Date.now } = options
  const cache = diskCache(options.cacheFolder, cacheVersion)
  const authorizations = new Map<string, string>()
  /** When a registry may be asked again after 429. */
  const notBefore = new Map<string, number>()

  const get = async (
    url: URL,
    reference: ImageReference,
    signal: AbortSignal,
    special: Partial<Pick<HttpRequest, 'limit' | 'take' | 'timeout'>> = {},
  ): Promise<HttpAnswer> => {
    const [registry, repository] = split(reference)
    const key = `${registry}/${repository}`
    const send = () => {
      const value = authorizations.get(key)
      const headers = { accept: types, ...(value === undefined ? {} : { authorization: value }) }
      return request({ url: url.href, headers, limit: maxAnswer, timeout, signal, ...special })
    }
    const answer = await send()
    if (answer.kind !== 'status' || answer.status !== 401) return answer
    // A token may have run out since: one new one, then it is a refusal.
    authorizations.delete(key)
    const challenge = readChallenge(answer.headers.get('www-authenticate'))
    if (!challenge) return answer
    const credentials = await dockerCredentials(registry, options, signal)
    const authorization = await authorize(challenge, repository, url, credentials, { timeout, signal })
    if (authorization.kind === 'refused') return authorization
    authorizations.set(key, authorization.value)
    return send()
  }

  const fetchJson = async (
    reference: ImageReference,
    part: `manifests/${string}` | `blobs/${string}`,
    digest: string | undefined,
    signal: AbortSignal,
  ): Promise<Fetched> => {
    const cached = digest === undefined ? undefined : await cache.read(digest)
    if (isJsonObject(cached)) return { json: cached }
    const [registry, repository] = split(reference)
    const wait = (notBefore.get(registry) ?? 0) - now()
    if (wait > 0) return { reason: text`it asked to be left alone for another ${Math.ceil(wait / 1000)} s` }
    const url = new URL(`/v2/${repository}/${part}`, address(registry, insecure))
    const answer = await get(url, reference, signal)
    if (answer.kind === 'refused') return { reason: answer.reason }
    if (answer.kind === 'status') {
      if (answer.status === 429)
        notBefore.set(registry, now() + retryDelay(answer.headers.get('retry-after'), now()))
      return { reason: statusReason(answer.status) }
    }
    const wanted = digest ?? answer.headers.get('docker-content-digest') ?? undefined
    const verdict = verify(answer.body, wanted)
    if (verdict !== undefined) return { reason: verdict }
    const json = parse(answer.body)
    if (!json) return { reason: text`its answer is not a manifest` }
    if (digest !== undefined) await cache.write(digest, json)
    return { json }
  }

  const imageOf = async (
    reference: ImageReference,
    platform: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly json: Json; readonly layers: readonly Layer[] } | { readonly reason: Message }> => {
    const digest = reference.digest ?? undefined
    let manifest = await fetchJson(
      reference,
      `manifests/${digest ?? reference.tag ?? 'latest'}`,
      digest,
      signal,
    )
    if ('reason' in manifest) return manifest
    if (Array.isArray(manifest.json.manifests)) {
      const chosen = chooseManifest(manifest.json.manifests, platform)
      if (chosen === undefined) return { reason: text`it has no image for ${platform ?? 'this platform'}` }
      manifest = await fetchJson(reference, `manifests/${chosen}`, chosen, signal)
      if ('reason' in manifest) return manifest
    }
    const config = manifest.json.config
    const configDigest = isJsonObject(config) ? config.digest : undefined
    if (typeof configDigest !== 'string' || !isDigest(configDigest))
      return { reason: text`its manifest names no config` }
    const fetched = await fetchJson(reference, `blobs/${configDigest}`, configDigest, signal)
    return 'reason' in fetched ? fetched : { ...fetched, layers: layersIn(manifest.json) }
  }

  const filesOf = async (
    name: string,
    reference: ImageReference,
    layers: readonly Layer[],
    signal: AbortSignal,
  ): Promise<ImageFiles | undefined> => {
    if (layers.length === 0) return undefined
    const [registry, repository] = split(reference)
    const layerTimeout = timeout * layerPatience
    // With a name: Node.js 20 collects a signal that nothing but `any` has, and it never comes.
    const time = AbortSignal.timeout(layerTimeout)
    const either = AbortSignal.any([signal, time])
    const getBlob: BlobRequest = (digest, options) =>
      get(
        new URL(`/v2/${repository}/blobs/${digest}`, address(registry, insecure)),
        reference,
        options.signal,
        {
          ...options,
          // `time` ends it: one limit for all layers, and one reason.
          timeout: layerTimeout * 2,
        },
      )
    const answer = await filesOfLayers(layers, getBlob, cache, either)
    if ('files' in answer) return answer.files
    const reason = time.aborted
      ? text`its layers did not come within ${Math.round(layerTimeout / 1000)} s`
      : answer.reason
    if (!signal.aborted)
      note(text`${registry} was asked for the accounts of ${name}: ${reason}. They stay unknown.`)
    return undefined
  }

  const ask = async (
    name: string,
    platform: string | undefined,
    signal: AbortSignal,
  ): Promise<BaseImageFacts | undefined> => {
    const reference = parseReference(name)
    if (!reference) return undefined
    const image = await imageOf(reference, platform, signal)
    if (signal.aborted) return undefined
    if ('reason' in image) {
      note(text`${split(reference)[0]} was asked for ${name}: ${image.reason}.`)
      return undefined
    }
    const config = readImageConfig(image.json)
    const files =
      config.platformOs === 'windows' ? undefined : await filesOf(name, reference, image.layers, signal)
    if (signal.aborted) return undefined
    return withBase(factsOf(name, 'registry', config, files), config.labels, options.known)
  }

  return laterImages({
    ask,
    atOnce: 4,
    retryAfter,
    now,
    failed: (name, error) => note(text`${name} could not be looked up: ${String(error)}`),
  })
}

/** org.opencontainers.image.base.name: what the image was built on, which tells its system. */
function withBase(
  facts: BaseImageFacts,
  labels: ReadonlyMap<string, string>,
  known: BaseImages | undefined,
): BaseImageFacts {
  const name = labels.get('org.opencontainers.image.base.name')
  const base = name === undefined ? undefined : known?.resolve(name, undefined)
  if (!base || base.os === 'windows') return facts
  if (facts.accountsComplete) {
    // The image's own files know better.
    if (facts.os !== null) return facts
    const programs = new Map([...base.tools.programs, ...facts.tools.programs])
    const { os, osVersion, paths } = base
    return { ...facts, os, osVersion, paths, tools: { ...base.tools, programs } }
  }
  const { os, osVersion, tools, accounts, groups, accountFiles, paths } = base
  const account = accounts.find(
    (entry) => entry.name === facts.user.user || String(entry.uid) === facts.user.user,
  )
  const user = account
    ? { ...facts.user, name: account.name, uid: account.uid, gid: account.gid }
    : facts.user
  return { ...facts, os, osVersion, tools, accounts, groups, accountFiles, paths, user }
}

/** Empty where the manifest is not as it should be. */
function layersIn({ layers }: Json): Layer[] {
  if (!Array.isArray(layers) || layers.length > mostLayers) return []
  const all = layers.map((layer: unknown): Layer | undefined => {
    if (!isJsonObject(layer) || typeof layer.digest !== 'string' || !isDigest(layer.digest)) return undefined
    return { digest: layer.digest, size: typeof layer.size === 'number' ? layer.size : undefined }
  })
  return all.every((layer) => layer !== undefined) ? all : []
}

function split({ repository }: ImageReference): readonly [registry: string, repository: string] {
  const slash = repository.indexOf('/')
  return [repository.slice(0, slash), repository.slice(slash + 1)]
}

function address(registry: string, insecure: readonly string[]): string {
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry
  const local = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(host)
  return `${local || insecure.includes(registry) ? 'http' : 'https'}://${host}`
}

function isDigest(text: string): boolean {
  return /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/.test(text)
}

/** Undefined where the bytes are those that the digest names, or nobody named any. */
function verify(body: Buffer, digest: string | undefined): Message | undefined {
  if (digest === undefined) return undefined
  if (!isDigest(digest)) return text`its digest is of a kind that cannot be checked`
  const [algorithm = '', wanted] = digest.split(':')
  const given = createHash(algorithm).update(body).digest('hex')
  return given === wanted ? undefined : text`its answer has another digest than it should: it was not used`
}

function parse(body: Buffer): Json | undefined {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'))
    return isJsonObject(json) ? json : undefined
  } catch {
    return undefined
  }
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }

function chooseManifest(manifests: readonly unknown[], platform: string | undefined): string | undefined {
  const [os = 'linux', architecture = architectures[process.arch] ?? process.arch, variant] =
    platform?.split('/') ?? []
  const entries = manifests.flatMap((entry) => {
    if (!isJsonObject(entry) || typeof entry.digest !== 'string' || !isDigest(entry.digest)) return []
    const of = isJsonObject(entry.platform) ? entry.platform : {}
    // BuildKit's attestations lie beside images.
    return of.os === 'unknown' ? [] : [{ digest: entry.digest, of }]
  })
  const sameOs = entries.filter(({ of }) => of.os === os)
  const fitting = sameOs.filter(({ of }) => of.architecture === architecture)
  const exact = fitting.find(({ of }) => variant === undefined || of.variant === variant) ?? fitting[0]
  // USER is the same on all architectures: better another one than nothing, if nobody asked for this one.
  return (exact ?? (platform === undefined ? sameOs[0] : undefined))?.digest
}

function statusReason(status: number): Message {
  switch (status) {
    case 401:
      return text`it wants a login (docker login)`
    case 403:
      return text`it denies access`
    case 404:
      return text`it does not have this image`
    case 429:
      return text`it has had too many requests`
    default:
      return text`it answers ${status}`
  }
}

/** Retry-After in seconds or as a date; at least a minute, at most an hour. */
function retryDelay(header: string | null, now: number): number {
  const seconds = Number(header ?? Number.NaN)
  const wanted = Number.isNaN(seconds) ? Date.parse(header ?? '') - now : seconds * 1000
  return Math.min(Math.max(Number.isNaN(wanted) ? 0 : wanted, 60_000), 3_600_000)
}
