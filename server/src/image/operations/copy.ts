import type { Certainty, Known } from '../../known.ts'
import { isCertainly, knownValue, lowered, unknown, weaker } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import type { Outcome, World } from '../commands/model.ts'
import { maybe, ok } from '../commands/model.ts'
import { describeIdentity, describeNode } from '../describe.ts'
import type { Found } from '../files.ts'
import { childOf, find, join, nameOf, nodeAt, parentOf, pathsBelow, put, removed } from '../files.ts'
import type { FileNode, Unlisted } from '../types.ts'
import {
  attributesFor,
  circular,
  doubted,
  entryRefused,
  failure,
  isBusybox,
  isMaskSure,
  notAFolder,
  notThere,
  sameNumber,
  setFiles,
  stickyRefused,
  wayRefused,
  worse,
} from './checks.ts'
import { mayBeFolder, writeFile } from './make.ts'
import { readable } from './read.ts'

export interface CopyOptions {
  readonly recursive?: boolean
  /** Owner, group and mode go along (-p, -a). */
  readonly preserve?: boolean
  /** Only the mode goes along (--preserve=mode). */
  readonly preserveMode?: boolean
  /** False: the target is the copy itself even where it is a folder (-T, or a source that ends in `/.`). */
  readonly intoFolder?: boolean
  /** Links: `never` copies the link itself, `always` what it points to; left out, as cp does with and without -r. */
  readonly dereference?: 'always' | 'top' | 'never'
  /** An existing file is removed first (--remove-destination). */
  readonly fresh?: boolean
}

