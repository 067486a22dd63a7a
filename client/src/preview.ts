import * as vscode from 'vscode'
import type { BaseLanguageClient, Range, WorkspaceEdit } from 'vscode-languageclient'

const reviewId = 'unroot.review'

/**
 * Edits of one or several files as one, shown in VS Code's refactor preview with all steps ticked. VS Code opens the
 * preview only where some edit needs confirmation, and leaves just those unticked: so one that changes nothing asks
 * for it.
 */
export async function withPreview(
  client: BaseLanguageClient,
  edits: readonly WorkspaceEdit[],
): Promise<vscode.WorkspaceEdit> {
  const changeAnnotations: NonNullable<WorkspaceEdit['changeAnnotations']> = {
    [reviewId]: { label: vscode.l10n.t('Review the ticked steps, then Apply'), needsConfirmation: true },
  }
  const documentChanges: NonNullable<WorkspaceEdit['documentChanges']> = []
  // Two Dockerfiles may want the same of a file that both copy.
  const wanted = new Set<string>()
  const isNew = (uri: string, { range, newText }: { range: Range; newText: string }) => {
    const key = JSON.stringify([uri, range, newText])
    return wanted.size < wanted.add(key).size
  }
  for (const [index, edit] of edits.entries()) {
    // Each answer counts its steps from the same start.
    const idIn = (id: string) => `${index}.${id}`
    for (const [id, annotation] of Object.entries(edit.changeAnnotations ?? {}))
      changeAnnotations[idIn(id)] = { ...annotation, needsConfirmation: false }
    for (const change of edit.documentChanges ?? []) {
      if (!('edits' in change)) continue
      const { uri } = change.textDocument
      documentChanges.push({
        ...change,
        edits: [
          ...change.edits
            .filter((one) => !('newText' in one) || isNew(uri, one))
            .map((one) => ('annotationId' in one ? { ...one, annotationId: idIn(one.annotationId) } : one)),
          ...(documentChanges.length === 0 ? [review] : []),
        ],
      })
    }
  }
  return client.protocol2CodeConverter.asWorkspaceEdit({ documentChanges, changeAnnotations })
}

const nowhere = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }
const review = { range: nowhere, newText: '', annotationId: reviewId }
