import type { OffsetRange, Word } from '../../dockerfile/types.ts'
import type { Origin } from '../../known.ts'
import { certain, knownValue, unknown } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import type { InTheWay } from '../copy/index.ts'
import { absolute, longestPath } from '../files.ts'
import { resolveChown } from '../identity.ts'
import type { Failure } from '../types.ts'
import { type FolderAttributes, fileInTheWay, makeFolders } from '../workdir.ts'
import { type Applied, expandedText, fine, type Progress } from './progress.ts'

/** WORKDIR: the builder makes the folder. */
export function changeWorkdir(progress: Progress, word: Word, origin: Origin): Applied {
  const { state } = progress
  const written = expandedText(progress, word)
  const cwd = knownValue(state.workdir)
  const path =
    written === undefined || (!written.startsWith('/') && cwd === undefined)
      ? undefined
      : absolute(written, cwd)
  if (path === undefined || path.length > longestPath || progress.base?.os === 'windows') {
    progress.state = { ...state, workdir: unknown([origin]) }
    return fine
  }
  const certainty =
    written?.startsWith('/') || state.workdir.certainty === 'unknown' ? 'certain' : state.workdir.certainty
  progress.state = {
    ...state,
    workdir: { certainty, value: path, because: [origin] },
    files: makeFolders(state.files, path, makerOf(progress), origin),
  }
  const file = fileInTheWay(state.files, path)
  return file ? notPlaced(file, word.range) : fine
}

/**
 * The builder's "mkdir /x: not a directory", "cannot copy to non-directory" and "cannot replace to directory".
 * What is only likely to be in the way is not told: that somebody builds it shows that it is not there.
 */
export function notPlaced({ path, node, needs }: InTheWay, range: OffsetRange): Applied {
  if (node.exists !== 'certain') return { failure: undefined, sure: false }
  const failure: Failure = {
    reason: 'other',
    certainty: 'certain',
    message:
      needs === 'file'
        ? text`${path} is a folder here, and the builder puts no file in its place. Choose another path, or remove the folder before.`
        : node.kind === 'link'
          ? text`${path} is a link to ${node.target ?? ''} here, and the builder puts no folder in its place. Copy to ${node.target ?? ''} itself.`
          : text`${path} is a file here, so the builder cannot make it a folder. Choose another path, or remove the file before.`,
    range,
    because: node.because,
    path,
  }
  return { failure }
}

/** Who owns what the builder itself makes for the present USER (container-facts/workdir-uid-gid-of-account-1500). */
function makerOf(progress: Progress): FolderAttributes {
  const { state } = progress
  const { builder } = progress.evaluation
  // The classic builder, Kaniko and older Buildah make it as root (container-facts/workdir-classic-after-user).
  if (builder !== 'buildkit') return { owner: certain(0), group: certain(0), inSetgid: 'folders-group' }
  if (state.identity.uid.certainty === 'unknown' && !state.identityFailure)
    return { owner: unknown(), group: unknown() }
  if (state.identity.spec === '')
    return { owner: state.identity.uid, group: state.identity.gid, inSetgid: 'folders-group' }
  const { owner, group } = resolveChown(state.identity.spec, state.accounts, builder)
  return { owner, group, inSetgid: 'own-group' }
}
