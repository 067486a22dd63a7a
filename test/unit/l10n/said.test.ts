import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { analyse } from '../../../server/src/analysis/index.ts'
import { catalogue } from '../../../server/src/base-images/index.ts'
import { explainMarkdown } from '../../../server/src/explain/index.ts'
import { harden, runtimeGuidance } from '../../../server/src/harden/index.ts'
import { english, type Language, languageOf, type Message } from '../../../server/src/l10n/index.ts'
import { readPage } from '../../rules/page.ts'

const pages = join(import.meta.dirname, '../../../docs/rules')
const baseImages = catalogue()

/** All that is said of the examples in the pages of the rules. */
function* saidOfPages(say: Language): Generator<{ readonly place: string; readonly said: string }> {
  for (const name of readdirSync(pages).filter((one) => one.endsWith('.md') && one !== 'README.md'))
    for (const block of readPage(join(pages, name)).blocks) {
      const { text, context, profile, builder, target, line } = block
      const analysis = analyse(text, {
        context,
        baseImages,
        ...(profile ? { profile } : {}),
        ...(builder ? { builder } : {}),
        ...(target ? { target } : {}),
      })
      const messages: Message[] = analysis.findings.flatMap((finding) => [
        finding.message,
        ...finding.related.map(({ message }) => message),
        ...finding.fixes().map(({ title }) => title),
      ])
      const { steps, refusals, remaining } = harden(analysis)
      messages.push(...steps.flatMap(({ title, reason }) => [title, reason]), ...refusals, ...remaining)
      const place = `${name}:${line}`
      for (const message of messages) yield { place, said: say(message) }
      yield { place, said: explainMarkdown(analysis, say) }
      yield { place, said: runtimeGuidance(analysis, say).markdown }
    }
}

describe('what is said of an image', () => {
  it('is text: no object and no missing argument stands in it', () => {
    for (const { place, said } of saidOfPages(english))
      assert.doesNotMatch(said, /\[object |\bundefined\b|\{\d+\}/, place)
  })
  it('is Chinese where that is asked for', async () => {
    const say = await languageOf('zh-cn')
    for (const { place, said } of saidOfPages(say)) {
      assert.match(said, /\p{Script=Han}/u, place)
      assert.doesNotMatch(said, /\[object |\bundefined\b|\{\d+\}/, place)
    }
  })
})
