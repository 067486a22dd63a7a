/** Writes the tables of rules in README.md and docs/rules/README.md; with `--check` only says whether they are current. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rulesTable, withTable } from './rules-table.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const check = process.argv.includes('--check')
let stale = false
for (const [file, folder] of [
  ['README.md', 'docs/rules/'],
  ['docs/rules/README.md', ''],
] as const) {
  const text = readFileSync(root + file, 'utf8')
  const next = withTable(text, rulesTable(folder))
  if (next === text) continue
  stale = true
  if (check) console.error(`${file} is not current: run npm run docs.`)
  else writeFileSync(root + file, next)
}
process.exitCode = check && stale ? 1 : 0
