import assert from 'node:assert/strict'
import type {
  CodeLens,
  CompletionItem,
  Hover,
  InlayHint,
  Location,
  Range,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver/node'
import { able, applied, eventually, openEditor, position, uri } from './editor.ts'

const text = [
  'FROM debian:12', // 0
  'RUN groupadd --gid 1500 app && useradd --uid 1500 --gid 1500 --create-home app', // 1
  'WORKDIR /home/app', // 2
  'COPY --chown=app:app . .', // 3
  'RUN chown -R app:app /home/app/data', // 4
  'USER app', // 5
  'CMD ["/home/app/run"]', // 6
  '',
].join('\n')
const value = (hover: Hover | null) => (hover?.contents as { value: string } | undefined)?.value ?? ''

describe('hover', () => {
  it('tells what FROM brings', async () => {
    using editor = await openEditor()
    await editor.open('FROM node:22\nUSER node\n')
    const shown = value(await editor.at('textDocument/hover', position(0, 7)))
    assert.match(shown, /`node:22`/)
    assert.match(shown, /`node` \(1000:1000\)/)
    assert.match(shown, /Starts as \*\*root\*\*/)
    assert.match(shown, /The container runs as node/)
  })

  it('tells who USER makes of it and where the account is from', async () => {
    using editor = await openEditor()
    await editor.open(text)
    const shown = value(await editor.at('textDocument/hover', position(5, 6)))
    assert.match(shown, /From here on: \*\*app \(1500:1500\)\*\*/)
    assert.match(shown, /Account from line 2\. Home `\/home\/app`/)
  })

  it('tells of every instruction who runs it, since when, and whether the folder is theirs', async () => {
    using editor = await openEditor()
    await editor.open(text)
    const shown = value(await editor.at('textDocument/hover', position(6, 1)))
    assert.match(shown, /Runs as \*\*app \(1500:1500\)\*\*, set by line 6/)
    assert.match(shown, /Working directory `\/home\/app`: /)
  })

  it('has the general text below, where that is on', async () => {
    using editor = await openEditor()
    await editor.open(text)
    assert.match(value(await editor.at('textDocument/hover', position(5, 1))), /---/)
    await editor.changeSettings({ dockerfileFeatures: 'off' })
    await eventually(
      async () => !value(await editor.at('textDocument/hover', position(5, 1))).includes('---'),
      'off',
    )
  })

  it('lets no markup of the file through', async () => {
    using editor = await openEditor({ settings: { dockerfileFeatures: 'off' } })
    await editor.open('FROM [x](command:evil)`\nUSER <img>\n')
    for (const line of [0, 1]) {
      const shown = value(await editor.at('textDocument/hover', position(line, 7)))
      assert.doesNotMatch(shown.replace(/(`+).*?\1|\\./g, ''), /<img|\]\(command/)
    }
  })
})

describe('lens and hints', () => {
  const range = { start: position(0, 0), end: position(9, 0) }
  const ask = <T>(editor: Awaited<ReturnType<typeof openEditor>>, method: string) =>
    editor.client.sendRequest<T[]>(method, { textDocument: { uri }, range })

  it('are off until somebody wants them', async () => {
    using editor = await openEditor()
    await editor.open(text)
    assert.deepEqual(await ask(editor, 'textDocument/codeLens'), [])
    assert.deepEqual(await ask(editor, 'textDocument/inlayHint'), [])
  })

  it('say who runs', async () => {
    using editor = await openEditor({ settings: { codeLens: true, inlayHints: true } })
    await editor.open(text)
    const [lens] = await ask<CodeLens>(editor, 'textDocument/codeLens')
    assert.equal(lens?.command?.title, 'Runs as: app (1500:1500)')
    assert.equal(lens.command.command, 'unroot.showRuntimeGuidance')
    const hints = await ask<InlayHint>(editor, 'textDocument/inlayHint')
    assert.deepEqual(
      hints.map(({ label, position: { line } }) => [line, label]),
      [
        [0, '→ root'],
        [5, '→ app (1500:1500)'],
      ],
    )
  })
})

describe('completion', () => {
  const labels = async (text: string, line: number, character: number, settings = {}) => {
    using editor = await openEditor({ settings })
    await editor.open(text)
    const items = await editor.at<CompletionItem[]>('textDocument/completion', position(line, character))
    return items.map(({ label }) => label)
  }

  it('knows the accounts in USER, those of this file first', async () => {
    const found = await labels(text.replace('USER app', 'USER '), 5, 5)
    assert.deepEqual(found.slice(0, 2), ['app', '1500:1500'])
    assert.ok(found.includes('nobody'))
  })

  it('knows them in --chown, and groups behind the colon', async () => {
    assert.equal((await labels(text.replace('--chown=app:app', '--chown='), 3, 13))[0], 'app')
    const groups = await labels(text.replace('--chown=app:app', '--chown=app:'), 3, 17)
    assert.ok(groups.includes('app') && groups.includes('staff'))
  })

  it('knows stages and images in FROM, and asks no registry', async () => {
    const found = await labels('FROM debian:12 AS build\nFROM \n', 1, 5)
    assert.equal(found[0], 'build')
    assert.ok(found.includes('python'))
    assert.deepEqual(await labels('FROM alpine:\n', 0, 12), [])
  })

  it('has the instructions of the general service', async () => {
    assert.ok(
      (await labels('FROM x\n\n', 1, 0)).includes(
        'HEALTHCHECK --interval=30s --timeout=30s --start-period=5s --retries=3 CMD',
      ) || (await labels('FROM x\nE\n', 1, 1)).some((label) => label.startsWith('EXPOSE')),
    )
    assert.deepEqual(await labels('FROM x\nE\n', 1, 1, { dockerfileFeatures: 'off' }), [])
  })
})

describe('an account', () => {
  const onUser = position(5, 6)

  it('is defined where it is made', async () => {
    using editor = await openEditor()
    await editor.open(text)
    const { range } = await editor.at<Location>('textDocument/definition', onUser)
    assert.equal(range.start.line, 1)
    assert.equal(text.split('\n')[1]?.slice(range.start.character, range.end.character), 'app')
  })

  it('is referred to by USER, --chown and commands', async () => {
    using editor = await openEditor()
    await editor.open(text)
    const found = await editor.at<Location[]>('textDocument/references', onUser, {
      context: { includeDeclaration: false },
    })
    assert.deepEqual([...new Set(found.map(({ range }) => range.start.line))].sort(), [1, 3, 4, 5])
  })

  it('is renamed with its group and its home', async () => {
    using editor = await openEditor()
    await editor.open(text)
    const range = await editor.at<Range>('textDocument/prepareRename', onUser)
    assert.deepEqual(range, { start: position(5, 5), end: position(5, 8) })
    const edit = await editor.at<WorkspaceEdit>('textDocument/rename', onUser, { newName: 'worker' })
    assert.equal(applied(text, edit), text.replaceAll(/\bapp\b/g, 'worker'))
  })

  it('keeps to names that a system takes', async () => {
    using editor = await openEditor()
    await editor.open(text)
    await assert.rejects(editor.at('textDocument/rename', onUser, { newName: 'No Good' }), /small letter/)
  })
})

describe('commands of the server', () => {
  const rootful = 'FROM python:3.13-slim\nCMD ["python3"]\n'

  it('harden', async () => {
    using editor = await openEditor()
    await editor.open(rootful)
    const answer = await editor.command<{
      edit: WorkspaceEdit
      title: string
      summary: string
      refused: string[]
    }>('unroot.server.harden', uri)
    assert.notEqual(applied(rootful, answer.edit), rootful)
    assert.ok(
      Object.values(answer.edit.changeAnnotations ?? {}).every(({ needsConfirmation }) => needsConfirmation),
    )
    assert.ok(answer.title && answer.summary)
    assert.deepEqual(answer.refused, [])
  })

  it('explain and advise in Markdown', async () => {
    using editor = await openEditor()
    await editor.open(rootful)
    const explained = await editor.command<{ markdown: string }>('unroot.server.explain', uri)
    assert.match(explained.markdown, /\| 2 \| root \|/)
    const advice = await editor.command<{ markdown: string }>('unroot.server.runtimeGuidance', uri)
    assert.ok(advice.markdown.length > 0)
  })

  for (const [file, expected] of [
    [rootful, { text: 'root', kind: 'root' }],
    [text, { text: 'app (1500:1500)', kind: 'user' }],
    ['FROM redis:7\n', { text: 'drops to redis', kind: 'steps-down' }],
    ['FROM registry.corp/unheard-of\n', { kind: 'unknown' }],
  ] as const)
    it(`status of ${file.split('\n')[0]}`, async () => {
      using editor = await openEditor()
      await editor.open(file)
      const status = await editor.command<Record<string, string>>('unroot.server.status', uri)
      for (const [key, wanted] of Object.entries(expected)) assert.equal(status[key], wanted)
      assert.ok(status.tooltip)
    })

  it('status of nothing', async () => {
    using editor = await openEditor()
    await editor.open('# nothing\n')
    assert.equal(await editor.command('unroot.server.status', uri), null)
  })
})

describe('general features', () => {
  const formatting = 'textDocument/formatting'
  const format = (editor: Awaited<ReturnType<typeof openEditor>>) =>
    editor.client.sendRequest<TextEdit[]>(formatting, {
      textDocument: { uri },
      options: { tabSize: 4, insertSpaces: true },
    })

  it('are registered while no other extension serves Dockerfiles', async () => {
    using editor = await openEditor()
    await eventually(() => editor.registered.has(formatting), 'registered')
    assert.ok(![...editor.registered].some((method) => method.includes('semanticTokens')))
    assert.equal(editor.capabilities.semanticTokensProvider, undefined)
    await editor.changeSettings({ dockerfileFeatures: 'off' })
    await eventually(() => !editor.registered.has(formatting), 'taken back')
  })

  it('stand back where one does, unless they are wanted', async () => {
    using editor = await openEditor({
      initializationOptions: { otherDockerfileExtension: true, trusted: true },
    })
    await editor.open('FROM x\n  RUN a\n')
    assert.deepEqual(await format(editor), [])
    assert.ok(!editor.registered.has(formatting))
    await editor.changeSettings({ dockerfileFeatures: 'on' })
    await eventually(() => editor.registered.has(formatting), 'registered')
    assert.ok((await format(editor)).length > 0)
  })

  it('are declared at once to clients that cannot be told later', async () => {
    using editor = await openEditor({ capabilities: {} })
    assert.equal(editor.capabilities.documentFormattingProvider, true)
  })

  it('fold, list, highlight and rename stages', async () => {
    using editor = await openEditor()
    const stages = 'FROM debian:12 AS build\nRUN a && \\\n  b\nFROM scratch\nCOPY --from=build /a /a\n'
    await editor.open(stages)
    const folds = await editor.client.sendRequest<object[]>('textDocument/foldingRange', {
      textDocument: { uri },
    })
    assert.equal(folds.length, 1)
    const symbols = await editor.client.sendRequest<object[]>('textDocument/documentSymbol', {
      textDocument: { uri },
    })
    assert.equal(symbols.length, 4)
    assert.equal((await editor.at<object[]>('textDocument/documentHighlight', position(0, 20))).length, 2)
    const edit = await editor.at<WorkspaceEdit>('textDocument/rename', position(0, 20), {
      newName: 'compile',
    })
    assert.equal(applied(stages, edit), stages.replaceAll('build', 'compile'))
  })

  it('never change what a heredoc says', async () => {
    using editor = await openEditor()
    await editor.open('FROM debian:12\nCOPY <<"EOF" /x\n    indented\n  EOF\nEOF\nRUN <<EOF\n  a\nEOF\n')
    assert.deepEqual(await format(editor), [])
  })

  for (const [what, file] of [
    ['cyclic stages', 'FROM b AS a\nFROM a AS b\nUSER $X\n'],
    ['a stage of itself', 'FROM a AS a\nENV X=$Y\nRUN $X\n'],
    ['a stage twice', 'FROM x AS a\nFROM a AS a\nRUN $X\n'],
    ['3,000 lines', `FROM x\n${'RUN a\n'.repeat(3_000)}`],
    ['thousands of variables', `FROM x\n${`ARG a=${'$b'.repeat(20)}\n`.repeat(1_900)}`],
    ['a long line', `FROM x\nRUN ${'a'.repeat(300_000)}\n`],
    ['half a line', 'FROM\nCOPY --from\nHEALTHCHECK --interval=\nENV a="b\nRUN <<EOF'],
  ] as const)
    it(`answer about ${what}`, async function () {
      this.timeout(5_000)
      using editor = await openEditor()
      await editor.open(file)
      await format(editor)
      for (const method of [
        'hover',
        'completion',
        'documentHighlight',
        'signatureHelp',
        'definition',
        'prepareRename',
      ])
        for (const line of [0, 1, 2]) await editor.at(`textDocument/${method}`, position(line, 5))
      for (const method of ['foldingRange', 'documentSymbol'])
        await editor.client.sendRequest(`textDocument/${method}`, { textDocument: { uri } })
      assert.ok(able)
    })
})
