import { type CancellationToken, type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver'

/** Runs a request so that no fault of ours becomes the editor's: it is logged once and answered empty. */
export type Guard = <Params, Result>(
  name: string,
  empty: Result,
  handler: (params: Params, token: CancellationToken) => Promise<Result> | Result,
) => (params: Params, token: CancellationToken) => Promise<Result>

export function createGuard(connection: Connection): Guard {
  const logged = new Set<string>()
  return (name, empty, handler) => async (params, token) => {
    try {
      const result = await handler(params, token)
      if (token.isCancellationRequested) throw cancelled()
      return result
    } catch (error) {
      if (error instanceof ResponseError) throw error
      const report = error instanceof Error ? (error.stack ?? error.message) : String(error)
      const key = `${name}: ${report}`
      if (!logged.has(key)) connection.console.error(`Unroot could not answer ${key}`)
      logged.add(key)
      return empty
    }
  }
}

function cancelled(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled')
}
