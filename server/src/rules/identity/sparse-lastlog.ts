import { readAccountWish } from '../../image/index.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** From here on lastlog is worth a word: a record of 292 bytes for every uid up to the highest. */
const large = 100_000
/** Where it is more than the layer of a large image. */
const huge = 10_000_000

/** useradd with a large uid and without --no-log-init: /var/log/lastlog gets as large as the uid. */
export const sparseLastlog = defineRule({
  id: 'sparse-lastlog',
  category: 'identity',
  severity: 'hint',
  summary: 'useradd with a large uid writes a sparse file that is large in the image.',
  why: 'useradd makes an entry in /var/log/lastlog and faillog at the place of the uid. The hole before it takes no space on disk, but is written out in the layer: 292 bytes for every uid.',
  remedy: 'Add --no-log-init, or take a smaller uid.',
  equivalents: { hadolint: ['DL3046'], tally: ['hadolint/DL3046'] },
  references: ['Docker: Best practices for USER', 'golang/go#13548'],
  check({ timeline }, report) {
    for (const { stage, steps, base } of timeline.stages) {
      // Debian 13 has no lastlog any more; Alpine's shadow neither.
      if (!timeline.needed.has(stage.index) || withoutLastlog(base?.os, base?.osVersion)) continue
      for (const command of steps.flatMap(({ commands }) => commands)) {
        const [program] = command.argv
        if (command.name !== 'useradd' || !program || command.failure?.certainty === 'certain') continue
        const wish = readAccountWish(command.argv)
        if (wish?.kind !== 'user' || wish.noLogInit || !wish.uid?.text) continue
        const uid = Number(wish.uid.text)
        if (!(uid >= large)) continue
        const size = uid * 292
        report({
          at: wish.uid.range,
          message: text`With uid ${uid}, useradd makes /var/log/lastlog ${size >= 1e9 ? `${Math.round(size / 1e9)} GB` : `${Math.round(size / 1e6)} MB`} long: sparse on disk, but written out in the layer. Add --no-log-init.`,
          severity: uid >= huge ? 'warning' : 'hint',
          certainty: 'likely',
          fixes: () => [
            {
              kind: 'edit',
              title: text`Add --no-log-init`,
              safety: 'safe',
              edits: [
                { range: { start: program.range.end, end: program.range.end }, text: ' --no-log-init' },
              ],
            },
          ],
        })
      }
    }
  },
})

function withoutLastlog(os: string | null | undefined, version: string | null | undefined): boolean {
  return os === 'alpine' || os === 'wolfi' || (os === 'debian' && Number.parseFloat(version ?? '0') >= 13)
}
