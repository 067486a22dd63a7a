import { createHash, type Hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { compressionOf, readTar, type TarResult } from '../archives/index.ts'
import { type Message, text } from '../l10n/index.ts'
import type { DiskCache } from './disk-cache.ts'
import { type ImageFiles, isJsonObject } from './image-config.ts'
import { imageFilesFrom } from './image-files.ts'
import { isTelling, type LayerFiles, readLayer, searchLayers, tellingBytes } from './layer-files.ts'
import type { HttpAnswer, HttpRequest } from './registry-http.ts'

/** A layer as a manifest names it. */
export interface Layer {
  readonly digest: string
  /** Packed; undefined where the manifest does not say. */
  readonly size: number | undefined
}

/** Gets a blob of the image's repository. */
export type BlobRequest = (
  digest: string,
  options: Pick<HttpRequest, 'limit' | 'take' | 'signal'>,
) => Promise<HttpAnswer>

const mostPacked = 64 << 20
const mostInAll = 192 << 20
const mostUnpacked = 1 << 30
const mostMembers = 300_000

/**
 * Accounts, system and tools of an image from its layers, the uppermost first: as soon as /etc/passwd, /etc/group and
 * os-release are found, the others stay where they are. Layers have limits in bytes; what lies beyond stays unknown.
 * @returns `reason`, for people, where it cannot be told
 */
export async function filesOfLayers(
  layers: readonly Layer[],
  get: BlobRequest,
  cache: DiskCache,
  signal: AbortSignal,
): Promise<{ readonly files: ImageFiles } | { readonly reason: Message }> {
  const search = searchLayers()
  let left = mostInAll
  let read = 0
  let reason = text`none of its layers holds them`
  for (const layer of layers.toReversed()) {
    if (search.isDone()) break
    const answer = await layerFiles(layer, Math.min(mostPacked, left), get, cache, signal)
    if ('reason' in answer) {
      reason = answer.reason
      break
    }
    search.add(answer.layer)
    left -= answer.bytes
    read++
  }
  const found = search.result(read === layers.length)
  return found ? { files: imageFilesFrom(found) } : { reason }
}

type Answer = { readonly layer: LayerFiles; readonly bytes: number } | { readonly reason: Message }

async function layerFiles(
  { digest, size = 0 }: Layer,
  limit: number,
  get: BlobRequest,
  cache: DiskCache,
  signal: AbortSignal,
): Promise<Answer> {
  const key = `layer ${digest}`
  const cached = await cache.read(key)
  if (isLayerFiles(cached)) return { layer: cached, bytes: 0 }
  if (size > limit)
    return {
      reason: text`a layer has ${megabytes(size)} MB, and no more than ${megabytes(limit)} MB are read`,
    }
  const hash = createHash(digest.slice(0, digest.indexOf(':')))
  let bytes = 0
  let result: TarResult | undefined
  const answer = await get(digest, {
    limit,
    signal,
    take: async (body) => {
      const stream = await hashed(body, hash, (count) => {
        bytes += count
      })
      result = await readTar(Readable.from(stream.chunks), compressionOf(stream.head), {
        bytes: mostUnpacked,
        members: mostMembers,
        signal,
        keeps: isTelling,
        contentOf: tellingBytes,
      })
    },
  })
  if (answer.kind === 'refused') return { reason: answer.reason }
  if (answer.kind === 'status') return { reason: text`it answers ${answer.status} for a layer` }
  if (result?.kind === 'unreadable') return { reason: text`a layer is packed in a way that is not read` }
  if (result?.kind === 'too-large') return { reason: text`a layer holds more than is read` }
  if (result?.kind !== 'members' && result?.kind !== 'empty') return { reason: text`a layer is damaged` }
  if (hash.digest('hex') !== digest.slice(digest.indexOf(':') + 1))
    return { reason: text`a layer has another digest than it should: it was not used` }
  const layer = readLayer(result.kind === 'members' ? result.members : [])
  if (!layer) return { reason: text`a layer has something else than a folder at /etc` }
  await cache.write(key, layer)
  return { layer, bytes }
}

/** The chunks, counted and hashed on their way, and the first bytes of them all. */
async function hashed(
  body: AsyncIterable<Uint8Array>,
  hash: Hash,
  count: (bytes: number) => void,
): Promise<{ readonly head: Uint8Array; readonly chunks: AsyncIterable<Uint8Array> }> {
  const parts = body[Symbol.asyncIterator]()
  const next = async () => {
    const { done, value } = await parts.next()
    if (done) return undefined
    hash.update(value)
    count(value.length)
    return value
  }
  let head = Buffer.alloc(0)
  while (head.length < 10) {
    const part = await next()
    if (part === undefined) break
    head = Buffer.concat([head, part])
  }
  async function* chunks() {
    yield head
    for (let part = await next(); part !== undefined; part = await next()) yield part
  }
  return { head, chunks: chunks() }
}

function isLayerFiles(value: unknown): value is LayerFiles {
  return isJsonObject(value) && isJsonObject(value.files) && Array.isArray(value.gone)
}

function megabytes(bytes: number): number {
  return Math.round(bytes / (1 << 20))
}
