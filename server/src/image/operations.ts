import type { OffsetRange } from '../dockerfile/types.ts'
import type { Certainty, Known, Origin } from '../known.ts'
import { certain, isCertainly, unknown, weaker } from '../known.ts'
import type { Outcome, World } from './commands/model.ts'
import { ok } from './commands/model.ts'
import { describeIdentity, describeNode } from './describe.ts'
import {
  absolute,
  allowed,
  both,
  childOf,
  directory,
  type Found,
  file,
  find,
  join,
  link,
  mapTree,
  mayChangeEntries,
  nameOf,
  nodeAt,
  parentOf,
  permits,
  put,
  removed,
} from './files.ts'
import type { Failure, FileNode, Identity } from './types.ts'

/**
 * System calls of the modelled commands: mkdir(2), open(2), chown(2) … on a world's files, with the kernel's
 * permission checks. Each changes `world.state` where it succeeds and says what became of it.
 * Where we cannot tell, the effect is applied as if it succeeded and the outcome is `maybe`.
 */

/** Paths as a command takes them; relative ones from the working directory. Undefined where that is unknown. */
export function pathIn(world: World, path: string): string | undefined {
  if (path === '') return undefined
  if (path.startsWith('/')) return absolute(path)
  return world.cwd.certainty === 'unknown' ? undefined : absolute(path, world.cwd.value)
}

export function setFiles(world: World, files: FileNode): void {
  if (files !== world.state.files) world.state = { ...world.state, files }
}

/** Ranges of `world.origin`, for failures. */
export function rangeOf(world: World): OffsetRange {
  return world.origin.kind === 'instruction' ? world.origin.range : { start: 0, end: 0 }
}

function failure(
  world: World,
  reason: Failure['reason'],
  certainty: Certainty,
  message: string,
  extra: Partial<Failure> = {},
): Outcome {
  const value: Failure = {
    reason,
    certainty,
    message,
    range: rangeOf(world),
    because: [],
    exitCode: 1,
    ...extra,
  }
  return certainty === 'certain'
    ? { status: 'fail', failure: value, exitCode: 1 }
    : { status: 'maybe', failure: value }
}

/** A permission that was refused or may be: the failure that follows from it; undefined where it is granted. */
function refused(
  world: World,
  answer: Known<boolean>,
  path: string,
  node: FileNode,
  doing: string,
): Outcome | undefined {
  if (answer.certainty === 'unknown') return { status: 'maybe' }
  if (answer.value) return answer.certainty === 'certain' ? undefined : { status: 'maybe' }
  return failure(
    world,
    'permission-denied',
    answer.certainty,
    `Cannot ${doing} as ${describeIdentity(world.identity)}: ${path} ${describeNode(node, world.state.accounts)}. Permission denied.`,
    { because: [...node.because, ...answer.because], path },
  )
}

const notThere = (world: World, path: string, certainty: Certainty = 'certain'): Outcome =>
  failure(world, 'other', certainty, `${path} does not exist here.`, { path })

/** The first folder on the way that `who` may not search, for messages. */
function blockedAt(found: Found, who: Identity): { path: string; node: FileNode } | undefined {
  return found.ancestors.find(({ node }) => {
    const answer = permits(node, who, 'execute')
    return answer.certainty !== 'unknown' && !answer.value
  })
}

function entryRefused(world: World, folder: string, doing: string): Outcome | undefined {
  const found = find(world.state.files, folder)
  const blocked = blockedAt(found, world.identity)
  return refused(
    world,
    mayChangeEntries(world.state.files, folder, world.identity),
    blocked?.path ?? found.path,
    blocked?.node ?? found.node,
    doing,
  )
}

/** Owner and group of what `world` makes in a folder: the process's own, the folder's group where it is setgid. */
export function attributesFor(world: World, parent: FileNode, mode: number, isDirectory: boolean) {
  const setgid = parent.mode.certainty === 'unknown' ? undefined : (parent.mode.value & 0o2000) !== 0
  const bits = (mode & ~world.umask) | (setgid && isDirectory ? 0o2000 : 0)
  const group: Known<number> =
    setgid === undefined && parent.kind !== 'directory'
      ? world.identity.gid
      : setgid
        ? parent.group
        : world.identity.gid
  return {
    owner: world.identity.uid,
    group,
    mode: certain(bits, [world.origin]),
    because: [world.origin] as readonly Origin[],
  }
}

