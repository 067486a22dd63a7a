import assert from 'node:assert/strict'
import { type Analysis, analyse, newErrors } from '../../server/src/analysis/index.ts'
import { catalogue } from '../../server/src/base-images/index.ts'
import { applyEdits, type Fix } from '../../server/src/fixes/index.ts'
import { inEnglish } from '../../server/src/l10n/index.ts'
import { newFault, type Oracle, startOracle } from '../conformance/buildkit/oracle.ts'
import { type CorpusFile, ownFiles, realFiles } from './files.ts'

const baseImages = catalogue()
const analysisOf = ({ text, context }: CorpusFile): Analysis => analyse(text, { context, baseImages })

/** What an edit leaves alone is byte for byte what it was. */
function assertUntouched(text: string, fix: Fix, name: string): void {
  const result = applyEdits(text, fix.edits)
  let before = 0
  let after = 0
  for (const { range, text: inserted } of fix.edits) {
    const kept = text.slice(before, range.start)
    assert.equal(result.slice(after, after + kept.length), kept, name)
    after += kept.length + inserted.length
    before = range.end
  }
  assert.equal(result.slice(after), text.slice(before), name)
  if (text.includes('\r\n')) for (const { text: inserted } of fix.edits) assert.doesNotMatch(inserted, /(^|[^\r])\n/, `${name}: a line break of another kind`)
}

for (const [corpus, files] of [
  ['our own corpus', ownFiles()],
  ['the corpus of real files', realFiles()],
] as const) {
  describe(`repairs over ${corpus}`, function () {
    this.timeout(120_000)
    let oracle: Oracle | string
    before(function () {
      oracle = startOracle()
      if (typeof oracle === 'string') console.log(`      not read by BuildKit: ${oracle}`)
      if (files.length === 0) {
        console.log('      skipped: the corpus of real files is not on this machine')
        this.skip()
      }
    })

    after(() => {
      if (typeof oracle !== 'string') oracle.stop()
    })

    it('every repair that is offered loses its finding, adds no error and touches nothing else; BuildKit reads it', async () => {
      let checked = 0
      const without: string[] = []
      for (const file of files) {
        const analysis = analysisOf(file)
        for (const finding of analysis.findings) {
          const fixes = analysis.fixesFor(finding).filter((fix) => fix.kind === 'edit')
          if (fixes.length === 0 && finding.rule.id === 'runs-as-root') without.push(file.name)
          for (const fix of fixes) {
            const name = `${file.name}: ${inEnglish(fix.title)}`
            const text = applyEdits(file.text, fix.edits)
            const after = analysisOf({ ...file, text })
            const same = (one: Analysis) => one.findings.filter(({ rule }) => rule === finding.rule).length
            assert.ok(same(after) < same(analysis), name)
            assert.deepEqual(
              newErrors(analysis, after).map(({ message }) => inEnglish(message)),
              [],
              name,
            )
            assertUntouched(file.text, fix, name)
            if (typeof oracle !== 'string') assert.equal(await newFault(oracle, file.text, text), undefined, name)
            checked++
          }
        }
      }
      assert.ok(checked > files.length / 2, `only ${checked} repairs were checked`)
      // Only images that have to start as root are left to the whole plan.
      const unexplained = without.filter((name) => {
        const file = files.find((one) => one.name === name)
        return file && !analysisOf(file).timeline.target?.base?.mustStartAsRoot
      })
      assert.deepEqual(unexplained, [])
    })
  })
}
