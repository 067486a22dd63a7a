import { diffLines } from 'diff'
import type { TextEdit } from '../fixes/types.ts'

/** The edits that turn one text into the other, as small as whole lines and common ends allow. */
export function editsBetween(before: string, after: string): TextEdit[] {
  const edits: TextEdit[] = []
  let at = 0
  let removed = ''
  let added = ''
  const close = () => {
    if (removed !== '' || added !== '') edits.push(trimmed(at - removed.length, removed, added))
    removed = added = ''
  }
  for (const change of diffLines(before, after)) {
    if (change.added) added += change.value
    else if (change.removed) removed += change.value
    else close()
    if (!change.added) at += change.value.length
  }
  close()
  return edits
}

function trimmed(start: number, removed: string, added: string): TextEdit {
  const shorter = Math.min(removed.length, added.length)
  let head = 0
  while (head < shorter && removed[head] === added[head]) head++
  let tail = 0
  while (tail < shorter - head && removed.at(-1 - tail) === added.at(-1 - tail)) tail++
  return {
    range: { start: start + head, end: start + removed.length - tail },
    text: added.slice(head, added.length - tail),
  }
}
