import { asRootAfter, beforeUser } from '../../fixes/index.ts'
import {
  foldersGivenTo,
  isUnprivileged,
  isWithin,
  lastUserOf,
  nodeAt,
  pathsBelow,
  permits,
} from '../../image/index.ts'
import type { FileNode, Identity, ImageState, StageTimeline } from '../../image/types.ts'
import { certain, knownValue } from '../../known.ts'
import { listed, text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** OpenShift runs images under a number of its own, in group 0: what only the image's user may write is lost. */
export const arbitraryUid = defineRule({
  id: 'arbitrary-uid',
  category: 'breakage',
  severity: 'warning',
  summary: 'Folders that the image’s user writes are closed to the random uid that OpenShift gives.',
  why: 'OpenShift ignores USER and runs the image under a uid out of a range of the project, always in group 0. It may write what group 0 may write.',
  remedy: 'Give the folders to group 0 with the rights of their owner: chgrp -R 0 and chmod -R g=u.',
  references: ['container-facts/run-openshift-app', 'OpenShift: Creating images, support arbitrary user ids'],
  profiles: ['openshift'],
  check({ timeline }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime || !isUnprivileged(runtime.state.identity) || target.base?.os === 'windows')
      return
    const { state } = runtime
    const uid = knownValue(state.identity.uid)
    const user = lastUserOf(target)
    if (uid === undefined || user?.stage !== target || user.step.instruction.keyword !== 'USER') return
    const anybody: Identity = {
      ...state.identity,
      uid: certain(1_000_700_000),
      gid: certain(0),
      groups: certain([0]),
    }
    const closed = foldersGivenTo(state, uid).filter((path) => {
      if (isBareHome(state, path)) return false
      const may = permits(nodeAt(state.files, path), anybody, 'write')
      return knownValue(may) === false && may.certainty !== 'possible'
    })
    if (closed.length === 0) return
    const index = target.steps.indexOf(user.step)
    const paths = closed.join(' ')
    report({
      at: user.step.instruction.user?.range ?? user.step.instruction.range,
      message:
        closed.length > 1
          ? text`OpenShift runs this image under a uid of its own, in group 0, which may not write ${listed(closed)}. Give them to group 0 with the owner’s rights: chgrp -R 0 and chmod -R g=u.`
          : text`OpenShift runs this image under a uid of its own, in group 0, which may not write ${listed(closed)}. Give it to group 0 with the owner’s rights: chgrp -R 0 and chmod -R g=u.`,
      certainty: 'likely',
      fixes: () => {
        const command = `chgrp -R 0 ${paths} && chmod -R g=u ${paths}`
        const last = lastChange(target, closed)
        const edits =
          last > index
            ? asRootAfter(timeline, target, last, command)
            : beforeUser(timeline, target, index + 1, command)
        return edits && !/[^\w./ -]/.test(paths)
          ? [
              {
                kind: 'edit',
                title:
                  closed.length > 1
                    ? text`Give the folders to group 0`
                    : text`Give ${listed(closed)} to group 0`,
                safety: 'suggestion',
                edits,
              },
            ]
          : []
      },
    })
  },
})

/** A home that came with its account and that nothing leads to: who has no account there has another HOME. */
function isBareHome({ accounts, env, workdir, volumes, files }: ImageState, path: string): boolean {
  if (!accounts.users.some(({ home }) => knownValue(home) === path)) return false
  const places = [env.get('HOME'), workdir].map((value) => value && knownValue(value))
  if ([...places, ...volumes.map((volume) => volume.path)].some((place) => place && isWithin(place, path)))
    return false
  const home = nodeAt(files, path)
  const made = new Set(startsOf(home))
  // `useradd -m` brings files of /etc/skel with it.
  return [...home.children.values()].every(
    (child) =>
      child.kind === 'missing' ||
      child.exists === 'possible' ||
      startsOf(child).every((start) => made.has(start)),
  )
}

function startsOf({ because }: FileNode): readonly number[] {
  return because.flatMap((origin) => (origin.kind === 'instruction' ? [origin.range.start] : []))
}

/** The index of the last step that may have made or changed something in the folders. */
function lastChange({ steps, final }: StageTimeline, folders: readonly string[]): number {
  const user = steps.findLastIndex(({ instruction }) => instruction.keyword === 'USER')
  const afterUser = folders.some((folder) =>
    [nodeAt(final.files, folder), ...[...pathsBelow(final.files, folder)].map(({ node }) => node)].some(
      ({ because }) =>
        because.some(
          (origin) =>
            origin.kind === 'instruction' && origin.range.start > (steps[user]?.instruction.range.start ?? 0),
        ),
    ),
  )
  // What a later step adds to them is not all known: all are waited for.
  return afterUser ? steps.findLastIndex(({ instruction }) => changesFiles.has(instruction.keyword)) : user
}
const changesFiles: ReadonlySet<string> = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR'])
