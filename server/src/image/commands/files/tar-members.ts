import { certain, isCertainly, type Known, lowered, unknown, weaker } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import { groupByName, userByName } from '../../accounts.ts'
import { absolute, find, nodeAt } from '../../files.ts'
import { attributesFor, entryRefused, failure, sameNumber, setFiles, worse } from '../../operations.ts'
import type { ArchiveEntry, FileNode, ShellValue } from '../../types.ts'
import { type Unpacking, unpack } from '../../unpack.ts'
import type { Call, Options, Outcome, World } from '../model.ts'
import { ok } from '../model.ts'
import { at, flavour } from './operands.ts'

/** `tar -x` of an archive whose members are known. */

/** What tar ends with where it gives up: 2 in GNU, 1 in BusyBox. */
export function exitCodeOf(world: World): number {
  return flavour(world) === 'busybox' ? 1 : 2
}

/** These choose or change members in ways that are not followed here. */
const unfollowed = [
  ...['exclude', 'excludeFrom', 'filesFrom', 'transform', 'wildcards', 'oneTopLevel', 'program'],
  ...['keep', 'overwrite', 'keepDirectory', 'noOverwriteDir', 'absolute', 'mode', 'owner', 'group'],
]

/**
 * Unpacks the members into the folder.
 * @param folder it is there; links in it followed
 * @returns undefined where what tar does with them cannot be told
 */
export function unpackMembers(
  call: Call,
  options: Options,
  folder: string,
  entries: readonly ArchiveEntry[],
  wanted: readonly ShellValue[],
): Outcome | undefined {
  const { world } = call
  if (call.name === 'bsdtar' || options.uncertain || options.unknown.length > 0) return undefined
  if (unfollowed.some((key) => options.has(key))) return undefined
  const strip = Number(options.word('strip') ? (options.value('strip') ?? Number.NaN) : 0)
  // GNU tar refuses names with `..`, BusyBox folds them.
  if (!Number.isInteger(strip) || entries.some(({ path }) => path.split('/').includes('..'))) return undefined
  const chosen = choose(entries, wanted)
  if (!chosen) return undefined
  const { missing } = chosen
  const members = chosen.entries.flatMap((entry) => stripped(entry, strip) ?? [])
  const isRoot = isCertainly(world.identity.uid, 0)
  if (!isRoot && (world.identity.uid.certainty !== 'certain' || options.has('sameOwner'))) return undefined

  const refusals: Outcome[] = []
  const how = unpacking(world, options, folder, {
    refuse: (outcome) => refusals.push(outcome),
    isRoot,
    exit: exitCodeOf(world),
  })
  setFiles(world, unpack(world.state.files, folder, members, how))
  world.writes.push(folder, ...members.flatMap(({ path }) => accountFile(folder, path) ?? []))
  let outcome: Outcome = ok
  for (const refusal of refusals) outcome = worse(outcome, refusal)
  if (outcome.status === 'fail' || !missing) return outcome
  const lacks = failure(
    world,
    'other',
    'certain',
    text`The archive has no ${missing.text ?? ''}: tar cannot unpack it.`,
  )
  return at(lacks, missing, flavour(world) === 'busybox' ? 1 : 2)
}

/** Accounts are read again where their file comes out of the archive. */
function accountFile(folder: string, path: string): string | undefined {
  const place = `${folder}/${path}`.replace(/\/(\.?\/)+/g, '/')
  return place === '/etc/passwd' || place === '/etc/group' ? place : undefined
}

interface Chosen {
  readonly entries: readonly ArchiveEntry[]
  /** A word that names no member: tar unpacks the others and fails. */
  readonly missing: ShellValue | undefined
}

/** The members that the words name, with all that lies in them. */
function choose(entries: readonly ArchiveEntry[], wanted: readonly ShellValue[]): Chosen | undefined {
  if (wanted.length === 0) return { entries, missing: undefined }
  if (wanted.some(({ text, glob }) => text === undefined || glob)) return undefined
  const names = new Map(wanted.map((word) => [(word.text as string).replace(/\/+$/, ''), word]))
  const found = new Set<string>()
  const chosen = entries.filter(({ path }) => {
    let name = path.replace(/\/+$/, '')
    for (;;) {
      if (names.has(name)) {
        found.add(name)
        return true
      }
      const slash = name.lastIndexOf('/')
      if (slash < 0) return false
      name = name.slice(0, slash)
    }
  })
  const missing = [...names].find(([name]) => !found.has(name))?.[1]
  return { entries: chosen, missing }
}

/** `--strip-components`: `./` counts as one. Members of which nothing is left are passed over. */
function stripped(entry: ArchiveEntry, count: number): ArchiveEntry | undefined {
  if (count === 0) return entry
  const rest = (path: string) =>
    path
      .replace(/^\/+/, '')
      .split('/')
      .filter((part) => part !== '')
      .slice(count)
      .join('/')
  const path = rest(entry.path)
  if (path === '') return undefined
  return entry.kind === 'hardlink' && entry.target !== undefined
    ? { ...entry, path, target: rest(entry.target) }
    : { ...entry, path }
}

