import assert from 'node:assert/strict'
import chinese from '../../server/src/l10n/zh-cn.json' with { type: 'json' }
import { sourceTexts, textsOf } from './texts.ts'

const translations = new Map<string, string>(Object.entries(chinese))
const texts = sourceTexts()
const used = new Map(texts.map(({ key, place }) => [key, place]))
/** Texts without a word of their own are the same in every language, unless a translation says otherwise. */
const needed = [...used].filter(([key]) => /\p{L}/u.test(key.replace(/`[^`]*`/g, '')))
const placeholders = (text: string) => [...text.matchAll(/\{\d+\}/g)].map(([one]) => one).sort()
/** Names of the file and code, which stay as they are. */
const inBackticks = (text: string) =>
  [...text.matchAll(/`[^`]*`/g)]
    .map(([one]) => one)
    .filter((one) => !/[\u4e00-\u9fff]/.test(one))
    .sort()

describe('texts for people', () => {
  it('are found wherever they stand in the sources', () => {
    const code = [
      'const a = text`b \\`c\\` $' + '{d ? text`e$' + "{'}'}` : { f: `g` }} h` // text`no`",
      'nottext`i`; /text`x/; text`\\u201ck\\u{201d}`',
    ]
    assert.deepEqual(
      textsOf(code.join('\n')).map(({ key }) => key),
      ['e{0}', 'b `c` {0} h', '“k”'],
    )
    assert.ok(needed.length > 1, 'no text found')
  })
  it('are all translated to Simplified Chinese', () => {
    const missing = needed.filter(([key]) => !translations.has(key))
    assert.deepEqual(missing, [])
  })
  it('are used, where a translation stands for them', () => {
    assert.deepEqual(
      [...translations.keys()].filter((key) => !used.has(key)),
      [],
    )
  })
  it('are translated with the same arguments and the same code', () => {
    for (const [key, chinese] of translations) {
      assert.deepEqual(placeholders(chinese), placeholders(key), key)
      assert.deepEqual(inBackticks(chinese), inBackticks(key), key)
    }
  })
  it('are set as Chinese is: its own punctuation, no space beside it, a space between Chinese and Latin', () => {
    const faults = [...translations].flatMap(([key, chinese]) => {
      const prose = chinese.replace(/`[^`]*`/g, '`').replace(/\{\d+\}/g, '')
      const wrong =
        chinese === '' ||
        /[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]/.test(prose) ||
        /[\u4e00-\u9fff]\.(\s|$)/.test(prose) ||
        /[，。；：、！？（）“”] | [，。；：、！？（）“”]/.test(chinese) ||
        /[\u4e00-\u9fff][A-Za-z0-9`]|[A-Za-z0-9`][\u4e00-\u9fff]/.test(chinese)
      return wrong ? [{ key, chinese }] : []
    })
    assert.deepEqual(faults, [])
  })
})
