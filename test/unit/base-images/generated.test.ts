import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const project = path.resolve(import.meta.dirname, '../../..')
const data = path.join(project, 'server/src/base-images/data')

describe('the catalogue’s data', () => {
  it('is small enough to be part of every bundle', () => {
    const bytes = ['catalogue.json', 'os-accounts.json'].map((name) => statSync(path.join(data, name)).size)
    assert.ok(bytes.reduce((a, b) => a + b) < 200_000, `${bytes}`)
  })

  it('is what the generator makes of the research', function () {
    this.timeout(20_000)
    const research = path.resolve(project, '../shared/research/base-images')
    if (!existsSync(research)) {
      console.log(`      skipped: ${research} is not on this machine`)
      this.skip()
    }
    const folder = mkdtempSync(path.join(tmpdir(), 'unroot-catalogue-'))
    try {
      execFileSync(
        process.execPath,
        ['--import', 'tsx', 'server/scripts/generate-catalogue.ts', research, folder],
        {
          cwd: project,
        },
      )
      assert.deepEqual(readdirSync(folder).sort(), readdirSync(data).sort())
      for (const name of readdirSync(data))
        assert.equal(
          readFileSync(path.join(folder, name), 'utf8'),
          readFileSync(path.join(data, name), 'utf8'),
          name,
        )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
