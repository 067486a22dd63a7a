import type {
  AnnotatedTextEdit,
  ChangeAnnotation,
  TextEdit as LspEdit,
  TextDocumentEdit,
  WorkspaceEdit,
} from 'vscode-languageserver'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { TextEdit } from '../fixes/types.ts'
import type { Client } from './client-capabilities.ts'
import type { Snapshot } from './snapshot.ts'
import { folderOf, joinUri } from './uris.ts'

/** Edits that belong together, with the words of a preview. */
export interface AnnotatedEdits {
  readonly edits: readonly TextEdit[]
  readonly annotation?: ChangeAnnotation
  /** Edits of files of the build context, which is the document's folder. */
  readonly elsewhere?: readonly { readonly path: string; readonly edits: readonly TextEdit[] }[]
}

/** A change of a document, and of files beside it, as the client can take it. */
export function workspaceEdit(
  snapshot: Snapshot,
  client: Client,
  groups: readonly AnnotatedEdits[],
): WorkspaceEdit {
  const annotations: Record<string, ChangeAnnotation> = {}
  const own: Placed[] = []
  const others = new Map<string, Placed[]>()
  for (const [index, { edits, annotation, elsewhere }] of groups.entries()) {
    const id = `unroot-${index + 1}`
    const annotated = annotation !== undefined && client.changeAnnotations
    if (annotated) annotations[id] = annotation
    const placed = (edit: TextEdit): Placed => ({ edit, ...(annotated ? { annotationId: id } : {}) })
    own.push(...edits.map(placed))
    for (const { path, edits } of elsewhere ?? [])
      others.set(path, [...(others.get(path) ?? []), ...edits.map(placed)])
  }
  const documents: TextDocumentEdit[] = [
    {
      textDocument: { uri: snapshot.uri, version: snapshot.version },
      edits: inOrder(own, ({ range }) => snapshot.rangeOf(range)),
    },
    ...[...others].map(([path, edits]) => {
      const uri = joinUri(folderOf(snapshot.uri), path)
      const text = snapshot.analysis.options.context.read(path) ?? ''
      const document = TextDocument.create(uri, 'plaintext', 0, text)
      return {
        // What is open in the editor is not known here.
        textDocument: { uri, version: null },
        edits: inOrder(edits, ({ range: { start, end } }) => ({
          start: document.positionAt(start),
          end: document.positionAt(end),
        })),
      }
    }),
  ]
  if (!client.documentChanges)
    return {
      changes: Object.fromEntries(
        documents.map(({ textDocument, edits }) => [textDocument.uri, edits as LspEdit[]]),
      ),
    }
  return {
    documentChanges: documents,
    ...(Object.keys(annotations).length > 0 ? { changeAnnotations: annotations } : {}),
  }
}

interface Placed {
  readonly edit: TextEdit
  readonly annotationId?: string
}

function inOrder(
  edits: readonly Placed[],
  rangeOf: (edit: TextEdit) => LspEdit['range'],
): (LspEdit | AnnotatedTextEdit)[] {
  return [...edits]
    .sort((a, b) => a.edit.range.start - b.edit.range.start || a.edit.range.end - b.edit.range.end)
    .map(({ edit, ...annotated }) => ({ range: rangeOf(edit), newText: edit.text, ...annotated }))
}
