import type { CopyInstruction } from '../dockerfile/types.ts'
import type { Certainty, Known, Origin } from '../known.ts'
import { certain, unknown } from '../known.ts'
import { accountFileAt } from './account-files.ts'
import { accountFilePaths, accountsAfterCopy, accountsAfterUnknown, accountsFromFiles } from './accounts.ts'
import { readMode } from './commands/files/symbolic-mode.ts'
import {
  absolute,
  childOf,
  directory,
  file,
  find,
  join,
  link,
  mapTree,
  mayBe,
  nameOf,
  nodeAt,
  nothingKnown,
  parentOf,
  put,
} from './files.ts'
import type { ResolvedOwner } from './identity.ts'
import { mergeInto } from './operations.ts'
import type { BuildContext, FileNode, ImageState } from './types.ts'
import { makeFolders } from './workdir.ts'

/**
 * COPY and ADD. Owners and modes: container-facts/copy-*, link-*.
 * BuildKit: frontend/dockerfile/dockerfile2llb/convert.go (dispatchCopy); solver/llbsolver/file/backend.go (docopy).
 */

export interface CopyRequest {
  readonly instruction: CopyInstruction
  readonly origin: Origin
  /** Expanded; undefined where unknown. */
  readonly sources: readonly (string | undefined)[]
  readonly destination: string | undefined
  readonly chown: ResolvedOwner | undefined
  readonly chmod: string | undefined
  readonly hasChmod: boolean
  /** The stage copied from; 'image' for another image; undefined for the build context. */
  readonly from: ImageState | 'image' | undefined
  readonly heredocs: readonly { readonly name: string; readonly text: string | undefined }[]
  readonly context: BuildContext
  readonly workdir: string | undefined
  /** BuildKit's `--chmod` reaches folders that the copy makes. */
  readonly builder: string
}

interface Source {
  /** Name of the entry that it becomes in a folder. */
  readonly name: string
  readonly node: FileNode
  /** An archive that ADD unpacks, or a glob: lands in the folder as entries we do not know. */
  readonly spread?: boolean
}

const mostEntries = 400
const archive = /\.(tar|tar\.gz|tgz|tar\.bz2|tbz2?|tar\.xz|txz|tar\.zst|tar\.lzma)$/i

export function copyInto(state: ImageState, request: CopyRequest): ImageState {
  const { instruction, origin } = request
  if (
    request.destination === undefined ||
    (!request.destination.startsWith('/') && request.workdir === undefined)
  ) {
    return { ...state, accounts: state.accounts }
  }
  const destination = absolute(request.destination, request.workdir ?? '/')
  const sources = [
    ...request.sources.flatMap((source) => sourcesOf(source, request)),
    ...request.heredocs.map(({ name, text }) => heredocSource(name, text, origin)),
  ]
  const owner = request.chown?.owner ?? certain(0, [origin])
  const group = request.chown?.group ?? certain(0, [origin])
  const chmod = request.chmod === undefined ? undefined : readMode(request.chmod, 0, false)
  const made = {
    owner,
    group,
    ...(chmod !== undefined && request.builder === 'buildkit' ? { mode: chmod.change(0o755, true) } : {}),
  }
  let files = state.files
  const target = find(files, destination)
  const endsAsFolder =
    /(^|\/)\.{0,2}\/?$/.test(request.destination) || request.destination.endsWith('/') || sources.length > 1
  const intoFolder = endsAsFolder || target.node.kind === 'directory'
  const asIs = (node: FileNode): FileNode =>
    mapTree(node, (one) => {
      const ownOwner = request.from !== undefined && !request.chown
      const mode =
        request.hasChmod && one.kind !== 'link'
          ? chmod === undefined || one.mode.certainty === 'unknown'
            ? chmod?.number !== undefined
              ? certain(chmod.number, [origin])
              : unknown<number>([origin])
            : { ...one.mode, value: chmod.change(one.mode.value, one.kind === 'directory') }
          : one.mode
      return {
        ...one,
        owner: ownOwner ? one.owner : owner,
        group: ownOwner ? one.group : group,
        mode,
        because: [origin],
        unlisted:
          one.unlisted === 'none'
            ? 'none'
            : {
                owner: ownOwner ? one.unlisted.owner : owner,
                group: ownOwner ? one.unlisted.group : group,
                mode: request.hasChmod ? mode : one.unlisted.mode,
              },
      }
    })
  let accounts = state.accounts
  for (const source of sources) {
    const node = asIs(source.node)
    if (node.kind === 'missing') continue
    if (source.spread) {
      files = makeFolders(files, destination, made, origin)
      const folder = find(files, destination)
      const doubtful: FileNode = {
        ...folder.node,
        unlisted: node.unlisted === 'none' ? nothingKnown : node.unlisted,
      }
      files = put(files, folder.path, mergeInto(doubtful, { ...node, unlisted: doubtful.unlisted }))
      continue
    }
    const asFolder =
      node.kind === 'directory' || (node.kind === 'unknown' && intoFolder && looksLikeFolder(source.name))
    if (asFolder) {
      // The contents go into the target, which keeps owner and mode if it is there; one that is made is 0755.
      files = makeFolders(files, destination, made, origin)
      const folder = find(files, destination)
      const before = nodeAt(files, folder.path)
      files = put(files, folder.path, mergeCopied(before, node))
      for (const [name, file] of [
        ['passwd', 'passwd'],
        ['group', 'group'],
      ] as const) {
        if (
          request.from !== undefined &&
          request.from !== 'image' &&
          folder.path === '/' &&
          childOf(childOf(node, 'etc'), name).kind === 'file'
        )
          accounts = accountsAfterCopy(accounts, request.from.accounts, file)
        else if (folder.path === '/etc' && childOf(node, name).kind !== 'missing')
          accounts = copiedAccounts(accounts, request, file, childOf(node, name).content)
      }
      continue
    }
    const path = intoFolder ? join(target.path, source.name) : target.path
    files = makeFolders(files, parentOf(path), made, origin)
    const at = find(files, path, false)
    files = put(files, at.path, node)
    const accountFile = accountFileAt(at.path)
    if (accountFile) accounts = copiedAccounts(accounts, request, accountFile, node.content)
  }
  if (instruction.link && !request.hasChmod && request.builder === 'buildkit')
    files = resetByLink(
      files,
      sources.length === 1 && !intoFolder && sources[0]?.node.kind !== 'directory'
        ? parentOf(destination)
        : destination,
      owner,
      group,
      origin,
    )
  return files === state.files && accounts === state.accounts ? state : { ...state, files, accounts }
}

