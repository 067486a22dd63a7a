import assert from 'node:assert/strict'
import type { CodeLens, Hover, InlayHint } from 'vscode-languageserver'
import type { HardenAnswer, StatusAnswer } from '../../../server/src/language-server/protocol.ts'
import { type EditorOptions, eventually, openEditor, point, position, uri } from './editor.ts'

const text = 'FROM node:22\nWORKDIR /app\nUSER node\nRUN npm ci\n'
const whole = { start: position(0, 0), end: position(9, 0) }

async function editorIn(locale: string, options: EditorOptions = {}) {
  const editor = await openEditor({ ...options, locale })
  await editor.open(text)
  return editor
}
const hoverAt = async (editor: Awaited<ReturnType<typeof openEditor>>, line: number) => {
  const { contents } = await editor.at<Hover>('textDocument/hover', position(line, 2))
  return (contents as { value: string }).value
}

describe('the language of the editor', () => {
  it('is that of findings, of what they relate to and of their repairs', async () => {
    using editor = await editorIn('zh-cn')
    const { items } = await editor.pull()
    const [finding] = items.filter(({ code }) => code === 'not-writable')
    assert.equal(
      finding?.message,
      '`npm ci` 会写入 /app，它属于 root:root，权限 0755，但运行身份是 node (1000:1000)：权限被拒绝。请事先把 /app 的属主改为 node:node。',
    )
    assert.equal(finding.relatedInformation?.[0]?.message, 'WORKDIR 在这里（第 2 行）创建了 /app。')
    const titles = (await editor.actions(point(3, 4))).map(({ title }) => title)
    assert.ok(titles.includes('把 /app 的属主改为 `node:node`'), titles.join('\n'))
    assert.ok(titles.includes('在此处忽略 not-writable，并写明原因'), titles.join('\n'))
  })
  it('is that of hovers, lenses and hints', async () => {
    using editor = await editorIn('zh-CN', { settings: { codeLens: true, inlayHints: true } })
    assert.match(
      await hoverAt(editor, 0),
      /信息来自内置目录。[\s\S]*\n\n起始运行身份：\*\*root\*\*。\n\n容器以 node \(1000:1000\) 运行。/,
    )
    assert.match(await hoverAt(editor, 2), /^从这里开始：\*\*node \(1000:1000\)\*\*。账户来自 `node:22`。/)
    assert.match(await hoverAt(editor, 3), /由第 3 行设置。\n\n工作目录 `\/app`：不可写。/)
    const [lens] = await editor.client.sendRequest<CodeLens[]>('textDocument/codeLens', {
      textDocument: { uri },
    })
    assert.equal(lens?.command?.title, '运行身份：node (1000:1000)')
    const [hint] = await editor.client.sendRequest<InlayHint[]>('textDocument/inlayHint', {
      textDocument: { uri },
      range: whole,
    })
    assert.equal(hint?.label, '→ root')
  })
  it('is that of the reports', async () => {
    using editor = await editorIn('zh-hans')
    const { markdown } = await editor.command<{ markdown: string }>('unroot.server.explain', uri)
    assert.match(markdown, /\| 行 \| 运行身份 \| 目录 \| 指令 \| \|/)
    const status = await editor.command<StatusAnswer>('unroot.server.status', uri)
    assert.deepEqual([status.kind, status.tooltip], ['user', '容器以 node (1000:1000) 运行。'])
  })
  it('leaves what the client goes by as it is', async () => {
    using editor = await openEditor({ locale: 'zh-cn' })
    for (const [dockerfile, kind, said] of [
      ['FROM redis:8\n', 'steps-down', '降权为 redis'],
      ['FROM debian:12\n', 'root', 'root'],
      ['FROM debian:12\nRUN useradd --uid 1500 rootless\nUSER rootless\n', 'user', 'rootless (1500:1500)'],
      ['FROM registry.example.com/base\n', 'unknown', '未知'],
    ] as const) {
      const place = `file:///${kind}/Dockerfile`
      await editor.open(dockerfile, place)
      const status = await editor.command<StatusAnswer>('unroot.server.status', place)
      assert.deepEqual([status.kind, status.text], [kind, said])
    }
  })
  it('is that of the plan and of the run-time guidance', async () => {
    using editor = await openEditor({ locale: 'zh-cn' })
    await editor.open('FROM python:3.13-slim\nCMD ["python3", "app.py"]\n')
    const [action] = await editor.actions(whole, { only: ['refactor.rewrite'] })
    assert.equal(action?.title, '加固镜像：不以 root 运行')
    const answer = await editor.command<HardenAnswer>('unroot.server.harden', uri)
    assert.equal(answer.title, '加固镜像：不以 root 运行')
    assert.match(answer.summary, /\*\*步骤\*\*\n\n- 创建用户 `app` \(10001:10001\)：它不拥有任何文件/)
    const annotations = Object.values(answer.edit?.changeAnnotations ?? {})
    assert.deepEqual(
      annotations.map(({ label }) => label),
      ['创建用户 `app` (10001:10001)', '以 `app` 运行'],
    )
    const { markdown } = await editor.command<{ markdown: string }>('unroot.server.runtimeGuidance', uri)
    assert.match(markdown, /^# 以更小的权限运行此镜像\n/)
  })
  it('is that of mistakes in .unroot.json', async () => {
    using editor = await editorIn('zh-cn')
    const config = 'file:///work/.unroot.json'
    await editor.open('{ "rulez": {} }', config, 'json')
    const told = () => editor.published.find((one) => one.uri === config)?.diagnostics[0]?.message
    await eventually(() => told() !== undefined, 'the mistake is shown')
    assert.equal(told(), '未知的键 `rulez`。是不是想写 `rules`？')
  })
  it('is English where Unroot does not have it', async () => {
    using editor = await editorIn('fr')
    const { items } = await editor.pull()
    assert.match(items.map(({ message }) => message).join('\n'), /^`npm ci` writes to \/app,/m)
  })
})
