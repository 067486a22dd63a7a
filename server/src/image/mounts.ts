import type { Mount } from '../dockerfile/types.ts'
import type { Known, Origin } from '../known.ts'
import { certain, unknown } from '../known.ts'
import { absolute, directory, file, find, nodeAt, nothingKnown, parentOf, put } from './files.ts'
import type { FileNode } from './types.ts'
import { makeFolders } from './workdir.ts'

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
}

/** The tree with a mount in place, and what takes it away again. */
export function withMount(
  files: FileNode,
  request: MountRequest,
): { readonly files: FileNode; readonly unmount: (after: FileNode) => FileNode } {
  const target = mountTarget(request)
  if (target === undefined) return { files, unmount: (after) => after }
  const found = find(files, target)
  const mounted = put(
    makeFolders(files, parentOf(found.path), { owner: certain(0), group: certain(0) }, request.origin),
    found.path,
    mountNode(request),
  )
  // The topmost folder that exists only for the mount goes with it (container-facts/mount-cache-default).
  let top = found.path
  while (top !== '/' && !isThere(nodeAt(files, parentOf(top)))) top = parentOf(top)
  const before = nodeAt(files, top)
  return { files: mounted, unmount: (after) => put(after, top, before) }
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

function mountNode({ mount, option, origin }: MountRequest): FileNode {
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
      return directory({ owner, group, mode: number('mode', 0o755, 8), because }, nothingKnown)
    case 'tmpfs':
      return directory({ owner: certain(0), group: certain(0), mode: certain(0o1777, because), because })
    case 'secret':
      return file({ owner, group, mode: number('mode', 0o400, 8), because })
    case 'bind':
      return {
        ...directory(
          { owner: certain(0, because), group: certain(0, because), mode: certain(0o755, because), because },
          { owner: certain(0, because), group: certain(0, because), mode: unknown() },
        ),
        ...(isWritable(mount, option) ? {} : { readOnly: true as const }),
      }
    default:
      return { ...file({ owner, group, mode: unknown(), because }), kind: 'other' }
  }
}

function isWritable(mount: Mount, option: MountRequest['option']): boolean {
  const flag = mount.options.has('rw')
    ? option('rw')
    : mount.options.has('readwrite')
      ? option('readwrite')
      : 'false'
  return flag === '' || flag === 'true'
}
