import type { Known, Origin } from '../../known.ts'
import { certain, isCertainly, knownValue, lowered, unknown, weaker } from '../../known.ts'
import { type Message, text } from '../../l10n/index.ts'
import type { Outcome, World } from '../commands/model.ts'
import { maybe, ok } from '../commands/model.ts'
import { describeIdentity, describeNode } from '../describe.ts'
import type { Found } from '../files.ts'
import { absolute, both, find, joinTrees, mapTree, parentOf, pathsBelow, permits, put } from '../files.ts'
import type { FileNode, Identity, Unlisted } from '../types.ts'
import {
  becauseOf,
  circular,
  doubted,
  failure,
  notThere,
  sameNumber,
  setFiles,
  wayRefused,
  worse,
} from './checks.ts'

export interface Ownership {
  readonly owner?: Known<number>
  readonly group?: Known<number>
}

export interface ChangeOwnerOptions {
  readonly recursive?: boolean
  /** A link itself instead of what it points to. */
  readonly noDereference?: boolean
  /** Links below are followed (chown -R -L). */
  readonly follow?: boolean
  /** Only where the present owner is this one. */
  readonly from?: { readonly owner?: number; readonly group?: number }
}

/** chown(2). Root may everything; others may only hand a file of theirs to a group of theirs. */
export function changeOwner(
  world: World,
  path: string,
  ownership: Ownership,
  options: ChangeOwnerOptions = {},
): Outcome {
  const found = find(world.state.files, path, !options.noDereference)
  const doing = (path: string) => text`change the owner of ${path}`
  const wayBlocked = wayRefused(world, found, doing(path))
  if (wayBlocked?.status === 'fail') return wayBlocked
  if (found.node.kind === 'missing') return notThere(world, path, found.node)
  if (found.node.kind === 'link' && !options.noDereference) return circular(world, path, found.node)
  const may = (node: FileNode): Known<boolean> => {
    const matches = matchesFrom(node, options.from)
    if (matches === true) return mayChown(world.identity, node, ownership)
    return matches === false ? certain(true) : unknown()
  }
  const outcome = worse(
    wayBlocked ?? ok,
    eachRefused(world, found, options.recursive === true, may, { doing, rule: text`only root may` }),
  )
  const change = (node: FileNode): FileNode => {
    const matches = matchesFrom(node, options.from)
    if (matches === false) return node
    const whole = chowned(node, ownership, world.origin)
    const changed = options.recursive ? whole : { ...whole, unlisted: node.unlisted }
    return matches === true ? changed : { ...changed, ...eitherOwner(node, changed) }
  }
  if (outcome.status === 'fail') {
    if (options.recursive) changeWhereAllowed(world, found, may, change)
    return outcome
  }
  const key = options.from ? undefined : keyOfOwners(ownership)
  setFiles(
    world,
    put(
      world.state.files,
      found.path,
      options.recursive ? mapTree(found.node, change, key) : change(found.node),
    ),
  )
  world.writes.push(found.path)
  if (options.recursive && options.follow)
    for (const target of linkTargets(found)) changeOwner(world, target, ownership, { recursive: true })
  return outcome
}

/** Two changes of owner with one key do the same; undefined where that cannot be told. */
function keyOfOwners({ owner, group }: Ownership): string | undefined {
  const ids = [owner, group].map((id) =>
    id === undefined ? '' : id.certainty === 'certain' ? String(id.value) : undefined,
  )
  return ids.includes(undefined) ? undefined : `chown ${ids.join(':')}`
}

function linkTargets(found: Found): string[] {
  return [...pathsBelow(found.node, found.path)].flatMap(({ path, node }) =>
    node.kind === 'link' && node.target !== undefined ? [absolute(node.target, parentOf(path))] : [],
  )
}

/** Undefined where we cannot tell. */
function matchesFrom(node: FileNode, from: ChangeOwnerOptions['from']): boolean | undefined {
  if (!from) return true
  const answers = [
    from.owner === undefined ? certain(true) : sameNumber(node.owner, certain(from.owner)),
    from.group === undefined ? certain(true) : sameNumber(node.group, certain(from.group)),
  ]
  if (answers.some((answer) => answer.certainty === 'certain' && !answer.value)) return false
  return answers.every((answer) => answer.certainty === 'certain') ? true : undefined
}

