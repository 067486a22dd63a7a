import { knownValue, unknown, weaker } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import { find, nodeAt, pathsBelow } from '../../files.ts'
import { changeMode, failure, looked, pathIn, worse } from '../../operations.ts'
import type { ShellValue } from '../../types.ts'
import type { Call, Outcome } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { changeUnlisted, doubtEverywhere } from './doubt.ts'
import { dialectOf, eachPath, flavour } from './operands.ts'
import type { ReadMode } from './symbolic-mode.ts'
import { readMode } from './symbolic-mode.ts'
import { lacking, usage } from './usage.ts'

/** coreutils chmod(1); container-facts chmod-form-*, run-chown-recursive, run-as-user-chmod-foreign, run-chmod-setgid-foreign-group. */
export const chmod = defineCommand({
  names: ['chmod'],
  options: {
    recursive: '-R --recursive',
    reference: '--reference FILE',
    verbose: '-v --verbose',
    changes: '-c --changes',
    silent: '-f --silent --quiet',
    preserveRoot: '--preserve-root',
    noPreserveRoot: '--no-preserve-root',
  },
  run(call) {
    const { operands, options, world } = withModeOperand(call)
    const reference = options.word('reference')
    const missing = lacking(call, ['reference'])
    if (missing) return missing
    const unseen = reference && eachPath(call, [reference], (path) => looked(world, path))
    if (unseen?.status === 'fail') return unseen
    const [first, ...rest] = operands
    const targets = reference ? operands : rest
    if (targets.length === 0) return usage(call, text`chmod needs a mode and at least one path.`)
    const mode = reference
      ? modeOf(call, reference)
      : readMode(first?.text ?? '', world.umask, dialectOf(world))
    if (!mode && first?.text !== undefined && !reference)
      return usage(call, text`\`${first.text}\` is no mode.`, first)
    const recursive = options.has('recursive')
    const isOption = first?.text?.startsWith('-') && flavour(world) !== 'busybox'
    const outcome = eachPath(
      call,
      targets,
      (path) => {
        const spared = isOption && mode ? sparedByMask(call, path, first?.text ?? '', mode, recursive) : ok
        const changed = mode
          ? changeMode(world, path, mode.change, {
              recursive,
              ...(mode.number === undefined ? {} : { absolute: mode.number }),
              ...(reference || first?.text?.includes(',')
                ? {}
                : { key: `chmod ${dialectOf(world)} ${first?.text} ${world.umask}` }),
            })
          : changeMode(world, path, () => 0, { recursive, unknown: true })
        return worse(changed, spared)
      },
      {
        unlisted: (folder) =>
          changeUnlisted(world, folder, (old) => ({ ...old, mode: unknown([world.origin]) })),
        anywhere: () => doubtEverywhere(world, ['mode']),
      },
    )
    return worse(unseen ?? ok, worse(options.uncertain ? maybe : ok, outcome))
  },
})

/** `chmod -w`: GNU's fails where the umask keeps it from what the mode says (coreutils: src/chmod.c, diagnose_surprises). */
function sparedByMask(
  call: Call,
  path: string,
  written: string,
  mode: ReadMode,
  recursive: boolean,
): Outcome {
  const { world } = call
  const plain = readMode(written, 0)
  const found = find(world.state.files, path)
  if (!plain) return ok
  let outcome: Outcome = ok
  for (const { node } of recursive ? pathsBelow(found.node, found.path) : [found]) {
    if (node.kind === 'link' || node.kind === 'missing') continue
    if (recursive && node.kind === 'directory' && node.unlisted !== 'none') outcome = worse(outcome, maybe)
    if (node.mode.certainty === 'unknown') outcome = worse(outcome, maybe)
    else {
      const isFolder = node.kind === 'directory'
      const left = mode.change(node.mode.value, isFolder) & ~plain.change(node.mode.value, isFolder)
      if (left === 0) continue
      return failure(
        world,
        'other',
        weaker(node.mode.certainty, node.exists),
        text`\`chmod ${written}\` spares what the umask takes away, and fails then. Say for whom: a${written}.`,
        { path },
      )
    }
  }
  return outcome
}

/** `-w`, `-rwx`, `-x`: a mode that looks like options (chmod-form-minusw). */
function withModeOperand(call: Call): Pick<Call, 'operands' | 'options' | 'world'> {
  const mode = call.args.find(
    ({ text }) => text !== undefined && /^-[rwxXstugo]+$/.test(text) && text !== '-R',
  )
  if (!mode || !call.options.unknown.includes(mode)) return call
  return { operands: [mode, ...call.operands], options: call.options, world: call.world }
}

function modeOf(call: Call, reference: ShellValue): ReadMode | undefined {
  const path = reference.text === undefined ? undefined : pathIn(call.world, reference.text)
  const mode = path === undefined ? undefined : knownValue(nodeAt(call.world.state.files, path).mode)
  return mode === undefined ? undefined : { change: () => mode, number: mode }
}
