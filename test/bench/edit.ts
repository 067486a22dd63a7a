import { pathToFileURL } from 'node:url'
import { nodeHost } from '../../server/src/language-server/node-host.ts'
import { able, openEditor } from '../unit/language-server/editor.ts'
import type { CorpusFile } from './corpus.ts'

export interface EditTimes {
  /** From the edit's notification to the diagnostics, a connection included; in milliseconds. */
  readonly samples: readonly number[]
  readonly slowest: { readonly path: string; readonly time: number } | undefined
}

const editsPerFile = 5

/** Types a character into every file and waits for its diagnostics, as an editor does. */
export async function editToDiagnostics(files: readonly CorpusFile[]): Promise<EditTimes> {
  using editor = await openEditor({
    capabilities: able,
    host: { filesOf: nodeHost.filesOf },
    settings: { resolve: { engine: false } },
  })
  const samples: number[] = []
  let slowest: EditTimes['slowest']
  for (const { path, text } of files) {
    const uri = pathToFileURL(path).href
    await editor.open(text, uri)
    await editor.pull(uri)
    const line = Math.floor(text.split('\n').length / 2)
    const start = { line, character: 0 }
    for (let edit = 0; edit < editsPerFile; edit++) {
      const begun = performance.now()
      await editor.change(edit + 2, [{ range: { start, end: start }, text: '#' }], uri)
      await editor.pull(uri)
      const time = performance.now() - begun
      samples.push(time)
      if (time > (slowest?.time ?? 0)) slowest = { path, time }
    }
    await editor.client.sendNotification('textDocument/didClose', { textDocument: { uri } })
  }
  return { samples, slowest }
}