function eitherOwner(a: FileNode, b: FileNode): Pick<FileNode, 'owner' | 'group'> {
  const either = (x: Known<number>, y: Known<number>) =>
    knownValue(x) !== undefined && knownValue(x) === knownValue(y) ? lowered(y) : unknown<number>(y.because)
  return { owner: either(a.owner, b.owner), group: either(a.group, b.group) }
}

/** May somebody else than root do this to the path, and where recursive to all below it? */
function eachRefused(
  world: World,
  found: Found,
  recursive: boolean,
  may: (node: FileNode) => Known<boolean>,
  told: { readonly doing: (path: string) => Message; readonly rule: Message },
): Outcome {
  const closed = mountRefused(world, found, recursive, told.doing)
  if (closed?.status === 'fail') return closed
  const doubt: Outcome =
    closed ?? (found.node.kind === 'unknown' || found.node.exists !== 'certain' ? maybe : ok)
  if (isCertainly(world.identity.uid, 0)) return doubt
  let outcome = doubt
  const all = recursive ? pathsBelow(found.node, found.path) : [{ path: found.path, node: found.node }]
  for (const { path, node } of all) {
    if (recursive && node.kind === 'directory' && node.unlisted !== 'none')
      outcome = worse(outcome, unlistedRefused(node.unlisted, may, node))
    const answer = may(node)
    if (answer.certainty === 'unknown') outcome = worse(outcome, maybe)
    else if (!answer.value) {
      const refusal = failure(
        world,
        'not-permitted',
        weaker(answer.certainty, node.exists),
        text`Cannot ${told.doing(path)} as ${describeIdentity(world.identity)}: ${told.rule}. It ${describeNode(node, world.state.accounts)}.`,
        { path, because: node.because },
      )
      outcome = worse(outcome, node.kind === 'unknown' ? doubted(refusal, 'likely') : refusal)
      if (outcome.status === 'fail') return outcome
    } else if (answer.certainty !== 'certain') outcome = worse(outcome, maybe)
  }
  return outcome
}

/** What is refused for one path keeps nobody from changing the others below a folder: the program goes on, and fails in the end. */
function changeWhereAllowed(
  world: World,
  { path, node }: Found,
  may: (node: FileNode) => Known<boolean>,
  change: (node: FileNode) => FileNode,
): void {
  const { identity, state } = world
  const changed = (one: FileNode): FileNode => {
    if (one.kind === 'missing' || one.readOnly) return one
    const answer = may(one)
    const allowedSelf = answer.certainty !== 'unknown' && answer.value
    const sure = answer.certainty === 'certain'
    const done = change(one)
    const own = sure ? (allowedSelf ? done : one) : joinTrees(one, { ...done, children: one.children })
    if (one.children.size === 0) return own
    const enters = both(permits(own, identity, 'read'), permits(own, identity, 'execute'))
    if (enters.certainty === 'certain' && !enters.value) return own
    const below = one.children.map((child) =>
      enters.certainty === 'certain' ? changed(child) : joinTrees(child, changed(child)),
    )
    return { ...own, children: below }
  }
  setFiles(world, put(state.files, path, changed(node)))
}

/** EROFS, for root as well: all of it lies on a read-only mount, or a part does and the rest is changed. */
function mountRefused(
  world: World,
  { path, node }: Found,
  recursive: boolean,
  doing: (path: string) => Message,
): Outcome | undefined {
  if (node.readOnly && !node.optional)
    return failure(
      world,
      'permission-denied',
      node.exists,
      text`Cannot ${doing(path)}: ${path} is mounted read-only.`,
      { path, because: node.because },
    )
  if (node.readOnly) return maybe
  if (recursive && world.mounted)
    for (const below of pathsBelow(node, path)) if (below.node.readOnly) return maybe
  return undefined
}

function unlistedRefused(
  unlisted: Unlisted,
  may: (node: FileNode) => Known<boolean>,
  folder: FileNode,
): Outcome {
  const answer = may({ ...folder, kind: 'unknown', owner: unlisted.owner, group: unlisted.group })
  return answer.certainty === 'certain' && answer.value ? ok : maybe
}

