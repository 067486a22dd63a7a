import { certain, type Origin } from '../../known.ts'
import { nodeAt, put } from '../files.ts'
import type { ArchiveEntry, FileNode } from '../types.ts'
import { unpack } from '../unpack.ts'
import type { CopyRequest, Owners } from './request.ts'

/**
 * The tree after ADD unpacked an archive. Entries have the numbers and modes of the archive, folders that are there take
 * those as well (container-facts/add-tar, add-tar-over-root), but not the one that is unpacked into. `--chmod` changes
 * nothing. BuildKit gives `--chown` to every entry, not to folders that the archive only implies; the classic builder
 * ignores it (add-tar-chown-1500-1500).
 * BuildKit: solver/llbsolver/file/unpack.go; moby/go-archive: archive.go, Unpack and createTarFile.
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
  const root = certain(0, because)
  const number = remembering((value: number) => certain(value, because))
  // In a layer, these names stand for what is not there.
  const kept = entries.filter(({ path }) => !/(^|\/)\.wh\.[^/]*\/?$/.test(path))
  const inside = unpack(nodeAt(before, folder), '/', kept, {
    origin,
    attributes: (entry) => ({
      owner: own?.owner ?? number(entry.uid),
      group: own?.group ?? number(entry.gid),
      mode: number(entry.kind === 'link' ? 0o777 : entry.mode & 0o7777),
      because,
    }),
    implied: ({ mode, group }) => {
      const setgid = mode.certainty !== 'unknown' && (mode.value & 0o2000) !== 0
      return { owner: root, group: setgid ? group : root, mode: 0o755 }
    },
    // The builder makes the folder its root while it unpacks: a link in it leads nowhere else.
    overLink: 'replace',
    namesTop: false,
    ownsHardLinks: true,
  })
  return put(before, folder, inside)
}

/** Thousands of entries have few owners and modes. */
function remembering<T>(make: (value: number) => T): (value: number) => T {
  const made = new Map<number, T>()
  return (value) => {
    const known = made.get(value) ?? make(value)
    made.set(value, known)
    return known
  }
}
