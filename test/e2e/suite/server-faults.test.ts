import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import * as vscode from 'vscode'
import { closeAll, eventually, finding, open } from './world.ts'

/** Process ids of the language servers that this extension host started. */
function servers(): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, parent, ...words]) => Number(parent) === process.pid && /dist.server\.js/.test(words.join(' ')),
    )
    .map(([pid]) => Number(pid))
}

describe('a language server that fails', () => {
  before(function () {
    if (process.platform === 'win32') this.skip()
  })
  afterEach(closeAll)

  it('is started again when it dies', async () => {
    const first = await open('FROM debian:12\nCMD ["sleep", "infinity"]\n')
    await finding(first.document.uri, 'runs-as-root')
    const [pid] = servers()
    assert.ok(pid)
    process.kill(pid, 'SIGKILL')
    await eventually('a new server', () => servers().some((other) => other !== pid))
    const second = await open('FROM node:22\nCMD ["node"]\n')
    await finding(second.document.uri, 'runs-as-root')
  })

  it('is replaced by a restart when it hangs', async () => {
    const first = await open('FROM debian:12\nCMD ["sleep", "infinity"]\n')
    await finding(first.document.uri, 'runs-as-root')
    const [pid] = servers()
    assert.ok(pid)
    process.kill(pid, 'SIGSTOP')
    await vscode.commands.executeCommand('unroot.restartServer')
    const second = await open('FROM node:22\nCMD ["node"]\n')
    await finding(second.document.uri, 'runs-as-root')
    await eventually('the old server gone', () => !servers().includes(pid))
  })
})