/** A file or tree copied as cp does. Onto an existing file its owner and mode stay, unless they are preserved. */
export function copyPath(world: World, source: string, target: string, options: CopyOptions = {}): Outcome {
  const followsTop = options.dereference ? options.dereference !== 'never' : !options.recursive
  const from = find(world.state.files, source, followsTop)
  const wayBlocked = wayRefused(world, from, text`read ${source}`)
  if (wayBlocked?.status === 'fail') return wayBlocked
  if (from.node.kind === 'missing')
    return notThere(world, source, from.node, () => copyPath(world, source, target, options))
  if (from.node.kind === 'link' && followsTop) return circular(world, source, from.node)
  const mayRead = from.node.kind === 'link' ? ok : readable(world, source)
  if (mayRead.status === 'fail') return mayRead
  if (from.node.kind === 'directory' && !options.recursive)
    return failure(
      world,
      'other',
      from.node.exists,
      text`${source} is a folder; cp without -r does not copy it.`,
      {
        path: source,
        because: from.node.because,
      },
    )
  const hidden = options.recursive ? unreadableBelow(world, from.path, from.node) : undefined
  if (hidden?.status === 'fail') return hidden
  const followed = find(world.state.files, target)
  // A copied link takes the place of another one; a file is not written through a link to nothing.
  const entry = find(world.state.files, target, false)
  const overLink = from.node.kind === 'link' && followed.node.kind !== 'directory'
  const at = overLink || options.fresh ? (followed.node.kind === 'directory' ? followed : entry) : followed
  if (entry.node.kind === 'link' && followed.node.kind === 'missing' && !overLink && !options.fresh)
    return failure(
      world,
      'other',
      entry.node.exists,
      text`${target} is a link to ${followed.path}, which does not exist; cp does not write through it.`,
      { path: target, because: entry.node.because },
    )
  if (at.node.kind === 'directory' && options.intoFolder !== false)
    return copyPath(world, source, join(at.path, nameOf(absoluteName(source))), {
      ...options,
      intoFolder: false,
    })
  if (at.path === from.path || entry.path === from.path)
    return failure(world, 'other', 'certain', text`${source} and ${target} are the same.`, { path: source })
  if (at.node.kind === 'directory' && (from.node.kind === 'file' || from.node.kind === 'link'))
    return failure(
      world,
      'other',
      at.node.exists,
      text`${target} is a folder: a file cannot be copied over it.`,
      {
        path: target,
        because: at.node.because,
      },
    )
  // All but the target is copied, and cp fails in the end.
  const intoItself =
    from.node.kind === 'directory' && `${at.path}/`.startsWith(`${from.path}/`) && from.path !== '/'
      ? failure(world, 'other', 'certain', text`${source} cannot be copied into itself.`, { path: source })
      : undefined
  const copiedNode = intoItself ? withoutTarget(from, at) : from.node
  // Nobody knows whether the target is a folder that takes the copy, or a name for it.
  const unsure = at.node.kind === 'unknown' && options.intoFolder !== false && from.node.kind === 'directory'
  if (from.node.kind === 'directory' && (at.node.kind === 'file' || at.node.kind === 'other'))
    return failure(
      world,
      'other',
      at.node.exists,
      text`${target} is a file: a folder cannot be copied over it.`,
      {
        path: target,
        because: at.node.because,
      },
    )
  const replaces = at.node.kind === 'file' && !options.fresh && from.node.kind !== 'link'
  if (replaces || at.path.startsWith('/dev/'))
    return worse(mayRead, overwrite(world, from.node, target, options))

  const parent = parentOf(at.path)
  const parentNode = nodeAt(world.state.files, parent)
  const intoBlocked = wayRefused(world, at, text`write ${target}`)
  if (intoBlocked?.status === 'fail') return intoBlocked
  if (parentNode.kind === 'missing') return notThere(world, parent, parentNode)
  if (parentNode.kind === 'file') return notAFolder(world, parent, parentNode)
  const merging = at.node.kind === 'directory'
  const denied = merging
    ? entryRefused(world, at.path, text`write into ${target}`)
    : (entryRefused(world, parent, text`write ${target}`) ??
      (at.node.kind === 'missing'
        ? undefined
        : stickyRefused(world, parentNode, at.node, at.path, text`replace ${target}`)))
  if (denied?.status === 'fail') {
    const nothingToDo = merging && from.node.children.size === 0
    return nothingToDo || at.node.kind === 'unknown' ? doubted(denied, 'likely') : denied
  }
  const copied = merging
    ? laidOver(world, at.node, copiedNode, parentNode, options, from.path)
    : copyOf(world, copiedNode, parentNode, options, from.path)
  const present: FileNode =
    from.node.kind === 'unknown' && !options.recursive
      ? { ...copied, kind: 'file', exists: 'certain', mode: modeOfProgram(world, from.path, copied.mode) }
      : copied
  // A name that this file may have made a folder takes the file into it.
  const mayTakeIt =
    !merging && copied.kind !== 'directory' && options.intoFolder !== false && mayBeFolder(world, at.path)
  setFiles(world, put(world.state.files, at.path, mayTakeIt ? { ...present, exists: 'likely' } : present))
  const unkept = merging && options.preserve ? notMine(world, at.node, at.path) : undefined
  if (unsure) {
    const node = nodeAt(world.state.files, at.path)
    setFiles(world, put(world.state.files, at.path, unsurelyPlaced(node)))
  }
  world.writes.push(at.path)
  if (intoItself) return worse(worse(denied ?? ok, mayRead), intoItself)
  if (unkept?.status === 'fail') return unkept
  return worse(denied ?? ok, worse(mayRead, from.node.kind === 'unknown' || unsure || mayTakeIt ? maybe : ok))
}

/** What a folder holds besides the copy that is made in it. */
function withoutTarget(from: Found, at: Found): FileNode {
  const inside = at.path.slice(from.path.length)
  return nodeAt(from.node, inside).kind === 'missing' ? from.node : removed(from.node, inside, [])
}

/** Others than root may not be able to read all that lies in a folder: cp copies the rest and fails. */
function unreadableBelow(world: World, path: string, node: FileNode): Outcome | undefined {
  if (node.kind !== 'directory' || isCertainly(world.identity.uid, 0)) return undefined
  for (const below of pathsBelow(node, path)) {
    if (below.path === path || below.node.kind === 'link' || below.node.kind === 'unknown') continue
    const outcome = readable(world, below.path)
    if (outcome.status === 'fail') return outcome
  }
  return undefined
}

/** What lies in a bin folder of the base and was not named is a program: 0755 as a rule. */
function modeOfProgram(world: World, path: string, mode: Known<number>): Known<number> {
  if (mode.certainty !== 'unknown' || !/\/s?bin\/[^/]+$/.test(path)) return mode
  return { certainty: 'likely', value: 0o755 & ~world.umask, because: [world.origin] }
}

