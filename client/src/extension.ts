import type * as vscode from 'vscode'
import { LanguageClient, TransportKind } from 'vscode-languageclient/node'
import { registerFeatures } from './features.ts'
import { startSession } from './session.ts'

/** Desktop and remote: the server is a process beside the extension host. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const module = context.asAbsolutePath('dist/server.js')
  const session = await startSession(
    context,
    (options) =>
      new LanguageClient(
        'unroot',
        'Unroot',
        { run: { module, transport: TransportKind.ipc }, debug: { module, transport: TransportKind.ipc } },
        options,
      ),
  )
  registerFeatures(context, session)
}
