import * as vscode from 'vscode'
import { LSPErrorCodes, ResponseError, WorkDoneProgress } from 'vscode-languageclient'
import { dockerfileOf, openForServer } from './documents.ts'
import type { Reports } from './guidance.ts'
import { serverCommand, type VerifyAnswer } from './protocol.ts'
import type { Session } from './session.ts'

/** "Unroot: Verify in Container": the server builds and starts the image; here are progress, cancel and the document. */
export function registerVerify(context: vscode.ExtensionContext, session: Session, reports: Reports): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('unroot.verifyImage', async (argument: unknown) => {
      const uri = dockerfileOf(argument)
      if (uri) await verify(session, reports, uri)
    }),
  )
}

async function verify(session: Session, reports: Reports, uri: vscode.Uri): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    void askForTrust()
    return
  }
  const document = await openForServer(uri)
  // The engine builds what is on the disk. A document without a file is for the server to refuse.
  if (document.isDirty && !document.isUntitled && !(await document.save())) return
  const answer = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Verify in container'),
      cancellable: true,
    },
    (progress, token) => askServer(session, uri, progress, token),
  )
  if (answer?.refused) void vscode.window.showWarningMessage(answer.refused)
  if (answer?.markdown) await reports.show(vscode.l10n.t('Verified in a container'), uri, answer.markdown)
}

async function askForTrust(): Promise<void> {
  const manage = vscode.l10n.t('Manage Workspace Trust')
  const picked = await vscode.window.showWarningMessage(
    vscode.l10n.t('This folder is not trusted: Unroot starts no container engine here.'),
    manage,
  )
  if (picked === manage) await vscode.commands.executeCommand('workbench.trust.manage')
}

/** A build takes its time: there is no limit but the server's own, and the user's. */
async function askServer(
  session: Session,
  uri: vscode.Uri,
  progress: vscode.Progress<{ message?: string }>,
  token: vscode.CancellationToken,
): Promise<VerifyAnswer | undefined> {
  const { client } = session
  const place = `unroot.verify.${Date.now()}.${Math.random()}`
  const listening = client.onProgress(WorkDoneProgress.type, place, (value) => {
    if (value.kind === 'report' && value.message) progress.report({ message: value.message })
  })
  try {
    const request = {
      command: serverCommand.verify,
      arguments: [uri.toString()],
      workDoneToken: place,
    }
    return (
      (await client.sendRequest<VerifyAnswer | null>('workspace/executeCommand', request, token)) ?? undefined
    )
  } catch (error) {
    if (token.isCancellationRequested || isCancelled(error)) return undefined
    session.output.error(`${serverCommand.verify}: ${String(error)}`)
    void vscode.window.showErrorMessage(
      vscode.l10n.t('Unroot could not answer: {0}', error instanceof Error ? error.message : String(error)),
    )
    return undefined
  } finally {
    listening.dispose()
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled
}
