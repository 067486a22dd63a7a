import * as vscode from 'vscode'

const scheme = 'unroot'

/** Read-only Markdown documents that Unroot writes: run-time guidance, explanations, reports. */
export interface Reports {
  show(title: string, about: vscode.Uri, markdown: string): Promise<void>
}

export function createReports(context: vscode.ExtensionContext): Reports {
  const texts = new Map<string, string>()
  const changed = new vscode.EventEmitter<vscode.Uri>()
  context.subscriptions.push(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      if (document.uri.scheme === scheme) texts.delete(document.uri.toString())
    }),
  )
  return {
    show: async (title, about, markdown) => {
      const uri = vscode.Uri.from({ scheme, path: `/${title}.md`, query: about.toString() })
      texts.set(uri.toString(), markdown)
      changed.fire(uri)
      await vscode.commands.executeCommand('markdown.showPreviewToSide', uri)
    },
  }
}
