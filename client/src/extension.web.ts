/// <reference lib="webworker" />
import * as vscode from 'vscode'
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from 'vscode-languageclient/browser'
import { registerFeatures } from './features.ts'
import { startSession } from './session.ts'

/** In the browser: the server is a worker. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist/server.web.js').toString(true)
  let worker: Worker | undefined
  // A worker that was stopped cannot start again: each start makes its own. The client does not know it for a worker,
  // since VS Code puts a class of its own in front of the browser's.
  const start = async () => {
    worker?.terminate()
    worker = new Worker(script)
    return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) }
  }
  const session = await startSession(
    context,
    (options) => new LanguageClient('unroot', 'Unroot', start, options),
  )
  registerFeatures(context, session)
  context.subscriptions.push({ dispose: () => worker?.terminate() })
}
