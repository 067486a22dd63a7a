import * as vscode from 'vscode'
import type { WorkspaceEdit } from 'vscode-languageclient'
import { dockerfilesOf, openForServer } from './documents.ts'
import type { Reports } from './guidance.ts'
import { withPreview } from './preview.ts'
import { type HardenAnswer, type MarkdownAnswer, serverCommand } from './protocol.ts'
import type { Session } from './session.ts'

/** "Unroot: Harden Image": the plan as VS Code's own refactor preview, then how to run the result. */
export function registerHarden(context: vscode.ExtensionContext, session: Session, reports: Reports): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('unroot.hardenImage', async (argument: unknown, selection: unknown) => {
      const uris = dockerfilesOf(argument, selection)
      if (uris.length > 1) await hardenAll(session, uris)
      else if (uris[0]) await hardenOne(session, reports, uris[0])
    }),
  )
}

async function hardenOne(session: Session, reports: Reports, uri: vscode.Uri): Promise<void> {
  const document = await openForServer(uri)
  const answer = await session.ask<HardenAnswer>(serverCommand.harden, uri)
  if (!answer) return
  if (answer.edit) {
    if (hasUnsaved([answer.edit])) return
    await vscode.window.showTextDocument(document)
    const edit = await withPreview(session.client, [answer.edit])
    if (!(await vscode.workspace.applyEdit(edit, { isRefactoring: true }))) return
  } else if (answer.refused.length > 0) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('Unroot does not change this image: {0}', answer.refused.join(' ')),
    )
  } else {
    void vscode.window.showInformationMessage(answer.title)
  }
  const guidance = await session.ask<MarkdownAnswer>(serverCommand.runtimeGuidance, uri)
  if (guidance)
    await reports.show(
      vscode.l10n.t('Runtime hardening'),
      uri,
      answer.summary ? `${answer.summary}\n\n${guidance.markdown}` : guidance.markdown,
    )
}

/** Many files: one edit over all of them, so that one preview shows and one undo takes back. */
async function hardenAll(session: Session, uris: readonly vscode.Uri[]): Promise<void> {
  const planned = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Hardening Dockerfiles'),
      cancellable: true,
    },
    (progress, token) => planAll(session, uris, progress, token),
  )
  if (!planned) return
  const { edits, refused } = planned
  if (refused.length > 0) session.output.info(`Left as they are:\n${refused.join('\n')}`)
  if (edits.length > 0) {
    if (hasUnsaved(edits)) return
    const whole = await withPreview(session.client, edits)
    await vscode.workspace.applyEdit(whole, { isRefactoring: true })
  } else {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Nothing to change in these files; the log of Unroot says why.'),
    )
  }
}

/**
 * Whether a file beside the Dockerfiles that a plan changes is open with changes of its own: the plan was made for what
 * is on disk. Says so.
 */
function hasUnsaved(edits: readonly WorkspaceEdit[]): boolean {
  const touched = new Set<string>()
  for (const change of edits.flatMap(({ documentChanges }) => documentChanges ?? []))
    if ('edits' in change && change.textDocument.version === null)
      touched.add(vscode.Uri.parse(change.textDocument.uri).toString())
  const unsaved = vscode.workspace.textDocuments.find(
    (document) => document.isDirty && touched.has(document.uri.toString()),
  )
  if (!unsaved) return false
  void vscode.window.showWarningMessage(
    vscode.l10n.t('Save {0} first: the plan changes it too.', vscode.workspace.asRelativePath(unsaved.uri)),
  )
  return true
}

/** The plans of all files, and why others are left alone; undefined where the user cancelled. */
async function planAll(
  session: Session,
  uris: readonly vscode.Uri[],
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  token: vscode.CancellationToken,
): Promise<{ readonly edits: readonly WorkspaceEdit[]; readonly refused: readonly string[] } | undefined> {
  const edits: WorkspaceEdit[] = []
  const refused: string[] = []
  for (const uri of uris) {
    if (token.isCancellationRequested) return undefined
    const path = vscode.workspace.asRelativePath(uri)
    progress.report({ message: path, increment: 100 / uris.length })
    await openForServer(uri)
    const answer = await session.ask<HardenAnswer>(serverCommand.harden, uri)
    if (answer?.edit) edits.push(answer.edit)
    else if (answer) refused.push(`${path}: ${answer.refused.join(' ') || answer.title}`)
  }
  return { edits, refused }
}
