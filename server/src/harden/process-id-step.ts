import type { HardenStep } from '../analysis/index.ts'
import type { TextEdit } from '../fixes/types.ts'
import { text } from '../l10n/index.ts'
import type { Subject } from './subject.ts'

/** `--pidfile=/var/run/app.pid`: only root may make a file there, and everybody in /tmp. */
export function processIdStep({ stage, dockerfile }: Subject): HardenStep | undefined {
  const edits: TextEdit[] = []
  for (const { instruction } of stage.steps) {
    if (instruction.keyword !== 'CMD' && instruction.keyword !== 'ENTRYPOINT') continue
    const { start, end } = instruction.range
    const text = dockerfile.text.slice(start, end)
    for (const match of text.matchAll(
      /(--?(?:pid|pidfile|pid-file|pid_file)(?:=|\s+|"\s*,\s*"))(\/(?:var\/)?run\/)([\w.-]+)(?=["'\s\]]|$)/g,
    )) {
      const at = start + match.index + (match[1]?.length ?? 0)
      edits.push({ range: { start: at, end: at + (match[2]?.length ?? 0) }, text: '/tmp/' })
    }
  }
  return edits.length === 0
    ? undefined
    : {
        title: text`Keep the process id in /tmp`,
        reason: text`Only root may make a file in /run.`,
        safety: 'suggestion',
        edits,
      }
}