/** The more doubtful of two outcomes. */
export function worse(a: Outcome, b: Outcome): Outcome {
  const rank = { ok: 0, maybe: 1, fail: 2 } as const
  if (rank[b.status] > rank[a.status]) return b
  if (a.status === 'maybe' && a.failure === undefined && b.status === 'maybe') return b
  return a
}

/** mkdir(2), with `parents` as `mkdir -p`. @param mode of the last folder, before umask unless `exact` */
export function makeDirectory(
  world: World,
  path: string,
  options: {
    parents?: boolean
    mode?: number
    exact?: boolean
    owner?: Known<number>
    group?: Known<number>
  } = {},
): Outcome {
  const found = find(world.state.files, path)
  if (found.node.kind === 'directory') {
    if (options.parents) return found.node.exists === 'certain' ? ok : { status: 'maybe' }
    return failure(world, 'other', found.node.exists, `${path} already exists.`, { path })
  }
  if (found.node.kind === 'file')
    return failure(world, 'other', found.node.exists, `${path} is a file, not a folder.`, { path })
  const parent = parentOf(found.path)
  let outcome: Outcome = ok
  const parentNode = nodeAt(world.state.files, parent)
  if (parentNode.kind === 'missing' || (parentNode.kind === 'unknown' && options.parents)) {
    if (!options.parents) return notThere(world, parent, parentNode.exists)
    outcome = makeDirectory(world, parent, { parents: true })
    if (outcome.status === 'fail') return outcome
  }
  // A path that may exist already as a folder: mkdir -p then does nothing.
  const mayExist = found.node.kind === 'unknown'
  const denied = entryRefused(world, parent, `make ${path}`)
  if (denied?.status === 'fail' && !(mayExist && options.parents)) return denied
  if (denied)
    outcome = worse(
      outcome,
      denied.status === 'fail'
        ? {
            status: 'maybe',
            ...(denied.failure ? { failure: { ...denied.failure, certainty: 'likely' as const } } : {}),
          }
        : denied,
    )
  const attributes = attributesFor(
    world,
    nodeAt(world.state.files, parent),
    options.exact ? (options.mode ?? 0o777) | world.umask : (options.mode ?? 0o777),
    true,
  )
  const mode =
    options.mode === undefined
      ? attributes.mode
      : certain(options.mode | (isSetgid(attributes.mode) ? 0o2000 : 0), [world.origin])
  const owner = options.owner ?? attributes.owner
  const group = options.group ?? attributes.group
  const made = mayExist
    ? {
        ...directory(
          { ...attributes, owner: lower(owner), group: lower(group), mode: lower(mode) },
          found.node.unlisted === 'none' ? 'none' : found.node.unlisted,
          'certain',
        ),
        children: found.node.children,
      }
    : directory({ ...attributes, owner, group, mode })
  setFiles(world, put(world.state.files, found.path, made))
  world.writes.push(found.path)
  return outcome
}

function isSetgid(mode: Known<number>): boolean {
  return mode.certainty !== 'unknown' && (mode.value & 0o2000) !== 0
}
function lower<T>(known: Known<T>): Known<T> {
  return known.certainty === 'unknown' ? known : { ...known, certainty: weaker(known.certainty, 'likely') }
}

