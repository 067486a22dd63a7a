import { lineageOf } from '../../image/index.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'
import { layerAfterCopy, reportLayer } from './layer-after-copy.ts'

/** RUN chown -R directly after COPY stores every file a second time. */
export const chownLayer = defineRule({
  id: 'chown-layer',
  category: 'style',
  severity: 'hint',
  summary: 'RUN chown -R directly after COPY stores all files twice.',
  why: 'A layer holds whole files: to change only their owner, the engine stores each of them again. COPY --chown gives them their owner at once.',
  remedy: 'Write --chown at COPY. A folder that was there before keeps its owner; change that one alone.',
  check({ timeline }, report) {
    const { target } = timeline
    if (!target || target.base?.os === 'windows') return
    for (const stage of lineageOf(target)) {
      for (const [index, step] of stage.steps.entries()) {
        const found = layerAfterCopy(stage, index, 'chown', (owner) => /^[\w.-]+(:[\w.-]+)?$/.test(owner))
        if (!found) continue
        const flag = `--chown=${found.value}`
        reportLayer(report, timeline, step, found, {
          flag,
          message: text`This chown stores all that was copied to ${found.path} a second time, only for its owner. Write COPY ${flag} instead.`,
          alone: text`COPY ${flag}, and chown for the folder alone`,
        })
      }
    }
  },
})
