import assert from 'node:assert/strict'
import { readDockerignore } from '../../../server/src/build-context/index.ts'

/** Patterns, and what they hide (`-`) or leave (`+`). From moby/patternmatcher's behaviour. */
const cases: readonly (readonly [patterns: string, ...paths: string[]])[] = [
  ['a', '-a', '-a/b', '+b/a'],
  ['/a', '-a', '-a/b'],
  ['a/', '-a', '-a/b'],
  ['./a/../b', '-b', '+a'],
  ['*', '-a', '-a/b/c'],
  ['*.md', '-README.md', '+docs/README.md'],
  ['**/*.md', '-README.md', '-docs/README.md', '-a/b/c.md', '+a/b/c.mdx'],
  ['**', '-a', '-a/b'],
  ['a/**', '-a/b', '-a/b/c', '+a'],
  ['a/*/c', '-a/b/c', '+a/c', '+a/b/b/c'],
  ['a/**/c', '-a/c', '-a/b/c', '-a/b/b/c'],
  ['?.txt', '-a.txt', '+ab.txt', '+.txt'],
  ['[a-c].txt', '-b.txt', '+d.txt'],
  ['[^a-c].txt', '+b.txt', '-d.txt'],
  ['*\n!keep', '-a', '+keep', '+keep/x'],
  ['*\n!a/b', '-a/c', '+a/b', '+a/b/c'],
  ['a\n!a/b\na/b/c', '-a/x', '+a/b', '-a/b/c'],
  ['# comment\n\n  b  ', '-b', '+# comment'],
  ['\\#a', '-#a'],
  ['a\\*', '-a*', '+ab'],
  ['A', '+a', '-A'],
  ['a.b', '-a.b', '+axb'],
  ['(a+)+$', '-(a+)+$', '+aa'],
  ['\uFEFFa', '-a'],
  ['a\r\nb\r\n', '-a', '-b'],
  ['!a', '+a'],
  ['!', '+a'],
]

describe('.dockerignore', () => {
  for (const [patterns, ...paths] of cases)
    it(JSON.stringify(patterns), () => {
      const { ignores } = readDockerignore(patterns)
      for (const path of paths) assert.equal(ignores(path.slice(1)), path.startsWith('-'), path)
    })

  it('knows of folders that are hidden but for something in them', () => {
    const { keepsSomethingIn } = readDockerignore('*\n!src/app\n!*.lock')
    assert.ok(keepsSomethingIn('src'))
    assert.ok(!keepsSomethingIn('docs'))
    assert.ok(readDockerignore('*\n!**/*.js').keepsSomethingIn('any/where'))
  })

  it('cannot be made slow', function () {
    this.timeout(2_000)
    const { ignores } = readDockerignore(`${'**/a*'.repeat(40)}\n${'*a'.repeat(80)}b`)
    ignores(`${'a/'.repeat(60)}${'a'.repeat(100)}`)
  })

  it('takes `**/` after `**/` for one, however many there are', () => {
    const { ignores } = readDockerignore(`${'**/'.repeat(50_000)}x\n${'**'.repeat(50_000)}/y`)
    assert.deepEqual(['x', 'a/b/x', 'a/y', 'z'].map(ignores), [true, true, true, false])
  })
})
