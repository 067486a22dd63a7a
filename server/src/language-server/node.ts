import { createConnection, ProposedFeatures } from 'vscode-languageserver/node'
import { nodeHost } from './node-host.ts'
import { startServer } from './server.ts'

/** Serves over what the command line says: `--stdio`, `--node-ipc`, `--socket=…`, `--pipe=…`. */
export function startNodeServer(): void {
  startServer(createConnection(ProposedFeatures.all), nodeHost)
}