function mayChown(who: Identity, node: FileNode, ownership: Ownership): Known<boolean> {
  if (who.uid.certainty === 'unknown' || node.owner.certainty === 'unknown') return unknown()
  const certainty = weaker(who.uid.certainty, node.owner.certainty)
  if (who.uid.value === 0) return { certainty: who.uid.certainty, value: true, because: [] }
  if (who.uid.value !== node.owner.value) return { certainty, value: false, because: node.owner.because }
  if (ownership.owner && ownership.owner.certainty === 'unknown') return unknown()
  if (ownership.owner && ownership.owner.value !== node.owner.value)
    return { certainty: weaker(certainty, ownership.owner.certainty), value: false, because: [] }
  if (!ownership.group) return { certainty, value: true, because: [] }
  if (ownership.group.certainty === 'unknown' || who.groups.certainty === 'unknown') return unknown()
  if (node.group.certainty !== 'unknown' && node.group.value === ownership.group.value)
    return { certainty, value: true, because: [] }
  return {
    certainty: weaker(certainty, weaker(ownership.group.certainty, who.groups.certainty)),
    value: who.groups.value.includes(ownership.group.value),
    because: [],
  }
}

/** A node with new owners; chown clears setuid, setgid and capabilities of files (Linux: notify_change). */
export function chowned(node: FileNode, { owner, group }: Ownership, origin: Origin): FileNode {
  if (node.kind === 'missing') return node
  const mode =
    node.kind === 'file' && node.mode.certainty !== 'unknown'
      ? { ...node.mode, value: node.mode.value & ~((node.mode.value & 0o010) !== 0 ? 0o6000 : 0o4000) }
      : node.mode
  const { capabilities, ...rest } = node
  return {
    ...(node.kind === 'file' ? rest : node),
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

export interface ChangeModeOptions {
  readonly recursive?: boolean
  /** The mode was written as a number. */
  readonly absolute?: number
  /** We do not know which mode. */
  readonly unknown?: boolean
  /** Names a change that does nothing to the modes that it has made. */
  readonly key?: string
}

/** chmod(2) with a function from the old to the new mode. Only the owner and root may. */
export function changeMode(
  world: World,
  path: string,
  change: (old: number, isDirectory: boolean) => number,
  options: ChangeModeOptions = {},
): Outcome {
  const found = find(world.state.files, path)
  const doing = (path: string) => text`change the mode of ${path}`
  const wayBlocked = wayRefused(world, found, doing(path))
  if (wayBlocked?.status === 'fail') return wayBlocked
  if (found.node.kind === 'missing') return notThere(world, path, found.node)
  if (found.node.kind === 'link') return circular(world, path, found.node)
  const may = (node: FileNode): Known<boolean> => {
    if (node.kind === 'link') return certain(true)
    if (knownValue(world.identity.uid) === 0) return { ...world.identity.uid, value: true } as Known<boolean>
    return sameNumber(node.owner, world.identity.uid)
  }
  const outcome = worse(
    wayBlocked ?? ok,
    eachRefused(world, found, options.recursive === true, may, {
      doing,
      rule: text`only its owner or root may`,
    }),
  )
  const apply = (node: FileNode): FileNode => {
    if (node.kind === 'link' || node.kind === 'missing') return node
    return {
      ...node,
      mode: options.unknown ? unknown([world.origin]) : changedMode(world, node, change, options.absolute),
      because: becauseOf(world, node),
      unlisted: options.recursive ? changedUnlisted(world, node.unlisted, options) : node.unlisted,
    }
  }
  if (outcome.status === 'fail') {
    if (options.recursive) changeWhereAllowed(world, found, may, apply)
    return outcome
  }
  const closes = options.recursive ? closesItself(world, found, change, options) : undefined
  if (closes) return closes
  // Whose groups a mode may be given to differs from one to the other (withoutForeignGroup).
  const key = isCertainly(world.identity.uid, 0) ? options.key : undefined
  setFiles(
    world,
    put(
      world.state.files,
      found.path,
      options.recursive ? mapTree(found.node, apply, key) : apply(found.node),
    ),
  )
  world.writes.push(found.path)
  return outcome
}

/** `chmod -R 644` as somebody else than root takes the way into a folder before it gets to what lies in it. */
function closesItself(
  world: World,
  found: Found,
  change: (old: number, isDirectory: boolean) => number,
  options: ChangeModeOptions,
): Outcome | undefined {
  const uid = knownValue(world.identity.uid)
  if (uid === undefined || uid === 0 || options.unknown) return undefined
  for (const { path, node } of pathsBelow(found.node, found.path)) {
    if (node.kind !== 'directory') continue
    const mode = changedMode(world, node, change, options.absolute)
    if (mode.certainty === 'unknown' || (mode.value & 0o500) === 0o500) continue
    const unread = (mode.value & 0o400) === 0
    const below = [...node.children.values()].filter((child) => child.kind !== 'missing')
    if (below.length === 0 && !unread) continue
    const exists = unread || below.some((child) => child.exists === 'certain') ? 'certain' : 'possible'
    return failure(
      world,
      'permission-denied',
      weaker(mode.certainty, exists),
      text`The new mode of ${path} keeps ${describeIdentity(world.identity)} out of it, so what lies in it cannot be changed. Leave x for folders: X instead of a number.`,
      { path, because: node.because },
    )
  }
  return undefined
}

function changedMode(
  world: World,
  node: FileNode,
  change: (old: number, isDirectory: boolean) => number,
  absolute: number | undefined,
): Known<number> {
  const isDirectory = node.kind === 'directory'
  const because = [world.origin]
  const apply = (old: number) => withoutForeignGroup(world, node, change(old, isDirectory))
  if (node.mode.certainty === 'certain') return certain(apply(node.mode.value), because)
  // A mode that leaves nothing of the old one is certain even where the old one is not.
  const value = apply(0)
  if (node.kind !== 'unknown' && apply(0o7777) === value) return certain(value, because)
  if (node.mode.certainty !== 'unknown')
    return { certainty: node.mode.certainty, value: apply(node.mode.value), because }
  if (absolute !== undefined) return { certainty: 'likely', value: apply(absolute & 0o777), because }
  // What people pack is 0644 or 0755 as a rule.
  return node.kind === 'unknown'
    ? unknown(because)
    : { certainty: 'possible', value: apply(isDirectory ? 0o755 : 0o644), because }
}

/** Setgid is not given to a file of a group that one is not in (container-facts run-chmod-setgid-foreign-group). */
function withoutForeignGroup(world: World, node: FileNode, mode: number): number {
  if ((mode & 0o2000) === 0 || knownValue(world.identity.uid) === 0) return mode
  const groups = knownValue(world.identity.groups)
  const group = knownValue(node.group)
  return groups && group !== undefined && !groups.includes(group) ? mode & ~0o2000 : mode
}

function changedUnlisted(
  world: World,
  unlisted: FileNode['unlisted'],
  options: ChangeModeOptions,
): FileNode['unlisted'] {
  if (unlisted === 'none') return unlisted
  return {
    ...unlisted,
    mode:
      options.absolute === undefined || options.unknown
        ? unknown([world.origin])
        : { certainty: 'likely', value: options.absolute, because: [world.origin] },
  }
}

/** capset on a file (setcap): needs root. */
export function setCapabilities(world: World, path: string, capabilities: string | undefined): Outcome {
  const found = find(world.state.files, path)
  const wayBlocked = wayRefused(world, found, text`set capabilities of ${path}`)
  if (wayBlocked?.status === 'fail') return wayBlocked
  if (found.node.kind === 'missing') return notThere(world, path, found.node)
  const uid = world.identity.uid
  if (uid.certainty === 'unknown') return maybe
  if (uid.value !== 0)
    return failure(
      world,
      'not-permitted',
      uid.certainty,
      text`Cannot set capabilities of ${path} as ${describeIdentity(world.identity)}: only root may.`,
      { path },
    )
  const { capabilities: _old, ...rest } = found.node
  setFiles(
    world,
    put(world.state.files, found.path, {
      ...rest,
      because: becauseOf(world, found.node),
      ...(capabilities === undefined ? {} : { capabilities }),
    }),
  )
  world.writes.push(found.path)
  return found.node.kind === 'unknown' ? maybe : ok
}
