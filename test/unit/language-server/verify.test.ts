import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CancellationTokenSource, WorkDoneProgress } from 'vscode-languageserver'
import type { Host } from '../../../server/src/language-server/host.ts'
import { nodeHost } from '../../../server/src/language-server/node-host.ts'
import type { VerifyAnswer } from '../../../server/src/language-server/protocol.ts'
import { verifyImage } from '../../../server/src/verify/node.ts'
import { folderWith } from '../cli/run.ts'
import { fakeEngine } from '../verify/fake-engine.ts'
import { able, type EditorOptions, eventually, openEditor } from './editor.ts'

const command = 'unroot.server.verify'
const text = 'FROM node:22\nUSER node\nCMD ["node", "server.js"]\n'

/** A host of this machine whose engines are those of `env`. */
const hostWith = (env: NodeJS.ProcessEnv): Host => ({
  filesOf: nodeHost.filesOf,
  pathOf: (uri) => nodeHost.pathOf?.(uri),
  verifyImage: (request, control) => verifyImage({ ...request, wait: 0.1 }, { ...control, env }),
})

/** An editor with a Dockerfile of the disk open in it. */
async function withDockerfile(folder: string, options: EditorOptions, content = text) {
  const path = join(folder, 'Dockerfile')
  writeFileSync(path, text)
  const uri = pathToFileURL(path).href
  const editor = await openEditor(options)
  await editor.open(content, uri)
  return { editor, uri }
}

describe('verify in an editor', function () {
  this.timeout(20_000)

  it('answers with the report, and tells what it is at', async () => {
    using dir = folderWith({})
    using engine = fakeEngine()
    const { editor, uri } = await withDockerfile(dir.folder, { host: hostWith(engine.env) })
    using _ = editor
    const said: string[] = []
    editor.client.onProgress(WorkDoneProgress.type, 'place', (value) => {
      if (value.kind === 'report') said.push(value.message ?? '')
    })
    const answer = await editor.client.sendRequest<VerifyAnswer>('workspace/executeCommand', {
      command,
      arguments: [uri],
      workDoneToken: 'place',
    })
    assert.equal(answer.refused, null)
    assert.match(answer.markdown ?? '', /^\| Who runs under the flags \| node \(1000:1000\) \| 1000:1000 \|/m)
    assert.ok(
      said.includes('Looking for a container engine') && said.includes('Cleaning up'),
      said.join('\n'),
    )
  })

  it('speaks the editor’s language', async () => {
    using dir = folderWith({})
    const { editor, uri } = await withDockerfile(dir.folder, {
      host: hostWith({ PATH: '/nonexistent' }),
      locale: 'zh-cn',
    })
    using _ = editor
    const answer = await editor.command<VerifyAnswer>(command, uri)
    assert.equal(
      answer.refused,
      'PATH 中既没有 docker 也没有 podman。请安装其中之一，或在有引擎的地方启动 Unroot。',
    )
  })

  for (const [what, options] of [
    ['says nothing of trust', { initializationOptions: {} }],
    ['does not trust it', { initializationOptions: { trusted: false } }],
  ] as const)
    it(`starts nothing in a folder whose editor ${what}`, async () => {
      using dir = folderWith({})
      using engine = fakeEngine()
      const { editor, uri } = await withDockerfile(dir.folder, { ...options, host: hostWith(engine.env) })
      using _ = editor
      const answer = await editor.command<VerifyAnswer>(command, uri)
      assert.deepEqual(answer, {
        markdown: null,
        refused: 'This folder is not trusted: Unroot starts no container engine here.',
      })
      assert.deepEqual(engine.calls(), [])
      await editor.client.sendNotification('unroot/trustChanged', { trusted: true })
      assert.equal((await editor.command<VerifyAnswer>(command, uri)).refused, null)
    })

  it('says why in a browser', async () => {
    using editor = await openEditor()
    await editor.open(text)
    const { refused } = await editor.command<VerifyAnswer>(command, 'file:///work/Dockerfile')
    assert.match(refused ?? '', /^There is no container engine in the browser\./)
  })

  it('builds no file that is not saved', async () => {
    using dir = folderWith({})
    using engine = fakeEngine()
    const { editor, uri } = await withDockerfile(
      dir.folder,
      { host: hostWith(engine.env) },
      `${text}# more\n`,
    )
    using _ = editor
    const changed = await editor.command<VerifyAnswer>(command, uri)
    assert.equal(changed.refused, 'Save this Dockerfile first: the engine builds the file on the disk.')
    await editor.open(text, 'untitled:Untitled-1')
    const untitled = await editor.command<VerifyAnswer>(command, 'untitled:Untitled-1')
    assert.match(untitled.refused ?? '', /^Save this Dockerfile in a folder of this machine first/)
    assert.deepEqual(engine.calls(), [])
  })

  it('is cancelled by the request, and cleans up', async () => {
    using dir = folderWith({})
    using engine = fakeEngine({ build: 'sleep 30' })
    const { editor, uri } = await withDockerfile(dir.folder, { host: hostWith(engine.env) })
    using _ = editor
    const cancel = new CancellationTokenSource()
    const answer = editor.client.sendRequest(
      'workspace/executeCommand',
      { command, arguments: [uri] },
      cancel.token,
    )
    await eventually(() => engine.calls().some((call) => call.startsWith('build --load')), 'the build begins')
    cancel.cancel()
    await assert.rejects(answer, /cancel/)
    assert.match(engine.calls().at(-1) ?? '', /^image rm --force/)
  })

  it('is cancelled by the progress that the server shows itself, in other editors', async () => {
    using dir = folderWith({})
    using engine = fakeEngine({ build: 'sleep 30' })
    const { editor, uri } = await withDockerfile(dir.folder, {
      host: hostWith(engine.env),
      capabilities: { ...able, window: { workDoneProgress: true } },
    })
    using _ = editor
    let place: string | undefined
    editor.client.onRequest('window/workDoneProgress/create', ({ token }: { token: string }) => {
      place = token
      return null
    })
    const answer = editor.command<VerifyAnswer | null>(command, uri)
    await eventually(() => engine.calls().some((call) => call.startsWith('build --load')), 'the build begins')
    await editor.client.sendNotification('window/workDoneProgress/cancel', { token: place })
    assert.equal(await answer, null)
    assert.match(engine.calls().at(-1) ?? '', /^image rm --force/)
  })
})
