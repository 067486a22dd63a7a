import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import * as vscode from 'vscode'
import { closeAll, finding } from './world.ts'

describe('files of the build context', () => {
  afterEach(closeAll)

  it('are hardened together with the Dockerfile that copies them', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'unroot-context-'))
    const files = {
      Dockerfile: 'FROM httpd:2.4\nCOPY my.conf /usr/local/apache2/conf/httpd.conf\nEXPOSE 80\n',
      'my.conf': '# ours\nListen 80\n',
      '.unroot.json': '{ "profile": "kubernetes" }\n',
    }
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text)
    const uri = vscode.Uri.file(path.join(folder, 'Dockerfile'))
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri))
    await finding(uri, 'runs-as-root')
    const [harden] = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      new vscode.Range(0, 0, 0, 0),
      'refactor.rewrite.unroot.harden',
      20,
    )
    assert.ok(harden?.edit && (await vscode.workspace.applyEdit(harden.edit)))
    const textOf = async (name: string) =>
      (await vscode.workspace.openTextDocument(path.join(folder, name))).getText()
    assert.equal(await textOf('my.conf'), '# ours\nListen 8080\n')
    assert.match(await textOf('Dockerfile'), /^EXPOSE 8080$/m)
    await vscode.workspace.saveAll()
    await rm(folder, { recursive: true })
  })
})
