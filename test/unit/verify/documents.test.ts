import assert from 'node:assert/strict'
import { english, languageOf, text } from '../../../server/src/l10n/index.ts'
import {
  type VerifyReport,
  verifyJson,
  verifyMarkdown,
  verifyText,
} from '../../../server/src/verify/index.ts'

const report: VerifyReport = {
  engine: { program: 'docker', version: '27.1' },
  flags: ['--read-only', '--tmpfs', '/tmp'],
  checks: [
    {
      id: 'runs',
      subject: text`The start`,
      predicted: text`nothing fails`,
      observed: text`ends with exit code ${1}`,
      verdict: 'new',
      words: 'bad ```\u001b[31m| thing',
      problem: { severity: 'error', message: text`It does not stay up: exit code ${1}.` },
    },
    {
      id: 'write',
      subject: text`Write ${'/a|b_*'}`,
      predicted: text`allowed`,
      observed: undefined,
      verdict: 'unchecked',
      note: text`It had ended before this could be tried.`,
    },
    {
      id: 'build',
      subject: text`The build`,
      predicted: text`nothing fails`,
      observed: text`succeeds`,
      verdict: 'confirmed',
    },
  ],
  remarks: [],
}

describe('verify: the report', () => {
  it('as a document: a table that no path can break, and words that stay words', () => {
    const markdown = verifyMarkdown(report, english)
    assert.match(markdown, /^\| The start \| nothing fails \| ends with exit code 1 \| • not predicted \|$/m)
    assert.match(
      markdown,
      /^\| Write \/a\\\|b\\_\\\* \| allowed \| {2}\| – not checked\. It had ended before this could be tried\. \|$/m,
    )
    assert.match(markdown, /^````text\nbad ```.*\| thing\n````$/m)
    assert.match(markdown, /^1 of 1 predictions confirmed\. Not checked: 1\.$/m)
    assert.match(markdown, /^- \*\*Error\*\*: It does not stay up: exit code 1\.$/m)
  })

  it('in Chinese, for who reads it', async () => {
    const markdown = verifyMarkdown(report, await languageOf('zh-cn'))
    assert.match(markdown, /^# 已在容器中验证$/m)
    assert.match(markdown, /^\| 构建 \| 不会失败 \| 成功 \| ✓ 证实 \|$/m)
  })

  it('for a terminal: no control character of a container gets through', () => {
    const said = verifyText('Dockerfile', report, false)
    assert.match(said, /^ {4}\| bad ```\ufffd\[31m\| thing$/m)
    assert.match(said, /^error: It does not stay up: exit code 1\.$/m)
    assert.match(said, /^✓ The build +nothing fails +succeeds$/m)
  })

  it('for a terminal in Chinese: its columns stay in line', async () => {
    const said = verifyText('Dockerfile', report, false, await languageOf('zh-cn'))
    assert.match(said, /^ {15}预测 {6}观察$/m)
    assert.match(said, /^✓ 构建 {9}不会失败 {2}成功$/m)
  })

  it('for programs', () => {
    const { version, file, checks, summary } = JSON.parse(verifyJson('Dockerfile', report))
    assert.deepEqual([version, file], [1, 'Dockerfile'])
    assert.deepEqual(checks[1], {
      id: 'write',
      subject: 'Write /a|b_*',
      predicted: 'allowed',
      observed: null,
      verdict: 'unchecked',
      note: 'It had ended before this could be tried.',
      words: null,
      problem: null,
    })
    assert.deepEqual(summary, { confirmed: 1, wrong: 0, new: 1, unchecked: 1 })
  })
})
