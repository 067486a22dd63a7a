import type { Known, Origin } from '../known.ts'
import { certain, knownValue } from '../known.ts'
import { directory, file, find, link, parentOf, put } from './files.ts'
import type { FileNode, ImageState } from './types.ts'
import { makeFolders } from './workdir.ts'

/** What the engine itself puts into a container when it starts it. */

const origin: Origin = { kind: 'engine', fact: 'etc-files-at-run' }
const root: Known<number> = certain(0, [origin])
const owners = { owner: root, group: root }
const attributes = (mode: number) => ({ ...owners, mode: certain(mode, [origin]), because: [origin] })

/** Mounted over whatever the image has there. */
const mounted: readonly (readonly [string, FileNode])[] = [
  ...['/etc/hosts', '/etc/hostname', '/etc/resolv.conf'].map(
    (path) => [path, file(attributes(0o644))] as const,
  ),
  ...['null', 'zero', 'full', 'random', 'urandom', 'tty'].map(
    (name) => [`/dev/${name}`, { ...file(attributes(0o666)), kind: 'other' as const }] as const,
  ),
  ...[
    ['stdin', '/proc/self/fd/0'],
    ['stdout', '/proc/self/fd/1'],
    ['stderr', '/proc/self/fd/2'],
    ['fd', '/proc/self/fd'],
  ].map(([name, target]) => [`/dev/${name}`, link(attributes(0o777), target!)] as const),
]

/** The state in which a container starts: the engine's own files, volumes and the working directory are there. */
export function asStarted(state: ImageState, os: string | null | undefined): ImageState {
  if (os === 'windows') return state
  let { files } = state
  const make = (path: string, by: Origin) => {
    // Where a folder is missing, the engine makes it, as root (container-facts/volume-missing-folder, workdir-removed).
    const { kind, because } = find(files, path).node
    const mayBeMissing = kind === 'unknown' && because.some((one) => one.kind === 'instruction')
    if (kind === 'missing' || mayBeMissing) files = makeFolders(files, path, owners, by)
  }
  for (const { path, origin: by } of state.volumes) make(path, by)
  const workdir = knownValue(state.workdir)
  if (workdir !== undefined && state.workdir.certainty === 'certain') make(workdir, origin)
  for (const [path, node] of mounted) {
    files = makeFolders(files, parentOf(path), owners, origin)
    files = put(files, find(files, path, false).path, node)
  }
  const { uid, gid } = state.identity
  const own = directory({ owner: uid, group: gid, mode: certain(0o555, [origin]), because: [origin] })
  files = put(files, '/proc/1', {
    ...own,
    unlisted: { owner: uid, group: gid, mode: { certainty: 'unknown', because: [origin] } },
  })
  return { ...state, files }
}