/** open(2) for writing with O_CREAT: an existing file keeps owner and mode. @param content what the file then holds, where known */
export function writeFile(
  world: World,
  path: string,
  options: { content?: string; append?: boolean; mode?: number } = {},
): Outcome {
  const found = find(world.state.files, path)
  world.writes.push(found.path)
  if (found.node.kind === 'directory')
    return failure(world, 'other', found.node.exists, `${path} is a folder.`, { path })
  if (found.node.kind === 'file' || found.node.kind === 'other') {
    const blocked = blockedAt(found, world.identity)
    const denied = refused(
      world,
      allowed(world.state.files, path, world.identity, 'write'),
      blocked?.path ?? found.path,
      blocked?.node ?? found.node,
      `write ${path}`,
    )
    if (denied?.status === 'fail') return denied
    const content = options.append
      ? found.node.content !== undefined && options.content !== undefined
        ? found.node.content + options.content
        : undefined
      : options.content
    const { content: _old, ...rest } = found.node
    if (found.node.kind === 'file')
      setFiles(
        world,
        put(world.state.files, found.path, {
          ...rest,
          ...(content === undefined ? {} : { content }),
          because: [...found.node.because.slice(-3), world.origin],
        }),
      )
    return denied ?? (found.node.exists === 'certain' ? ok : { status: 'maybe' })
  }
  const parent = parentOf(found.path)
  const parentNode = nodeAt(world.state.files, parent)
  if (parentNode.kind === 'missing') return notThere(world, parent, parentNode.exists)
  const denied = entryRefused(world, parent, `write ${path}`)
  if (found.node.kind === 'unknown') {
    // It may exist already, then its own owner and mode count.
    if (denied?.status === 'fail')
      return {
        status: 'maybe',
        ...(denied.failure ? { failure: { ...denied.failure, certainty: 'likely' as const } } : {}),
      }
    const node = file({
      owner: lower(world.identity.uid),
      group: lower(world.identity.gid),
      mode: unknown(),
      because: [world.origin],
    })
    const fresh =
      isCertainly(world.identity.uid, 0) && nodeAt(world.state.files, parent).kind === 'directory'
        ? { ...node, mode: lower(certain((options.mode ?? 0o666) & ~world.umask)) }
        : node
    setFiles(
      world,
      put(
        world.state.files,
        found.path,
        options.append
          ? fresh
          : { ...fresh, ...(options.content === undefined ? {} : { content: options.content }) },
      ),
    )
    return denied ?? (isCertainly(world.identity.uid, 0) ? ok : { status: 'maybe' })
  }
  if (denied?.status === 'fail') return denied
  setFiles(
    world,
    put(
      world.state.files,
      found.path,
      file(attributesFor(world, parentNode, options.mode ?? 0o666, false), options.content),
    ),
  )
  return denied ?? ok
}

/** unlink(2), with `recursive` as `rm -r`. */
export function removePath(
  world: World,
  path: string,
  options: { recursive?: boolean; force?: boolean } = {},
): Outcome {
  const found = find(world.state.files, path, false)
  if (found.node.kind === 'missing') {
    const blocked = blockedAt(found, world.identity)
    if (blocked || !options.force)
      return blocked
        ? (entryRefused(world, parentOf(found.path), `remove ${path}`) ?? ok)
        : notThere(world, path, found.node.exists)
    return ok
  }
  if (found.node.kind === 'directory' && !options.recursive)
    return failure(
      world,
      'other',
      found.node.exists,
      `${path} is a folder; rm without -r does not remove it.`,
      { path },
    )
  const parent = parentOf(found.path)
  const parentNode = nodeAt(world.state.files, parent)
  let denied = entryRefused(world, parent, `remove ${path}`)
  // A sticky folder protects the files of others, whatever their mode.
  if (
    !denied &&
    !isCertainly(world.identity.uid, 0) &&
    parentNode.mode.certainty !== 'unknown' &&
    (parentNode.mode.value & 0o1000) !== 0
  ) {
    const mine = both(sameNumber(found.node.owner, world.identity.uid), certain(true))
    const folderMine = sameNumber(parentNode.owner, world.identity.uid)
    if (
      mine.certainty !== 'unknown' &&
      !mine.value &&
      folderMine.certainty !== 'unknown' &&
      !folderMine.value
    ) {
      denied = failure(
        world,
        'not-permitted',
        weaker(mine.certainty, folderMine.certainty),
        `Cannot remove ${path} as ${describeIdentity(world.identity)}: ${parent} is sticky and the file belongs to somebody else.`,
        { path },
      )
    }
  }
  if (denied?.status === 'fail')
    return found.node.kind === 'unknown' && options.force
      ? {
          status: 'maybe',
          ...(denied.failure ? { failure: { ...denied.failure, certainty: 'possible' as const } } : {}),
        }
      : denied
  setFiles(world, removed(world.state.files, found.path, [world.origin]))
  world.writes.push(found.path)
  if (denied) return denied
  return found.node.kind === 'unknown' && !options.force ? { status: 'maybe' } : ok
}

