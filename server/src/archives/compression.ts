import { Readable } from 'node:stream'
import * as zlib from 'node:zlib'

/** `zstd` needs a Node.js that has it (22.15 and later); `bzip2` is recognised only. */
export type Compression = 'none' | 'gzip' | 'bzip2' | 'xz' | 'zstd'

const magic: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
]

/** By the first bytes, as the builder tells it. BuildKit: util/archiveutil, DecompressStream. */
export function compressionOf(head: Uint8Array): Compression {
  return magic.find(([, bytes]) => bytes.every((byte, index) => head[index] === byte))?.[0] ?? 'none'
}

/** The stream unpacked; undefined where nothing here can. */
export function decompressed(source: Readable, compression: Compression): Readable | undefined {
  switch (compression) {
    case 'none':
      return source
    case 'gzip':
      return through(source, zlib.createGunzip())
    case 'xz':
      return Readable.from(withoutXz(source))
    case 'zstd':
      return 'createZstdDecompress' in zlib && typeof zlib.createZstdDecompress === 'function'
        ? through(source, zlib.createZstdDecompress())
        : undefined
    case 'bzip2':
      return undefined
  }
}

/** `pipe` alone leaves the reader waiting where the source breaks. */
function through(source: Readable, unpacker: zlib.Gunzip): Readable {
  source.on('error', (error) => unpacker.destroy(error))
  unpacker.on('close', () => source.destroy())
  return source.pipe(unpacker)
}

function asWebStream(source: Readable): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel() {
      source.destroy()
    },
  })
}

async function* withoutXz(source: Readable): AsyncGenerator<Uint8Array> {
  type Module = typeof import('xz-decompress')
  // Loaded when needed: half of it is WebAssembly. Node.js gives the exports of a CommonJS module as `default`.
  const loaded: Module & { readonly default?: Module } = await import('xz-decompress')
  const { XzReadableStream } = loaded.default ?? loaded
  const reader = new XzReadableStream(asWebStream(source)).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}
