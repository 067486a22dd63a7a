import { lastUserOf, lineOf } from '../../image/index.ts'
import type { Timeline } from '../../image/types.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** USER ${UID} where ARG UID has no default: an empty USER means root. */
export const userFromArgument = defineRule({
  id: 'user-from-argument',
  category: 'identity',
  severity: 'warning',
  summary: 'USER depends on a build argument without a default: left out, the image runs as root.',
  why: 'An argument that nobody gives is empty, and an empty USER is no error: it means root.',
  remedy: 'Give the ARG a default that is not root.',
  references: ['container-facts/user-arg-empty', 'container-facts/user-arg-before-from'],
  check({ timeline, settings }, report) {
    const found = emptyArgument(timeline)
    if (!found) return
    const { word, name, declared } = found
    const { uid } = settings.newUser
    report({
      at: word.range,
      message: declared
        ? text`Without --build-arg ${name}=… this USER is empty, and that means root. Give ARG ${name} a default in line ${lineOf(timeline.dockerfile, declared.start)}, such as ${uid}.`
        : text`Without --build-arg ${name}=… this USER is empty, and that means root. Give ARG ${name} a default, such as ${uid}.`,
      fixes: () =>
        declared
          ? [
              {
                kind: 'edit',
                title: text`Give ARG ${name} the default ${uid}`,
                safety: 'suggestion',
                edits: [{ range: { start: declared.end, end: declared.end }, text: `=${uid}` }],
              },
            ]
          : [],
    })
  },
})

/** The final USER where it is nothing but an argument that has no value here. */
export function emptyArgument({ target, runtime }: Timeline) {
  if (!target || !runtime) return undefined
  const user = lastUserOf(target)
  const instruction = user?.stage === target ? user.step.instruction : undefined
  if (instruction?.keyword !== 'USER' || !instruction.user || !user) return undefined
  const name = /^"?\$\{?(\w+)\}?(:\$\{?\w+\}?)?"?$/.exec(instruction.user.raw)?.[1]
  if (name === undefined || user.step.after.identity.spec.replace(':', '') !== '') return undefined
  if (!user.step.before.args.has(name)) return undefined
  const declared = target.steps
    .flatMap((step) => (step.instruction.keyword === 'ARG' ? step.instruction.pairs : []))
    .findLast(({ key, value }) => key.raw === name && value === undefined)
  return { word: instruction.user, name, declared: declared?.key.range }
}
