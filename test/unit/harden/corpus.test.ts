import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { diffLines } from 'diff'
import { parse } from 'yaml'
import { type Analysis, analyse, newErrors } from '../../../server/src/analysis/index.ts'
import { catalogue } from '../../../server/src/base-images/index.ts'
import { emptyBuildContext } from '../../../server/src/build-context/empty.ts'
import { nodeBuildContext } from '../../../server/src/build-context/node.ts'
import { contextWith, harden, runtimeGuidance } from '../../../server/src/harden/index.ts'
import { isRoot } from '../../../server/src/image/index.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import type { Profile } from '../../../server/src/rules/index.ts'
import { newFault, type Oracle, startOracle } from '../../conformance/buildkit/oracle.ts'

const images = catalogue()
let oracle: Oracle | string

interface Sample {
  readonly name: string
  readonly analysis: (profile: Profile) => Analysis
}

function own(): readonly Sample[] {
  const folder = join(import.meta.dirname, '../../corpus')
  return readdirSync(folder).flatMap((name): Sample[] => {
    if (!statSync(join(folder, name)).isDirectory()) return []
    const file = readdirSync(join(folder, name), { recursive: true })
      .map(String)
      .find((path) => /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[\w-]+)?$|\.dockerfile$/i.test(path))
    return file === undefined ? [] : [sample(name, join(folder, name, file), join(folder, name))]
  })
}

/** Real files of others, where they were brought to this machine; test/corpus is always there. */
function real(): readonly Sample[] {
  const folder = process.env.UNROOT_CORPUS ?? join(homedir(), '.cache/unroot/corpus')
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((repository) =>
    statSync(join(folder, repository)).isDirectory()
      ? readdirSync(join(folder, repository))
          .filter((name) => !name.endsWith('.ctx'))
          .map((name) => sample(`${repository}/${name}`, join(folder, repository, name), undefined))
      : [],
  )
}

function sample(name: string, file: string, context: string | undefined): Sample {
  const folder = context ?? `${file}.ctx`
  return {
    name,
    analysis: (profile) =>
      analyse(readFileSync(file, 'utf8'), {
        context: existsSync(folder) ? nodeBuildContext(folder, file) : emptyBuildContext,
        baseImages: images,
        profile,
      }),
  }
}

function changedLines(before: string, after: string): number {
  const count = { added: 0, removed: 0 }
  for (const { added, removed, count: lines = 0 } of diffLines(before, after)) {
    if (added) count.added += lines
    if (removed) count.removed += lines
  }
  return Math.max(count.added, count.removed)
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

function property(title: string, samples: readonly Sample[], profile: Profile): void {
  it(`${title}, ${profile}: no root, no new error, the same again; the guidance parses, and BuildKit the result`, async function () {
    if (samples.length === 0) {
      console.log(`      ${title} is not on this machine: passed over`)
      this.skip()
    }
    this.timeout(300_000)
    const outcomes = { hardened: 0, decisions: 0, nothing: 0, refused: 0 }
    const lines: number[] = []
    for (const { name, analysis } of samples) {
      const before = analysis(profile)
      const plan = harden(before)
      outcomes[plan.outcome]++
      const guidance = runtimeGuidance(before)
      assert.ok(parse(guidance.compose).services, name)
      assert.ok(parse(guidance.kubernetes).spec, name)
      if (plan.steps.length === 0) {
        assert.equal(plan.result, before.text, name)
        if (plan.outcome === 'refused') assert.ok(plan.refusals.length > 0, name)
        continue
      }
      lines.push(changedLines(before.text, plan.result))
      const context = contextWith(before.options.context, plan.contextFiles)
      const after = analyse(plan.result, { ...before.options, context })
      const { runtime } = after.timeline
      assert.ok(runtime && !isRoot(runtime.state.identity), `${name} still runs as root`)
      assert.deepEqual(
        newErrors(before, after).map(({ message }) => inEnglish(message)),
        [],
        name,
      )
      if (typeof oracle !== 'string')
        assert.equal(await newFault(oracle, before.text, plan.result), undefined, name)
      const again = harden(after)
      assert.equal(again.result, plan.result, `${name} changes again`)
      assert.equal(again.outcome, 'nothing', name)
    }
    lines.sort((a, b) => a - b)
    console.log(
      `      ${title}, ${profile}: ${samples.length} files, ${Object.entries(outcomes)
        .map(([outcome, count]) => `${outcome} ${count}`)
        .join(', ')}; changed lines: median ${at(lines, 0.5)}, p95 ${at(lines, 0.95)}`,
    )
    assert.ok(at(lines, 0.5) <= 4)
  })
}

describe('harden over files', () => {
  before(() => {
    oracle = startOracle()
    if (typeof oracle === 'string') console.log(`      not read by BuildKit: ${oracle}`)
  })
  after(() => {
    if (typeof oracle !== 'string') oracle.stop()
  })

  for (const profile of ['docker', 'kubernetes', 'openshift'] as const) {
    property('our corpus', own(), profile)
    property('real files', real(), profile)
  }
})