function copiedAccounts(
  accounts: ImageState['accounts'],
  request: CopyRequest,
  file: 'passwd' | 'group',
  content: string | undefined,
): ImageState['accounts'] {
  if (request.from !== undefined && request.from !== 'image') {
    const whole =
      request.sources.length === 1 && accountFilePaths[file] === absolute(request.sources[0] ?? '', '/')
    if (whole) return accountsAfterCopy(accounts, request.from.accounts, file)
  }
  if (content === undefined) return accountsAfterUnknown(accounts, file)
  return accountsFromFiles(
    accounts,
    file === 'passwd' ? content : undefined,
    file === 'group' ? content : undefined,
    request.origin,
  )
}

/** Folders below an existing target take owner and mode of the source's (container-facts/copy-dir-mode-0700). */
function mergeCopied(target: FileNode, source: FileNode): FileNode {
  let children = target.children
  for (const [name, child] of source.children) {
    const old = childOf(target, name)
    children = children.set(
      name,
      child.kind === 'directory' && (old.kind === 'directory' || old.kind === 'unknown')
        ? {
            ...mergeCopied(old, child),
            kind: 'directory',
            owner: child.owner,
            group: child.group,
            mode: child.mode,
            exists: 'certain',
            because: child.because,
          }
        : child,
    )
  }
  return {
    ...target,
    children,
    unlisted:
      source.unlisted === 'none'
        ? target.unlisted
        : target.unlisted === 'none'
          ? source.unlisted
          : source.unlisted,
  }
}

/** containerd image store: a linked copy brings its own folders on the way, 0755 and its owner's (container-facts/link-existing-parent). */
function resetByLink(
  files: FileNode,
  path: string,
  owner: Known<number>,
  group: Known<number>,
  origin: Origin,
): FileNode {
  let next = files
  for (let at = path; at !== '/'; at = parentOf(at)) {
    const found = find(next, at)
    if (found.node.kind === 'directory')
      next = put(next, found.path, {
        ...found.node,
        owner,
        group,
        mode: certain(0o755, [origin]),
        because: [origin],
      })
  }
  return next
}

function looksLikeFolder(name: string): boolean {
  return !name.includes('.') || name === '.' || name === '..'
}

function heredocSource(name: string, text: string | undefined, origin: Origin): Source {
  return {
    name: nameOf(absolute(name)),
    node: file(
      {
        owner: certain(0, [origin]),
        group: certain(0, [origin]),
        mode: certain(0o644, [origin]),
        because: [origin],
      },
      text,
    ),
  }
}

