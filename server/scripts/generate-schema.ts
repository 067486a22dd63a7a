/**
 * Makes server/schema/unroot.schema.json from the table in server/src/config/shape.ts.
 * Rules are those that have a page: docs/rules/<rule>.md, whose first paragraph is the summary.
 *
 *   npx tsx server/scripts/generate-schema.ts
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { configSchema, type RuleSummary } from '../src/config/index.ts'

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const pages = path.join(project, 'docs/rules')

function summaryOf(page: string): string {
  const paragraphs = page.split(/\n\s*\n|\n(?=#)|(?<=^#.*)\n/m).map((text) => text.trim())
  return (paragraphs.find((text) => text !== '' && !text.startsWith('#')) ?? '').replace(/\s+/g, ' ')
}

const rules: RuleSummary[] = (existsSync(pages) ? readdirSync(pages) : [])
  .filter((name) => /^[a-z][a-z0-9-]*\.md$/.test(name))
  .sort()
  .map((name) => ({
    id: name.slice(0, -3),
    summary: summaryOf(readFileSync(path.join(pages, name), 'utf8')),
  }))

const schema = JSON.stringify(configSchema(rules), null, 2)
writeFileSync(path.join(project, 'server/schema/unroot.schema.json'), `${schema}\n`)
