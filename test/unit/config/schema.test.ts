import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { configSchema, defaultConfig, parseConfig, withDefaults } from '../../../server/src/config/index.ts'
import { allRules } from '../../../server/src/rules/index.ts'

interface Schema {
  readonly properties: Record<
    string,
    { description?: string; markdownDescription?: string; properties?: object }
  >
}
const shipped = JSON.parse(
  readFileSync(new URL('../../../server/schema/unroot.schema.json', import.meta.url), 'utf8'),
) as Schema

describe('the schema of .unroot.json', () => {
  it('is what the table of keys and the registry of rules make', () => {
    assert.deepEqual(shipped, configSchema(allRules), 'run npx tsx server/scripts/generate-schema.ts')
  })

  it('says something about every key', () => {
    for (const [key, { description, markdownDescription }] of Object.entries(shipped.properties))
      assert.ok(description && markdownDescription, key)
  })

  it('names only the rules that it is given', () => {
    const { properties } = configSchema([{ id: 'a-rule', summary: 'Says a.' }]) as unknown as Schema
    assert.deepEqual(Object.keys(properties.rules?.properties ?? {}), ['a-rule'])
  })

  it('has the keys that the defaults have', () => {
    assert.deepEqual(
      Object.keys(shipped.properties)
        .filter((key) => key !== '$schema')
        .sort(),
      Object.keys(defaultConfig).sort(),
    )
    const { config, problems } = parseConfig(JSON.stringify(defaultConfig), '.unroot.json', [])
    assert.deepEqual(problems, [])
    assert.deepEqual(withDefaults(config), defaultConfig)
  })
})
