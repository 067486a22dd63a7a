import { unknown } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import { nodeAt } from '../../files.ts'
import type { Ownership } from '../../operations.ts'
import { changeOwner, looked, pathIn, worse } from '../../operations.ts'
import type { ShellValue } from '../../types.ts'
import type { Call, OptionTable, Outcome } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { changeUnlisted, doubtEverywhere } from './doubt.ts'
import { eachPath } from './operands.ts'
import type { OwnerSpec } from './owner-spec.ts'
import { numbersOf, readGroupSpec, readOwnerSpec } from './owner-spec.ts'
import { lacking, usage } from './usage.ts'

const options: OptionTable = {
  recursive: '-R --recursive',
  noDereference: '-h --no-dereference',
  dereference: '--dereference',
  followAll: '-L',
  followTop: '-H',
  followNone: '-P',
  from: '--from OWNER',
  reference: '--reference FILE',
  verbose: '-v --verbose',
  changes: '-c --changes',
  silent: '-f --silent --quiet',
  preserveRoot: '--preserve-root',
  noPreserveRoot: '--no-preserve-root',
}

/** coreutils chown(1); container-facts chown-form-*, run-chown-own, run-chown-recursive, run-as-user-chown-other. */
export const chown = defineCommand({
  names: ['chown'],
  options,
  run: (call) => changeOwners(call, (word) => readOwnerSpec(call.world, word)),
})

/** coreutils chgrp(1); container-facts run-as-user-chgrp-foreign, run-chown-own. */
export const chgrp = defineCommand({
  names: ['chgrp'],
  options,
  run: (call) => changeOwners(call, (word) => readGroupSpec(call.world, word)),
})

function changeOwners(call: Call, read: (word: ShellValue) => OwnerSpec): Outcome {
  const reference = call.options.word('reference')
  const [first, ...rest] = call.operands
  const targets = reference ? call.operands : rest
  if (targets.length === 0 || (!reference && !first))
    return usage(call, text`${call.name} needs an owner and at least one path.`)
  const missing = lacking(call, ['reference', 'from'])
  if (missing) return missing
  const unseen = reference && eachPath(call, [reference], (path) => looked(call.world, path))
  if (unseen?.status === 'fail') return unseen
  const spec = reference ? ownersOf(call, reference) : read(first as ShellValue)
  if (spec.failure?.certainty === 'certain') return { status: 'fail', failure: spec.failure, exitCode: 1 }
  const from = call.options.word('from')
  const recursive = call.options.has('recursive')
  const how = {
    recursive,
    noDereference:
      call.options.has('noDereference') ||
      (recursive && !call.options.has('followAll') && !call.options.has('followTop')),
    follow: call.options.has('followAll'),
    ...(from ? { from: numbersOf(readOwnerSpec(call.world, from)) } : {}),
  }
  const outcome = eachPath(call, targets, (path) => changeOwner(call.world, path, spec, how), {
    unlisted: (folder) => changeUnlisted(call.world, folder, (old) => ({ ...old, ...maybeThese(spec) })),
    anywhere: () =>
      doubtEverywhere(call.world, [
        ...(spec.owner ? (['owner'] as const) : []),
        ...(spec.group ? (['group'] as const) : []),
      ]),
  })
  const doubt: Outcome = spec.failure
    ? { status: 'maybe', failure: spec.failure }
    : call.options.uncertain || spec.doubtful
      ? maybe
      : ok
  return worse(unseen ?? ok, worse(doubt, outcome))
}

/** Of a folder's unnamed entries some got the new owner: those that the glob met. */
function maybeThese({ owner, group }: Ownership): Ownership {
  return {
    ...(owner ? { owner: unknown(owner.because) } : {}),
    ...(group ? { group: unknown(group.because) } : {}),
  }
}

function ownersOf(call: Call, reference: ShellValue): OwnerSpec {
  const path = reference.text === undefined ? undefined : pathIn(call.world, reference.text)
  if (path === undefined) return { owner: unknown(), group: unknown() }
  const { owner, group } = nodeAt(call.world.state.files, path)
  return { owner, group }
}
