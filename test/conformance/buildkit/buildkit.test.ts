import assert from 'node:assert/strict'
import { join } from 'node:path'
import {
  expandWord,
  expandWords,
  parseDockerfile,
  type Variable,
} from '../../../server/src/dockerfile/index.ts'
import { buildDifferences, differences } from './compare.ts'
import { filesBelow, ownFiles, realFiles, type TextFile } from './corpus.ts'
import { createRandom, mutate, randomWord, wordEnvironment } from './mutate.ts'
import { buildkitSource, type FileAnswer } from './oracle.ts'
import { seedTexts } from './seeds.ts'
import { useOracle } from './use-oracle.ts'

/** How many mutated files are compared; the seeds go on from each other, so a longer run holds the shorter one. */
const mutations = Number(process.env.UNROOT_MUTATIONS ?? 3000)
const firstSeed = Number(process.env.UNROOT_SEED ?? 1)

describe('The reader against BuildKit’s own', function () {
  this.timeout(1_800_000)
  const oracle = useOracle()

  /** All that differs in one file, as far as BuildKit goes with it. */
  async function compare(text: string, build = true): Promise<readonly string[]> {
    const ours = parseDockerfile(text)
    const theirs = await oracle().file(text, { build })
    const found = [...differences(ours, theirs)]
    if (theirs.parseError !== null) found.push(...(await compareBefore(text, theirs)))
    else if (build && theirs.instructionsError === null) found.push(...buildDifferences(ours, theirs))
    return found
  }

  /** BuildKit's parser gives nothing of a file with an error; of the lines before it, it does. */
  async function compareBefore(text: string, { parseError }: FileAnswer): Promise<readonly string[]> {
    const line = parseError?.lines[0]?.[0] ?? 1
    const before = text
      .split('\n')
      .slice(0, line - 1)
      .join('\n')
    const theirs = await oracle().file(before)
    return theirs.parseError === null ? differences(parseDockerfile(before), theirs) : []
  }

  async function compareAll(files: readonly TextFile[]): Promise<void> {
    const found: string[] = []
    for (const { name, text } of files) {
      for (const difference of await compare(text)) found.push(`${name}: ${difference}`)
    }
    assert.deepEqual(found, [])
  }

  it('notices a file that is read differently', async () => {
    const text = 'FROM a AS b\nUSER c\nRUN --mount=target=/x <<EOF\nd\nEOF\n'
    const theirs = await oracle().file(text)
    assert.deepEqual(differences(parseDockerfile(text), theirs), [])
    for (const other of [
      'FROM a\nUSER c',
      'AS b',
      'USER d',
      'target=/y',
      'EOF\ne\nEOF',
      'RUN <<EOF\nd\nEOF',
    ]) {
      const changed = text.slice(0, text.length - other.length) + other
      assert.notDeepEqual(differences(parseDockerfile(changed), theirs), [], changed)
    }
  })

  it('reads real Dockerfiles alike', async function () {
    const files = realFiles()
    if (files.length === 0) {
      console.log('      skipped: there is no corpus on this machine')
      this.skip()
    }
    await compareAll(files)
  })

  it('reads the project’s own Dockerfiles alike', async () => {
    const files = ownFiles()
    assert.ok(files.length > 0)
    await compareAll(files)
  })

  it('reads BuildKit’s test files alike', async () => {
    const source = buildkitSource()
    assert.ok(source !== undefined)
    const folder = join(source, 'frontend', 'dockerfile', 'parser')
    const files = ['testfiles', 'testfiles-negative', 'testfile-line'].flatMap((name) =>
      filesBelow(join(folder, name), (path) => path.endsWith('Dockerfile')),
    )
    assert.ok(files.length > 30)
    await compareAll(files)
  })

  it(`reads ${mutations} mutated files alike`, async () => {
    const texts = seedTexts()
    const found: string[] = []
    for (let index = 0; index < mutations; index++) {
      const seed = firstSeed + index
      for (const difference of await compare(mutate(texts, createRandom(seed)))) {
        found.push(`seed ${seed}: ${difference}`)
      }
      if (found.length > 20) break
    }
    assert.deepEqual(found, [])
  })

  const lookup = (name: string): Variable =>
    Object.hasOwn(wordEnvironment, name)
      ? { kind: 'set', value: wordEnvironment[name] as string }
      : { kind: 'unset' }

  it('expands variables in variables alike, however deep', async () => {
    const words = [400, 401, 20_000].flatMap((depth) =>
      ['${none:-', '"${none:-', '${none#', '${none/x/'].map((open) => {
        const close = open.startsWith('"') ? '}"' : '}'
        return `${open.repeat(depth)}x${close.repeat(depth)}`
      }),
    )
    const answers = await oracle().words({ escape: '\\', words, env: wordEnvironment })
    for (const [index, word] of words.entries()) {
      const ours = expandWord(word, lookup, { escape: '\\' })
      const theirs = answers[index] as (typeof answers)[number]
      assert.equal(
        ours.kind === 'known' ? ours.value : 'error',
        theirs.error === undefined ? theirs.value : 'error',
      )
    }
  })

  it('expands words alike', async () => {
    for (const escapeWith of ['\\', '`'] as const) {
      for (const mode of ['unquote', 'keep-quotes'] as const) {
        const random = createRandom(firstSeed)
        const words = Array.from({ length: mutations * 2 }, () => randomWord(random))
        const answers = await oracle().words({
          escape: escapeWith,
          words,
          env: wordEnvironment,
          keepQuotes: mode === 'keep-quotes',
        })
        for (const [index, word] of words.entries()) {
          const {
            value,
            words: several,
            matched,
            unmatched,
            error,
            wordsError,
          } = answers[index] as (typeof answers)[number]
          const ours = expandWord(word, lookup, { escape: escapeWith, mode })
          const theirs =
            error === undefined
              ? { kind: 'known', value, variables: [...matched, ...unmatched].sort(), unset: unmatched }
              : 'error'
          assert.deepEqual(
            ours.kind === 'known'
              ? { ...ours, variables: [...ours.variables].sort(), unset: [...ours.unset].sort() }
              : ours.kind,
            theirs,
            word,
          )
          const split = expandWords(word, lookup, { escape: escapeWith, mode })
          assert.deepEqual(
            split.kind === 'known' ? split.values : split.kind,
            wordsError === undefined ? several : 'error',
            word,
          )
        }
      }
    }
  })
})
