import type { LineIndex } from '../dockerfile/index.ts'
import type { Origin } from '../known.ts'
import { type Message, text } from '../l10n/index.ts'

/** `line 3`, `python:3.13`: where something comes from, for people. */
export function describeOrigin(origin: Origin, lines: LineIndex): Message {
  switch (origin.kind) {
    case 'instruction':
      return text`line ${lines.positionAt(origin.range.start).line + 1}`
    case 'base':
      return text`\`${origin.reference}\``
    case 'engine':
      return text`the builder`
  }
}
