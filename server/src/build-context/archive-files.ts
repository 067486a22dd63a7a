import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import { compressionOf, isTarHeader, readTar, type TarMember } from '../archives/index.ts'
import type { ArchiveEntry } from '../image/index.ts'

/** What archives of the build context hold: read in the background and kept, so that nobody who types waits. */

export type ArchiveAnswer = readonly ArchiveEntry[] | 'none' | undefined

interface Known {
  /** Size and time of the file that was read. */
  readonly version: string
  readonly answer: ArchiveAnswer
}
interface Reading {
  readonly version: string
  readonly done: Promise<void>
  readonly listeners: Set<() => void>
}

// An archive beyond these stays unknown. The root file system of a distribution is well within.
const mostPacked = 256 << 20
const mostUnpacked = 1 << 30
const mostMembers = 20_000
const longest = 20_000 // milliseconds
const mostText = 64 << 10
const mostKept = 200
const headLength = 512
/** Files whose text matters: accounts and start scripts. */
const telling = /(^|\/)etc\/(passwd|group)$|\.(sh|bash)$|entrypoint/i

const known = new Map<string, Known>()
const readings = new Map<string, Reading>()
let news = false

/**
 * The entries of an archive; undefined where they are not known, or not yet.
 * @param file a regular file
 * @param changed is called when more is known
 */
export function archiveAt(file: string, changed: () => void): ArchiveAnswer {
  const version = versionOf(file)
  if (version === undefined) return undefined
  const before = known.get(file)
  if (before?.version === version) return before.answer
  const running = readings.get(file)
  if (running?.version === version) {
    running.listeners.add(changed)
    return undefined
  }
  const head = headOf(file)
  if (head === undefined) return undefined
  const compression = compressionOf(head)
  if (compression === 'none' && !isTarHeader(head)) return keep(file, { version, answer: 'none' })
  if (sizeIn(version) > mostPacked) return keep(file, { version, answer: undefined })
  const listeners = new Set([changed])
  const done = inTurn(() =>
    readTar(createReadStream(file), compression, {
      bytes: mostUnpacked,
      members: mostMembers,
      signal: AbortSignal.timeout(longest),
      contentOf: (path, size) => (size <= mostText && telling.test(path) ? mostText : 0),
    }),
  ).then((result) => {
    readings.delete(file)
    const none = result.kind === 'none' || result.kind === 'empty' ? 'none' : undefined
    const answer = result.kind === 'members' ? result.members.map(entryOf) : none
    keep(file, { version, answer })
    if (answer === undefined) return
    news = true
    for (const listener of listeners) listener()
  })
  readings.set(file, { version, done, listeners })
  return undefined
}

/** Waits until no archive is being read. @returns true: there are answers that were not there at the last call */
export async function archivesRead(): Promise<boolean> {
  while (readings.size > 0) await Promise.all([...readings.values()].map(({ done }) => done))
  const told = news
  news = false
  return told
}

let last: Promise<unknown> = Promise.resolve()

/** One archive after the other: a folder may be full of them. */
function inTurn<T>(read: () => Promise<T>): Promise<T> {
  const result = last.then(read)
  last = result.catch(() => {})
  return result
}

function keep(file: string, value: Known): ArchiveAnswer {
  known.delete(file)
  known.set(file, value)
  // The oldest goes.
  if (known.size > mostKept) known.delete(known.keys().next().value as string)
  return value.answer
}

function entryOf({ content, size: _, ...member }: TarMember): ArchiveEntry {
  const text = content?.toString('utf8')
  return text === undefined || text.includes('\0') ? member : { ...member, content: text }
}

function versionOf(file: string): string | undefined {
  try {
    const stats = statSync(file)
    return stats.isFile() ? `${stats.size} ${stats.mtimeMs} ${stats.ino}` : undefined
  } catch {
    return undefined
  }
}
function sizeIn(version: string): number {
  return Number(version.slice(0, version.indexOf(' ')))
}

function headOf(file: string): Buffer | undefined {
  let handle: number | undefined
  try {
    handle = openSync(file, 'r')
    const head = Buffer.alloc(headLength)
    return head.subarray(0, readSync(handle, head, 0, headLength, 0))
  } catch {
    return undefined
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}
