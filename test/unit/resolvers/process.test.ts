import assert from 'node:assert/strict'
import { runProcess } from '../../../server/src/resolvers/index.ts'

describe('a program', () => {
  const shell = (script: string, watch?: (text: string) => void) =>
    runProcess('sh', ['-c', script], { timeout: 20_000, ...(watch ? { watch } : {}) })

  before(function () {
    if (process.platform === 'win32') this.skip()
  })

  it('may print half of a character: what is watched and what is kept is whole', async () => {
    const halves = "printf 'na\\303'; sleep 0.2; printf '\\257ve'"
    let watched = ''
    await shell(`${halves}; (${halves}) >&2`, (text) => {
      watched += text
    })
    assert.equal(watched, 'naïvenaïve')
    const { stdout, stderr } = await shell(`${halves}; (${halves}) >&2`)
    assert.deepEqual([stdout.toString('utf8'), stderr], ['naïve', 'naïve'])
  })
})