function sourcesOf(source: string | undefined, request: CopyRequest): readonly Source[] {
  const { origin } = request
  const vague: Source = {
    name: '',
    node: directory(
      { owner: unknown(), group: unknown(), mode: unknown(), because: [origin] },
      nothingKnown,
      'possible',
    ),
    spread: true,
  }
  if (source === undefined) return [vague]
  if (request.instruction.parents) return [vague]
  if (request.from === 'image')
    return [
      {
        name: nameOf(absolute(source)),
        node: mayBe({ owner: unknown(), group: unknown(), mode: unknown(), because: [origin] }),
        ...(source.endsWith('/') || source === '.' ? { spread: true } : {}),
      },
    ]
  if (request.from !== undefined) return stageSources(source, request.from, vague)
  if (request.instruction.keyword === 'ADD' && /^(https?|ftp):\/\//i.test(source)) {
    const name = nameOf(absolute(source.replace(/[?#].*$/, '')))
    return name.endsWith('.git')
      ? [vague]
      : [
          {
            name,
            node: file({
              owner: certain(0),
              group: certain(0),
              mode: certain(0o600, [origin]),
              because: [origin],
            }),
          },
        ]
  }
  if (request.instruction.keyword === 'ADD' && /^git@|\.git(#.*)?$/.test(source)) return [vague]
  return contextSources(source, request, vague)
}

function stageSources(source: string, from: ImageState, vague: Source): readonly Source[] {
  const path = absolute(source)
  if (/[*?[]/.test(path)) {
    const folder = find(from.files, parentOf(path))
    const pattern = globPattern(nameOf(path))
    const known = [...folder.node.children]
      .filter(([name, child]) => pattern?.test(name) && child.kind !== 'missing')
      .map(([name, node]): Source => ({ name, node }))
    return folder.node.unlisted === 'none' && pattern ? known : [...known, vague]
  }
  const found = find(from.files, path)
  if (found.node.kind === 'unknown') {
    // It must be there, else the build fails.
    return [{ name: nameOf(path), node: { ...found.node, exists: 'likely' } }]
  }
  return [{ name: nameOf(path), node: found.node }]
}

function globPattern(glob: string): RegExp | undefined {
  if (/[[\]{}\\]/.test(glob)) return undefined
  return new RegExp(
    `^${glob
      .replace(/[.+^$()|]/g, '\\$&')
      .replace(/\*/g, '[^/]*')
      .replace(/\?/g, '[^/]')}$`,
  )
}

const scriptLike = /(^|\/)(passwd|group)$|\.(sh|bash)$|entrypoint|(^|\/)[^./]+$/i

function contextSources(source: string, request: CopyRequest, vague: Source): readonly Source[] {
  const { context, origin } = request
  const path = absolute(source).slice(1)
  if (/[*?[]/.test(path)) {
    const parent = parentOf(`/${path}`).slice(1)
    const pattern = globPattern(nameOf(`/${path}`))
    const names = pattern && !/[*?[]/.test(parent) ? context.list(parent) : 'unknown'
    if (names === 'unknown') return [fromUnknownContext(vague, request)]
    return names
      .filter((name) => pattern?.test(name))
      .flatMap((name) => contextSources(parent ? `${parent}/${name}` : name, request, vague))
  }
  const budget = { left: mostEntries }
  const node = contextNode(context, path, origin, budget)
  if (
    request.instruction.keyword === 'ADD' &&
    archive.test(path) &&
    (node === 'unknown' || node.kind === 'file')
  )
    return [{ ...vague, spread: true }]
  if (node !== 'unknown') return node.kind === 'missing' ? [] : [{ name: nameOf(`/${path}`), node }]
  if (path === '' || source.endsWith('/')) return [fromUnknownContext(vague, request)]
  const attributes = {
    owner: certain(0, [origin]),
    group: certain(0, [origin]),
    mode: unknown<number>([origin]),
    because: [origin],
  }
  const exists: Certainty = 'likely'
  return [
    {
      name: nameOf(`/${path}`),
      node: looksLikeFolder(nameOf(`/${path}`))
        ? { ...mayBe(attributes), exists }
        : file(attributes, undefined, exists),
    },
  ]
}

/** Files of a context that we cannot see: root's, of whatever mode. */
function fromUnknownContext(vague: Source, request: CopyRequest): Source {
  return {
    ...vague,
    node: {
      ...vague.node,
      unlisted: { owner: certain(0, [request.origin]), group: certain(0, [request.origin]), mode: unknown() },
    },
  }
}

function contextNode(
  context: BuildContext,
  path: string,
  origin: Origin,
  budget: { left: number },
): FileNode | 'unknown' {
  const entry = context.stat(path)
  if (entry === 'unknown') return 'unknown'
  const zero = certain(0, [origin])
  if (entry === 'missing')
    return { ...file({ owner: zero, group: zero, mode: unknown(), because: [origin] }), kind: 'missing' }
  budget.left--
  const mode: Known<number> = entry.mode === null ? unknown([origin]) : certain(entry.mode & 0o7777, [origin])
  const attributes = { owner: zero, group: zero, mode, because: [origin] }
  if (entry.kind === 'link') return link({ ...attributes, mode: certain(0o777) }, entry.target ?? '/')
  if (entry.kind === 'file') return file(attributes, scriptLike.test(path) ? context.read(path) : undefined)
  const names = budget.left > 0 ? context.list(path) : 'unknown'
  const rest = { owner: zero, group: zero, mode: unknown<number>([origin]) }
  if (names === 'unknown') return directory(attributes, rest)
  let complete = true
  let folder = directory(attributes)
  for (const name of names) {
    if (budget.left <= 0) {
      complete = false
      break
    }
    const child = contextNode(context, path === '' ? name : `${path}/${name}`, origin, budget)
    if (child === 'unknown') complete = false
    else if (child.kind !== 'missing') folder = { ...folder, children: folder.children.set(name, child) }
  }
  return complete ? folder : { ...folder, unlisted: rest }
}
