import { startNodeServer } from '../../language-server/node.ts'

/** `unroot lsp --stdio`: runs until the client ends it. */
export function lsp(): Promise<never> {
  startNodeServer()
  return new Promise(() => {})
}
