import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { nodeHost } from '../../../server/src/language-server/node-host.ts'
import { tarOf } from '../archives/tar.ts'
import { folderWith } from '../cli/run.ts'
import { eventually, openEditor } from './editor.ts'

describe('archives of the build context, in an editor', function () {
  this.timeout(20_000)

  it('are read in the background; what they tell is shown when it is known, and when they change', async () => {
    const archive = (mode: number) => gzipSync(tarOf([{ path: 'secret', mode, uid: 7, gid: 8 }]))
    const text = 'FROM debian:12\nADD a.tgz /data/\nUSER 1000:1000\nRUN cat /data/secret\n'
    using dir = folderWith({ Dockerfile: text, 'a.tgz': archive(0o600) })
    const uri = pathToFileURL(join(dir.folder, 'Dockerfile')).href
    using editor = await openEditor({ host: { filesOf: nodeHost.filesOf } })
    await editor.open(text, uri)
    const refused = async () => (await editor.pull(uri)).items.some(({ code }) => code === 'not-readable')
    await eventually(refused, 'the archive was read')
    const path = join(dir.folder, 'a.tgz')
    writeFileSync(path, archive(0o644))
    await editor.client.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: pathToFileURL(path).href, type: 2 }],
    })
    await eventually(async () => !(await refused()), 'the new archive was read')
  })
})
