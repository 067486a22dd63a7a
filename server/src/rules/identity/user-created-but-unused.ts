import { useAccount } from '../../fixes/index.ts'
import { accountsMadeHere, isRoot, lineOf, stepsDown } from '../../image/index.ts'
import { defineRule } from '../types.ts'

/** An account is made, and nobody ever runs as it. */
export const userCreatedButUnused = defineRule({
  id: 'user-created-but-unused',
  category: 'identity',
  severity: 'hint',
  summary: 'An account is created, but the image still runs as root.',
  why: 'The account was made to run as; without USER it has no effect.',
  remedy: 'Add USER with that account after the last step that needs root.',
  equivalents: { tally: ['user-created-but-never-used'] },
  check({ timeline }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime || !isRoot(runtime.state.identity) || stepsDown(runtime)) return
    // Somebody who steps down in a script that we cannot read may be using it.
    const used = new Set(
      target.steps.flatMap(({ commands }) =>
        commands.flatMap(({ wrappers, argv }) =>
          wrappers.length > 0 ? [] : argv.slice(1).map(({ text }) => text),
        ),
      ),
    )
    for (const account of accountsMadeHere(runtime.state)) {
      const range = account.nameRange
      if (!range || used.has(`${account.name}.service`)) continue
      report({
        at: range,
        message: `\`${account.name}\` is created here, but the image still runs as root. Add USER ${account.name} after the last step that needs root (line ${lineOf(timeline.dockerfile, target.steps.findLast(({ instruction }) => instruction.keyword === 'RUN' || instruction.keyword === 'COPY')?.instruction.range.start ?? range.start)}).`,
        certainty: account.certainty,
        fixes: () => [useAccount(timeline, target, account.name)],
      })
    }
  },
})
