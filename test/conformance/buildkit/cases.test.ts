import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  expandWord,
  expandWords,
  parseDockerfile,
  type Variable,
} from '../../../server/src/dockerfile/index.ts'
import { fileCases, wordCases } from './cases.ts'
import { buildDifferences, differences } from './compare.ts'
import { wordEnvironment } from './mutate.ts'
import { type FileAnswer, startOracle, type WordAnswer } from './oracle.ts'

/** BuildKit's answers to the cases; `UNROOT_UPDATE=1` asks it again. */
const path = join(import.meta.dirname, 'answers.json')

interface Answers {
  readonly files: Readonly<Record<string, FileAnswer>>
  readonly words: Readonly<Record<string, Readonly<Record<'\\' | '`', WordAnswer>>>>
}

describe('Cases with BuildKit’s answers', () => {
  const answers: Answers = existsSync(path)
    ? JSON.parse(readFileSync(path, 'utf8'))
    : { files: {}, words: {} }

  it('has the answers that this version of BuildKit gives', async function () {
    this.timeout(600_000)
    const oracle = startOracle()
    if (typeof oracle === 'string') {
      console.log(`      skipped: ${oracle}`)
      return this.skip()
    }
    const files: Record<string, FileAnswer> = {}
    for (const [name, text] of Object.entries(fileCases))
      files[name] = await oracle.file(text, { build: true })
    const words: Record<string, Record<'\\' | '`', WordAnswer>> = {}
    const ask = (escapeWith: '\\' | '`') =>
      oracle.words({ escape: escapeWith, words: wordCases, env: wordEnvironment })
    const [plain, windows] = [await ask('\\'), await ask('`')]
    for (const [index, word] of wordCases.entries()) {
      words[word] = { '\\': plain[index] as WordAnswer, '`': windows[index] as WordAnswer }
    }
    oracle.stop()
    if (process.env.UNROOT_UPDATE === '1')
      writeFileSync(path, `${JSON.stringify({ files, words }, undefined, 1)}\n`)
    else assert.deepEqual({ files, words }, answers)
  })

  for (const [name, text] of Object.entries(fileCases)) {
    it(`reads ${name}`, () => {
      const theirs = answers.files[name]
      assert.ok(theirs !== undefined, 'run with UNROOT_UPDATE=1')
      const ours = parseDockerfile(text)
      const build =
        theirs.parseError === null && theirs.instructionsError === null ? buildDifferences(ours, theirs) : []
      assert.deepEqual([...differences(ours, theirs), ...build], [])
    })
  }

  const lookup = (name: string): Variable =>
    Object.hasOwn(wordEnvironment, name)
      ? { kind: 'set', value: wordEnvironment[name] as string }
      : { kind: 'unset' }

  for (const [word, byEscape] of Object.entries(answers.words)) {
    it(`expands ${JSON.stringify(word)}`, () => {
      for (const escapeWith of ['\\', '`'] as const) {
        const { value, words, unmatched, error, wordsError } = byEscape[escapeWith]
        const one = expandWord(word, lookup, { escape: escapeWith })
        assert.deepEqual(
          one.kind === 'known' ? [one.value, [...one.unset].sort()] : one.kind,
          error === undefined ? [value, unmatched] : 'error',
        )
        const several = expandWords(word, lookup, { escape: escapeWith })
        assert.deepEqual(
          several.kind === 'known' ? several.values : several.kind,
          wordsError === undefined ? words : 'error',
        )
      }
    })
  }

  it('has an answer to every case', () => {
    assert.deepEqual(Object.keys(answers.files).sort(), Object.keys(fileCases).sort())
    assert.deepEqual(Object.keys(answers.words).sort(), [...wordCases].sort())
  })
})
