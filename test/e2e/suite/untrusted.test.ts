import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { fakeEngine } from '../../unit/verify/fake-engine.ts'
import { finding, open } from './world.ts'

describe('a folder that nobody trusts', () => {
  it('is analysed all the same', async () => {
    assert.equal(vscode.workspace.isTrusted, false)
    const { document } = await open('FROM python:3.13-slim\n')
    assert.match((await finding(document.uri, 'runs-as-root')).message, /runs as root/)
  })

  it('cannot make Unroot ask engines or registries', () => {
    const manifest = vscode.extensions.getExtension('unroot.unroot-vscode')?.packageJSON
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited')
    assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, ['unroot.resolve'])
  })

  it('cannot have its image built and started', async () => {
    using engine = fakeEngine()
    process.env.PATH = `${engine.folder}:${process.env.PATH}`
    await vscode.commands.executeCommand('unroot.restartServer')
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri
    assert.ok(folder)
    const uri = vscode.Uri.joinPath(folder, 'redis-cache/Dockerfile')
    const document = await vscode.workspace.openTextDocument(uri)
    await vscode.window.showTextDocument(document)
    await finding(uri, 'drops-privileges-at-start')
    await vscode.commands.executeCommand('unroot.verifyImage')
    const answer = await vscode.commands.executeCommand<{ refused: string }>(
      'unroot.server.verify',
      uri.toString(),
    )
    assert.match(answer.refused, /not trusted/)
    assert.deepEqual(engine.calls(), [])
  })
})
