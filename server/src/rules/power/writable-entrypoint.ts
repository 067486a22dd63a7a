import { defaultPath } from '../../base-images/index.ts'
import { takeBack } from '../../fixes/index.ts'
import {
  type Actor,
  absolute,
  actorOf,
  controls,
  find,
  type Giving,
  givenBy,
  instructionOf,
  nameOf,
} from '../../image/index.ts'
import type { FileNode, Runtime, StageTimeline, Timeline } from '../../image/types.ts'
import { knownValue, unknown } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** Who runs in the container may change the program that it starts. */
export const writableEntrypoint = defineRule({
  id: 'writable-entrypoint',
  category: 'power',
  severity: 'hint',
  summary: 'The user that runs may change the program that the container starts.',
  why: 'A program is read and executed, not written. Where root starts it and hands over, whoever takes over the user becomes root at the next start.',
  remedy: 'Leave the program to root with mode 0755: everybody may start it, nobody may change it.',
  equivalents: { sonar: ['S6504'] },
  references: ['CWE-732'],
  // Under OpenShift a random uid runs, which owns nothing.
  profiles: ['docker', 'kubernetes'],
  check({ timeline }, report) {
    const found = writableStart(timeline)
    if (!found) return
    const { path, actor, giving, folder } = found
    const { dockerfile, runtime } = timeline
    const start = runtime?.state.entrypoint ?? runtime?.state.cmd
    report({
      at: giving.range,
      message: actor.afterRoot
        ? folder === undefined
          ? text`The container starts ${path} as root, and \`${actor.name}\`, which runs later, may change it: what it writes there runs as root at the next start. Leave it to root.`
          : text`The container starts ${path} as root, and \`${actor.name}\`, which runs later, may replace it, as ${folder} is its own: what it puts there runs as root at the next start. Put the program where only root writes, such as /usr/local/bin.`
        : text`${path} is only started, but \`${actor.name}\`, which runs it, may change it. Leave it to root: everybody may still read and execute it.`,
      severity: actor.afterRoot ? 'warning' : 'hint',
      certainty: actor.certainty,
      related:
        start?.origin.kind === 'instruction' && instructionOf(dockerfile, start.origin.range.start)
          ? [{ range: start.origin.range, message: text`${path} is started here.` }]
          : [],
      fixes: () => {
        const edits = folder === undefined ? takeBack(dockerfile, giving, path) : undefined
        return edits
          ? [{ kind: 'edit', title: text`Leave ${path} to root`, safety: 'suggestion', edits }]
          : []
      },
    })
  },
})

export interface WritableStart {
  readonly path: string
  readonly actor: Actor
  readonly giving: Giving
  /** The folder that is his, where the program itself is not. */
  readonly folder: string | undefined
}

/** Undefined where nobody but root may change what is started, or where the base made it so. */
export function writableStart({ target, runtime }: Timeline): WritableStart | undefined {
  if (!target || !runtime || target.base?.os === 'windows') return undefined
  const actor = actorOf(runtime)
  if (!actor) return undefined
  for (const path of startedPrograms(runtime)) {
    const giving = givenProgram(target, path, actor)
    if (giving && (actor.afterRoot || namesIt(giving, path)))
      return { path, actor, giving, folder: undefined }
    if (!actor.afterRoot) continue
    for (const { path: folder } of find(target.final.files, path).ancestors.toReversed()) {
      const given = mayReplace(target.final.files, folder, actor)
        ? givenBy(target, folder, (files) => mayReplace(files, folder, actor))
        : undefined
      if (given) return { path, actor, giving: given, folder }
    }
  }
  return undefined
}

function givenProgram(target: StageTimeline, path: string, actor: Actor): Giving | undefined {
  const { files } = target.final
  // What another stage built may be of whatever kind; that it is started says that it is a file.
  if (find(files, path).node.kind === 'directory' || !controls(files, path, actor)) return undefined
  return givenBy(target, path, (tree) => controls(tree, path, actor))
}

/** In a sticky folder nobody replaces what is another's. */
function mayReplace(files: FileNode, folder: string, actor: Actor): boolean {
  const { node } = find(files, folder)
  const sticky = ((knownValue(node.mode) ?? 0) & 0o1000) !== 0
  return node.kind === 'directory' && !sticky && controls(files, folder, actor)
}

/** The line is about this program, not about a tree in which it lies. */
function namesIt({ step, operand, command }: Giving, path: string): boolean {
  if (command) {
    const cwd = knownValue(command.cwd)
    return operand?.text !== undefined && absolute(operand.text, cwd) === path
  }
  const { instruction } = step
  if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') return false
  const name = nameOf(path)
  return (
    instruction.destination?.raw === path ||
    instruction.sources.some(({ raw }) => raw === name || raw.endsWith(`/${name}`)) ||
    instruction.heredocs.some((one) => one.name === name)
  )
}

const inits: ReadonlySet<string> = new Set(['tini', 'dumb-init', 'catatonit', 'env', 'exec'])
const shells: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'ash'])

/** What is started, and what that starts in turn: `tini -- /start.sh` is both. */
function startedPrograms({ argv, script, state }: Runtime): readonly string[] {
  const found: string[] = []
  let first = true
  for (const [index, word] of argv.entries()) {
    if (!first && (word.startsWith('-') || /^\w+=/.test(word))) continue
    const path = pathOf(word, state)
    if (path !== undefined) found.push(path)
    const name = nameOf(word)
    const next = argv[index + 1]
    if (inits.has(name) || (shells.has(name) && next !== undefined && !next.startsWith('-'))) {
      first = false
      continue
    }
    break
  }
  if (script) found.push(script.path)
  return [...new Set(found)]
}

function pathOf(word: string, { files, workdir, env }: Runtime['state']): string | undefined {
  const cwd = knownValue(workdir)
  if (word.includes('/'))
    return word.startsWith('/') || cwd !== undefined ? find(files, absolute(word, cwd)).path : undefined
  const searched = knownValue(env.get('PATH') ?? unknown<string>())
  const folders = (searched ?? defaultPath).split(':')
  for (const folder of folders) {
    const { path, ancestors } = find(files, `${folder.replace(/\/+$/, '')}/${word}`)
    // Only what the tree names: of the rest nobody knows whether it is there.
    const kind = ancestors.at(-1)?.node.children.get(word)?.kind
    if (kind === 'file' || kind === 'unknown') return path
  }
  return undefined
}
