import assert from 'node:assert/strict'
import type { Host } from '../../../server/src/language-server/host.ts'
import { able, eventually, openEditor } from './editor.ts'

describe('folders of the workspace', () => {
  it('are searched for what they build when they are added, and no more when they go', async () => {
    const asked: (readonly string[])[] = []
    let disposed = 0
    const host: Host = {
      filesOf: () => undefined,
      workspaceImages: (folders) => {
        asked.push(folders)
        const images = { resolve: () => undefined }
        return {
          images,
          imagesFor: () => images,
          builds: () => [],
          onChange: () => () => {},
          refresh: () => {},
          settled: async () => {},
          dispose: () => {
            disposed++
          },
        }
      },
    }
    using editor = await openEditor({
      host,
      capabilities: { ...able, workspace: { ...able.workspace, workspaceFolders: true } },
    })
    let open = ['file:///work/a', 'file:///work/b']
    editor.client.onRequest('workspace/workspaceFolders', () => open.map((uri) => ({ uri, name: uri })))
    const tell = () =>
      editor.client.sendNotification('workspace/didChangeWorkspaceFolders', {
        event: { added: [], removed: [] },
      })
    await tell()
    await eventually(() => asked.length === 1, 'the folders are asked for')
    open = []
    await tell()
    await eventually(() => disposed === 1, 'the folders are let go')
    assert.deepEqual(asked, [['file:///work/a', 'file:///work/b']])
  })
})
