/// <reference lib="webworker" />
import * as vscode from 'vscode'
import { LanguageClient } from 'vscode-languageclient/browser'
import { registerFeatures } from './features.ts'
import { startSession } from './session.ts'

/** In the browser: the server is a worker. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist/server.web.js')
  const session = await startSession(
    context,
    (options) => new LanguageClient('unroot', 'Unroot', new Worker(script.toString(true)), options),
  )
  registerFeatures(context, session)
}
