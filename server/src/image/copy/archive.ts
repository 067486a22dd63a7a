import type { Known, Origin } from '../../known.ts'
import { certain } from '../../known.ts'
import { absolute, directory, file, find, join, link, nodeAt, parentOf, put } from '../files.ts'
import type { ArchiveEntry, FileNode } from '../types.ts'
import { makeFolders } from '../workdir.ts'
import type { CopyRequest, Owners } from './request.ts'

const mostEntries = 2_000

/**
 * The tree after ADD unpacked an archive. Entries have the numbers and modes of the archive, folders that are there take
 * those as well (container-facts/add-tar, add-tar-over-root). BuildKit gives `--chown` to every entry, not to folders
 * that the archive only implies; the classic builder ignores it (add-tar-chown-1500-1500).
 */
export function unpacked(
  before: FileNode,
  folder: string,
  entries: readonly ArchiveEntry[],
  owners: Owners | undefined,
  { origin, builder }: Pick<CopyRequest, 'origin' | 'builder'>,
): FileNode {
  const own = builder === 'buildkit' ? owners : undefined
  const because: readonly Origin[] = [origin]
  let files = before
  for (const entry of entries.slice(0, mostEntries))
    files = withEntry(files, folder, entry, {
      owner: own?.owner ?? certain(entry.uid, because),
      group: own?.group ?? certain(entry.gid, because),
      origin,
    })
  if (entries.length <= mostEntries) return files
  const nobody: Known<number> = { certainty: 'unknown', because }
  const node = nodeAt(files, folder)
  return put(files, folder, { ...node, unlisted: { owner: nobody, group: nobody, mode: nobody } })
}

/** One entry below the folder; an entry that would leave it stays inside. */
export function withEntry(
  before: FileNode,
  folder: string,
  entry: ArchiveEntry,
  made: {
    readonly owner: Known<number>
    readonly group: Known<number>
    readonly mode?: Known<number>
    readonly origin: Origin
    /** Of folders that the archive only implies; root's and 0755 where nothing is said. */
    readonly implied?: {
      readonly owner: Known<number>
      readonly group: Known<number>
      readonly mode?: number
    }
  },
): FileNode {
  const path = join(folder, absolute(entry.path).slice(1))
  const because: readonly Origin[] = [made.origin]
  const attributes = {
    owner: made.owner,
    group: made.group,
    mode: made.mode ?? certain(entry.mode & 0o7777, because),
    because,
  }
  if (absolute(entry.path) === '/') {
    const found = find(before, folder)
    return entry.kind === 'directory' ? put(before, found.path, { ...found.node, ...attributes }) : before
  }
  const implied = made.implied ?? { owner: certain(0, because), group: certain(0, because) }
  const files = makeFolders(before, parentOf(path), implied, made.origin)
  const found = find(files, path, entry.kind === 'directory')
  if (entry.kind === 'link')
    return put(files, found.path, link({ ...attributes, mode: certain(0o777) }, entry.target ?? '/'))
  if (entry.kind === 'file') return put(files, found.path, file(attributes))
  return put(
    files,
    found.path,
    found.node.kind === 'directory' || found.node.kind === 'unknown'
      ? { ...found.node, kind: 'directory', exists: 'certain', ...attributes }
      : directory(attributes),
  )
}