/** EPERM: who does not own an existing target can give it neither the times nor the mode of the source. */
function notMine(world: World, node: FileNode, path: string): Outcome | undefined {
  const mine = sameNumber(node.owner, world.identity.uid)
  if (isCertainly(world.identity.uid, 0) || (mine.certainty !== 'unknown' && mine.value)) return undefined
  if (mine.certainty === 'unknown') return maybe
  return failure(
    world,
    'not-permitted',
    mine.certainty,
    text`Cannot preserve the attributes of ${path} as ${describeIdentity(world.identity)}: it ${describeNode(node, world.state.accounts)}.`,
    { path, because: node.because },
  )
}

function absoluteName(path: string): string {
  return path === '/' ? '/' : path.replace(/\/+$/, '')
}

function overwrite(world: World, source: FileNode, target: string, options: CopyOptions): Outcome {
  const outcome = writeFile(world, target, source.content === undefined ? {} : { content: source.content })
  if (outcome.status === 'fail' || (!options.preserve && !options.preserveMode)) return outcome
  const found = find(world.state.files, target)
  if (found.node.kind !== 'file') return outcome
  const unkept = notMine(world, found.node, found.path)
  if (unkept) return unkept
  const kept = preserved(world, source, found.node.group, options)
  setFiles(
    world,
    put(world.state.files, found.path, {
      ...found.node,
      ...(options.preserve && isCertainly(world.identity.uid, 0)
        ? { owner: kept.owner, group: kept.group }
        : {}),
      mode: kept.mode,
    }),
  )
  return outcome
}

/** The tree that a copy of `node` in the folder `parent` is. */
function copyOf(
  world: World,
  entry: FileNode,
  parent: FileNode,
  options: CopyOptions,
  path: string,
): FileNode {
  if (entry.kind === 'missing') return entry
  const followed =
    entry.kind === 'link' && options.dereference === 'always' ? find(world.state.files, path).node : entry
  // What is not there is left out; a link to a folder above itself has no end.
  if (followed.kind === 'missing') return followed
  if (followed !== entry && followed.kind === 'directory')
    return { ...followed, kind: 'unknown', exists: 'possible' }
  const node = followed
  const { capabilities: _gone, readOnly: _mount, ...plain } = node
  const attributes = attributesFor(world, parent, 0o777, node.kind === 'directory')
  const kept = preserved(world, node, attributes.group, options)
  const keepsMode = options.preserve || options.preserveMode
  const plainBits = isBusybox(world) ? bitsOfBusybox(world, node) : node.kind === 'directory' ? 0o1777 : 0o777
  // BusyBox gives folders the source's bits, whatever mkdir(2) made.
  const inherited =
    node.kind === 'directory' && !isBusybox(world) && attributes.mode.certainty !== 'unknown'
      ? attributes.mode.value & 0o2000
      : 0
  const mode: Known<number> =
    node.kind === 'link' || node.mode.certainty === 'unknown'
      ? node.mode
      : keepsMode
        ? kept.mode
        : {
            ...node.mode,
            value: (node.mode.value & plainBits & ~world.umask) | inherited,
            ...(isMaskSure(world, node.mode.value) ? {} : { certainty: 'possible' }),
          }
  const copy: FileNode = {
    ...plain,
    owner: kept.owner,
    group: kept.group,
    // Where cp sets the mode anew, the kernel takes setgid from a folder of a group that one is not in.
    mode: losesSetgid(world, node, mode, kept.group) ? lowered(mode) : mode,
    because: [world.origin],
    unlisted: node.unlisted === 'none' ? 'none' : copiedUnlisted(world, node.unlisted, kept, options),
  }
  if (node.children.size === 0) return copy
  return {
    ...copy,
    children: node.children.map((child, name) => copyOf(world, child, copy, options, join(path, name))),
  }
}

/**
 * GNU's cp leaves setuid and setgid behind, and a folder its sticky bit. BusyBox hands on all; then the kernel takes
 * setuid and setgid from a file that somebody else than root writes (libbb/copy_file.c).
 */
function bitsOfBusybox({ identity }: World, { kind }: FileNode): number {
  return kind === 'directory' || isCertainly(identity.uid, 0) ? 0o7777 : 0o1777
}

function losesSetgid(
  { identity }: World,
  { kind }: FileNode,
  mode: Known<number>,
  group: Known<number>,
): boolean {
  if (kind !== 'directory' || isCertainly(identity.uid, 0) || ((knownValue(mode) ?? 0) & 0o2000) === 0)
    return false
  const id = knownValue(group)
  return id === undefined || knownValue(identity.groups)?.includes(id) !== true
}

