import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { fakeEngine, sees } from '../../unit/verify/fake-engine.ts'
import { closeAll, eventually } from './world.ts'

const text = 'FROM node:22\nUSER node\nCMD ["node", "server.js"]\n'

describe('Verify in Container', () => {
  const path = process.env.PATH
  /** The language server finds engines on the PATH that it was started with. */
  const restartWith = async (folder: string) => {
    process.env.PATH = folder === '' ? path : `${folder}:${path}`
    await vscode.commands.executeCommand('unroot.restartServer')
  }
  const dockerfile = async (name: string, content = text) => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri
    assert.ok(folder)
    const uri = vscode.Uri.joinPath(folder, 'verified', name)
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content))
    return uri
  }
  const reportOn = (uri: vscode.Uri) =>
    vscode.workspace.textDocuments.find(
      (document) => document.uri.scheme === 'unroot' && document.uri.query === uri.toString(),
    )

  before(function () {
    if (process.platform === 'win32') this.skip()
  })
  afterEach(closeAll)
  after(() => restartWith(''))

  it('builds and starts the saved file, and shows what it saw as a document', async () => {
    using engine = fakeEngine({ exec: sees({ uid: 0 }) })
    await restartWith(engine.folder)
    const uri = await dockerfile('Dockerfile')
    const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri))
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# changed\n'))
    await vscode.commands.executeCommand('unroot.verifyImage')
    assert.equal(editor.document.isDirty, false)
    const report = await eventually('the report', () => reportOn(uri))
    assert.match(
      report.getText(),
      /^\| Who runs under the flags \| node \(1000:1000\) \| 0:0 \| ✗ wrong \|$/m,
    )
    await eventually('the preview', () =>
      vscode.window.tabGroups.all.some(({ tabs }) =>
        tabs.some(({ input }) => input instanceof vscode.TabInputWebview && /markdown/.test(input.viewType)),
      ),
    )
    assert.match(engine.calls().at(-1) ?? '', /^image rm --force unroot-verify:/)
  })

  it('starts nothing by itself', async () => {
    using engine = fakeEngine()
    await restartWith(engine.folder)
    const uri = await dockerfile('Dockerfile.quiet', 'FROM registry.example.com/base:1\n')
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri))
    await eventually('findings', () => vscode.languages.getDiagnostics(uri).length > 0)
    assert.ok(!engine.calls().some((call) => /^(?:build|run|exec) /.test(call)), engine.calls().join('\n'))
  })
})
