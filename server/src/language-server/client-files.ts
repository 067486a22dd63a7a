import { type Connection, ErrorCodes, ResponseError } from 'vscode-languageserver'
import { type FileRequests, remoteBuildContext } from '../build-context/index.ts'
import type { ContextEntry } from '../image/index.ts'
import type { Files } from './host.ts'
import { fileRequests } from './protocol.ts'
import { folderOf, joinUri, nameOf } from './uris.ts'

/** Files through the client, for browsers and virtual workspaces. A client that does not know the requests has none. */
export function clientFiles(connection: Connection): Files {
  let supported = true
  const request = async <T>(method: string, uri: string): Promise<T | null> => {
    if (!supported) return null
    try {
      return (await connection.sendRequest<T | null>(method, { uri })) ?? null
    } catch (error) {
      if (error instanceof ResponseError && error.code === ErrorCodes.MethodNotFound) supported = false
      return null
    }
  }
  const read = async (uri: string) => (await request<{ text: string }>(fileRequests.read, uri))?.text ?? null
  return {
    read,
    buildContext: (documentUri, changed) => {
      const folder = folderOf(documentUri)
      const requests: FileRequests = {
        read: (path) => read(joinUri(folder, path)),
        stat: async (path) => {
          const entry = await request<{ kind: ContextEntry['kind'] }>(
            fileRequests.stat,
            joinUri(folder, path),
          )
          return entry && { kind: entry.kind, mode: null }
        },
        list: async (path) =>
          (await request<{ names: string[] }>(fileRequests.list, joinUri(folder, path)))?.names ?? null,
      }
      return remoteBuildContext(requests, [`${nameOf(documentUri)}.dockerignore`, '.dockerignore'], changed)
    },
  }
}
