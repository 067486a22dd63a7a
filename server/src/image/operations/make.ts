import { certain, isCertainly, lowered } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import type { Outcome, World } from '../commands/model.ts'
import { maybe, ok } from '../commands/model.ts'
import { file, find, link, mayBeThere, nameOf, nodeAt, parentOf, put } from '../files.ts'
import type { FileNode } from '../types.ts'
import {
  accessRefused,
  attributesFor,
  becauseOf,
  circular,
  doubted,
  entryRefused,
  failure,
  isInTheWay,
  notAFolder,
  notThere,
  sameNumber,
  setFiles,
  wayRefused,
  worse,
} from './checks.ts'

export interface WriteFileOptions {
  /** What is written, where it is known. */
  readonly content?: string
  readonly append?: boolean
  /** Of a file that is made, before umask. */
  readonly mode?: number
}

const devices = /^\/dev\/(?!shm\/|mqueue\/)/

/** open(2) for writing with O_CREAT: an existing file keeps owner and mode. */
export function writeFile(world: World, path: string, options: WriteFileOptions = {}): Outcome {
  if (devices.test(path)) return ok
  const found = find(world.state.files, path)
  if (devices.test(found.path)) return ok
  world.writes.push(found.path)
  const { node } = found
  if (node.kind === 'directory')
    return failure(world, 'other', node.exists, text`${path} is a folder.`, { path, because: node.because })
  if (node.kind === 'file' || node.kind === 'other') {
    const denied = accessRefused(world, found, 'write', text`write ${path}`)
    if (denied?.status === 'fail') return denied
    if (node.kind === 'file')
      setFiles(world, put(world.state.files, found.path, rewritten(world, node, options)))
    return denied ?? (node.exists === 'certain' ? ok : maybe)
  }
  if (node.kind === 'link') return circular(world, path, node)
  const parent = parentOf(found.path)
  const parentNode = nodeAt(world.state.files, parent)
  const wayBlocked = wayRefused(world, found, text`write ${path}`)
  if (wayBlocked?.status === 'fail') return wayBlocked
  if (parentNode.kind === 'missing') return notThere(world, parent, parentNode)
  if (isInTheWay(parentNode)) return notAFolder(world, parent, parentNode)
  const denied = entryRefused(world, parent, text`write ${path}`)
  const attributes = attributesFor(world, parentNode, options.mode ?? 0o666, false)
  if (mayBeThere(node)) {
    // It may exist already, then its own owner and mode count.
    if (denied?.status === 'fail') return parentNode.readOnly ? denied : doubted(denied, 'likely')
    const fresh = file({
      owner: lowered(attributes.owner),
      group: lowered(attributes.group),
      mode: lowered(attributes.mode),
      because: [world.origin],
    })
    const content = options.append ? undefined : options.content
    setFiles(world, put(world.state.files, found.path, content === undefined ? fresh : { ...fresh, content }))
    return denied ?? (isCertainly(world.identity.uid, 0) && !mayBeFolder(world, found.path) ? ok : maybe)
  }
  if (denied?.status === 'fail') return denied
  setFiles(world, put(world.state.files, found.path, file(attributes, options.content)))
  return denied ?? ok
}

/** What nobody has seen of a folder is taken for a file where it is written; what this file may have made there may be a folder. */
export function mayBeFolder({ state }: World, path: string): boolean {
  return nodeAt(state.files, parentOf(path)).children.get(nameOf(path))?.kind === 'unknown'
}

/** Writing drops file capabilities, and for others than root setuid and setgid (Linux: file_remove_privs). */
function rewritten(world: World, node: FileNode, options: WriteFileOptions): FileNode {
  const { content: old, capabilities: _gone, archive: _members, ...rest } = node
  const content = !options.append
    ? options.content
    : old !== undefined && options.content !== undefined
      ? old + options.content
      : undefined
  const { mode } = node
  const dropped =
    mode.certainty === 'unknown' || isCertainly(world.identity.uid, 0) || (mode.value & 0o6000) === 0
      ? mode
      : { ...mode, value: mode.value & ~((mode.value & 0o010) !== 0 ? 0o6000 : 0o4000) }
  return {
    ...rest,
    mode: dropped,
    exists: 'certain',
    because: becauseOf(world, node),
    ...(content === undefined ? {} : { content }),
  }
}

