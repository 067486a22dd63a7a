import { type Actor, actorOf, find, nodeAt } from '../../image/index.ts'
import type { ImageState } from '../../image/types.ts'
import { knownValue, unknown } from '../../known.ts'
import { listed, text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'
import { givenTogether, leftToRoot } from './given-together.ts'
import { libraryFolders, programFolders } from './program-folders.ts'
import { writableStart } from './writable-entrypoint.ts'

/** Who runs in the container may put programs where the system looks for them. */
export const writablePathDir = defineRule({
  id: 'writable-path-dir',
  category: 'power',
  severity: 'information',
  summary: 'The user that runs may write to a folder where programs or libraries are looked for.',
  why: 'Who may write there replaces a program that others start: root at the start, a health check, an administrator with `docker exec`.',
  remedy:
    'Leave the folder to root, and install what belongs there in a step before USER. Give the user a folder of its own.',
  references: ['CWE-427', 'CWE-732'],
  // Under OpenShift a random uid runs, which owns nothing.
  profiles: ['docker', 'kubernetes'],
  check({ timeline }, report) {
    const { target, runtime } = timeline
    const actor = runtime && actorOf(runtime)
    if (!target || !actor || target.base?.os === 'windows') return
    const start = writableStart(timeline)?.giving
    for (const given of givenTogether(target, foldersToLookAt(runtime.state, actor), actor)) {
      // That COPY --chown made the folder on the way is writable-entrypoint's to tell.
      if (given.giving.range.start === start?.range.start) continue
      const shown = listed(given.paths.slice(0, 3))
      report({
        at: given.giving.range,
        message: actor.afterRoot
          ? text`The container starts as root, and \`${actor.name}\`, which runs later, may replace programs in ${shown}: the next start, health check or \`docker exec\` runs them as root. Leave this folder to root.`
          : text`\`${actor.name}\`, which runs here, may replace programs in ${shown}, for everybody who runs something in the container. Leave this folder to root, and install before USER.`,
        severity: actor.afterRoot ? 'warning' : 'information',
        certainty: actor.certainty,
        fixes: () => leftToRoot(timeline, given),
      })
    }
  },
})

/** Where language package managers put what all programs of the image load. */
const packageFolder = /^(node_modules|site-packages|dist-packages)$/

function foldersToLookAt(state: ImageState, actor: Actor): readonly string[] {
  const { files, env } = state
  const path = knownValue(env.get('PATH') ?? unknown<string>())?.split(':') ?? []
  const firstOfSystem = path.findIndex((folder) => programFolders.includes(folder))
  // Only what root looks into before the system's own programs can take their place.
  const ahead = actor.afterRoot && firstOfSystem > 0 ? path.slice(0, firstOfSystem) : []
  const all = [
    ...programFolders,
    ...libraryFolders,
    ...packageFoldersOf(state),
    ...ahead.filter((folder) => folder.startsWith('/')),
  ]
  // Where COPY may only have found the folder, it is as it was.
  return [...new Set(all.map((folder) => find(files, folder).path))].filter((folder) => {
    const { kind, owner } = nodeAt(files, folder)
    return (kind === 'directory' || kind === 'unknown') && owner.certainty === 'certain'
  })
}

/** `/usr/local/lib/node_modules`, `/usr/lib/python3/dist-packages`, as far as this file touched them. */
function packageFoldersOf({ files }: ImageState): readonly string[] {
  return ['/usr/lib', '/usr/local/lib'].flatMap((lib) =>
    [...nodeAt(files, lib).children].flatMap(([name, node]) => {
      if (packageFolder.test(name)) return [`${lib}/${name}`]
      if (!/^python[\d.]*$/.test(name)) return []
      return [...node.children.keys()]
        .filter((one) => packageFolder.test(one))
        .map((one) => `${lib}/${name}/${one}`)
    }),
  )
}
