import { giveFolder, ownerOf } from '../../fixes/index.ts'
import {
  describeNode,
  find,
  instructionOf,
  isUnprivileged,
  lineOf,
  permits,
  stepFailures,
} from '../../image/index.ts'
import { knownValue } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** COPY --chown into WORKDIR: what is copied is the user's, the folder itself stays root's. */
export const workdirOwner = defineRule({
  id: 'workdir-owner',
  category: 'breakage',
  severity: 'information',
  summary: 'COPY --chown gives the user what it copies, but not the working directory itself.',
  why: 'The folder was made before, by WORKDIR as root, and keeps its owner: the user can change the files in it, but make none.',
  remedy: 'If the program writes there, give it the folder as well; if not, leave --chown out.',
  references: ['container-facts/copy-chown-dot-app', 'container-facts/copy-chown-file-into-workdir'],
  check({ timeline }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime || !isUnprivileged(runtime.state.identity) || stepFailures(timeline).length > 0)
      return
    const { state } = runtime
    const { identity } = state
    const path = knownValue(state.workdir)
    if (path === undefined || path === '/') return
    const { node } = find(state.files, path)
    const origin = node.because.at(-1)
    const may = permits(node, identity, 'write')
    if (
      node.kind !== 'directory' ||
      knownValue(may) !== false ||
      may.certainty === 'possible' ||
      origin?.kind !== 'instruction'
    )
      return
    const made = instructionOf(timeline.dockerfile, origin.range.start)
    if (made?.keyword !== 'WORKDIR' || knownValue(node.owner) !== 0) return
    const uid = knownValue(identity.uid)
    const copy = target.steps.find(
      ({ instruction }) =>
        instruction.keyword === 'COPY' &&
        instruction.chown !== undefined &&
        ['.', './', path, `${path}/`].includes(instruction.destination?.raw ?? '') &&
        [instruction.chown.raw.split(':')[0]].some(
          (name) => name === knownValue(identity.user) || name === String(uid),
        ),
    )
    if (!copy) return
    const index = target.steps.findLastIndex(({ instruction }) => instruction.keyword === 'USER')
    report({
      at: made.keyword === 'WORKDIR' && made.path ? made.path.range : made.range,
      message: text`${path} itself ${describeNode(node, state.accounts)}: COPY --chown in line ${lineOf(timeline.dockerfile, copy.instruction.range.start)} gives ${ownerOf(identity) ?? text`the user`} only what it copies, so the user can make no new files there. Give it the folder if it writes there, or leave --chown out if it does not.`,
      related: [{ range: copy.instruction.range, message: text`The copy keeps the folder as it is.` }],
      fixes: () => {
        const fix = giveFolder(timeline, target, index + 1, path, identity)
        return fix ? [fix] : []
      },
    })
  },
})
