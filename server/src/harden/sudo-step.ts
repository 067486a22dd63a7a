import type { HardenStep } from '../analysis/index.ts'
import type { TextEdit } from '../fixes/types.ts'
import { isCertainlyRoot, lineOf } from '../image/index.ts'
import { listed, text } from '../l10n/index.ts'
import type { Subject } from './subject.ts'

/** `sudo` in a RUN that runs as root already: the word does nothing but need a program. */
export function sudoStep({ stage, dockerfile }: Subject): HardenStep | undefined {
  const edits: TextEdit[] = []
  const lines: number[] = []
  for (const { instruction, commands } of stage.steps) {
    if (instruction.keyword !== 'RUN') continue
    for (const { name, range, identity } of commands) {
      if (name !== 'sudo' || !isCertainlyRoot(identity)) continue
      const word = /^sudo[ \t]+(?:-[EHnS]+[ \t]+)*(?=[^-\s\\])/.exec(
        dockerfile.text.slice(range.start, range.end),
      )?.[0]
      if (!word || edits.some((edit) => edit.range.start === range.start)) continue
      edits.push({ range: { start: range.start, end: range.start + word.length }, text: '' })
      lines.push(lineOf(dockerfile, range.start))
    }
  }
  if (edits.length === 0) return undefined
  return {
    title: text`Drop sudo where root runs already`,
    reason: text`RUN is root there (line ${listed([...new Set(lines)])}): sudo changes nothing, and an image without sudo has one way less to become root.`,
    safety: 'safe',
    edits,
  }
}
