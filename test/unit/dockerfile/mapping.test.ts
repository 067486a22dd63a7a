import assert from 'node:assert/strict'
import {
  createLineIndex,
  type Instruction,
  parseDockerfile,
  sliceMapped,
  toFileOffset,
  toFileRange,
} from '../../../server/src/dockerfile/index.ts'

type WithKeyword<I, K> = I extends { keyword: infer W } ? (K extends W ? I : never) : never

function only<K extends Instruction['keyword']>(text: string, keyword: K): WithKeyword<Instruction, K> {
  const found = parseDockerfile(text).instructions.find((instruction) => instruction.keyword === keyword)
  assert.ok(found !== undefined)
  return found as WithKeyword<Instruction, K>
}

describe('Mapped text', () => {
  const text = 'FROM a\nRUN one \\\n# no\n  two && \\\n  three\n'

  it('leads from the script that the shell gets back to the file', () => {
    const { command } = only(text, 'RUN')
    assert.ok(command.form === 'shell')
    assert.equal(command.script.text, 'one   two &&   three')
    for (const word of ['one', 'two', 'three']) {
      const start: number = command.script.text.indexOf(word)
      assert.equal(toFileOffset(command.script, start), text.indexOf(word))
      const range = toFileRange(command.script, { start, end: start + word.length })
      assert.equal(text.slice(range.start, range.end), word)
    }
  })

  it('covers what lies between two pieces', () => {
    const { command } = only(text, 'RUN')
    assert.ok(command.form === 'shell')
    const range = toFileRange(command.script, { start: 0, end: command.script.text.length })
    assert.equal(text.slice(range.start, range.end), text.slice(text.indexOf('one'), text.length - 1))
  })

  it('can be cut, and stays mapped', () => {
    const { command } = only(text, 'RUN')
    assert.ok(command.form === 'shell')
    const start = command.script.text.indexOf('two')
    const cut = sliceMapped(command.script, start, command.script.text.length)
    assert.equal(cut.text, 'two &&   three')
    assert.equal(toFileOffset(cut, 0), text.indexOf('two'))
    assert.equal(toFileOffset(cut, cut.text.indexOf('three')), text.indexOf('three'))
  })

  it('maps heredoc scripts, tabs off', () => {
    const file = 'FROM a\nRUN <<-EOF\n\tone\n\t\ttwo\n\tEOF\n'
    const { command, heredocs } = only(file, 'RUN')
    assert.ok(command.form === 'shell')
    assert.equal(command.script.text, 'one\ntwo\n')
    assert.equal(toFileOffset(command.script, command.script.text.indexOf('two')), file.indexOf('two'))
    assert.equal(file.slice(heredocs[0]?.markerRange.start, heredocs[0]?.markerRange.end), '<<-EOF')
    assert.equal(file.slice(heredocs[0]?.bodyRange.start, heredocs[0]?.bodyRange.end), '\tone\n\t\ttwo\n')
    assert.equal(file.slice(heredocs[0]?.closingRange?.start, heredocs[0]?.closingRange?.end), 'EOF')
  })

  it('maps a command with heredocs as the shell reads it', () => {
    const file = 'FROM a\nRUN cat <<EOF > x\none\nEOF\n'
    const { command } = only(file, 'RUN')
    assert.ok(command.form === 'shell')
    assert.equal(command.script.text, 'cat <<EOF > x\none\nEOF')
    assert.equal(toFileOffset(command.script, command.script.text.indexOf('one')), file.indexOf('one'))
    assert.equal(toFileOffset(command.script, command.script.text.length - 3), file.lastIndexOf('EOF'))
  })

  it('gives the trigger of ONBUILD offsets of the file', () => {
    const file = 'FROM a\nONBUILD COPY --chown=b c d\nONBUILD RUN <<X\ne\nX\n'
    const [first, second] = parseDockerfile(file).instructions.filter(({ keyword }) => keyword === 'ONBUILD')
    assert.ok(first?.keyword === 'ONBUILD' && first.instruction?.keyword === 'COPY')
    const { chown, keywordRange } = first.instruction
    assert.equal(file.slice(chown?.range.start, chown?.range.end), 'b')
    assert.equal(file.slice(keywordRange.start, keywordRange.end), 'COPY')
    assert.ok(second?.keyword === 'ONBUILD' && second.instruction?.keyword === 'RUN')
    assert.ok(second.instruction.command.form === 'shell')
    assert.equal(second.instruction.command.script.text, 'e\n')
    assert.equal(toFileOffset(second.instruction.command.script, 0), file.indexOf('e\nX'))
  })

  it('places words, flags and their values', () => {
    const file =
      'FROM --platform=linux/arm64 a:b AS c\nENV d=e f="g h"\nCOPY --chown="1:2" i \\\n  j\nCMD ["k", "l\\"m"]\n'
    const slice = (range: { start: number; end: number } | undefined) => file.slice(range?.start, range?.end)
    const from = only(file, 'FROM')
    assert.deepEqual(
      [slice(from.platform?.range), slice(from.image?.range), slice(from.stageName?.range)],
      ['linux/arm64', 'a:b', 'c'],
    )
    const env = only(file, 'ENV')
    assert.deepEqual(
      env.pairs.map(({ key, value }) => [slice(key.range), slice(value?.range)]),
      [
        ['d', 'e'],
        ['f', '"g h"'],
      ],
    )
    const copy = only(file, 'COPY')
    assert.equal(copy.chown?.raw, '1:2')
    assert.equal(slice(copy.flags[0]?.range), '--chown="1:2"')
    assert.equal(slice(copy.flags[0]?.nameRange), '--chown')
    assert.equal(slice(copy.destination?.range), 'j')
    assert.equal(slice(copy.argumentsRange), 'i \\\n  j')
    const cmd = only(file, 'CMD')
    assert.ok(cmd.command.form === 'json')
    assert.deepEqual(
      cmd.command.args.map(({ raw, range }) => [raw, slice(range)]),
      [
        ['k', '"k"'],
        ['l"m', '"l\\"m"'],
      ],
    )
  })

  it('places the options of a mount that goes over lines', () => {
    const file = 'FROM a\nRUN --mount=type=cache,\\\ntarget=/x,uid=5 b\n'
    const [mount] = only(file, 'RUN').mounts
    const place = (name: string) => {
      const range = mount?.options.get(name)?.range
      return file.slice(range?.start, range?.end)
    }
    assert.deepEqual(
      [mount?.type, place('type'), place('target'), place('uid')],
      ['cache', 'cache', '/x', '5'],
    )
  })

  it('knows comments above and inside', () => {
    const file = '# top\n\n# one\n# two\nFROM a\nRUN b \\\n # in\n c\n'
    const parsed = parseDockerfile(file)
    assert.deepEqual(
      parsed.comments.map(({ text: comment, inside }) => [comment, inside]),
      [
        ['top', false],
        ['one', false],
        ['two', false],
        ['in', true],
      ],
    )
    assert.deepEqual(
      parsed.instructions[0]?.leadingComments.map(({ start, end }) => file.slice(start, end)),
      ['# one', '# two'],
    )
    assert.deepEqual(parsed.instructions[1]?.leadingComments, [])
  })
})

describe('The line index', () => {
  it('knows lines that end with LF and CRLF', () => {
    const lines = createLineIndex('ab\r\n\ncd')
    assert.equal(lines.count, 3)
    assert.deepEqual(
      [0, 1, 2].map((line) => [lines.lineStart(line), lines.lineEnd(line)]),
      [
        [0, 2],
        [4, 4],
        [5, 7],
      ],
    )
    assert.deepEqual(lines.positionAt(6), { line: 2, character: 1 })
    assert.equal(lines.offsetAt({ line: 2, character: 1 }), 6)
  })

  it('clamps what lies outside', () => {
    const lines = createLineIndex('ab\ncd')
    assert.equal(lines.offsetAt({ line: 0, character: 99 }), 2)
    assert.equal(lines.offsetAt({ line: 99, character: 0 }), 5)
    assert.deepEqual(lines.positionAt(99), { line: 1, character: 2 })
    assert.deepEqual(lines.positionAt(-1), { line: 0, character: 0 })
  })
})
