import { listed, text } from '../../l10n/index.ts'
import type { ProcessStatus } from '../process-status.ts'
import type { Check } from '../types.ts'
import { error } from './problem.ts'
import { isSame } from './same.ts'

/** Capabilities and no-new-privileges, as the flags say. */
export function powerChecks(flags: readonly string[], status: ProcessStatus): readonly Check[] {
  const { uid, effective, bounding, noNewPrivileges } = status
  const given = flags
    .filter((flag) => flag.startsWith('--cap-add='))
    .map((flag) => flag.slice('--cap-add='.length))
  const limited = flags.includes('--cap-drop=ALL')
  const asked = flags.includes('--security-opt=no-new-privileges')
  return [
    ...(limited && effective ? [effectiveCheck(effective, given, uid === 0)] : []),
    ...(limited && bounding ? [boundingCheck(bounding, given)] : []),
    ...(noNewPrivileges === undefined ? [] : [privilegesCheck(noNewPrivileges, asked)]),
  ]
}

const namesText = (names: readonly string[]) => (names.length === 0 ? text`none` : listed(names))

/** Who is not root has none, or those of its program's file: never more than were given. */
function effectiveCheck(effective: readonly string[], given: readonly string[], root: boolean): Check {
  const right = root ? isSame(effective, given) : effective.every((name) => given.includes(name))
  return {
    id: 'capabilities',
    subject: text`Capabilities it has`,
    predicted: root || given.length === 0 ? namesText(given) : text`at most ${listed(given)}`,
    observed: namesText(effective),
    verdict: right ? 'confirmed' : 'wrong',
    ...(right ? {} : { problem: error(text`It has other capabilities than its flags say.`) }),
  }
}

function boundingCheck(bounding: readonly string[], given: readonly string[]): Check {
  const right = isSame(bounding, given)
  return {
    id: 'bounding-capabilities',
    subject: text`Capabilities it may ever get`,
    predicted: namesText(given),
    observed: namesText(bounding),
    verdict: right ? 'confirmed' : 'wrong',
    ...(right ? {} : { problem: error(text`It may get other capabilities than its flags say.`) }),
  }
}

function privilegesCheck(set: boolean, asked: boolean): Check {
  // Some engines set it for all.
  const right = set || !asked
  return {
    id: 'no-new-privileges',
    subject: text`No new privileges`,
    predicted: asked ? text`set` : text`not asked for`,
    observed: set ? text`set` : text`not set`,
    verdict: right ? 'confirmed' : 'wrong',
    ...(right ? {} : { problem: error(text`no-new-privileges is not set, though its flags ask for it.`) }),
  }
}
