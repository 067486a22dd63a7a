import { certain, type Known, type Origin, unknown } from '../../known.ts'
import { readMode } from '../commands/files/symbolic-mode.ts'
import { absolute, find, join, mapTree, nodeAt, parentOf, put } from '../files.ts'
import { installUnknown } from '../programs.ts'
import type { FileNode, ImageState } from '../types.ts'
import { type FolderAttributes, fileInTheWay, makeFolders } from '../workdir.ts'
import {
  accountsAfterEntries,
  accountsAfterFile,
  accountsAfterTree,
  accountsAfterUnnamed,
} from './account-files.ts'
import { unpacked } from './archive.ts'
import { looksLikeFile } from './context-sources.ts'
import { withoutExcluded } from './exclude.ts'
import { emptyLayer, laidOn } from './linked.ts'
import { clash, type InTheWay, inTheWayOf, likelyNode, mergeCopied, overlaid } from './merge.ts'
import { type CopyRequest, type Owners, type Source, unnamed } from './request.ts'
import { sourcesOf } from './sources.ts'

/**
 * COPY and ADD. Owners and modes: container-facts/copy-*, add-*, link-*.
 * BuildKit: frontend/dockerfile/dockerfile2llb/convert.go (dispatchCopy); solver/llbsolver/file/backend.go (docopy).
 */
export function copyInto(before: ImageState, request: CopyRequest): Copied {
  const { link, chmod } = request.instruction
  // --chmod beside it turns --link off (container-facts/link-chmod).
  if (!link || chmod || request.builder !== 'buildkit') return copyOver(before, request)
  const { state, ...rest } = copyOver({ ...before, files: emptyLayer(request.origin) }, request)
  return { ...rest, state: { ...state, files: laidOn(before.files, state.files) } }
}

export interface Copied {
  readonly state: ImageState
  /** Something that keeps the copy from its place, if it is there: the builder stops then ("mkdir /x: not a directory"). */
  readonly inTheWay?: InTheWay
}

function copyOver(before: ImageState, request: CopyRequest): Copied {
  const { origin, builder } = request
  const sources = withoutExcluded(sourcesOf(request), request)
  if (
    request.destination === undefined ||
    (!request.destination.startsWith('/') && request.workdir === undefined)
  )
    return { state: anywhere(before) }
  const destination = absolute(request.destination, request.workdir ?? '/')
  const owners: Owners = {
    owner: request.chown?.owner ?? certain(0, [origin]),
    group: request.chown?.group ?? certain(0, [origin]),
  }
  const chmod = request.chmod === undefined ? undefined : readMode(request.chmod, 0, 'builder')
  const made: FolderAttributes = {
    ...owners,
    inSetgid: request.chown ? 'own-group' : 'folders-group',
    // Folders that the copy makes get the number too, through mkdir(2): less umask, no special bits (container-facts/copy-chmod-0640, -1777).
    ...(chmod?.number !== undefined && builder === 'buildkit' ? { mode: chmod.number & 0o777 & ~0o022 } : {}),
  }
  const endsAsFolder = /(^|\/)\.{0,2}\/?$/.test(request.destination) || request.destination.endsWith('/')
  let state = before
  const setFiles = (files: FileNode) => {
    if (files !== state.files) state = { ...state, files }
  }
  let inTheWay: InTheWay | undefined
  const meets = (found: InTheWay | undefined) => {
    if (found && inTheWay?.node.exists !== 'certain') inTheWay = found
  }
  const makeFolder = (path: string, attributes: FolderAttributes) => {
    meets(fileInTheWay(state.files, path))
    setFiles(makeFolders(state.files, path, attributes, origin))
  }
  const setAccounts = (accounts: ImageState['accounts']) => {
    if (accounts !== state.accounts) state = { ...state, accounts }
  }
  for (const source of sources) {
    if (source.kind === 'entries' && !endsAsFolder) {
      // A pattern may well mean one file, which then replaces this one.
      const { path, node } = find(state.files, destination)
      if (node.kind === 'file') {
        setFiles(put(state.files, path, overlaid(node, source.unlisted)))
        continue
      }
    }
    if (source.kind !== 'entry') {
      const folders = source.kind === 'archive' ? madeForArchive(made, builder, origin) : made
      makeFolder(destination, folders)
      const folder = find(state.files, destination)
      if (source.kind === 'archive' && source.entries) {
        setFiles(unpacked(state.files, folder.path, source.entries, request.chown && owners, request))
        setAccounts(accountsAfterEntries(state.accounts, folder.path, source.entries, state.files, request))
      } else {
        setAccounts(accountsAfterUnnamed(state.accounts, folder.path))
        state = withUnknown(state, folder.path, asIs(source, request, owners, chmod))
      }
      continue
    }
    const node = changed(source.node, request, owners, chmod)
    if (node.kind === 'missing') continue
    // A source before this one may have made it a folder.
    const target = find(state.files, destination)
    const intoFolder = endsAsFolder || target.node.kind === 'directory'
    const folderLike = node.kind === 'unknown' && intoFolder && !looksLikeFile(source.name)
    if (node.kind === 'directory' || folderLike) {
      // The contents go into the target, which keeps owner and mode if it is there; one that is made is 0755.
      makeFolder(destination, made)
      const folder = find(state.files, destination)
      if (builder === 'buildkit') meets(inTheWayOf(node, folder.node, folder.path))
      setAccounts(accountsAfterTree(state.accounts, folder.path, node, request, source.path))
      if (node.unlisted === 'none')
        setFiles(put(state.files, folder.path, mergeCopied(nodeAt(state.files, folder.path), node)))
      else
        state = withUnknown(state, folder.path, {
          kind: 'entries',
          unlisted: node.unlisted,
          known: new Map(node.children),
        })
      continue
    }
    const path = intoFolder ? join(target.path, source.name) : target.path
    // What is only likely a folder may be missing, and then the file takes its name.
    const unsureFolder = intoFolder && !endsAsFolder && target.node.exists !== 'certain'
    if (!unsureFolder) makeFolder(parentOf(path), made)
    const at = find(state.files, path, false)
    if (builder === 'buildkit') meets(clash(node, at.node, at.path))
    // A name that nobody knows may be a folder, and then the file lies in it.
    const perhapsFolder =
      (at.node.kind === 'unknown' || (at.node.kind === 'file' && at.node.exists !== 'certain')) &&
      !intoFolder &&
      !looksLikeFile(at.path) &&
      at.path.split('/').at(-1) !== source.name
    setFiles(put(state.files, at.path, perhapsFolder || unsureFolder ? likelyNode(node) : node))
    setAccounts(accountsAfterFile(state.accounts, at.path, node, request, source.path))
  }
  return inTheWay ? { state, inTheWay } : { state }
}

