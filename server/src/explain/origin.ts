import type { LineIndex } from '../dockerfile/index.ts'
import type { Origin } from '../known.ts'

/** `line 3`, `python:3.13`: where something comes from, for people. */
export function describeOrigin(origin: Origin, lines: LineIndex): string {
  switch (origin.kind) {
    case 'instruction':
      return `line ${lines.positionAt(origin.range.start).line + 1}`
    case 'base':
      return `\`${origin.reference}\``
    case 'engine':
      return 'the builder'
  }
}
