import type { Word } from '../../dockerfile/types.ts'
import type { Origin } from '../../known.ts'
import { certain, knownValue, unknown } from '../../known.ts'
import { absolute } from '../files.ts'
import { resolveChown } from '../identity.ts'
import { type FolderAttributes, makeFolders } from '../workdir.ts'
import { expandedText, type Progress } from './progress.ts'

/** WORKDIR: the builder makes the folder. */
export function changeWorkdir(progress: Progress, word: Word, origin: Origin): void {
  const { state } = progress
  const text = expandedText(progress, word)
  const cwd = knownValue(state.workdir)
  if (text === undefined || progress.base?.os === 'windows' || (!text.startsWith('/') && cwd === undefined)) {
    progress.state = { ...state, workdir: unknown([origin]) }
    return
  }
  const path = absolute(text, cwd)
  const certainty =
    text.startsWith('/') || state.workdir.certainty === 'unknown' ? 'certain' : state.workdir.certainty
  progress.state = {
    ...state,
    workdir: { certainty, value: path, because: [origin] },
    files: makeFolders(state.files, path, makerOf(progress), origin),
  }
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
