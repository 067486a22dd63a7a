import type { Readable } from 'node:stream'
import { extract, type Header } from 'tar-stream'
import type { ArchiveEntry } from '../image/index.ts'
import { type Compression, decompressed } from './compression.ts'

/** One member of an archive. */
export interface TarMember extends Omit<ArchiveEntry, 'content'> {
  /** Of a file that was asked for; cut off at the limit. */
  readonly content?: Buffer
  readonly size: number
}

export interface TarLimits {
  /** Unpacked. */
  readonly bytes: number
  /** Left out of the result or not. */
  readonly members: number
  readonly signal: AbortSignal
  /** Members that are wanted at all; left out: every one. */
  readonly keeps?: (path: string) => boolean
  /** How many bytes of a member's content are wanted; 0: none. */
  readonly contentOf: (path: string, size: number) => number
}

/**
 * `members`: all of them. `damaged`: it begins as an archive, and then is none. `none`: no archive at all. `empty`: one
 * without members, which the builder does not unpack either. `unreadable`: compressed in a way that nothing here unpacks.
 */
export type TarResult =
  | { readonly kind: 'members'; readonly members: readonly TarMember[] }
  | { readonly kind: 'none' | 'empty' | 'damaged' | 'unreadable' | 'too-large' | 'stopped' }

const kinds: Readonly<Record<string, TarMember['kind']>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'directory',
  symlink: 'link',
  link: 'hardlink',
  'character-device': 'other',
  'block-device': 'other',
  fifo: 'other',
}

class TooLarge extends Error {}

/**
 * Reads a whole archive, and no more of it than the limits allow. Never rejects; the source is closed in the end.
 * @param source its errors end in `damaged`
 */
export async function readTar(
  source: Readable,
  compression: Compression,
  limits: TarLimits,
): Promise<TarResult> {
  const { signal } = limits
  const plain = decompressed(source, compression)
  if (!plain) {
    source.destroy()
    return { kind: 'unreadable' }
  }
  const members: TarMember[] = []
  let seen = 0
  // Old archives (V7) have a checksum, and no magic. The types do not know the option.
  const anyFormat: object = { allowUnknownFormat: true }
  const tar = extract(anyFormat)
  const stop = () => tar.destroy(new Error('stopped'))
  signal.addEventListener('abort', stop, { once: true })
  let failure: unknown
  const feed = async () => {
    let size = 0
    for await (const chunk of plain as AsyncIterable<Uint8Array>) {
      size += chunk.length
      if (size > limits.bytes) throw new TooLarge()
      if (tar.destroyed) return
      if (!tar.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))) await drained(tar)
    }
    tar.end(null)
  }
  const fed = feed().catch((error: unknown) => {
    failure = error
    tar.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  try {
    if (signal.aborted) throw new Error('stopped')
    for await (const entry of tar) {
      if (++seen > limits.members) throw new TooLarge()
      const { header } = entry
      const kind = kinds[header.type]
      if (kind === undefined) return { kind: 'damaged' }
      const kept = limits.keeps?.(header.name) ?? true
      const wanted = kept && kind === 'file' ? limits.contentOf(header.name, header.size) : 0
      const content = wanted > 0 ? await firstBytes(entry as AsyncIterable<Buffer>, wanted) : undefined
      if (wanted === 0) entry.resume()
      if (kept) members.push(memberOf(header, kind, content))
    }
    return seen > 0 ? { kind: 'members', members } : { kind: 'empty' }
  } catch (error) {
    if (signal.aborted) return { kind: 'stopped' }
    if (error instanceof TooLarge || failure instanceof TooLarge) return { kind: 'too-large' }
    return { kind: seen > 0 || failure !== undefined ? 'damaged' : 'none' }
  } finally {
    signal.removeEventListener('abort', stop)
    tar.destroy(null)
    plain.destroy()
    source.destroy()
    await fed
  }
}

function drained(tar: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      tar.off('drain', done)
      tar.off('close', done)
      resolve()
    }
    tar.once('drain', done)
    tar.once('close', done)
  })
}

async function firstBytes(entry: AsyncIterable<Buffer>, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of entry) {
    if (size < most) chunks.push(chunk.subarray(0, most - size))
    size += chunk.length
  }
  return Buffer.concat(chunks)
}

/** Extended headers (pax) win over the fields, which are too small for large numbers and long names. */
function memberOf(header: Header, kind: TarMember['kind'], content: Buffer | undefined): TarMember {
  const pax: Readonly<Record<string, unknown>> = { ...(header.pax ?? {}) }
  const number = (text: unknown, otherwise: number) =>
    typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : otherwise
  const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise)
  return {
    path: header.name,
    kind,
    mode: header.mode,
    uid: number(pax.uid, header.uid),
    gid: number(pax.gid, header.gid),
    user: text(pax.uname, header.uname),
    group: text(pax.gname, header.gname),
    size: header.size,
    ...(header.linkname ? { target: header.linkname } : {}),
    ...(content === undefined ? {} : { content }),
  }
}