/** utimensat(2) as touch does it: makes what is missing, else needs to own it or to write it. */
export function touchFile(world: World, path: string, create = true): Outcome {
  if (devices.test(path)) return ok
  const found = find(world.state.files, path)
  const { node } = found
  if (node.kind === 'missing' && !create) {
    const file = found.ancestors.find(({ node: folder }) => isInTheWay(folder))
    if (file) return notAFolder(world, file.path, file.node)
    return wayRefused(world, found, text`touch ${path}`) ?? ok
  }
  if (node.kind === 'missing' || node.kind === 'link') return writeFile(world, path, { append: true })
  if (node.kind === 'unknown') return create ? touchUnknown(world, path) : maybe
  const mine = sameNumber(node.owner, world.identity.uid)
  if (mine.certainty === 'certain' && mine.value) return wayRefused(world, found, text`touch ${path}`) ?? ok
  return accessRefused(world, found, 'write', text`touch ${path}`) ?? (node.exists === 'certain' ? ok : maybe)
}

/** Touched, it is there: a file, or the folder that it may have been. */
function touchUnknown(world: World, path: string): Outcome {
  const at = find(world.state.files, path).path
  const unsure = mayBeFolder(world, at)
  const outcome = writeFile(world, path, { append: true })
  const node = nodeAt(world.state.files, at)
  if (unsure && node.kind === 'file')
    setFiles(world, put(world.state.files, at, { ...node, exists: 'likely' }))
  return outcome
}

/** symlink(2). */
export function makeLink(world: World, path: string, target: string): Outcome {
  return makeEntry(world, path, (parentNode) =>
    link({ ...attributesFor(world, parentNode, 0o777, false), mode: certain(0o777) }, target),
  )
}

/** link(2): the same file under a second name. */
export function makeHardLink(world: World, path: string, source: string): Outcome {
  const from = find(world.state.files, source, false)
  if (from.node.kind === 'missing') return notThere(world, source, from.node)
  if (from.node.kind === 'directory')
    return failure(world, 'other', from.node.exists, text`${source} is a folder: hard links are for files.`, {
      path: source,
    })
  const made = makeEntry(world, path, () => eitherName(from.node))
  if (made.status !== 'fail') setFiles(world, put(world.state.files, from.path, eitherName(from.node)))
  return worse(from.node.kind === 'unknown' ? maybe : ok, made)
}

/** What happens to a file under one of its names is not seen under the other. */
function eitherName(node: FileNode): FileNode {
  return { ...node, owner: lowered(node.owner), group: lowered(node.group), mode: lowered(node.mode) }
}

/** A fifo, socket or device. */
export function makeSpecial(world: World, path: string, mode = 0o666): Outcome {
  return makeEntry(world, path, (parentNode) => ({
    ...file(attributesFor(world, parentNode, mode, false)),
    kind: 'other',
  }))
}

function makeEntry(world: World, path: string, make: (parent: FileNode) => FileNode): Outcome {
  const found = find(world.state.files, path, false)
  const parent = parentOf(found.path)
  const parentNode = nodeAt(world.state.files, parent)
  const wayBlocked = wayRefused(world, found, text`make ${path}`)
  if (wayBlocked?.status === 'fail') return wayBlocked
  if (parentNode.kind === 'missing') return notThere(world, parent, parentNode)
  if (isInTheWay(parentNode)) return notAFolder(world, parent, parentNode)
  if (found.node.kind !== 'missing' && found.node.kind !== 'unknown')
    return failure(world, 'other', found.node.exists, text`${path} already exists.`, {
      path,
      because: found.node.because,
    })
  const denied = entryRefused(world, parent, text`make ${path}`)
  if (denied?.status === 'fail') return denied
  setFiles(world, put(world.state.files, found.path, make(parentNode)))
  world.writes.push(found.path)
  return denied ?? (found.node.kind === 'unknown' ? maybe : ok)
}
