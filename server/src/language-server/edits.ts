import type { ChangeAnnotation, TextEdit as LspEdit, WorkspaceEdit } from 'vscode-languageserver'
import type { TextEdit } from '../fixes/types.ts'
import type { Client } from './client-capabilities.ts'
import type { Snapshot } from './snapshot.ts'

/** Edits that belong together, with the words of a preview. */
export interface AnnotatedEdits {
  readonly edits: readonly TextEdit[]
  readonly annotation?: ChangeAnnotation
}

/** A change of one document as the client can take it. */
export function workspaceEdit(
  snapshot: Snapshot,
  client: Client,
  groups: readonly AnnotatedEdits[],
): WorkspaceEdit {
  const annotations: Record<string, ChangeAnnotation> = {}
  const edits = groups
    .flatMap(({ edits, annotation }, index) => {
      const id = `unroot-${index + 1}`
      const annotated = annotation !== undefined && client.changeAnnotations
      if (annotated) annotations[id] = annotation
      return edits.map((edit) => ({ edit, ...(annotated ? { annotationId: id } : {}) }))
    })
    .sort((a, b) => a.edit.range.start - b.edit.range.start || a.edit.range.end - b.edit.range.end)
    .map(({ edit, ...annotated }) => ({ ...lspEdit(snapshot, edit), ...annotated }))
  if (!client.documentChanges) return { changes: { [snapshot.uri]: edits } }
  return {
    documentChanges: [{ textDocument: { uri: snapshot.uri, version: snapshot.version }, edits }],
    ...(Object.keys(annotations).length > 0 ? { changeAnnotations: annotations } : {}),
  }
}

export function lspEdit(snapshot: Snapshot, { range, text }: TextEdit): LspEdit {
  return { range: snapshot.rangeOf(range), newText: text }
}
