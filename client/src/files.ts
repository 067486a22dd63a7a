import * as vscode from 'vscode'
import type { BaseLanguageClient } from 'vscode-languageclient'

const largest = 256 * 1024
const kinds: Readonly<Record<number, 'file' | 'directory' | 'link'>> = {
  [vscode.FileType.File]: 'file',
  [vscode.FileType.Directory]: 'directory',
  [vscode.FileType.SymbolicLink]: 'link',
}

/** Files that the server cannot reach itself: in a browser, or of a virtual workspace. */
export function answerFileRequests(client: BaseLanguageClient): vscode.Disposable[] {
  const { fs } = vscode.workspace
  const orNull = async <T>(action: () => PromiseLike<T>): Promise<T | null> => {
    try {
      return await action()
    } catch {
      return null // not there, or not for us: both mean unknown to the server
    }
  }
  return [
    client.onRequest('unroot/fs/read', ({ uri }: { uri: string }) =>
      orNull(async () => {
        const file = vscode.Uri.parse(uri)
        if ((await fs.stat(file)).size > largest) return null
        return { text: new TextDecoder().decode(await fs.readFile(file)) }
      }),
    ),
    client.onRequest('unroot/fs/stat', ({ uri }: { uri: string }) =>
      orNull(async () => {
        const { type } = await fs.stat(vscode.Uri.parse(uri))
        return { kind: kinds[type & ~vscode.FileType.SymbolicLink] ?? 'link' }
      }),
    ),
    client.onRequest('unroot/fs/list', ({ uri }: { uri: string }) =>
      orNull(async () => ({ names: (await fs.readDirectory(vscode.Uri.parse(uri))).map(([name]) => name) })),
    ),
  ]
}
