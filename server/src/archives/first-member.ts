export interface TarEntry {
  readonly name: string
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly target: string
  /** Content of a file, as far as the archive goes. */
  readonly content: Buffer
}

const block = 512
const kinds: Readonly<Record<string, TarEntry['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '5': 'directory',
  '2': 'link',
  '1': 'link',
}

/**
 * The first real entry of a tar archive, which is all that `docker cp CONTAINER:/file -` sends.
 * Extended headers (pax, GNU long names) before it are passed over. Undefined where it is no archive.
 */
export function firstTarEntry(archive: Buffer): TarEntry | undefined {
  let at = 0
  while (at + block <= archive.length) {
    const header = archive.subarray(at, at + block)
    const size = octal(header, 124, 12)
    if (size === undefined || !checksumFits(header)) return undefined
    const type = String.fromCharCode(header[156] ?? 0)
    const start = at + block
    if ('xgLK'.includes(type)) {
      at = start + Math.ceil(size / block) * block
      continue
    }
    return {
      name: text(header, 0, 100),
      kind: kinds[type] ?? 'other',
      size,
      mode: octal(header, 100, 8) ?? 0,
      uid: octal(header, 108, 8) ?? 0,
      gid: octal(header, 116, 8) ?? 0,
      target: text(header, 157, 100),
      content: archive.subarray(start, start + size),
    }
  }
  return undefined
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.subarray(0, end < 0 ? length : end).toString('utf8')
}

function octal(header: Buffer, start: number, length: number): number | undefined {
  const digits = text(header, start, length).trim()
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : undefined
}

/** Is this the first block of a tar archive? Of all formats: each has a checksum. */
export function isTarHeader(head: Buffer): boolean {
  return head.length >= block && head[0] !== 0 && checksumFits(head.subarray(0, block))
}

/** POSIX ustar: the sum of all bytes, with the checksum's own field as spaces. */
function checksumFits(header: Buffer): boolean {
  const wanted = octal(header, 148, 8)
  let sum = 0
  for (let index = 0; index < block; index++)
    sum += index >= 148 && index < 156 ? 32 : (header[index] as number)
  return sum === wanted
}
