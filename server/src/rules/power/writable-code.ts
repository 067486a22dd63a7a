import { type Actor, actorOf, controls, find, nodeAt } from '../../image/index.ts'
import type { FileNode } from '../../image/types.ts'
import { listed, text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'
import { givenTogether, leftToRoot } from './given-together.ts'
import { programFolders } from './program-folders.ts'
import { writableStart } from './writable-entrypoint.ts'

/** Programs among the system's own belong to the user that only runs them. */
export const writableCode = defineRule({
  id: 'writable-code',
  category: 'power',
  severity: 'hint',
  summary: 'A program among those of the system belongs to the user that only runs it.',
  why: 'Code that its own process may change lets an intruder stay: the next start runs what he left. Reading and executing needs no ownership.',
  remedy:
    'Leave programs to root: no --chown, no chown. Give the user only the folders that the program writes.',
  equivalents: {
    sonar: ['S6504'],
    kics: ['aa93e17f-b6db-4162-9334-c70334e7ac28'],
    terrascan: ['AC_DOCKER_00024'],
  },
  references: ['CWE-732'],
  // Under OpenShift a random uid runs, which owns nothing.
  profiles: ['docker', 'kubernetes'],
  check({ timeline }, report) {
    const { target, runtime } = timeline
    const actor = runtime && actorOf(runtime)
    if (!target || !actor || target.base?.os === 'windows') return
    const start = writableStart(timeline)?.giving
    for (const given of givenTogether(target, programsOf(target.final.files, actor), actor)) {
      if (given.giving.range.start === start?.range.start) continue
      report({
        at: given.giving.range,
        message: text`\`${actor.name}\` only runs ${listed(given.paths.slice(0, 3))}, but may change it. Leave it to root: everybody may still read and execute it.`,
        certainty: actor.certainty,
        fixes: () => leftToRoot(timeline, given),
      })
    }
  },
})

/** Programs that the tree names. Where the whole folder is given, writable-path-dir tells. */
function programsOf(files: FileNode, actor: Actor): readonly string[] {
  const folders = new Set(programFolders.map((one) => find(files, one).path))
  return [...folders].flatMap((folder) =>
    controls(files, folder, actor)
      ? []
      : [...nodeAt(files, folder).children].flatMap(([name, { kind, owner }]) =>
          (kind === 'file' || kind === 'unknown') && owner.certainty !== 'unknown'
            ? [`${folder}/${name}`]
            : [],
        ),
  )
}
