import {
  BrowserMessageReader,
  BrowserMessageWriter,
  createConnection,
  ProposedFeatures,
} from 'vscode-languageserver/browser'
import { startServer } from './server.ts'

/** The global object of a web worker, as far as the connection needs it. */
declare const self: ConstructorParameters<typeof BrowserMessageReader>[0]

startServer(
  createConnection(ProposedFeatures.all, new BrowserMessageReader(self), new BrowserMessageWriter(self)),
  { filesOf: () => undefined },
)
