import assert from 'node:assert/strict'
import {
  inEnglish,
  keyOf,
  languageOf,
  listed,
  sentences,
  text,
  translated,
} from '../../../server/src/l10n/index.ts'

describe('messages', () => {
  it('are said in English with their arguments, messages among them', () => {
    const who = text`user ${'app'}`
    assert.equal(
      inEnglish(text`${who} may not write ${'/data'}: exit code ${13}.`),
      'user app may not write /data: exit code 13.',
    )
    assert.equal(inEnglish(text``), '')
  })
  it('are named by their English text with numbered arguments', () => {
    assert.equal(keyOf(text`\`${'a'}\` and ${text`b`}`), '`{0}` and {1}')
  })
  it('are said in another language, its words in its own order', () => {
    const say = translated(
      new Map([
        ['{0} owns {1}', '{1} gehört {0}'],
        ['nobody', 'niemand'],
      ]),
    )
    assert.equal(say(text`${text`nobody`} owns ${'/app'}`), '/app gehört niemand')
  })
  it('without a translation are said in English, with those arguments that have one', () => {
    const say = translated(new Map([['nobody', 'niemand']]))
    assert.equal(say(text`${text`nobody`} runs ${'/app'}`), 'niemand runs /app')
  })
  it('put no argument in the place of another', () => {
    const say = translated(new Map([['{0} and {1}', '{1} und {0}']]))
    assert.equal(say(text`${'{1}'} and ${'$&'}`), '$& und {1}')
  })
  it('stand in Chinese with a space beside Latin, and none beside Chinese', () => {
    const say = translated(
      new Map([
        ['{0} runs as {1}.', '{0}以{1}运行。'],
        ['the image', '镜像'],
        ['an unknown user', '未知用户'],
        ['{0}: {1}', ' {0} ： {1} '],
      ]),
    )
    assert.equal(say(text`${'web'} runs as ${'app (1:1)'}.`), 'web 以 app (1:1) 运行。')
    assert.equal(say(text`${text`the image`} runs as ${text`an unknown user`}.`), '镜像以未知用户运行。')
    assert.equal(say(text`${'`a`'}: ${7}`), ' `a`：7 ')
  })
  it('are listed, however many they are', () => {
    assert.equal(inEnglish(listed([])), '')
    assert.equal(inEnglish(listed(['a'])), 'a')
    assert.equal(inEnglish(listed(['a', 'b', text`c`])), 'a, b, c')
    const many = Array.from({ length: 100_000 }, (_, index) => index)
    assert.equal(inEnglish(listed(many)), many.join(', '))
  })
  it('stand one after the other', () => {
    assert.equal(inEnglish(sentences([text`One.`, text`Two.`, text`Three.`])), 'One. Two. Three.')
    assert.equal(inEnglish(sentences([])), '')
  })
})

describe('the language of a locale', () => {
  const message = listed(['/a', '/b'])
  for (const locale of ['zh-cn', 'zh', 'zh-Hans', 'zh-hans-cn', 'zh_CN.UTF-8', 'zh-SG'])
    it(`${locale} is Simplified Chinese`, async () => {
      const say = await languageOf(locale)
      assert.equal(say(message), '/a、/b')
    })
  for (const locale of [undefined, '', 'en', 'en-US', 'C.UTF-8', 'de', 'zh-tw', 'zh-Hant', 'zha'])
    it(`${locale} is told in English`, async () => {
      const say = await languageOf(locale)
      assert.equal(say(message), '/a, /b')
    })
})
