/**
 * Makes server/schema/unroot.schema.json from the table in server/src/config/shape.ts and the registry of rules.
 *
 *   npx tsx server/scripts/generate-schema.ts
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { configSchema } from '../src/config/index.ts'
import { allRules } from '../src/rules/index.ts'

const schema = JSON.stringify(configSchema(allRules), null, 2)
const target = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../schema/unroot.schema.json')
writeFileSync(target, `${schema}\n`)
