import assert from 'node:assert/strict'
import { matchesShellPattern, readPattern } from '../../../server/src/shell/index.ts'

/** What sh says in `case text in pattern)`. */
const cases: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
  ['*.sh', 'start.sh', true],
  ['a?c', 'abc', true],
  ['x[0-9]', 'x3', true],
  ['x[0-9]', 'xy', false],
  ['[!a]b', 'cb', true],
  ['[!a]b', 'ab', false],
  ['[]a]', ']', true],
  ['[[:alpha:]]*', 'abc', true],
  ['[[:alpha:]]*', '1bc', false],
  ['[[:digit:]]', '5', true],
  ['[![:digit:]]', '5', false],
  ['[[:upper:]_]x', '_x', true],
  ['[a', '[a', true],
  ['\\*', '*', true],
  ['\\*', 'a', false],
]

describe('shell patterns', () => {
  for (const [pattern, text, matches] of cases) {
    it(`${pattern} ${matches ? 'matches' : 'does not match'} ${text}`, () => {
      assert.equal(matchesShellPattern(readPattern(pattern), text), matches)
    })
  }
})
