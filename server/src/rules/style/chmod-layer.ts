import { lineageOf, nodeAt, parentOf } from '../../image/index.ts'
import type { StageTimeline } from '../../image/types.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'
import { type LayerAfterCopy, layerAfterCopy, reportLayer } from './layer-after-copy.ts'

/** RUN chmod -R directly after COPY stores every file a second time. */
export const chmodLayer = defineRule({
  id: 'chmod-layer',
  category: 'style',
  severity: 'hint',
  summary: 'RUN chmod -R directly after COPY stores all files twice.',
  why: 'A layer holds whole files: to change only their mode, the engine stores each of them again. COPY --chmod gives them their mode at once.',
  remedy: 'Write --chmod at COPY. A folder that was there before keeps its mode; change that one alone.',
  equivalents: { tally: ['prefer-copy-chmod'] },
  references: ['container-facts/copy-chmod-0640'],
  check({ timeline, settings }, report) {
    const { target } = timeline
    // The classic builder refuses --chmod.
    if (!target || target.base?.os === 'windows' || settings.builder === 'classic') return
    for (const stage of lineageOf(target)) {
      for (const [index, step] of stage.steps.entries()) {
        const found = layerAfterCopy(stage, index, 'chmod', isPlain)
        if (!found || opensOrCloses(found, stage)) continue
        const flag = `--chmod=${found.value}`
        reportLayer(report, timeline, step, found, {
          flag,
          message: text`This chmod stores all that was copied to ${found.path} a second time, only for its mode. Write COPY ${flag} instead.`,
          alone: text`COPY ${flag}, and chmod for the folder alone`,
        })
      }
    }
  },
})

/** By number: words mean something else for each file, and need a new frontend. What everybody may write is world-writable's to tell. */
function isPlain(mode: string): boolean {
  return /^0?[0-7]{3}$/.test(mode) && (Number.parseInt(mode, 8) & 0o002) === 0
}

/** Folders that COPY makes on the way get the mode as well (container-facts/copy-chmod-0640): only what all may enter is the same. */
function opensOrCloses({ path, value, copies }: LayerAfterCopy, { steps }: StageTimeline): boolean {
  if ((Number.parseInt(value, 8) & 0o555) === 0o555) return false
  const first = steps.find(({ instruction }) => instruction === copies[0])
  return !first || nodeAt(first.before.files, parentOf(path)).kind !== 'directory'
}