function sameNumber(a: Known<number>, b: Known<number>): Known<boolean> {
  if (a.certainty === 'unknown' || b.certainty === 'unknown') return unknown()
  return {
    certainty: weaker(a.certainty, b.certainty),
    value: a.value === b.value,
    because: [...a.because, ...b.because],
  }
}

export interface Ownership {
  readonly owner?: Known<number>
  readonly group?: Known<number>
}

/** chown(2). Root may everything; others may only hand a file of theirs to a group of theirs. */
export function changeOwner(
  world: World,
  path: string,
  ownership: Ownership,
  options: { recursive?: boolean; noDereference?: boolean; from?: { owner?: number; group?: number } } = {},
): Outcome {
  const found = find(world.state.files, path, !(options.noDereference || options.recursive))
  if (found.node.kind === 'missing') return notThere(world, path, found.node.exists)
  const blocked = blockedAt(found, world.identity)
  if (blocked)
    return (
      refused(
        world,
        permits(blocked.node, world.identity, 'execute'),
        blocked.path,
        blocked.node,
        `change the owner of ${path}`,
      ) ?? ok
    )
  let outcome: Outcome = found.node.kind === 'unknown' ? { status: 'maybe' } : ok
  if (!isCertainly(world.identity.uid, 0)) {
    const may = mayChown(world.identity, found.node, ownership)
    if (may.certainty === 'unknown') outcome = { status: 'maybe' }
    else if (!may.value) {
      const refusal = failure(
        world,
        'not-permitted',
        may.certainty,
        `Cannot change the owner of ${found.path} as ${describeIdentity(world.identity)}: only root may. It ${describeNode(found.node, world.state.accounts)}.`,
        { path: found.path, because: found.node.because },
      )
      if (refusal.status === 'fail') return refusal
      outcome = refusal
    }
  }
  const change = (node: FileNode): FileNode => {
    if (options.from?.owner !== undefined && !isCertainly(node.owner, options.from.owner)) return node
    if (options.from?.group !== undefined && !isCertainly(node.group, options.from.group)) return node
    return chowned(node, ownership, world.origin)
  }
  setFiles(
    world,
    put(world.state.files, found.path, options.recursive ? mapTree(found.node, change) : change(found.node)),
  )
  world.writes.push(found.path)
  return outcome
}

function mayChown(who: Identity, node: FileNode, ownership: Ownership): Known<boolean> {
  if (who.uid.certainty === 'unknown' || node.owner.certainty === 'unknown') return unknown()
  const certainty = weaker(who.uid.certainty, node.owner.certainty)
  if (who.uid.value !== node.owner.value && who.uid.value !== 0)
    return { certainty, value: false, because: node.owner.because }
  if (who.uid.value === 0) return { certainty, value: true, because: [] }
  if (ownership.owner && ownership.owner.certainty === 'unknown') return unknown()
  if (ownership.owner && ownership.owner.value !== node.owner.value)
    return { certainty, value: false, because: [] }
  if (!ownership.group) return { certainty, value: true, because: [] }
  if (ownership.group.certainty === 'unknown' || who.groups.certainty === 'unknown') return unknown()
  if (node.group.certainty !== 'unknown' && node.group.value === ownership.group.value)
    return { certainty, value: true, because: [] }
  return { certainty, value: who.groups.value.includes(ownership.group.value), because: [] }
}

/** A node with new owners; chown clears setuid and setgid of files (Linux: notify_change). */
export function chowned(node: FileNode, { owner, group }: Ownership, origin: Origin): FileNode {
  if (node.kind === 'missing') return node
  const mode =
    node.kind === 'file' && node.mode.certainty !== 'unknown'
      ? { ...node.mode, value: node.mode.value & ~((node.mode.value & 0o010) !== 0 ? 0o6000 : 0o4000) }
      : node.mode
  return {
    ...node,
    owner: owner ?? node.owner,
    group: group ?? node.group,
    mode,
    because: [...node.because.slice(-3), origin],
    unlisted:
      node.unlisted === 'none'
        ? 'none'
        : { ...node.unlisted, owner: owner ?? node.unlisted.owner, group: group ?? node.unlisted.group },
  }
}

