import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { analyse } from '../../server/src/analysis/index.ts'
import { catalogue } from '../../server/src/base-images/index.ts'
import { nodeBuildContext } from '../../server/src/build-context/node.ts'
import { contextWith, harden } from '../../server/src/harden/index.ts'
import { inEnglish } from '../../server/src/l10n/index.ts'
import { allApps } from './app.ts'

const baseImages = catalogue()

/** Small applications, a folder each: what the plan makes of them. `apps.test.ts` builds and runs what comes out. */
describe('harden: plans for applications', () => {
  it('every application tells how it is seen to work; most are run', () => {
    const images = allApps().flatMap(({ images }) => images)
    const run = images.filter(({ analysedOnly }) => analysedOnly === undefined)
    assert.ok(run.length >= 60, `${run.length} of ${images.length} are run`)
    for (const { checks } of images) assert.ok(checks.length > 0)
  })

  for (const { name, folder, options, images } of allApps())
    for (const { dockerfile, plan: expected } of images)
      it(images.length === 1 ? name : `${name}/${dockerfile}`, () => {
        const file = join(folder, dockerfile)
        const all = { ...options, context: nodeBuildContext(folder, file), baseImages }
        const plan = harden(analyse(readFileSync(file, 'utf8'), all))
        const seen = `${plan.outcome}\n${plan.refusals.map(inEnglish).join('\n')}\n${plan.remaining.map(inEnglish).join('\n')}\n${plan.result}`
        assert.equal(plan.outcome, expected.outcome, seen)
        for (const part of expected.contains)
          assert.ok(plan.result.includes(part), `${part} is missing in ${seen}`)
        for (const part of expected.lacks) assert.ok(!plan.result.includes(part), `${part} is in ${seen}`)
        const after = { ...all, context: contextWith(all.context, plan.contextFiles) }
        const again = harden(analyse(plan.result, after))
        assert.equal(again.result, plan.result)
        assert.deepEqual(again.contextFiles, [])
      })
})
