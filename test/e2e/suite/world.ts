import * as vscode from 'vscode'

/** Waits until `read` gives something; fails with `what` after ten seconds. */
export async function eventually<T>(
  what: string,
  read: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + 10_000
  for (;;) {
    const value = await read()
    if (value !== undefined && value !== false) return value
    if (Date.now() > end) throw new Error(`Not within ten seconds: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** A document in an editor. Untitled: nothing is written. */
export async function open(content: string, language = 'dockerfile'): Promise<vscode.TextEditor> {
  const document = await eventually('a document of its own', async () => {
    const opened = await vscode.workspace.openTextDocument({ language, content })
    // VS Code may still give out the one of this name that was just closed.
    return opened.getText() === content && opened
  })
  return vscode.window.showTextDocument(document)
}

/** Closes what a test opened, saving nothing and asking nobody. */
export async function closeAll(): Promise<void> {
  await eventually('no editor any more', async () => {
    if (vscode.window.tabGroups.all.every(({ tabs }) => tabs.length === 0)) return true
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor')
    return false
  })
}

export function findings(uri: vscode.Uri, rule?: string): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ source, code }) => source === 'unroot' && (rule === undefined || ruleOf(code) === rule))
}

export function ruleOf(code: vscode.Diagnostic['code']): string | undefined {
  return typeof code === 'object' ? String(code.value) : code === undefined ? undefined : String(code)
}

export async function finding(uri: vscode.Uri, rule: string): Promise<vscode.Diagnostic> {
  return eventually(`the finding ${rule}`, () => findings(uri, rule)[0])
}

/** Quick fixes at a place, with their edits resolved. */
export async function quickFixes(uri: vscode.Uri, range: vscode.Range): Promise<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
    20,
  )
}

export async function hoverText(uri: vscode.Uri, position: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    uri,
    position,
  )
  return hovers
    .flatMap(({ contents }) =>
      contents.map((content) => (typeof content === 'string' ? content : content.value)),
    )
    .join('\n')
}
