import { copyFlag } from '../../fixes/index.ts'
import {
  absolute,
  describeIdentity,
  isUnprivileged,
  nodeAt,
  octal,
  parentOf,
  permits,
} from '../../image/index.ts'
import { knownValue } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** COPY --chmod=0644 makes folders that nobody can enter. */
export const copyChmodDirectory = defineRule({
  id: 'copy-chmod-directory',
  category: 'breakage',
  severity: 'warning',
  summary: 'COPY --chmod without x makes folders that their user cannot enter.',
  why: 'The mode counts for files and folders alike, and with current BuildKit for every folder that the copy makes on its way. Without x nobody but root gets to what lies inside.',
  remedy: 'Add x to the mode, or make the folder before.',
  references: ['container-facts/copy-chmod-0640'],
  check({ timeline, settings }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime || settings.builder !== 'buildkit' || !isUnprivileged(runtime.state.identity))
      return
    const { state } = runtime
    for (const { instruction, before } of target.steps) {
      if ((instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') || !instruction.chmod) continue
      const written = instruction.destination?.raw
      const mode = /^0?[0-7]{3}$/.test(instruction.chmod.raw)
        ? Number.parseInt(instruction.chmod.raw, 8)
        : undefined
      if (written === undefined || /[$"'\\]/.test(written) || mode === undefined) continue
      const path = absolute(written, knownValue(before.workdir) ?? '/')
      // The first folder that the copy made and that is closed.
      let closed: string | undefined
      for (let at = path; at !== '/'; at = parentOf(at)) {
        const node = nodeAt(state.files, at)
        const made = node.because.some(
          (origin) => origin.kind === 'instruction' && origin.range === instruction.range,
        )
        const may = permits(node, state.identity, 'execute')
        if (made && node.kind === 'directory' && knownValue(may) === false && may.certainty !== 'possible')
          closed = at
      }
      if (closed === undefined) continue
      const open = octal(mode | ((mode & 0o444) >> 2))
      report({
        at: instruction.chmod.range,
        message: text`--chmod=${instruction.chmod.raw} counts for the folder ${closed} too, which ${describeIdentity(state.identity)} cannot enter without x. Write --chmod=${open}, or make the folder before.`,
        certainty: 'likely',
        fixes: () => [
          {
            kind: 'edit',
            title: text`Write --chmod=${open}`,
            safety: 'suggestion',
            edits: [copyFlag(instruction, 'chmod', open)],
          },
        ],
      })
    }
  },
})
