import assert from 'node:assert/strict'
import * as vscode from 'vscode'
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
})
