import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { analyse } from '../../../server/src/analysis/index.ts'
import { catalogue } from '../../../server/src/base-images/index.ts'
import { nodeBuildContext } from '../../../server/src/build-context/node.ts'
import { harden } from '../../../server/src/harden/index.ts'

const folder = join(import.meta.dirname, '../../harden')
const images = catalogue()

interface Expected {
  readonly outcome: string
  readonly contains: readonly string[]
  readonly lacks: readonly string[]
}

/** Small applications, a folder each: what the plan makes of them. */
describe('harden samples', () => {
  for (const name of readdirSync(folder)) {
    it(name, () => {
      const file = join(folder, name, 'Dockerfile')
      const expected: Expected = JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8'))
      const text = readFileSync(file, 'utf8')
      const options = { context: nodeBuildContext(join(folder, name), file), baseImages: images }
      const plan = harden(analyse(text, options))
      const seen = `${plan.outcome}\n${plan.refusals.join('\n')}\n${plan.remaining.join('\n')}\n${plan.result}`
      assert.equal(plan.outcome, expected.outcome, seen)
      for (const part of expected.contains)
        assert.ok(plan.result.includes(part), `${part} is missing in ${seen}`)
      for (const part of expected.lacks) assert.ok(!plan.result.includes(part), `${part} is in ${seen}`)
      assert.equal(harden(analyse(plan.result, options)).result, plan.result)
    })
  }
})