/** chmod(2) with a function from the old to the new mode. */
export function changeMode(
  world: World,
  path: string,
  change: (old: number, isDirectory: boolean) => number,
  options: { recursive?: boolean; absolute?: number } = {},
): Outcome {
  const found = find(world.state.files, path)
  if (found.node.kind === 'missing') return notThere(world, path, found.node.exists)
  const blocked = blockedAt(found, world.identity)
  if (blocked)
    return (
      refused(
        world,
        permits(blocked.node, world.identity, 'execute'),
        blocked.path,
        blocked.node,
        `change the mode of ${path}`,
      ) ?? ok
    )
  let outcome: Outcome = found.node.kind === 'unknown' ? { status: 'maybe' } : ok
  if (!isCertainly(world.identity.uid, 0)) {
    const mine = sameNumber(found.node.owner, world.identity.uid)
    if (mine.certainty === 'unknown') outcome = { status: 'maybe' }
    else if (!mine.value) {
      const refusal = failure(
        world,
        'not-permitted',
        mine.certainty,
        `Cannot change the mode of ${found.path} as ${describeIdentity(world.identity)}: only its owner or root may. It ${describeNode(found.node, world.state.accounts)}.`,
        { path: found.path, because: found.node.because },
      )
      if (refusal.status === 'fail') return refusal
      outcome = refusal
    }
  }
  const apply = (node: FileNode): FileNode => {
    if (node.kind === 'link') return node
    const old = node.mode
    const isDirectory = node.kind === 'directory'
    const mode: Known<number> =
      old.certainty === 'unknown'
        ? options.absolute !== undefined && node.kind !== 'unknown'
          ? certain(options.absolute, [world.origin])
          : options.absolute !== undefined
            ? { certainty: 'likely', value: options.absolute, because: [world.origin] }
            : unknown([world.origin])
        : { certainty: old.certainty, value: change(old.value, isDirectory), because: [world.origin] }
    return {
      ...node,
      mode,
      because: [...node.because.slice(-3), world.origin],
      unlisted:
        node.unlisted === 'none' || !options.recursive
          ? node.unlisted
          : {
              ...node.unlisted,
              mode: options.absolute === undefined ? unknown() : certain(options.absolute, [world.origin]),
            },
    }
  }
  setFiles(
    world,
    put(world.state.files, found.path, options.recursive ? mapTree(found.node, apply) : apply(found.node)),
  )
  world.writes.push(found.path)
  return outcome
}

/** open(2) for reading. */
export function readable(world: World, path: string): Outcome {
  const found = find(world.state.files, path)
  if (found.node.kind === 'missing') {
    const hidden = blockedAt(found, world.identity)
    if (!hidden) return notThere(world, path, found.node.exists)
  }
  const blocked = blockedAt(found, world.identity)
  return (
    refused(
      world,
      allowed(world.state.files, path, world.identity, 'read'),
      blocked?.path ?? found.path,
      blocked?.node ?? found.node,
      `read ${path}`,
    ) ?? (found.node.kind === 'unknown' ? { status: 'maybe' } : ok)
  )
}

/** symlink(2). */
export function makeLink(world: World, path: string, target: string): Outcome {
  const found = find(world.state.files, path, false)
  const parent = parentOf(found.path)
  const parentNode = nodeAt(world.state.files, parent)
  if (parentNode.kind === 'missing') return notThere(world, parent, parentNode.exists)
  const denied = entryRefused(world, parent, `make ${path}`)
  if (denied?.status === 'fail') return denied
  if (found.node.kind === 'file' || found.node.kind === 'directory')
    return failure(world, 'other', found.node.exists, `${path} already exists.`, { path })
  setFiles(
    world,
    put(
      world.state.files,
      found.path,
      link({ ...attributesFor(world, parentNode, 0o777, false), mode: certain(0o777) }, target),
    ),
  )
  world.writes.push(found.path)
  return denied ?? ok
}