function copiedUnlisted(
  world: World,
  unlisted: Unlisted,
  kept: { readonly owner: Known<number>; readonly group: Known<number> },
  options: CopyOptions,
): Unlisted {
  const root = isCertainly(world.identity.uid, 0)
  const { mode } = unlisted
  return {
    owner: options.preserve && root ? unlisted.owner : kept.owner,
    group: options.preserve && root ? unlisted.group : kept.group,
    mode:
      mode.certainty === 'unknown' || options.preserve || options.preserveMode
        ? mode
        : { ...mode, value: mode.value & 0o777 & ~world.umask },
  }
}

/** Owner and group as cp -p can keep them: root all, others a group of theirs; setuid only with the owner. */
function preserved(
  world: World,
  node: FileNode,
  group: Known<number>,
  options: CopyOptions,
): { owner: Known<number>; group: Known<number>; mode: Known<number> } {
  const { identity } = world
  if (!options.preserve) return { owner: identity.uid, group, mode: node.mode }
  if (isCertainly(identity.uid, 0)) return { owner: node.owner, group: node.group, mode: node.mode }
  const groups = knownValue(identity.groups)
  const wanted = knownValue(node.group)
  const keepsGroup = groups !== undefined && wanted !== undefined && groups.includes(wanted)
  const owns = knownValue(identity.uid) !== undefined && knownValue(identity.uid) === knownValue(node.owner)
  const mode =
    node.mode.certainty === 'unknown' || owns ? node.mode : { ...node.mode, value: node.mode.value & 0o1777 }
  return { owner: identity.uid, group: keepsGroup ? node.group : group, mode }
}

/** A copied folder over an existing one: what exists keeps owner and mode unless they are preserved. */
function laidOver(
  world: World,
  old: FileNode,
  entry: FileNode,
  folder: FileNode,
  options: CopyOptions,
  path: string,
): FileNode {
  if (entry.kind !== 'directory' || old.kind !== 'directory')
    return overOldFile(old, copyOf(world, entry, folder, options, path), options)
  const own = copyOf(world, { ...entry, children: entry.children.clear() }, folder, options, path)
  const attributes = options.preserve
    ? { owner: own.owner, group: own.group, mode: own.mode, because: own.because }
    : options.preserveMode
      ? { mode: own.mode }
      : {}
  let { children } = old
  for (const [name, child] of entry.children) {
    if (child.kind === 'missing') continue
    children = children.set(name, laidOver(world, childOf(old, name), child, old, options, join(path, name)))
  }
  return { ...old, ...attributes, children, unlisted: joinedUnlisted(old.unlisted, own.unlisted) }
}

function overOldFile(old: FileNode, copy: FileNode, options: CopyOptions): FileNode {
  if (old.kind !== 'file' || copy.kind !== 'file' || options.preserve || options.fresh) return copy
  const { content: _old, archive: _members, ...rest } = old
  return {
    ...rest,
    because: copy.because,
    ...(copy.content === undefined ? {} : { content: copy.content }),
    ...(copy.archive === undefined ? {} : { archive: copy.archive }),
  }
}

function joinedUnlisted(a: FileNode['unlisted'], b: FileNode['unlisted']): FileNode['unlisted'] {
  if (a === 'none') return b
  if (b === 'none') return a
  const same = (x: Known<number>, y: Known<number>): Known<number> =>
    x.certainty !== 'unknown' && y.certainty !== 'unknown' && x.value === y.value
      ? { ...x, certainty: weaker(x.certainty, y.certainty) }
      : unknown()
  return { owner: same(a.owner, b.owner), group: same(a.group, b.group), mode: same(a.mode, b.mode) }
}

/** The target may have been a folder: then the copy lies one level deeper. */
function unsurelyPlaced(node: FileNode): FileNode {
  const certainty: Certainty = 'likely'
  return {
    ...node,
    owner: lowered(node.owner, certainty),
    group: lowered(node.group, certainty),
    mode: lowered(node.mode, certainty),
    children: node.children.map((child) => ({ ...child, exists: weaker(child.exists, certainty) })),
    unlisted:
      node.unlisted === 'none' ? { owner: node.owner, group: node.group, mode: unknown() } : node.unlisted,
  }
}

/** `source`'s entries laid over the folder `target`, whose own owner and mode stay (COPY, tar). */
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
