import { type Fix, giveFolder, keywordIn, linesBefore, ownerOf } from '../../fixes/index.ts'
import {
  describeIdentity,
  describeNode,
  find,
  instructionOf,
  isCertainlyRoot,
  isUnprivileged,
  permits,
} from '../../image/index.ts'
import { knownValue } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** A volume that its own user may not write: a new volume takes owner and mode of the folder. */
export const volumeOwner = defineRule({
  id: 'volume-owner',
  category: 'breakage',
  severity: 'warning',
  summary: 'A VOLUME belongs to root, and the image runs as somebody else who may not write it.',
  why: 'A new volume takes content, owner and mode of the folder in the image; where there is no such folder it is root’s. What is mounted for data is then read-only for the program.',
  remedy: 'Make the folder and give it to the user before VOLUME.',
  references: ['container-facts/volume-after-chown-app', 'container-facts/volume-missing-folder-missing'],
  check({ timeline }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime || !isUnprivileged(runtime.state.identity)) return
    const { state } = runtime
    for (const { path, origin } of state.volumes) {
      if (origin.kind !== 'instruction') continue
      const { node } = find(state.files, path)
      const may = permits(node, state.identity, 'write')
      if (node.kind !== 'directory' || knownValue(may) !== false || may.certainty === 'possible') continue
      const index = target.steps.findIndex(({ instruction }) => instruction.range === origin.range)
      const step = target.steps[index]
      const instruction = step?.instruction ?? instructionOf(timeline.dockerfile, origin.range.start)
      if (!instruction) continue
      const owner = ownerOf(state.identity)
      report({
        at: instruction.argumentsRange,
        message: text`The volume ${path} ${describeNode(node, state.accounts)}, but the image runs as ${describeIdentity(state.identity)}, who cannot write there. Give ${path} to ${owner ?? text`that user`} before VOLUME.`,
        certainty: 'likely',
        fixes: () => {
          const fixes: Fix[] = []
          if (!step || owner === undefined) return fixes
          const { dockerfile } = timeline
          const there = find(step.before.files, path).node.kind === 'directory'
          const command = `${there ? '' : `mkdir -p ${path} && `}chown ${owner} ${path}`
          if (isCertainlyRoot(step.before.identity))
            fixes.push({
              kind: 'edit',
              title: text`Give ${path} to \`${owner}\``,
              safety: 'suggestion',
              edits: [
                linesBefore(dockerfile, step.instruction, [`${keywordIn(dockerfile, 'RUN')} ${command}`]),
              ],
            })
          else {
            const fix = giveFolder(timeline, target, index, path, state.identity)
            if (fix) fixes.push(fix)
          }
          return fixes
        },
      })
    }
  },
})
