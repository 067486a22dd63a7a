import { moveBeforeUser, wrapAsRoot } from '../../fixes/index.ts'
import {
  describeIdentity,
  describeNode,
  find,
  isUnprivileged,
  isWithin,
  lackOf,
  nodeAt,
  permits,
  stepFailures,
} from '../../image/index.ts'
import { knownValue } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'
import { isInRootMount } from './mount-owner.ts'

/** A step reads what its user may not, or programs lie where he cannot go: /root. */
export const notReadable = defineRule({
  id: 'not-readable',
  category: 'breakage',
  severity: 'error',
  summary: 'A step, or the start, needs files that its user may not read.',
  why: 'Root’s home is 0700 in most images: what pip --user, cargo or nvm installed there as root is out of reach for everybody else. Files with mode 0600 stay private wherever they are copied.',
  remedy:
    'Install it to a place that all may read, such as /usr/local or /opt, or open the one file with --chmod.',
  references: ['container-facts/workdir-unreachable-run', 'container-facts/copy-script-mode-0711'],
  check({ timeline }, report) {
    for (const one of stepFailures(timeline)) {
      const lack = lackOf(one)
      const { failure, stage, index } = one
      if (failure.path !== undefined && isInRootMount(one.step, failure.path)) continue
      if ((lack !== 'read' && lack !== 'enter') || failure.path === undefined) continue
      report({
        at: failure.range,
        message: failure.message,
        severity: failure.certainty === 'certain' ? 'error' : 'warning',
        certainty: failure.certainty,
        fixes: () =>
          [moveBeforeUser(timeline, stage, [index]), wrapAsRoot(timeline, stage, index, index)].flatMap(
            (fix) => fix ?? [],
          ),
      })
    }
    const { target, runtime } = timeline
    if (!target || !runtime || !isUnprivileged(runtime.state.identity)) return
    const { state } = runtime
    const path = state.env.get('PATH')
    if (!path || path.certainty === 'unknown') return
    for (const folder of path.value.split(':')) {
      if (!isWithin(folder, '/root') || nodeAt(state.files, folder).kind === 'missing') continue
      const root = find(state.files, '/root').node
      const may = permits(root, state.identity, 'execute')
      const origin = path.because.find(({ kind }) => kind === 'instruction')
      if (knownValue(may) !== false || may.certainty === 'possible' || origin?.kind !== 'instruction')
        continue
      report({
        at: origin.range,
        message: text`${describeIdentity(state.identity)} cannot use programs in ${folder}: /root ${describeNode(root, state.accounts)}. Install them to /usr/local or /opt, or copy them to the user’s home.`,
        severity: 'warning',
        certainty: may.certainty === 'unknown' ? 'likely' : may.certainty,
      })
      return
    }
  },
})
