import assert from 'node:assert/strict'
import type { CodeAction, SnippetTextEdit, TextDocumentEdit } from 'vscode-languageserver/node'
import { able, applied, openEditor, point, uri } from './editor.ts'

const rootful = 'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nCMD ["python3", "app.py"]\n'
const onImage = point(0, 8)
const titled = (actions: readonly CodeAction[], part: string) =>
  actions.find(({ title }) => title.includes(part))

describe('code actions', () => {
  it('repair, best first, with the edit when it is chosen', async () => {
    using editor = await openEditor()
    await editor.open(rootful)
    const fixes = (await editor.actions(onImage)).filter(({ kind, data }) => kind === 'quickfix' && data)
    const [first] = fixes
    assert.equal(first?.isPreferred, true)
    assert.equal(first.edit, undefined)
    assert.equal(first.diagnostics?.[0]?.code, 'runs-as-root')
    const { edit } = await editor.resolve(first)
    const after = applied(rootful, edit)
    assert.notEqual(after, rootful)
    await editor.change(2, [{ text: after }])
    assert.ok(!(await editor.pull()).items.some(({ code }) => code === 'runs-as-root'))
  })

  it('come with their edit for clients that cannot ask later', async () => {
    const codeAction = { dynamicRegistration: true }
    using editor = await openEditor({
      capabilities: { ...able, textDocument: { ...able.textDocument, codeAction } },
    })
    await editor.open(rootful)
    const fixes = (await editor.actions(onImage)).filter(
      ({ kind, command }) => kind === 'quickfix' && !command,
    )
    assert.ok(fixes.length > 0)
    for (const { edit } of fixes) assert.notEqual(applied(rootful, edit), rootful)
  })

  it('speak plain `changes` to clients that know nothing else', async () => {
    using editor = await openEditor({ capabilities: {} })
    await editor.open(rootful)
    for (const { edit, command } of await editor.actions(onImage)) {
      if (command) continue
      assert.equal(edit?.documentChanges, undefined)
      assert.ok(edit?.changes?.[uri]?.length)
    }
  })

  it('do nothing to a text that has changed meanwhile', async () => {
    using editor = await openEditor()
    await editor.open(rootful)
    const [first] = await editor.actions(onImage)
    assert.ok(first)
    await editor.change(2, [{ range: point(0, 0), text: '# a line\n' }])
    assert.equal((await editor.resolve(first)).edit, undefined)
  })

  it('offer the commands of a client that has them', async () => {
    using editor = await openEditor()
    await editor.open(rootful)
    const offers = (await editor.actions(onImage)).flatMap(({ command }) => command ?? [])
    for (const { command, arguments: args } of offers) {
      assert.match(command, /^unroot\.(showRuntimeGuidance|hardenImage|declareBaseImage)$/)
      assert.equal(args?.[0], uri)
    }
    using other = await openEditor({ initializationOptions: {} })
    await other.open(rootful)
    assert.ok((await other.actions(onImage)).every(({ command }) => command === undefined))
  })

  it('are not there where there is no finding', async () => {
    using editor = await openEditor()
    await editor.open(rootful)
    const elsewhere = await editor.actions(point(1, 3), { only: ['quickfix'] })
    assert.deepEqual(
      elsewhere.filter(({ diagnostics }) => diagnostics?.some(({ code }) => code === 'runs-as-root')),
      [],
    )
  })
})

describe('ignore here, with a reason', () => {
  const ignore = async (text: string, at = onImage, capabilities = able) => {
    using editor = await openEditor({ capabilities })
    await editor.open(text)
    const action = titled(await editor.actions(at), 'Ignore runs-as-root')
    assert.ok(action)
    const { edit } = await editor.resolve(action)
    return { edit, after: applied(text, edit) }
  }

  it('puts a comment above, with the reason to be typed', async () => {
    const { edit, after } = await ignore(rootful)
    assert.equal(after, `# unroot ignore=runs-as-root reason="why"\n${rootful}`)
    const [change] = (edit?.documentChanges ?? []) as TextDocumentEdit[]
    const [snippet] = (change?.edits ?? []) as SnippetTextEdit[]
    assert.match(snippet?.snippet.value ?? '', /reason="\$\{1:why\}"/)
  })

  it('goes above the comments of the instruction and below the directives', async () => {
    const { after } = await ignore(`# syntax=docker/dockerfile:1\n# our base\n${rootful}`, point(2, 8))
    assert.equal(
      after,
      `# syntax=docker/dockerfile:1\n# unroot ignore=runs-as-root reason="why"\n# our base\n${rootful}`,
    )
  })

  it('ends its line as the file does', async () => {
    const crlf = rootful.replaceAll('\n', '\r\n')
    assert.equal((await ignore(crlf)).after, `# unroot ignore=runs-as-root reason="why"\r\n${crlf}`)
  })

  it('is plain text for clients without snippets', async () => {
    const workspaceEdit = { documentChanges: true }
    const { after } = await ignore(rootful, onImage, {
      ...able,
      workspace: { ...able.workspace, workspaceEdit },
    })
    assert.ok(after.startsWith('# unroot ignore=runs-as-root reason=""\nFROM'))
  })

  it('works: the finding is gone', async () => {
    const { after } = await ignore(rootful)
    using editor = await openEditor()
    await editor.open(after)
    assert.ok(!(await editor.pull()).items.some(({ code }) => code === 'runs-as-root'))
  })
})

describe('whole-file actions', () => {
  const everything = { start: { line: 0, character: 0 }, end: { line: 4, character: 0 } }

  it('harden the image, step by step, for a person to confirm', async () => {
    using editor = await openEditor()
    await editor.open(rootful)
    const [action] = await editor.actions(point(2, 0), { only: ['refactor'] })
    assert.equal(action?.kind, 'refactor.rewrite.unroot.harden')
    const annotations = Object.values(action.edit?.changeAnnotations ?? {})
    assert.ok(annotations.length > 0)
    for (const { needsConfirmation, label, description } of annotations)
      assert.ok(needsConfirmation && label && description)
    const after = applied(rootful, action.edit)
    await editor.change(2, [{ text: after }])
    assert.ok(!(await editor.pull()).items.some(({ code }) => code === 'runs-as-root'))
    const [again] = await editor.actions(point(2, 0), { only: ['refactor.rewrite.unroot.harden'] })
    assert.ok(again?.disabled?.reason)
  })

  it('are worked out only when chosen while somebody just moves the cursor', async () => {
    using editor = await openEditor()
    await editor.open(rootful)
    const action = (await editor.actions(point(2, 0), { triggerKind: 2 })).find(({ kind }) =>
      kind?.endsWith('harden'),
    )
    assert.ok(action && action.edit === undefined)
    assert.notEqual(applied(rootful, (await editor.resolve(action)).edit), rootful)
  })

  it('fix all on save with what is safe, and only when asked by name', async () => {
    using editor = await openEditor()
    await editor.open(rootful)
    assert.ok(!(await editor.actions(everything)).some(({ kind }) => kind?.startsWith('source')))
    for (const { edit } of await editor.actions(everything, { only: ['source.fixAll'] })) {
      const after = applied(rootful, edit)
      // Whoever ran before runs after.
      assert.doesNotMatch(after, /^USER/m)
    }
    assert.deepEqual(await editor.actions(everything, { only: ['source.organizeImports'] }), [])
  })
})
