import { applyEdits, modify } from 'jsonc-parser'
import * as vscode from 'vscode'

const fileName = '.unroot.json'

/** Writes an entry for a base image into the nearest `.unroot.json`, or a new one, and leaves it open to be filled in. */
export function registerDeclareBaseImage(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand(
      'unroot.declareBaseImage',
      async (uriText: unknown, reference: unknown) => {
        if (typeof uriText !== 'string' || typeof reference !== 'string') return
        const dockerfile = vscode.Uri.parse(uriText)
        const found = await nearestConfig(dockerfile)
        const target = found ?? newConfig(dockerfile)
        if (!target) {
          void vscode.window.showInformationMessage(
            vscode.l10n.t('Save this Dockerfile first: .unroot.json is written beside it.'),
          )
          return
        }
        const edit = new vscode.WorkspaceEdit()
        const declaration = { user: 'app', uid: 10001, gid: 10001 }
        const formatting = { formattingOptions: { insertSpaces: true, tabSize: 2 } }
        if (found) {
          const document = await vscode.workspace.openTextDocument(found)
          const text = document.getText()
          const changed = applyEdits(text, modify(text, ['baseImages', reference], declaration, formatting))
          edit.replace(
            found,
            new vscode.Range(document.positionAt(0), document.positionAt(text.length)),
            changed,
          )
        } else {
          edit.createFile(target, { ignoreIfExists: true })
          edit.insert(
            target,
            new vscode.Position(0, 0),
            `${JSON.stringify({ baseImages: { [reference]: declaration } }, null, 2)}\n`,
          )
        }
        if (!(await vscode.workspace.applyEdit(edit))) return
        const document = await vscode.workspace.openTextDocument(target)
        const editor = await vscode.window.showTextDocument(document)
        const at = document.getText().indexOf('"user"', document.getText().indexOf(JSON.stringify(reference)))
        if (at >= 0) editor.selection = new vscode.Selection(document.positionAt(at), document.positionAt(at))
      },
    ),
  )
}

async function nearestConfig(file: vscode.Uri): Promise<vscode.Uri | undefined> {
  const root = vscode.workspace.getWorkspaceFolder(file)?.uri
  for (let folder = vscode.Uri.joinPath(file, '..'); ; folder = vscode.Uri.joinPath(folder, '..')) {
    const candidate = vscode.Uri.joinPath(folder, fileName)
    try {
      await vscode.workspace.fs.stat(candidate)
      return candidate
    } catch {
      if (!root || folder.path === root.path || folder.path === '/' || folder.path === '') return undefined
    }
  }
}

function newConfig(file: vscode.Uri): vscode.Uri | undefined {
  const root = vscode.workspace.getWorkspaceFolder(file)?.uri
  if (root) return vscode.Uri.joinPath(root, fileName)
  return file.scheme === 'untitled' ? undefined : vscode.Uri.joinPath(file, '..', fileName)
}
