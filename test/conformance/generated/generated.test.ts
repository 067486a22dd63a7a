import { ok } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BaseName, type Engine, engine } from '../../engine/index.ts'
import { type Judged, report, told } from '../containers/verdict.ts'
import { compare } from './compare.ts'
import { bases, type Generated, generate } from './dockerfile.ts'
import { makeProbe, observe, type Probe } from './observe.ts'

/**
 * Random Dockerfiles, built and run by a real engine, and each thing seen held against what the model says of it.
 * UNROOT_GENERATED_COUNT says how many, UNROOT_GENERATED_SEED the first of their seeds.
 */
const count = Number(process.env.UNROOT_GENERATED_COUNT ?? 12)
const firstSeed = Number(process.env.UNROOT_GENERATED_SEED ?? 1)
const atOnce = 3
const timesSeen = 4
const minutes = 60_000

const standFor: Readonly<Record<string, BaseName>> = {
  [bases.debian]: 'debian',
  [bases.tools]: 'debian-tools',
  [bases.busybox]: 'busybox',
  [bases.scratch]: 'scratch-busybox',
}

describe('Generated Dockerfiles', function () {
  this.timeout(15 * minutes + count * 30_000)
  const judged: Judged[] = []
  const wrong: string[] = []
  let docker: Engine
  let probe: Probe
  let parents = false

  before(async function () {
    const started = await engine()
    if ('skipped' in started) {
      console.log(`    ${started.skipped}`)
      return this.skip()
    }
    docker = started
    for (const [tag, name] of Object.entries(standFor)) {
      const made = await docker.base(name, tag)
      if ('skipped' in made) {
        console.log(`    ${made.skipped}`)
        return this.skip()
      }
    }
    parents = await knowsParents(docker)
    probe = await makeProbe(docker, bases.busybox, mkdtempSync(join(tmpdir(), 'unroot-probe-')))
  })
  after(async () => {
    if (!probe) return
    console.log(report(judged, `${count} cases from seed ${firstSeed}, Docker ${docker.version}`))
    if (process.env.UNROOT_REPORT !== undefined)
      console.log(
        judged
          .filter(({ verdict }) => verdict === 'likely wrong')
          .map(told)
          .join('\n'),
      )
    rmSync(probe.folder, { recursive: true })
    await docker.close()
  })

  it(`the model is never certain of what is not so: ${count} cases from seed ${firstSeed}`, async () => {
    const seeds = Array.from({ length: count }, (_, index) => firstSeed + index).values()
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (const seed of seeds) await check(generate(seed, parents))
      }),
    )
    ok(wrong.length === 0, wrong.join('\n'))
  })

  async function check(one: Generated): Promise<void> {
    const seen = compare(one, await observe(one, docker, probe))
    judged.push(...seen)
    let faults = faultsIn(seen)
    // An engine under load sometimes loses a line: wrong is what is wrong every time.
    for (let time = 1; faults.length > 0 && time < timesSeen; time++) {
      const again = new Set(faultsIn(compare(one, await observe(one, docker, probe))).map(told))
      faults = faults.filter((fault) => again.has(told(fault)))
    }
    if (faults.length > 0) wrong.push(`${faults.map(told).join('\n')}\n${one.dockerfile}`)
  }
})

/** Older builders refuse the flag. */
async function knowsParents({ build, remove }: Engine): Promise<boolean> {
  const tag = 'unroot-test/generated-parents'
  const { log } = await build(import.meta.dirname, 'FROM scratch\nCOPY --parents observe.ts /\n', tag)
  await remove(tag)
  return !log.includes('unknown flag')
}

function faultsIn(judged: readonly Judged[]): readonly Judged[] {
  return judged.filter(({ verdict }) => verdict === 'certain and wrong')
}
