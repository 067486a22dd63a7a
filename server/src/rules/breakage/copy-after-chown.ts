import { copyFlag, ownerOf } from '../../fixes/index.ts'
import { absolute, isUnprivileged, isWithin, lineOf, nodeAt } from '../../image/index.ts'
import type { CommandRun, ImageState } from '../../image/types.ts'
import { knownValue } from '../../known.ts'
import { defineRule } from '../types.ts'

/** Files copied after the recursive chown: they stay root's. */
export const copyAfterChown = defineRule({
  id: 'copy-after-chown',
  category: 'breakage',
  severity: 'information',
  summary: 'A COPY after a recursive chown of the same folder: what it brings belongs to root.',
  why: 'chown changes what is there when it runs. A COPY after it makes root’s files, whoever the folder belongs to.',
  remedy: 'Put --chown on the COPY, or the chown after it.',
  equivalents: { tally: ['copy-after-user-without-chown'] },
  references: ['container-facts/copy-after-user-owner'],
  check({ timeline }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime || !isUnprivileged(runtime.state.identity) || target.base?.os === 'windows')
      return
    const uid = knownValue(runtime.state.identity.uid)
    for (const [index, step] of target.steps.entries()) {
      const { instruction } = step
      if ((instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') || instruction.chown) continue
      const written = instruction.destination?.raw
      const cwd = knownValue(step.before.workdir)
      if (written === undefined || /[$"'\\]/.test(written) || (cwd === undefined && !written.startsWith('/')))
        continue
      const path = absolute(written, cwd)
      const given = (before: boolean) =>
        target.steps
          .slice(before ? 0 : index + 1, before ? index : undefined)
          .flatMap(({ commands, after }) => commands.map((command) => ({ command, after })))
          .find(({ command, after }) => gives(command, path) && ownerAt(after, path) === uid)
      const earlier = given(true)
      // What is left to somebody else's folder, or given again later, is settled.
      if (!earlier || given(false)) continue
      const owner = ownerOf(runtime.state.identity)
      report({
        at: instruction.keywordRange,
        message: `What this ${instruction.keyword} brings to ${path} belongs to root: the chown in line ${lineOf(timeline.dockerfile, earlier.command.range.start)} ran before it. Put --chown=${owner ?? uid} here, or the chown after it.`,
        certainty: 'likely',
        related: [{ range: earlier.command.range, message: 'This changes only what is there already.' }],
        fixes: () =>
          owner
            ? [
                {
                  kind: 'edit',
                  title: `Copy it as \`${owner}\`: --chown=${owner}`,
                  safety: 'suggestion',
                  edits: [copyFlag(instruction, 'chown', owner)],
                },
              ]
            : [],
      })
    }
  },
})

/** A recursive chown of the folder, or of one above it. */
function gives(command: CommandRun, path: string): boolean {
  return (
    command.name === 'chown' &&
    command.argv.some(({ text }) => text === '--recursive' || /^-[a-zA-Z]*R/.test(text ?? '')) &&
    command.writes.some((folder) => isWithin(path, folder))
  )
}

function ownerAt({ files }: Pick<ImageState, 'files'>, path: string): number | undefined {
  return knownValue(nodeAt(files, path).owner)
}
