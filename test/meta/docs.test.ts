import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rulesTable, withTable } from '../../scripts/rules-table.ts'

const root = join(import.meta.dirname, '../..')

describe('documentation', () => {
  for (const [file, folder] of [
    ['README.md', 'docs/rules/'],
    ['docs/rules/README.md', ''],
  ] as const) {
    it(`${file} lists all rules (npm run docs)`, () => {
      const text = readFileSync(join(root, file), 'utf8')
      assert.equal(text, withTable(text, rulesTable(folder)))
    })
  }
})