/** Folders that ADD makes to unpack into: 0755 whatever `--chmod` says; the classic builder gives them to root. */
function madeForArchive(
  { mode: _, ...made }: FolderAttributes,
  builder: CopyRequest['builder'],
  origin: Origin,
): FolderAttributes {
  const root = certain(0, [origin])
  return builder === 'buildkit' ? made : { owner: root, group: root, inSetgid: 'folders-group' }
}

type Chmod = ReturnType<typeof readMode>

/** A tree with the owner and mode that the copy gives it. */
function changed(node: FileNode, request: CopyRequest, owners: Owners, chmod: Chmod): FileNode {
  const { origin } = request
  const keepsOwner = request.from !== undefined && !request.chown
  // Taken as it is: shared, not copied.
  if (keepsOwner && !request.instruction.chmod) return { ...node, because: [origin] }
  return mapTree(node, (one) => {
    const mode = one.kind === 'link' ? one.mode : modeOf(one.mode, one.kind === 'directory', request, chmod)
    return {
      ...one,
      ...(keepsOwner ? {} : owners),
      mode,
      because: [origin],
      unlisted:
        one.unlisted === 'none'
          ? 'none'
          : {
              owner: keepsOwner ? one.unlisted.owner : owners.owner,
              group: keepsOwner ? one.unlisted.group : owners.group,
              mode: modeOf(one.unlisted.mode, false, request, chmod),
            },
    }
  })
}

function modeOf(
  mode: Known<number>,
  isDirectory: boolean,
  request: CopyRequest,
  chmod: Chmod,
): Known<number> {
  if (!request.instruction.chmod) return mode
  const because: readonly Origin[] = [request.origin]
  if (!chmod) return unknown(because)
  if (chmod.number !== undefined) return certain(chmod.number, because)
  return mode.certainty === 'unknown' ? mode : { ...mode, value: chmod.change(mode.value, isDirectory) }
}

function asIs(source: Source, request: CopyRequest, owners: Owners, chmod: Chmod) {
  if (source.kind !== 'entries') return unnamed(request.chown ? { ...owners, mode: unknown() } : undefined)
  const keepsOwner = request.from !== undefined && !request.chown
  const { unlisted } = source
  return {
    ...source,
    unlisted: {
      owner: keepsOwner ? unlisted.owner : owners.owner,
      group: keepsOwner ? unlisted.group : owners.group,
      mode: modeOf(unlisted.mode, false, request, chmod),
    },
  }
}

/** Entries come into a folder whose names, or some of them, nobody knows. */
function withUnknown(state: ImageState, folder: string, source: Source): ImageState {
  if (source.kind !== 'entries') return state
  const { owner, group, mode, ...top } = nodeAt(state.files, folder)
  const node = overlaid({ ...top, owner, group, mode }, source.unlisted)
  const known = { ...node, children: node.children.clear().concat(source.known), unlisted: source.unlisted }
  // The folder itself keeps what it has.
  const files = put(state.files, folder, { ...mergeCopied(node, known), owner, group, mode })
  const next = { ...state, files }
  // What comes into the root folder may be programs.
  return folder === '/' ? installUnknown(next) : next
}

/** A copy to a place that only the build knows. */
function anywhere(state: ImageState): ImageState {
  const nobody = unknown<number>()
  return { ...state, files: overlaid(state.files, { owner: nobody, group: nobody, mode: nobody }) }
}

export { contextNode } from './context-sources.ts'
export type { InTheWay } from './merge.ts'
export type { CopyRequest } from './request.ts'
