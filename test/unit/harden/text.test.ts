import assert from 'node:assert/strict'
import { applyEdits } from '../../../server/src/fixes/index.ts'
import { harden } from '../../../server/src/harden/index.ts'
import { analysed, hardened, type Wishes } from './files.ts'

/** What an edit leaves as it was, and how its own lines look. */
describe('harden leaves the text alone', () => {
  const plain = 'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nVOLUME /data\nCMD ["python3", "x.py"]\n'

  function bytesStay(text: string, wishes: Wishes = {}) {
    const { result, edits, steps } = hardened(text, wishes)
    assert.ok(edits.length > 0, 'something is changed')
    assert.equal(applyEdits(text, edits), result)
    assert.deepEqual(
      steps.flatMap(({ edits: own }) => own).length,
      edits.length,
      'the edits are those of the steps',
    )
    let end = 0
    for (const { range } of edits) {
      assert.ok(range.start >= end, 'edits do not overlap')
      end = range.end
    }
    // What is between the edits is in the result, in order.
    let from = 0
    let at = 0
    for (const { range } of [...edits, { range: { start: text.length, end: text.length } }]) {
      const kept = text.slice(from, range.start)
      const found = result.indexOf(kept, at)
      assert.ok(found >= 0, JSON.stringify(kept))
      at = found + kept.length
      from = range.end
    }
    assert.equal(harden(analysed(result, wishes)).result, result)
    return result
  }

  it('with line feeds', () => {
    assert.equal(
      bytesStay(plain),
      [
        'FROM python:3.13-slim',
        'RUN groupadd --gid 10001 app \\',
        '    && useradd --uid 10001 --gid app --no-create-home --home-dir /app --shell /usr/sbin/nologin app \\',
        '    && install -d -o app -g app /data',
        'WORKDIR /app',
        'COPY . .',
        'VOLUME /data',
        'USER app',
        'CMD ["python3", "x.py"]',
        '',
      ].join('\n'),
    )
  })

  it('with CRLF', () => {
    const result = bytesStay(plain.replaceAll('\n', '\r\n'))
    assert.doesNotMatch(result, /[^\r]\n/)
  })

  it('with a byte order mark', () => {
    assert.ok(bytesStay(`\uFEFF${plain}`).startsWith('\uFEFFFROM '))
  })

  it('without a line break at the end', () => {
    assert.ok(bytesStay(plain.trimEnd()).endsWith('CMD ["python3", "x.py"]'))
    assert.ok(bytesStay('FROM node:20\nCOPY . .').endsWith('COPY . .\nUSER node'))
  })

  it('with keywords in lower case', () => {
    assert.match(
      bytesStay('from python:3.13-slim\nworkdir /app\ncopy . .\ncmd python3 x.py\n'),
      /\nrun groupadd[\s\S]*\nuser app\ncmd/,
    )
  })

  it('with tabs and blanks', () => {
    const result = bytesStay(
      'FROM debian:12\nRUN apt-get update \\\n\t&& apt-get clean  \n\n\tVOLUME /data\t\nCMD ["sleep", "1"]',
    )
    assert.match(result, /groupadd --gid 10001 app \\\n\t&& useradd/)
    assert.match(result, /\n\tVOLUME \/data\t\n/)
  })

  it('with a backtick as escape', () => {
    assert.match(
      bytesStay('# escape=`\nFROM debian:12\nCMD ["sleep", "1"]\n'),
      /RUN groupadd --gid 10001 app `\n {4}&& useradd/,
    )
  })

  it('with comments where they belong', () => {
    assert.match(
      bytesStay('FROM node:20\nCOPY . .\n\n# Start the server\nCMD ["node", "x.js"]\n'),
      /COPY \. \.\n\nUSER node\n# Start the server\nCMD/,
    )
  })

  it('and nothing at all where it refuses or has nothing to do', () => {
    for (const text of [
      '',
      '# nothing\n',
      'FROM node:20\nUSER node\n',
      'FROM debian:12\nRUNN x\n',
      '\u0000\u0001',
    ])
      assert.equal(hardened(text).result, text)
  })

  it('in steps that can be taken one by one', () => {
    const { steps } = hardened(
      'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN mkdir -p /app/uploads\nCMD ["python3", "x.py"]\n',
    )
    assert.deepEqual(
      steps.map(({ title, safety }) => [title, safety]),
      [
        ['Create the user `app` (10001:10001)', 'suggestion'],
        ['Give /app/uploads to `app`', 'suggestion'],
        ['Run as `app`', 'suggestion'],
      ],
    )
    for (const { reason } of steps) assert.match(reason, /\.$/)
  })

  it('and offers only a number, as unsafe, where nobody knows the base', () => {
    const plan = hardened('FROM registry.example.com/team/base:3\nCOPY . .\nCMD ["./run"]\n')
    assert.equal(plan.outcome, 'decisions')
    assert.deepEqual(
      plan.steps.map(({ safety }) => safety),
      ['unsafe'],
    )
    assert.match(plan.result, /USER 10001:10001\nCMD/)
    assert.match(plan.remaining.join('\n'), /\.unroot\.json/)
  })
})
