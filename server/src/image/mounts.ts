import type { Mount } from '../dockerfile/types.ts'
import type { Known, Origin } from '../known.ts'
import { certain, unknown } from '../known.ts'
import { absolute, directory, file, find, mayBe, nodeAt, nothingKnown, parentOf, put } from './files.ts'
import type { FileNode } from './types.ts'
import { fileInTheWay, makeFolders } from './workdir.ts'

/**
 * `RUN --mount`: what stands in the tree while the RUN works, and the way back.
 * Owners and modes: container-facts/mount-*. BuildKit: frontend/dockerfile/dockerfile2llb/convert_runmount.go.
 */

export interface MountRequest {
  readonly mount: Mount
  /** Expanded value of an option; undefined where it is absent or unknown. */
  readonly option: (key: string) => string | undefined
  readonly workdir: string | undefined
  readonly origin: Origin
  /** What a bind mount shows; undefined where nobody knows. */
  readonly source?: FileNode | undefined
}

interface Mounted {
  readonly files: FileNode
  readonly unmount: (after: FileNode) => FileNode
  /** A file on the way to its place, if it is there: no folder can be made for the mount. */
  readonly inTheWay: ReturnType<typeof fileInTheWay>
}

/** The tree with a mount in place, and what takes it away again. */
export function withMount(files: FileNode, request: MountRequest): Mounted {
  const target = mountTarget(request)
  if (target === undefined) return { files, unmount: (after) => after, inTheWay: undefined }
  const found = find(files, target)
  const mounted = put(
    makeFolders(files, parentOf(found.path), { owner: certain(0), group: certain(0) }, request.origin),
    found.path,
    mountNode(request, found.node),
  )
  return {
    files: mounted,
    unmount: (after) => unmounted(files, after, found.path),
    inTheWay: fileInTheWay(files, parentOf(found.path)),
  }
}

/**
 * What was under the mount is seen again. Folders that were made for it go with it where they are still empty
 * (container-facts/mount-cache-default; BuildKit: executor/stubs.go).
 */
function unmounted(before: FileNode, after: FileNode, target: string): FileNode {
  let files = put(after, target, nodeAt(before, target))
  for (let at = parentOf(target); at !== '/' && !isThere(nodeAt(before, at)); at = parentOf(at)) {
    const node = nodeAt(files, at)
    const held = [...node.children.values()].filter(({ kind }) => kind !== 'missing')
    if (held.some((child) => isThere(child) && child.exists === 'certain')) break
    const old = nodeAt(before, at)
    const mayStay = old.kind === 'missing' && (held.length > 0 || node.unlisted !== 'none')
    files = put(files, at, mayStay ? staying(node, held) : old)
  }
  return files
}

/** A folder that was made for a mount, and something may lie in it. */
function staying(node: FileNode, held: readonly FileNode[]): FileNode {
  if (held.some((child) => isThere(child) && child.exists === 'likely')) return { ...node, exists: 'likely' }
  const { owner, group, mode, because, unlisted } = node
  return mayBe({ owner, group, mode, because }, unlisted === 'none' ? nothingKnown : unlisted)
}

function isThere({ kind }: FileNode): boolean {
  return kind !== 'missing' && kind !== 'unknown'
}

function mountTarget({ mount, option, workdir }: MountRequest): string | undefined {
  const written = option('target') ?? option('dst') ?? option('destination')
  if (written !== undefined)
    return written.startsWith('/') || workdir !== undefined ? absolute(written, workdir ?? '/') : undefined
  if (mount.type === 'secret' && option('id') !== undefined)
    return mount.options.has('env') ? undefined : `/run/secrets/${option('id')}`
  return undefined
}

function mountNode({ mount, option, origin, source }: MountRequest, under: FileNode): FileNode {
  const number = (key: string, otherwise: number, base = 10): Known<number> => {
    if (!mount.options.has(key)) return certain(otherwise, [origin])
    const value = Number.parseInt(option(key) ?? '', base)
    return Number.isNaN(value) ? unknown([origin]) : certain(value, [origin])
  }
  const owner = number('uid', 0)
  const group = number('gid', 0)
  const because = [origin]
  switch (mount.type) {
    case 'cache':
      return directory({ owner, group, mode: withoutUmask(number('mode', 0o755, 8)), because }, nothingKnown)
    case 'tmpfs':
      return directory({ owner: certain(0), group: certain(0), mode: modeOfTmpfs(under, because), because })
    case 'secret': {
      const node = readOnly(file({ owner, group, mode: number('mode', 0o400, 8), because }))
      return isOn('required', mount, option) ? node : { ...node, optional: true }
    }
    case 'bind': {
      const node = source ?? unknownSource(mount, origin)
      return isOn('rw', mount, option) || isOn('readwrite', mount, option) ? node : readOnly(node)
    }
    default:
      return { ...file({ owner, group, mode: unknown(), because }), kind: 'other' }
  }
}

/** The builder makes the folder through mkdir(2): less its umask, no special bits. */
function withoutUmask(mode: Known<number>): Known<number> {
  return mode.certainty === 'unknown' ? mode : { ...mode, value: mode.value & 0o777 & ~0o022 }
}

/** runc gives it the mode of the folder that it hides (container-facts/volume-mount-tmpfs), 1777 where there is none. */
function modeOfTmpfs({ kind, mode }: FileNode, because: readonly Origin[]): Known<number> {
  return kind === 'directory' ? mode : kind === 'unknown' ? unknown(because) : certain(0o1777, because)
}

/** The whole of the build context or of a stage is a folder; a part of it may be a file. */
function unknownSource(mount: Mount, origin: Origin): FileNode {
  const because = [origin]
  const nobody = unknown<number>(because)
  const rest = { owner: nobody, group: nobody, mode: nobody }
  const isWhole = !['source', 'src'].some((key) => mount.options.has(key))
  if (!isWhole) return { ...mayBe({ ...rest, because }, rest), exists: 'likely' }
  const root = certain(0, because)
  return directory({ owner: root, group: root, mode: certain(0o755, because), because }, rest)
}

const closed = new WeakMap<FileNode, FileNode>()

/** The tree on a read-only mount. Trees are shared: what was made once is kept. */
function readOnly(node: FileNode): FileNode {
  const known = closed.get(node)
  if (known) return known
  const next: FileNode = { ...node, readOnly: true, children: node.children.map(readOnly) }
  closed.set(node, next)
  return next
}

function isOn(key: string, mount: Mount, option: MountRequest['option']): boolean {
  const value = mount.options.has(key) ? option(key) : 'false'
  return value === '' || value === 'true' || value === '1'
}
