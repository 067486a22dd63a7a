import type { Certainty, Known, Origin } from '../known.ts'
import { certain, isCertainly, lowered, unknown, weaker } from '../known.ts'
import { NameMap } from './name-map.ts'
import type { FileNode, Identity, Unlisted } from './types.ts'

/**
 * The sparse, immutable file tree of an image. Paths are absolute POSIX paths.
 * What the tree does not name is either certainly missing (`unlisted: 'none'`) or as `unlisted` says.
 */

const noChildren: NameMap<FileNode> = NameMap.of()
const nobodyKnows: Known<never> = unknown()
const missingNode: FileNode = {
  kind: 'missing',
  owner: nobodyKnows,
  group: nobodyKnows,
  mode: nobodyKnows,
  exists: 'certain',
  children: noChildren,
  unlisted: 'none',
  because: [],
}
export const nothingKnown: Unlisted = { owner: nobodyKnows, group: nobodyKnows, mode: nobodyKnows }

/** A node about which only that is known which its folder says of entries it does not name. */
function unlistedNode(unlisted: Unlisted, because: readonly Origin[]): FileNode {
  return {
    kind: 'unknown',
    owner: unlisted.owner,
    group: unlisted.group,
    mode: unlisted.mode,
    exists: 'possible',
    children: noChildren,
    unlisted,
    because,
  }
}

export interface NodeAttributes {
  readonly owner: Known<number>
  readonly group: Known<number>
  readonly mode: Known<number>
  readonly because: readonly Origin[]
}

export function directory(
  attributes: NodeAttributes,
  unlisted: 'none' | Unlisted = 'none',
  exists: Certainty = 'certain',
): FileNode {
  return { kind: 'directory', ...attributes, exists, children: noChildren, unlisted }
}

export function file(attributes: NodeAttributes, content?: string, exists: Certainty = 'certain'): FileNode {
  return {
    kind: 'file',
    ...attributes,
    exists,
    children: noChildren,
    unlisted: 'none',
    ...(content === undefined ? {} : { content }),
  }
}

export function link(attributes: NodeAttributes, target: string, exists: Certainty = 'certain'): FileNode {
  return { kind: 'link', ...attributes, exists, children: noChildren, unlisted: 'none', target }
}

/** Something that may be there, of whatever kind. */
export function mayBe(attributes: NodeAttributes, unlisted: Unlisted = attributes): FileNode {
  return { kind: 'unknown', ...attributes, exists: 'possible', children: noChildren, unlisted }
}

/** Nobody knows whether anything is there: nothing was seen, or it is only likely gone. */
export function mayBeThere({ kind, exists }: FileNode): boolean {
  return kind === 'unknown' || (kind === 'missing' && exists !== 'certain')
}

/** Linux: PATH_MAX, less the zero byte. */
export const longestPath = 4095

/** Folds `.`, `..` and repeated slashes; relative paths are taken from `cwd`. */
export function absolute(path: string, cwd = '/'): string {
  if (path.startsWith('/') && !/\/(\/|\.|$)/.test(path)) return path
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return `/${parts.join('/')}`
}

