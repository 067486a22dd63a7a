import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Analysis, allRules, analyse } from '../../server/src/analysis/index.ts'
import { catalogue } from '../../server/src/base-images/index.ts'
import { applyEdits } from '../../server/src/fixes/index.ts'
import { inEnglish } from '../../server/src/l10n/index.ts'
import { type Block, readPage } from './page.ts'

const folders = [join(import.meta.dirname, '../../docs/rules'), join(import.meta.dirname, 'more')]
const baseImages = catalogue()

function analysisOf(block: Block, text = block.text): Analysis {
  return analyse(text, {
    context: block.context,
    baseImages,
    ...(block.profile ? { profile: block.profile } : {}),
    ...(block.builder ? { builder: block.builder } : {}),
    ...(block.target ? { target: block.target } : {}),
  })
}

/** The page's rule, as marker lines. */
function found(analysis: Analysis, rule: string): string[] {
  return analysis.findings
    .filter((finding) => finding.rule.id === rule)
    .map(({ range, severity, message }) => {
      const start = analysis.dockerfile.lines.positionAt(range.start)
      const lineEnd = analysis.dockerfile.lines.lineEnd(start.line)
      const end = Math.min(range.end, lineEnd) - analysis.dockerfile.lines.lineStart(start.line)
      return `${start.line}:${start.character}-${end} ${severity}: ${inEnglish(message)}`
    })
}

for (const folder of folders) {
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
    if (!name.endsWith('.md') || name === 'README.md') continue
    const page = readPage(join(folder, name))
    const rule = page.rule.replace(/\..*$/, '')
    describe(`rule ${page.rule}`, () => {
      let sample: Block | undefined
      for (const block of page.blocks) {
        if (block.kind === 'sample') {
          if (block.expected.length > 0) sample = block
          it(`${block.expected.length > 0 ? 'fires' : 'is silent'} in line ${block.line}`, () => {
            const actual = found(analysisOf(block), rule)
            const wanted = block.expected.map(
              ({ line, start, end, severity, message }) => `${line}:${start}-${end} ${severity}: ${message}`,
            )
            assert.equal(
              actual.length,
              wanted.length,
              `found:\n${actual.join('\n')}\nexpected:\n${wanted.join('\n')}`,
            )
            for (const [index, want] of wanted.entries())
              assert.ok(actual[index]?.startsWith(want), `found:\n${actual[index]}\nexpected:\n${want}`)
          })
          continue
        }
        const source = sample
        it(`${block.title ?? '?'} (line ${block.line})`, () => {
          assert.ok(source, 'a fix needs a sample before it')
          const analysis = analysisOf(source)
          const fixes = analysis.findings
            .filter((finding) => finding.rule.id === rule)
            .flatMap((finding) => analysis.fixesFor(finding))
          const titles = fixes.map(({ title }) => inEnglish(title))
          const fix = fixes.find(
            ({ title }) => inEnglish(title).replaceAll('`', '') === block.title?.replaceAll('`', ''),
          )
          assert.ok(fix?.kind === 'edit', `no fix "${block.title}"; there are:\n${titles.join('\n')}`)
          const text = applyEdits(source.text, fix.edits)
          assert.equal(text, block.text)
          assert.ok(
            analysisOf(source, text).findings.filter((finding) => finding.rule.id === rule).length <
              analysis.findings.filter((finding) => finding.rule.id === rule).length,
          )
        })
      }
    })
  }
}

describe('rules and their pages', () => {
  for (const rule of allRules) {
    it(`${rule.id} has a page that fires, is silent, and shows each kind of fix`, () => {
      const path = join(folders[0] ?? '', `${rule.id}.md`)
      assert.ok(existsSync(path), `docs/rules/${rule.id}.md is missing`)
      const page = readPage(path)
      assert.match(page.text, new RegExp(`^# ${rule.id}\n`))
      assert.match(page.text, /\*\*Why\.\*\*/)
      assert.match(page.text, /\*\*What to do\.\*\*/)
      assert.ok(
        page.blocks.some(({ kind, expected }) => kind === 'sample' && expected.length > 0),
        'no firing example',
      )
      assert.ok(
        page.blocks.some(({ kind, expected }) => kind === 'sample' && expected.length === 0),
        'no silent example',
      )
      const fixable = page.blocks
        .filter(({ kind }) => kind === 'sample')
        .some((block) => {
          const analysis = analysisOf(block)
          return analysis.findings.some(
            (finding) =>
              finding.rule === rule && analysis.fixesFor(finding).some((fix) => fix.kind === 'edit'),
          )
        })
      assert.equal(
        page.blocks.some(({ kind }) => kind === 'fix'),
        fixable,
        'a page shows a fix where the rule has one',
      )
    })
  }
  it('no page is without its rule', () => {
    const ids = new Set(allRules.map(({ id }) => id))
    const strays = readdirSync(folders[0] ?? '').filter(
      (name) => name.endsWith('.md') && name !== 'README.md' && !ids.has(name.slice(0, -3)),
    )
    assert.deepEqual(strays, [])
  })
})
