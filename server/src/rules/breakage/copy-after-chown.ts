import type { CopyInstruction } from '../../dockerfile/types.ts'
import { copyFlag, ownerOf } from '../../fixes/index.ts'
import { absolute, isUnprivileged, lineOf, nodeAt } from '../../image/index.ts'
import type { CommandRun } from '../../image/types.ts'
import { knownValue } from '../../known.ts'
import { text } from '../../l10n/index.ts'
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
    const told = new Map<CommandRun, { readonly path: string; readonly copies: CopyInstruction[] }>()
    for (const [index, step] of target.steps.entries()) {
      const { instruction } = step
      if ((instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') || instruction.chown) continue
      const written = instruction.destination?.raw
      const cwd = knownValue(step.before.workdir)
      if (written === undefined || /[$"'\\]/.test(written) || (cwd === undefined && !written.startsWith('/')))
        continue
      const path = absolute(written, cwd)
      const gives = (steps: typeof target.steps) =>
        steps
          .flatMap(({ commands, after }) => commands.map((command) => ({ command, after })))
          .find(
            ({ command, after }) =>
              isGift(command, path) && knownValue(nodeAt(after.files, path).owner) === uid,
          )?.command
      const earlier = gives(target.steps.slice(0, index))
      // What is given again later is settled.
      if (!earlier || gives(target.steps.slice(index + 1))) continue
      const one = told.get(earlier)
      if (one) one.copies.push(instruction)
      else told.set(earlier, { path, copies: [instruction] })
    }
    const owner = ownerOf(runtime.state.identity)
    for (const [command, { path, copies }] of told) {
      const [first, ...others] = copies
      if (!first) continue
      report({
        at: first.keywordRange,
        message: text`What this ${first.keyword} brings to ${path} belongs to root: the chown in line ${lineOf(timeline.dockerfile, command.range.start)} ran before it. Put the chown after it, or --chown=${owner ?? uid ?? ''} here.`,
        certainty: 'likely',
        related: [
          { range: command.range, message: text`This changes only what is there already.` },
          ...others.map(({ keywordRange }) => ({
            range: keywordRange,
            message: text`So does what this brings.`,
          })),
        ],
        fixes: () =>
          owner
            ? [
                {
                  kind: 'edit',
                  title: text`Copy it as \`${owner}\`: --chown=${owner}`,
                  safety: 'suggestion',
                  edits: copies.map((copy) => copyFlag(copy, 'chown', owner)),
                },
              ]
            : [],
      })
    }
  },
})

/** A recursive chown of this very folder: of one far above it, somebody may have meant only what is there. */
function isGift(command: CommandRun, path: string): boolean {
  return (
    command.name === 'chown' &&
    command.argv.some(({ text }) => text === '--recursive' || /^-[a-zA-Z]*R/.test(text ?? '')) &&
    command.writes.includes(path)
  )
}
