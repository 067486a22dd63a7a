import * as vscode from 'vscode'
import type { BaseLanguageClient, WorkspaceEdit } from 'vscode-languageclient'

const reviewId = 'unroot.review'

/**
 * The edit, shown in VS Code's refactor preview with all its steps ticked. VS Code opens the preview only where some
 * edit needs confirmation, and leaves just those unticked: so one that changes nothing asks for it.
 */
export async function withPreview(
  client: BaseLanguageClient,
  edit: WorkspaceEdit,
): Promise<vscode.WorkspaceEdit> {
  const changeAnnotations = Object.fromEntries(
    Object.entries(edit.changeAnnotations ?? {}).map(([id, annotation]) => [
      id,
      { ...annotation, needsConfirmation: false },
    ]),
  )
  changeAnnotations[reviewId] = {
    label: vscode.l10n.t('Review the ticked steps, then Apply'),
    needsConfirmation: true,
  }
  const documentChanges = (edit.documentChanges ?? []).map((change, index) =>
    index === 0 && 'edits' in change
      ? { ...change, edits: [...change.edits, { range: nowhere, newText: '', annotationId: reviewId }] }
      : change,
  )
  return client.protocol2CodeConverter.asWorkspaceEdit({ ...edit, documentChanges, changeAnnotations })
}

const nowhere = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }
