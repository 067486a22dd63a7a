import { type Hover, MarkupKind, type Position } from 'vscode-languageserver'
import { explainInstruction } from '../../explain/index.ts'
import type { Client } from '../client-capabilities.ts'
import type { Snapshot } from '../snapshot.ts'

export function hoverOf(snapshot: Snapshot, position: Position, { say }: Client): Hover | null {
  const note = explainInstruction(snapshot.analysis, snapshot.offsetAt(position), say)
  if (note === undefined) return null
  return {
    contents: { kind: MarkupKind.Markdown, value: note.markdown },
    range: snapshot.rangeOf(note.range),
  }
}

/** Ours first, the general one below. */
export function joinHovers(ours: Hover | null, theirs: Hover | null): Hover | null {
  if (ours === null || theirs === null) return ours ?? theirs
  return {
    ...ours,
    contents: { kind: MarkupKind.Markdown, value: `${markdownOf(ours)}\n\n---\n\n${markdownOf(theirs)}` },
  }
}

function markdownOf({ contents }: Hover): string {
  if (typeof contents === 'string') return contents
  if (Array.isArray(contents))
    return contents.map((part) => (typeof part === 'string' ? part : part.value)).join('\n\n')
  return contents.value
}
