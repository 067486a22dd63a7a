import assert from 'node:assert/strict'
import { parseDockerfile } from '../../../server/src/dockerfile/index.ts'
import { applyEdits, withoutCommands, withoutWord } from '../../../server/src/fixes/index.ts'

/** The file without the commands that contain one of `texts`; undefined where they cannot be taken out. */
function without(text: string, ...texts: string[]): string | undefined {
  const dockerfile = parseDockerfile(text)
  const instruction = dockerfile.instructions.find(({ keyword }) => keyword === 'RUN' || keyword === 'CMD')
  assert.ok(instruction?.keyword === 'RUN' || instruction?.keyword === 'CMD')
  const ranges = texts.map((one) => {
    const start = text.indexOf(one)
    return { start, end: start + one.length }
  })
  const edits = withoutCommands(dockerfile, instruction, ranges)
  return edits && applyEdits(text, edits)
}

describe('a command taken out of its step', () => {
  it('goes with what joins it to the others, wherever it stands', () => {
    const text = 'FROM a\nRUN one && two && three\nUSER x\n'
    assert.equal(without(text, 'one'), 'FROM a\nRUN two && three\nUSER x\n')
    assert.equal(without(text, 'two'), 'FROM a\nRUN one && three\nUSER x\n')
    assert.equal(without(text, 'three'), 'FROM a\nRUN one && two\nUSER x\n')
    assert.equal(without(text, 'one', 'three'), 'FROM a\nRUN two\nUSER x\n')
    assert.equal(without(text, 'two', 'three'), 'FROM a\nRUN one\nUSER x\n')
    assert.equal(without(text, 'one', 'two'), 'FROM a\nRUN three\nUSER x\n')
  })
  it('takes the whole instruction where nothing is left', () => {
    assert.equal(without('FROM a\nRUN one && two\nUSER x\n', 'one', 'two'), 'FROM a\nUSER x\n')
    assert.equal(without('FROM a\nRUN ["one", "two"]\nUSER x\n', 'one'), 'FROM a\nUSER x\n')
  })
  it('keeps the lines of the others as they are, in both styles', () => {
    assert.equal(
      without('FROM a\nRUN one \\\n    && two \\\n    && three\n', 'two'),
      'FROM a\nRUN one \\\n    && three\n',
    )
    assert.equal(
      without('FROM a\nRUN one && \\\n  two && \\\n  three\n', 'two'),
      'FROM a\nRUN one && \\\n  three\n',
    )
    assert.equal(
      without('FROM a\nRUN one \\\n    && two \\\n    && three\n', 'one'),
      'FROM a\nRUN two \\\n    && three\n',
    )
    assert.equal(
      without('# escape=`\r\nFROM a\r\nRUN one `\r\n && two\r\nUSER x\r\n', 'two'),
      '# escape=`\r\nFROM a\r\nRUN one\r\nUSER x\r\n',
    )
  })
  it('knows lists by semicolon and by line', () => {
    assert.equal(without('FROM a\nRUN one; two; three\n', 'two'), 'FROM a\nRUN one; three\n')
    assert.equal(without('FROM a\nRUN one; two; three\n', 'three'), 'FROM a\nRUN one; two\n')
    assert.equal(without('FROM a\nRUN one; two && three\n', 'two'), 'FROM a\nRUN one; three\n')
    assert.equal(without('FROM a\nRUN one && two; three\n', 'two'), 'FROM a\nRUN one; three\n')
    assert.equal(without('FROM a\nRUN <<E\none\ntwo\nthree\nE\n', 'two'), 'FROM a\nRUN <<E\none\nthree\nE\n')
    assert.equal(without('FROM a\nRUN <<E\none\ntwo\nE\n', 'two'), 'FROM a\nRUN <<E\none\nE\n')
  })
  it('takes redirections and pipes along', () => {
    assert.equal(without('FROM a\nRUN one && echo x > /y && two\n', 'echo x'), 'FROM a\nRUN one && two\n')
    assert.equal(without('FROM a\nRUN echo x | tee /y && two\n', 'echo x'), 'FROM a\nRUN two\n')
  })
  it('stays where others depend on it', () => {
    assert.equal(without('FROM a\nRUN one || two\n', 'two'), undefined)
    assert.equal(without('FROM a\nRUN one && two || true\n', 'two'), undefined)
    assert.equal(without('FROM a\nRUN one & two\n', 'one'), undefined)
    assert.equal(without('FROM a\nRUN if one; then two; fi && three\n', 'two'), undefined)
    assert.equal(without('FROM a\nRUN (one; two) && three\n', 'two'), undefined)
    assert.equal(without('FROM a\nRUN sh -c "one && two" && three\n', 'two'), undefined)
    assert.equal(without('FROM a\nRUN cat > /x <<E && two\none\nE\n', 'cat'), undefined)
  })
})

describe('a word taken out of a command', () => {
  it('goes with the white space before it', () => {
    const text = 'FROM a\nEXPOSE 80  22\n'
    const start = text.indexOf('22')
    assert.equal(
      applyEdits(text, [withoutWord(parseDockerfile(text), { start, end: start + 2 })]),
      'FROM a\nEXPOSE 80\n',
    )
  })
})
