import { type ServerCapabilities, TextDocumentSyncKind } from 'vscode-languageserver'
import type { Client } from './client-capabilities.ts'
import { codeActionKinds } from './features/code-actions.ts'
import { commands } from './features/commands.ts'
import { serverCommands } from './protocol.ts'

/** What the server can do. General features are registered later, where the client lets us. */
export function serverCapabilities(client: Client, general: ServerCapabilities): ServerCapabilities {
  return {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
    ...(client.pullsDiagnostics
      ? {
          diagnosticProvider: {
            identifier: 'unroot',
            // Start scripts of the build context are read.
            interFileDependencies: true,
            workspaceDiagnostics: false,
          },
        }
      : {}),
    codeActionProvider: { codeActionKinds, resolveProvider: client.resolvesCodeActions },
    hoverProvider: true,
    codeLensProvider: {},
    inlayHintProvider: true,
    completionProvider: { triggerCharacters: [' ', '=', ':', '$', '-'], resolveProvider: true },
    definitionProvider: true,
    referencesProvider: true,
    renameProvider: { prepareProvider: true },
    executeCommandProvider: {
      commands: [...Object.keys(commands), serverCommands.verify],
      workDoneProgress: true,
    },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    ...general,
  }
}
