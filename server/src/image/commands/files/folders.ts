import { text } from '../../../l10n/index.ts'
import { find, pathsBelow } from '../../files.ts'
import { makeDirectory, removePath, worse } from '../../operations.ts'
import type { Outcome } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { madeSomewhere } from './doubt.ts'
import { dialectOf, eachPath, flavour } from './operands.ts'
import type { ReadMode } from './symbolic-mode.ts'
import { readMode } from './symbolic-mode.ts'
import { usage } from './usage.ts'

/** coreutils mkdir(1); container-facts run-umask, run-as-user-mkdir-root, run-as-user-mkdir-usr-local. */
export const mkdir = defineCommand({
  names: ['mkdir'],
  options: {
    parents: '-p --parents',
    mode: '-m --mode MODE',
    verbose: '-v --verbose',
    context: '-Z --context [CTX]',
  },
  run(call) {
    const { world, options, operands } = call
    if (operands.length === 0) return usage(call, text`mkdir needs at least one path.`)
    const written = options.word('mode')
    const mode =
      written?.text === undefined ? undefined : readMode(written.text, world.umask, dialectOf(world))
    if (written?.text !== undefined && !mode)
      return usage(call, text`\`${written.text}\` is no mode.`, written)
    const outcome = eachPath(
      call,
      operands,
      (path) =>
        makeDirectory(world, path, {
          parents: options.has('parents'),
          ...(mode ? { mode: modeOfNew(mode), noInheritance: flavour(world) === 'busybox' } : {}),
          ...(written && !mode ? { modeUnknown: true } : {}),
        }),
      { anywhere: () => madeSomewhere(world) },
    )
    return worse(options.uncertain ? maybe : ok, outcome)
  },
})

/**
 * A symbolic mode starts from a=rwx. A folder that is to be sticky is made without write for others first, and
 * stays so where the mode does not say anything about that: `-m +t` gives 1755 (coreutils: lib/mkdir-p.c).
 */
function modeOfNew({ change }: ReadMode): number {
  const mode = change(0o777, true)
  if ((mode & 0o1000) === 0) return mode
  return mode & ~((change(0, true) ^ change(0o777, true)) & 0o022)
}

/** coreutils rmdir(1): only empty folders. */
export const rmdir = defineCommand({
  names: ['rmdir'],
  options: { parents: '-p --parents', ignore: '--ignore-fail-on-non-empty', verbose: '-v --verbose' },
  run(call) {
    const { world } = call
    return eachPath(call, call.operands, (path): Outcome => {
      const { node } = find(world.state.files, path, false)
      if (node.kind === 'file' || node.kind === 'link' || node.kind === 'other')
        return usage(call, text`${path} is no folder; rmdir removes empty folders only.`)
      const full = [...pathsBelow(node, path)].some(
        (entry) => entry.path !== path && entry.node.exists === 'certain',
      )
      if (full && call.options.has('ignore')) return ok
      if (full) return usage(call, text`${path} is not empty; rmdir removes empty folders only.`)
      return worse(node.unlisted === 'none' ? ok : maybe, removePath(world, path, { recursive: true }))
    })
  },
})
