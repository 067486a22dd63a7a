import * as vscode from 'vscode'

/** The Dockerfile that a command is about: its argument, else the active editor's; undefined with a message where there is none. */
export function dockerfileOf(argument: unknown): vscode.Uri | undefined {
  if (argument instanceof vscode.Uri) return argument
  if (typeof argument === 'string') return vscode.Uri.parse(argument)
  const active = vscode.window.activeTextEditor?.document
  if (active?.languageId === 'dockerfile') return active.uri
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Open a Dockerfile first: this command works on the one in the active editor.'),
  )
  return undefined
}

/** Several Dockerfiles picked in the explorer, or one. */
export function dockerfilesOf(argument: unknown, selection: unknown): readonly vscode.Uri[] {
  if (Array.isArray(selection) && selection.length > 0)
    return selection.filter((one): one is vscode.Uri => one instanceof vscode.Uri)
  const one = dockerfileOf(argument)
  return one ? [one] : []
}

/** Opens the document so that the server knows it. */
export async function openForServer(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uri)
  return document.languageId === 'dockerfile'
    ? document
    : vscode.languages.setTextDocumentLanguage(document, 'dockerfile')
}