/**
 * GNU tar and BusyBox's. As root both keep owners, by name before number, and modes; as somebody else files are his and
 * lose what the umask and nobody's setuid take (container-facts run-tar-owner, run-tar-names). BusyBox leaves links to
 * whoever unpacks, follows a link to a folder, and as a user leaves folders that are there alone.
 */
function unpacking(
  world: World,
  options: Options,
  folder: string,
  { refuse, isRoot, exit }: { refuse: (outcome: Outcome) => void; isRoot: boolean; exit: number },
): Unpacking {
  const { origin, umask } = world
  const because = [origin]
  const kind = flavour(world)
  const keepsOwners = isRoot && (!options.has('noSameOwner') || options.has('sameOwner'))
  const keepsModes = options.has('noSamePermissions')
    ? false
    : isRoot || (options.has('samePermissions') && kind !== 'busybox')
  // In a setgid folder the group of what is made depends on the order of the work.
  const { mode: topMode } = nodeAt(world.state.files, folder)
  const setgid = topMode.certainty === 'unknown' || (topMode.value & 0o2000) !== 0
  const doubt = <T>(known: Known<T>): Known<T> => (kind === 'unknown' ? lowered(known) : known)
  const sawRefused = new Set<string>()

  const ownersOf = (entry: ArchiveEntry, parent: FileNode) => {
    const { owner, group } = attributesFor(world, parent, 0, false)
    if (!keepsOwners || (entry.kind === 'link' && kind === 'busybox'))
      return { owner, group: setgid ? unknown<number>(because) : group }
    const byName = !options.has('numericOwner')
    return {
      owner: idOf(world, byName ? entry.user : '', entry.uid, 'user'),
      group: idOf(world, byName ? entry.group : '', entry.gid, 'group'),
    }
  }
  return {
    origin,
    overLink: kind === 'busybox' ? 'follow' : 'replace',
    namesTop: true,
    ownsHardLinks: false,
    attributes(entry, parent, there) {
      if (there && entry.kind === 'directory' && !isRoot) {
        if (kind === 'busybox') return 'kept'
        const place = find(world.state.files, absolute(entry.path, folder))
        const mine = sameNumber(place.node.owner, world.identity.uid)
        if (mine.certainty === 'unknown' || kind === 'unknown') {
          refuse({ status: 'maybe' })
          const nobody = unknown<number>(because)
          return { owner: nobody, group: nobody, mode: nobody, because }
        }
        if (!mine.value)
          refuse(
            failure(
              world,
              'not-permitted',
              weaker(mine.certainty, place.node.exists),
              text`tar cannot set time and mode of ${place.path}, which the archive holds: it belongs to somebody else.`,
              { path: place.path, because: place.node.because, exitCode: exit },
            ),
          )
      }
      const isFolder = entry.kind === 'directory'
      const bits = keepsModes ? entry.mode & 0o7777 : entry.mode & 0o777 & ~umask
      const mode =
        entry.kind === 'link'
          ? certain(0o777)
          : setgid && isFolder && !keepsModes
            ? unknown<number>(because)
            : certain(bits, because)
      const { owner, group } = ownersOf(entry, parent)
      const unsure = entry.kind === 'link' || (isFolder && there)
      return unsure
        ? { owner: doubt(owner), group: doubt(group), mode: doubt(mode), because }
        : { owner, group, mode, because }
    },
    implied(parent) {
      const { owner, group } = attributesFor(world, parent, 0o777, true)
      return setgid
        ? { owner, group: unknown(because), mode: undefined }
        : { owner, group, mode: 0o777 & ~umask }
    },
    enters(path) {
      if (isRoot || sawRefused.has(path)) return
      sawRefused.add(path)
      const denied = entryRefused(world, path, text`unpack into ${path}`)
      if (denied) refuse(denied.status === 'fail' ? { ...denied, exitCode: exit } : denied)
    },
  }
}

/** The number that the name has in this image, else that of the archive. */
function idOf(world: World, name: string, number: number, list: 'user' | 'group'): Known<number> {
  const { accounts } = world.state
  const because = [world.origin]
  if (name === '') return certain(number, because)
  if (name === 'root' && number === 0) return certain(0, because)
  const user = list === 'user' ? userByName(accounts, name) : undefined
  const group = list === 'group' ? groupByName(accounts, name) : undefined
  const id = user?.uid ?? group?.gid
  const certainty = user?.certainty ?? group?.certainty
  if (id && certainty) return id.certainty === 'unknown' ? id : lowered(id, certainty)
  return accounts.complete ? certain(number, because) : unknown(because)
}
