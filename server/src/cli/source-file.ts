import { readFileSync, statSync } from 'node:fs'

/** A Dockerfile as read from disk or stdin. The byte order mark is kept aside, so that columns are those of an editor. */
export interface SourceFile {
  readonly text: string
  readonly byteOrderMark: boolean
  /** False: not valid UTF-8. It can be judged, but not written back without loss. */
  readonly exact: boolean
}

export type ReadResult = { readonly source: SourceFile } | { readonly problem: string }

/** Far above any real Dockerfile: what is larger was not meant. */
const sizeLimit = 16 * 1024 * 1024

export function readSourceFile(path: string): ReadResult {
  try {
    const stats = statSync(path)
    if (stats.isDirectory()) return { problem: 'is a directory' }
    if (!stats.isFile() && !stats.isFIFO()) return { problem: 'is not a regular file' }
    if (stats.size > sizeLimit) return { problem: tooLarge(stats.size) }
    return decode(readFileSync(path))
  } catch (error) {
    return { problem: reasonOf(error) }
  }
}

export async function readStandardInput(stream: AsyncIterable<Buffer | string>): Promise<ReadResult> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk)
      size += bytes.length
      if (size > sizeLimit) return { problem: tooLarge(size) }
      chunks.push(bytes)
    }
  } catch (error) {
    return { problem: reasonOf(error) }
  }
  return decode(Buffer.concat(chunks))
}

function decode(bytes: Buffer): ReadResult {
  if (bytes.includes(0)) return { problem: 'is a binary file, not a Dockerfile (it holds NUL bytes)' }
  const byteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const body = byteOrderMark ? bytes.subarray(3) : bytes
  const text = body.toString('utf8')
  return { source: { text, byteOrderMark, exact: Buffer.from(text, 'utf8').equals(body) } }
}

function tooLarge(size: number): string {
  return `is too large for a Dockerfile (${Math.ceil(size / 1024 / 1024)} MiB; the limit is ${sizeLimit / 1024 / 1024} MiB)`
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'is a directory',
  ELOOP: 'too many links on the way',
  ENOTDIR: 'a part of the path is not a directory',
  ENAMETOOLONG: 'the name is too long',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
}

/** What the operating system said, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return reasons[code ?? ''] ?? message ?? String(error)
}
