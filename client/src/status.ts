import * as vscode from 'vscode'
import { type StatusAnswer, serverCommand } from './protocol.ts'
import type { Session } from './session.ts'

const pause = 250

const icons: Readonly<Record<StatusAnswer['kind'], string>> = {
  root: 'warning',
  'steps-down': 'arrow-down',
  user: 'account',
  unknown: 'question',
}

/** Who the image of the active Dockerfile runs as, in the status bar. */
export function registerStatus(context: vscode.ExtensionContext, session: Session): void {
  const item = vscode.window.createStatusBarItem('unroot.status', vscode.StatusBarAlignment.Right, 100)
  item.name = 'Unroot'
  item.command = 'unroot.explainImage'
  let timer: ReturnType<typeof setTimeout> | undefined
  const refresh = () => {
    clearTimeout(timer)
    timer = setTimeout(() => void show(), pause)
  }
  const show = async () => {
    const document = vscode.window.activeTextEditor?.document
    if (document?.languageId !== 'dockerfile' || !session.client.isRunning()) {
      item.hide()
      return
    }
    try {
      const answer = await session.client.sendRequest<StatusAnswer | null>('workspace/executeCommand', {
        command: serverCommand.status,
        arguments: [document.uri.toString()],
      })
      if (vscode.window.activeTextEditor?.document !== document) return
      if (!answer) {
        item.hide()
        return
      }
      item.text = `$(${icons[answer.kind]}) ${answer.text}`
      item.tooltip = new vscode.MarkdownString(answer.tooltip)
      item.show()
    } catch (error) {
      // The server is starting or stopping: its own messages tell.
      session.output.debug(`status: ${String(error)}`)
      item.hide()
    }
  }
  context.subscriptions.push(
    item,
    { dispose: () => clearTimeout(timer) },
    vscode.window.onDidChangeActiveTextEditor(refresh),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document === vscode.window.activeTextEditor?.document) refresh()
    }),
    vscode.languages.onDidChangeDiagnostics(refresh),
  )
  refresh()
}
