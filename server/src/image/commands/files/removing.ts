import { text } from '../../../l10n/index.ts'
import { removePath, worse } from '../../operations.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { doubtEverywhere } from './doubt.ts'
import { eachPath } from './operands.ts'
import { usage } from './usage.ts'

/** coreutils rm(1); container-facts run-as-user-rm-foreign, run-sticky. */
export const rm = defineCommand({
  names: ['rm', 'unlink', 'shred'],
  options: {
    recursive: '-r -R --recursive',
    force: '-f --force',
    directory: '-d --dir',
    interactive: '-i',
    once: '-I',
    interactiveWhen: '--interactive [WHEN]',
    oneFileSystem: '--one-file-system',
    preserveRoot: '--preserve-root [ALL]',
    noPreserveRoot: '--no-preserve-root',
    verbose: '-v --verbose',
    zero: '-z --zero',
    remove: '-u --remove [HOW]',
    iterations: '-n --iterations N',
  },
  run(call) {
    const { options, world } = call
    if (call.name === 'shred' && !options.has('remove')) return maybe
    const force = options.has('force')
    if (call.operands.length === 0) return force ? ok : usage(call, text`rm needs at least one path.`)
    const recursive = options.has('recursive') || options.has('directory')
    const outcome = eachPath(
      call,
      call.operands,
      (path, { certainty }) =>
        removePath(world, path, { recursive, force: force || certainty !== 'certain' }),
      {
        anywhere: () => doubtEverywhere(world, ['exists'], 'likely'),
      },
    )
    // rm -f of what a glob may mean does not fail for there being nothing.
    return worse(options.uncertain && !force ? maybe : ok, outcome)
  },
})