/** A file or tree copied as cp does. `preserve` as -p or -a; onto an existing file its owner and mode stay. */
export function copyPath(
  world: World,
  source: string,
  target: string,
  options: { recursive?: boolean; preserve?: boolean; intoFolder?: boolean } = {},
): Outcome {
  const from = find(world.state.files, source)
  if (from.node.kind === 'missing') return notThere(world, source, from.node.exists)
  const mayRead = readable(world, source)
  if (mayRead.status === 'fail') return mayRead
  if (from.node.kind === 'directory' && !options.recursive)
    return failure(
      world,
      'other',
      from.node.exists,
      `${source} is a folder; cp without -r does not copy it.`,
      { path: source },
    )
  const at = find(world.state.files, target)
  if (at.node.kind === 'directory' && options.intoFolder !== false)
    return copyPath(world, source, join(at.path, nameOf(from.path)), { ...options, intoFolder: false })
  if (at.node.kind === 'file')
    return worse(
      mayRead,
      writeFile(world, target, from.node.content === undefined ? {} : { content: from.node.content }),
    )
  const parent = parentOf(at.path)
  const parentNode = nodeAt(world.state.files, parent)
  if (parentNode.kind === 'missing') return notThere(world, parent, parentNode.exists)
  const denied = entryRefused(world, parent, `write ${target}`)
  if (denied?.status === 'fail') return denied
  const root = isCertainly(world.identity.uid, 0)
  const copy = (node: FileNode): FileNode => ({
    ...node,
    owner: options.preserve && root ? node.owner : world.identity.uid,
    group: options.preserve && root ? node.group : world.identity.gid,
    mode:
      options.preserve || node.mode.certainty === 'unknown'
        ? node.mode
        : { ...node.mode, value: node.mode.value & 0o777 & ~world.umask },
    because: [world.origin],
    unlisted:
      node.unlisted === 'none'
        ? 'none'
        : {
            ...node.unlisted,
            owner: options.preserve && root ? node.unlisted.owner : world.identity.uid,
            group: options.preserve && root ? node.unlisted.group : world.identity.gid,
          },
  })
  const copied = mapTree(from.node, copy)
  const merged = at.node.kind === 'directory' ? mergeInto(at.node, copied) : copied
  setFiles(world, put(world.state.files, at.path, merged))
  world.writes.push(at.path)
  return worse(denied ?? ok, worse(mayRead, from.node.kind === 'unknown' ? { status: 'maybe' } : ok))
}

/** `source`'s entries laid over the folder `target`, whose own owner and mode stay. */
export function mergeInto(target: FileNode, source: FileNode): FileNode {
  let children = target.children
  for (const [name, child] of source.children) {
    const old = childOf(target, name)
    children = children.set(
      name,
      child.kind === 'directory' && old.kind === 'directory' ? mergeInto(old, child) : child,
    )
  }
  return { ...target, children, unlisted: source.unlisted === 'none' ? target.unlisted : source.unlisted }
}

/** rename(2): owner and mode go along. */
export function movePath(world: World, source: string, target: string): Outcome {
  const from = find(world.state.files, source, false)
  if (from.node.kind === 'missing') return notThere(world, source, from.node.exists)
  const at = find(world.state.files, target)
  if (at.node.kind === 'directory' && at.path !== from.path)
    return movePath(world, source, join(at.path, nameOf(from.path)))
  const parentNode = nodeAt(world.state.files, parentOf(at.path))
  if (parentNode.kind === 'missing') return notThere(world, parentOf(at.path), parentNode.exists)
  const denied = worse(
    entryRefused(world, parentOf(from.path), `move ${source}`) ?? ok,
    entryRefused(world, parentOf(at.path), `write ${target}`) ?? ok,
  )
  if (denied.status === 'fail') return denied
  setFiles(world, removed(put(world.state.files, at.path, from.node), from.path, [world.origin]))
  world.writes.push(from.path, at.path)
  return from.node.kind === 'unknown' ? worse(denied, { status: 'maybe' }) : denied
}