export function parentOf(path: string): string {
  const cut = path.lastIndexOf('/')
  return cut <= 0 ? '/' : path.slice(0, cut)
}
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
export function join(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

function split(path: string): string[] {
  return path === '/' ? [] : path.slice(1).split('/')
}

/** The entry `name` of a folder. */
export function childOf(folder: FileNode, name: string): FileNode {
  const child = folder.children.get(name)
  if (child) return child
  // What may be no file may be a folder, and hold anything.
  if (folder.kind === 'file' && folder.exists !== 'certain') return unlistedNode(nothingKnown, folder.because)
  if (folder.kind === 'missing' && folder.exists !== 'certain')
    return { ...missingNode, exists: folder.exists, because: folder.because }
  if (folder.kind === 'file' || folder.kind === 'other' || folder.kind === 'missing') return missingNode
  // Behind a link that leads back to itself is nothing, behind one whose target nobody knows are unknown entries.
  if (folder.kind === 'link')
    return folder.target === undefined ? unlistedNode(nothingKnown, folder.because) : missingNode
  return folder.unlisted === 'none' ? missingNode : unlistedNode(folder.unlisted, folder.because)
}

/** Links that are followed on one way. */
export const maxLinks = 40 // Linux: MAXSYMLINKS

export interface Found {
  /** The path with all links resolved. */
  readonly path: string
  readonly node: FileNode
  /** Folders on the way, from `/` on, `node` excluded. */
  readonly ancestors: readonly { readonly path: string; readonly node: FileNode }[]
}

/** Follows `path` from the root. @param last follow a link at the end too (as open(2) does; false as lstat(2)) */
export function find(root: FileNode, path: string, last = true): Found {
  let links = 0
  // All before `from` has been followed and holds no links.
  let text = path
  let from = 1
  let node = root
  let ancestors: { path: string; node: FileNode }[] = []
  while (from < text.length) {
    const slash = text.indexOf('/', from)
    const to = slash < 0 ? text.length : slash
    const at = from === 1 ? '/' : text.slice(0, from - 1)
    const child = childOf(node, text.slice(from, to))
    if (child.kind === 'link' && child.target !== undefined && (slash >= 0 || last) && links < maxLinks) {
      links++
      const target = absolute(child.target, at)
      text = target === '/' ? text.slice(to) || '/' : target + text.slice(to)
      from = 1
      node = root
      ancestors = []
      continue
    }
    ancestors.push({ path: at, node })
    node = child
    from = to + 1
  }
  return { path: text, node, ancestors }
}

/** The node at `path`, links followed. */
export function nodeAt(root: FileNode, path: string): FileNode {
  let node = root
  for (let from = 1; from < path.length; ) {
    const slash = path.indexOf('/', from)
    const to = slash < 0 ? path.length : slash
    node = childOf(node, path.slice(from, to))
    if (node.kind === 'link') return find(root, path).node
    from = to + 1
  }
  return node
}

/** The tree with `node` at `path`; `path` has no links on its way (see `find`). Folders that the tree does not know yet are taken from `unlisted`. */
export function put(root: FileNode, path: string, node: FileNode): FileNode {
  // What is deeper than any path that a program can name is nowhere.
  if (path.length > longestPath) return root
  return putAt(root, split(path), 0, node)
}

function putAt(folder: FileNode, parts: readonly string[], index: number, node: FileNode): FileNode {
  if (index === parts.length) return node
  const name = parts[index] as string
  const child = putAt(childOf(folder, name), parts, index + 1, node)
  if (folder.children.get(name) === child) return folder
  if (child.kind === 'missing') return { ...folder, children: folder.children.set(name, child) }
  // What holds an entry is a folder, and is as surely there as the entry.
  const exists =
    child.exists === 'certain' ? 'certain' : folder.kind === 'missing' ? child.exists : folder.exists
  const asFolder: FileNode =
    folder.kind === 'directory' && folder.exists === exists
      ? folder
      : {
          ...folder,
          kind: 'directory',
          exists,
          // It was taken for a file, and is a folder whose entries nobody saw.
          ...(folder.kind === 'file' && folder.exists !== 'certain' ? { unlisted: nothingKnown } : {}),
        }
  return { ...asFolder, children: folder.children.set(name, child) }
}

/** Owner, group and mode of a folder that may have been there: it kept what it had then, and is as `made` where it was not. */
export function keptOrMade(
  before: FileNode,
  made: Pick<NodeAttributes, 'owner' | 'group' | 'mode'>,
): Pick<NodeAttributes, 'owner' | 'group' | 'mode'> {
  const either = (old: Known<number>, now: Known<number>): Known<number> => {
    if (before.exists === 'certain' || old.certainty === 'unknown') return old
    if (now.certainty !== 'unknown' && now.value === old.value)
      return { ...old, certainty: weaker(old.certainty, now.certainty) }
    return before.exists === 'likely' ? lowered(old) : unknown(old.because)
  }
  return {
    owner: either(before.owner, made.owner),
    group: either(before.group, made.group),
    mode: either(before.mode, made.mode),
  }
}

/** The tree with nothing at `path`. */
export function removed(root: FileNode, path: string, because: readonly Origin[]): FileNode {
  return put(root, path, { ...missingNode, because })
}

/**
 * Applies `change` to a node and all below it, to entries it does not name as well.
 * @param key names a change that does nothing to what it has made: it is then not made twice
 */
export function mapTree(node: FileNode, change: (node: FileNode) => FileNode, key?: string): FileNode {
  if (node.kind === 'missing') return node
  const changed = change(node)
  if (node.children.size === 0) return changed
  const below = (child: FileNode) => mapTree(child, change, key)
  const { children } = changed
  return { ...changed, children: key === undefined ? children.map(below) : children.settled(key, below) }
}

/** Every known path below `path`, itself included; at most `limit`. */
export function* pathsBelow(node: FileNode, path: string): Generator<{ path: string; node: FileNode }> {
  yield { path, node }
  for (const [name, child] of node.children) {
    if (child.kind !== 'missing') yield* pathsBelow(child, join(path, name))
  }
}

const bit = { read: 4, write: 2, execute: 1 } as const
export type Access = keyof typeof bit

/** May `who` do that to this very node (folders on the way not considered)? access(2), without capabilities but root's. */
export function permits(node: FileNode, who: Identity, access: Access): Known<boolean> {
  const because = node.because
  if (node.kind === 'missing') return unknown(because)
  // Where a secret was not given, its path is like any other.
  if (node.readOnly && access === 'write')
    return { certainty: node.optional ? 'likely' : 'certain', value: false, because }
  if (isCertainly(who.uid, 0)) {
    // CAP_DAC_OVERRIDE: everything, but executing a file needs one x bit.
    if (access !== 'execute' || isSurelyFolder(node)) return certain(true, because)
    if (node.kind === 'directory') return { certainty: node.exists, value: true, because }
    if (node.mode.certainty === 'unknown') return unknown(because)
    return { certainty: node.mode.certainty, value: (node.mode.value & 0o111) !== 0, because }
  }
  if (who.uid.certainty === 'unknown' || node.mode.certainty === 'unknown') return unknown(because)
  if (who.uid.value === 0 && (access !== 'execute' || node.kind === 'directory'))
    return { certainty: who.uid.certainty, value: true, because }
  const mode = node.mode.value
  const want = bit[access]
  const asOwner = ((mode >> 6) & want) !== 0
  const asGroup = ((mode >> 3) & want) !== 0
  const asOther = (mode & want) !== 0
  const certainty = weaker(node.mode.certainty, who.uid.certainty)
  if (asOwner === asGroup && asGroup === asOther) return { certainty, value: asOther, because }
  if (node.owner.certainty === 'unknown') return unknown(because)
  const withOwner = weaker(certainty, node.owner.certainty)
  if (node.owner.value === who.uid.value) return { certainty: withOwner, value: asOwner, because }
  if (asGroup === asOther) return { certainty: withOwner, value: asOther, because }
  if (node.group.certainty === 'unknown' || who.groups.certainty === 'unknown') return unknown(because)
  const inGroup = who.groups.value.includes(node.group.value)
  return {
    certainty: weaker(withOwner, weaker(node.group.certainty, who.groups.certainty)),
    value: inGroup ? asGroup : asOther,
    because,
  }
}

/** What is only likely to be a folder may as well be a file. */
function isSurelyFolder({ kind, exists }: FileNode): boolean {
  return kind === 'directory' && exists === 'certain'
}

/** Both must hold: false wins, then unknown, then the weaker certainty. */
export function both(a: Known<boolean>, b: Known<boolean>): Known<boolean> {
  if (a.certainty !== 'unknown' && !a.value)
    return b.certainty === 'certain' && !b.value && a.certainty !== 'certain' ? b : a
  if (b.certainty !== 'unknown' && !b.value) return b
  if (a.certainty === 'unknown') return a
  if (b.certainty === 'unknown') return b
  return {
    certainty: weaker(a.certainty, b.certainty),
    value: true,
    because: joinOrigins(a.because, b.because),
  }
}

/** May `who` reach `path` and do that to it? Unknown where the path may not exist. */
export function allowed(root: FileNode, path: string, who: Identity, access: Access): Known<boolean> {
  const found = find(root, path)
  let answer: Known<boolean> = certain(true)
  for (const ancestor of found.ancestors) answer = both(answer, permits(ancestor.node, who, 'execute'))
  return both(answer, permits(found.node, who, access))
}

/** May `who` make or remove an entry in the folder at `path`? Needs to write and to search it. */
export function mayChangeEntries(root: FileNode, path: string, who: Identity): Known<boolean> {
  return both(allowed(root, path, who, 'execute'), allowed(root, path, who, 'write'))
}

/** Does the folder hand its group on to what is made in it? That a mode in doubt is setgid after all is not likely. */
export function isSetgid({ mode }: FileNode): Known<boolean> {
  if (mode.certainty === 'unknown') return unknown(mode.because)
  const value = (mode.value & 0o2000) !== 0
  const certainty = value ? mode.certainty : mode.certainty === 'possible' ? 'likely' : 'certain'
  return { certainty, value, because: mode.because }
}

/** What holds in both of two states: equal parts stay, the rest becomes unknown. Shared subtrees cost nothing. */
export function joinTrees(a: FileNode, b: FileNode): FileNode {
  if (a === b) return a
  const kind = a.kind === b.kind ? a.kind : 'unknown'
  const children = a.children.joined(b.children, (mine, others, name) =>
    joinTrees(mine ?? childOf(a, name), others ?? childOf(b, name)),
  )
  const node: FileNode = {
    kind,
    owner: kind === 'unknown' ? eitherOf(a, b, 'owner') : joinKnown(a.owner, b.owner),
    group: kind === 'unknown' ? eitherOf(a, b, 'group') : joinKnown(a.group, b.group),
    mode: kind === 'unknown' ? eitherOf(a, b, 'mode') : joinKnown(a.mode, b.mode),
    exists: a.kind === b.kind ? weaker(a.exists, b.exists) : 'possible',
    children,
    unlisted: joinUnlisted(a, b),
    because: joinOrigins(a.because, b.because),
  }
  return {
    ...node,
    ...(a.target !== undefined && a.target === b.target ? { target: a.target } : {}),
    ...(a.content !== undefined && a.content === b.content ? { content: a.content } : {}),
    ...(a.capabilities !== undefined && a.capabilities === b.capabilities
      ? { capabilities: a.capabilities }
      : {}),
  }
}

const mostOrigins = 4

/** The last few makers of both. */
function joinOrigins(a: readonly Origin[], b: readonly Origin[]): readonly Origin[] {
  if (a === b || b.length === 0) return a
  if (a.length === 0) return b
  return [...new Set([...a, ...b])].slice(-mostOrigins)
}

/** `after`, where nobody knows whether it has come about: what differs from `before` is only likely. */
export function presumedTree(before: FileNode, after: FileNode): FileNode {
  if (before === after) return after
  const children = after.children.joined(before.children, (mine, others, name) =>
    presumedTree(others ?? childOf(before, name), mine ?? childOf(after, name)),
  )
  const presumed = <T>(old: Known<T>, now: Known<T>): Known<T> =>
    now === old || now.certainty !== 'certain' ? now : { ...now, certainty: 'likely' }
  const owner = presumed(before.owner, after.owner)
  const group = presumed(before.group, after.group)
  const mode = presumed(before.mode, after.mode)
  const exists =
    after.kind === before.kind && after.exists === before.exists
      ? after.exists
      : weaker(after.exists, 'likely')
  const { content, ...rest } = after
  const same =
    children === after.children &&
    owner === after.owner &&
    group === after.group &&
    mode === after.mode &&
    exists === after.exists &&
    content === before.content
  if (same) return after
  return {
    ...rest,
    ...{ children, owner, group, mode, exists },
    ...(content !== undefined && content === before.content ? { content } : {}),
  }
}

/** Where one side has nothing at all, the attributes are the other's, if there is anything. */
function eitherOf(a: FileNode, b: FileNode, key: 'owner' | 'group' | 'mode'): Known<number> {
  if (a.kind === 'missing') return lowered(b[key])
  return lowered(b.kind === 'missing' ? a[key] : joinKnown<number>(a[key], b[key]))
}

function joinUnlisted(a: FileNode, b: FileNode): 'none' | Unlisted {
  if (a.unlisted === b.unlisted) return a.unlisted
  if (a.unlisted === 'none') return b.unlisted
  if (b.unlisted === 'none') return a.unlisted
  return {
    owner: joinKnown(a.unlisted.owner, b.unlisted.owner),
    group: joinKnown(a.unlisted.group, b.unlisted.group),
    mode: joinKnown(a.unlisted.mode, b.unlisted.mode),
  }
}

export function joinKnown<T>(a: Known<T>, b: Known<T>): Known<T> {
  if (a === b) return a
  if (a.certainty === 'unknown' || b.certainty === 'unknown' || a.value !== b.value)
    return unknown(joinOrigins(a.because, b.because))
  return { certainty: weaker(a.certainty, b.certainty), value: a.value, because: a.because }
}
