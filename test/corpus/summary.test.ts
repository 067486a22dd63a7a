import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { analyse } from '../../server/src/analysis/index.ts'
import { catalogue, parseReference } from '../../server/src/base-images/index.ts'
import { lineageOf } from '../../server/src/image/index.ts'
import { type CorpusFile, ownFiles, realFiles } from './files.ts'

/**
 * How many images run as root, by base, and how many findings each rule has: numbers that move when the analysis does.
 * UNROOT_UPDATE=1 writes them down.
 */
interface Summary {
  readonly files: number
  readonly runsAs: Readonly<Record<string, number>>
  readonly rootByBase: Readonly<Record<string, number>>
  readonly findings: Readonly<Record<string, number>>
}

const baseImages = catalogue()

function summaryOf(files: readonly CorpusFile[]): Summary {
  const runsAs: Record<string, number> = {}
  const rootByBase: Record<string, number> = {}
  const findings: Record<string, number> = {}
  const count = (into: Record<string, number>, key: string) => {
    into[key] = (into[key] ?? 0) + 1
  }
  for (const { text, context } of files) {
    const { timeline, findings: found } = analyse(text, { context, baseImages })
    for (const { rule } of found) count(findings, rule.id)
    const { target, runtime } = timeline
    if (!target || !runtime) {
      count(runsAs, 'no image')
      continue
    }
    const { uid } = runtime.state.identity
    const drops = runtime.dropsPrivileges && runtime.dropsPrivileges.by !== 'own'
    const who = target.base?.os === 'windows' ? 'windows' : uid.certainty === 'unknown' ? 'unknown' : uid.value !== 0 ? 'non-root' : drops ? 'root, drops' : 'root'
    count(runsAs, who)
    if (who === 'root') count(rootByBase, parseReference(lineageOf(target)[0]?.reference ?? '')?.familiar ?? 'scratch')
  }
  return { files: files.length, runsAs: sorted(runsAs), rootByBase: sorted(rootByBase), findings: sorted(findings) }
}

function sorted(record: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(record).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)))
}

for (const [name, files] of [
  ['own', ownFiles()],
  ['real', realFiles()],
] as const) {
  it(`numbers over the corpus (${name})`, function () {
    this.timeout(60_000)
    if (files.length === 0) {
      console.log('      skipped: the corpus of real files is not on this machine')
      this.skip()
    }
    const path = join(import.meta.dirname, `summary.${name}.json`)
    const summary = summaryOf(files)
    if (process.env.UNROOT_UPDATE) writeFileSync(path, `${JSON.stringify(summary, null, 2)}\n`)
    assert.deepEqual(summary, JSON.parse(readFileSync(path, 'utf8')), 'if the change is meant: UNROOT_UPDATE=1 npm run unit -- --grep "numbers over"')
  })
}
