import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { closeAll, finding, open } from '../suite/world.ts'

describe('Verify in Container in the browser', () => {
  afterEach(closeAll)

  it('is there, and says why it cannot be done', async () => {
    assert.ok((await vscode.commands.getCommands(true)).includes('unroot.verifyImage'))
    const { document } = await open('FROM debian:12\nCMD ["sleep", "9"]\n')
    await finding(document.uri, 'runs-as-root')
    const answer = await vscode.commands.executeCommand<{ markdown: string | null; refused: string }>(
      'unroot.server.verify',
      document.uri.toString(),
    )
    assert.equal(answer.markdown, null)
    assert.match(answer.refused, /^There is no container engine in the browser\./)
  })
})
