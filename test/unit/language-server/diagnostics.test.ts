import assert from 'node:assert/strict'
import type { Diagnostic } from 'vscode-languageserver/node'
import { scratchFacts } from '../../../server/src/base-images/index.ts'
import type { Host } from '../../../server/src/language-server/host.ts'
import { able, eventually, openEditor, uri } from './editor.ts'

const rootful = 'FROM python:3.13-slim\nCMD ["python3"]\n'
const codes = (items: readonly Diagnostic[]) => items.map(({ code }) => code)

describe('diagnostics', () => {
  it('are pulled, with everything that an editor shows of them', async () => {
    using editor = await openEditor()
    assert.deepEqual(editor.capabilities.diagnosticProvider, {
      identifier: 'unroot',
      interFileDependencies: true,
      workspaceDiagnostics: false,
    })
    await editor.open(rootful)
    const { kind, items } = await editor.pull()
    assert.equal(kind, 'full')
    const found = items.find(({ code }) => code === 'runs-as-root')
    assert.equal(found?.source, 'unroot')
    assert.equal(found.severity, 2)
    assert.deepEqual(found.range, { start: { line: 0, character: 5 }, end: { line: 0, character: 21 } })
    assert.equal(
      found.codeDescription?.href,
      'https://github.com/unroot-dev/unroot/blob/main/docs/rules/runs-as-root.md',
    )
    assert.deepEqual(found.data, { rule: 'runs-as-root', certainty: 'certain' })
    for (const { location } of found.relatedInformation ?? []) assert.equal(location.uri, uri)
  })

  it('follow typing', async () => {
    using editor = await openEditor()
    await editor.open(rootful)
    await editor.pull()
    const end = { line: 2, character: 0 }
    await editor.change(2, [{ range: { start: end, end }, text: 'USER 65532:65532\n' }])
    assert.ok(!codes((await editor.pull()).items).includes('runs-as-root'))
  })

  it('are for the newest text, however many changes wait', async () => {
    using editor = await openEditor()
    await editor.open(rootful)
    const end = { line: 2, character: 0 }
    const pulls = []
    for (const [index, character] of [...'USER 65532:65532'].entries()) {
      const at = { line: 2, character: index }
      await editor.change(index + 2, [
        { range: { start: index === 0 ? end : at, end: index === 0 ? end : at }, text: character },
      ])
      pulls.push(editor.pull().catch(() => undefined))
    }
    const last = (await Promise.all(pulls)).at(-1)
    assert.ok(last && !codes(last.items).includes('runs-as-root'))
  })

  it('are not sent again where nothing changed', async () => {
    using editor = await openEditor()
    await editor.open(rootful)
    const { resultId } = await editor.pull()
    assert.equal((await editor.pull(uri, resultId)).kind, 'unchanged')
  })

  it('are pushed to clients that cannot pull, and only to them', async () => {
    const { diagnostic: _, ...textDocument } = able.textDocument ?? {}
    using editor = await openEditor({ capabilities: { ...able, textDocument } })
    assert.equal(editor.capabilities.diagnosticProvider, undefined)
    await editor.open(rootful)
    await eventually(
      () => editor.published.some(({ diagnostics }) => codes(diagnostics).includes('runs-as-root')),
      'push',
    )
    await editor.client.sendNotification('textDocument/didClose', { textDocument: { uri } })
    await eventually(() => editor.published.at(-1)?.diagnostics.length === 0, 'cleared')

    using puller = await openEditor()
    await puller.open(rootful)
    await puller.pull()
    assert.deepEqual(puller.published, [])
  })

  it('can be switched off, and on again', async () => {
    using editor = await openEditor({ settings: { enable: false } })
    await editor.open(rootful)
    assert.deepEqual((await editor.pull()).items, [])
    await editor.changeSettings({ enable: true })
    await eventually(async () => (await editor.pull()).items.length > 0, 'findings')
    await eventually(() => editor.refreshes() > 0, 'refresh')
  })

  it('follow the settings, and ignore nonsense in them', async () => {
    using editor = await openEditor({
      settings: {
        rules: { 'runs-as-root': 'error', other: 7 },
        newUser: 'x',
        buildArgs: [1],
        profile: 'moon',
      },
    })
    await editor.open(rootful)
    const { items } = await editor.pull()
    assert.equal(items.find(({ code }) => code === 'runs-as-root')?.severity, 1)
  })

  it('take settings from clients that can only send them', async () => {
    const { configuration: _, ...workspace } = able.workspace ?? {}
    using editor = await openEditor({ capabilities: { ...able, workspace } })
    await editor.open(rootful)
    await editor.client.sendNotification('workspace/didChangeConfiguration', {
      settings: { unroot: { rules: { 'runs-as-root': 'off' } } },
    })
    await eventually(
      async () => !codes((await editor.pull()).items).includes('runs-as-root'),
      'setting taken',
    )
  })
})

describe('.unroot.json', () => {
  const configUri = 'file:///work/.unroot.json'
  const hostWith = (files: Record<string, string>): Host => ({
    filesOf: () => ({
      read: async (uri) => files[uri] ?? null,
      buildContext: () => ({
        stat: () => 'unknown',
        list: () => 'unknown',
        read: () => undefined,
        invalidate: () => {},
      }),
    }),
  })

  it('counts for more than the settings, and its changes are seen', async () => {
    const files: Record<string, string> = { [configUri]: '{ "rules": { "runs-as-root": "hint" } }' }
    using editor = await openEditor({
      host: hostWith(files),
      settings: { rules: { 'runs-as-root': 'error' } },
    })
    await editor.open(rootful)
    assert.equal((await editor.pull()).items.find(({ code }) => code === 'runs-as-root')?.severity, 4)
    files[configUri] = '{ "ignore": ["Dockerfile"] }'
    await editor.client.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: configUri, type: 2 }],
    })
    await eventually(async () => (await editor.pull()).items.length === 0, 'ignored')
  })

  it('has its mistakes shown at their place, until they are gone', async () => {
    const files: Record<string, string> = { [configUri]: '{\n  "rulez": {}\n}' }
    using editor = await openEditor({ host: hostWith(files) })
    await editor.open(rootful)
    await editor.pull()
    const shown = () => editor.published.filter(({ uri }) => uri === configUri).at(-1)
    assert.match(String(shown()?.diagnostics[0]?.message), /`rulez`.*`rules`/)
    assert.equal(shown()?.diagnostics[0]?.range.start.line, 1)
    files[configUri] = '{}'
    await editor.client.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: configUri, type: 2 }],
    })
    await eventually(async () => (await editor.pull()) && shown()?.diagnostics.length === 0, 'cleared')
  })

  it('is found further up', async () => {
    const files = { 'file:///.unroot.json': '{ "rules": { "runs-as-root": "off" } }' }
    using editor = await openEditor({ host: hostWith(files) })
    await editor.open(rootful)
    assert.ok(!codes((await editor.pull()).items).includes('runs-as-root'))
  })

  it('is read as it stands in the editor, where it is open', async () => {
    using editor = await openEditor({ host: hostWith({ [configUri]: '{}' }) })
    await editor.open('{ "rules": { "runs-as-root": "off" } }', configUri, 'jsonc')
    await editor.open(rootful)
    assert.ok(!codes((await editor.pull()).items).includes('runs-as-root'))
    assert.deepEqual((await editor.pull(configUri)).items, [])
  })
})

describe('what slow sources learn', () => {
  const slowHost = (): { host: Host; learn: () => void; asked: () => number } => {
    let listener = () => {}
    let asked = 0
    let knows = false
    const facts = { user: { user: '', name: null, uid: 0, gid: 0, explicit: false } }
    return {
      asked: () => asked,
      learn: () => {
        knows = true
        listener()
      },
      host: {
        filesOf: () => undefined,
        engineImages: () => ({
          images: {
            resolve: (reference) => {
              asked++
              return knows
                ? ({ ...scratchLike, ...facts, reference, resolvedBy: 'engine' } as never)
                : undefined
            },
          },
          settled: async () => {},
          onChange: (heard) => {
            listener = heard
            return () => {}
          },
          refresh: () => {},
          dispose: () => {},
        }),
      },
    }
  }
  const scratchLike = {
    ...scratchFacts(),
    certainty: 'certain',
    os: 'debian',
    osVersion: '12',
    accounts: [],
    groups: [],
    accountsComplete: false,
    accountFiles: 'present',
    tools: { useradd: true, adduser: 'debian', shell: true, programs: new Map() },
    paths: new Map(),
  }
  const unknownBase = 'FROM registry.corp/unheard-of:1\nCMD ["x"]\n'

  it('is shown after a refresh', async () => {
    const { host, learn } = slowHost()
    using editor = await openEditor({ host })
    await editor.open(unknownBase)
    assert.ok(
      !(await editor.pull()).items.some(({ code, severity }) => code === 'runs-as-root' && severity === 2),
    )
    learn()
    await eventually(() => editor.refreshes() === 1, 'refresh')
    assert.ok(codes((await editor.pull()).items).includes('runs-as-root'))
  })

  it('is not asked for in an untrusted workspace, until it is trusted', async () => {
    const { host, asked } = slowHost()
    using editor = await openEditor({ host, initializationOptions: { trusted: false } })
    await editor.open(unknownBase)
    await editor.pull()
    assert.equal(asked(), 0)
    await editor.client.sendNotification('unroot/trustChanged', { trusted: true })
    await eventually(async () => (await editor.pull()) && asked() > 0, 'asked')
  })

  it('is not asked for where the settings say no', async () => {
    const { host, asked } = slowHost()
    using editor = await openEditor({ host, settings: { resolve: { engine: false } } })
    await editor.open(unknownBase)
    await editor.pull()
    assert.equal(asked(), 0)
  })
})

describe('a virtual workspace', () => {
  const virtual = 'vscode-vfs://github/org/repo/Dockerfile'

  it('is read through the client, and looked at again when files have come', async () => {
    const files = {
      'vscode-vfs://github/org/repo/.unroot.json': '{ "rules": { "runs-as-root": "hint" } }',
      'vscode-vfs://github/org/repo/start.sh': '#!/bin/sh\nexec gosu nobody "$@"\n',
    }
    using editor = await openEditor({ host: { filesOf: () => undefined }, files })
    await editor.open('FROM debian:12\nCOPY start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n', virtual)
    await editor.pull(virtual)
    assert.ok(editor.asked.includes('vscode-vfs://github/org/repo/.unroot.json'))
    await eventually(() => editor.refreshes() > 0, 'refresh')
    const { items } = await editor.pull(virtual)
    for (const { code, severity } of items) if (code === 'runs-as-root') assert.equal(severity, 4)
  })

  it('works with a client that knows no such requests', async () => {
    using editor = await openEditor({ host: { filesOf: () => undefined } })
    await editor.open(rootful, virtual)
    assert.ok(codes((await editor.pull(virtual)).items).includes('runs-as-root'))
  })

  it('asks nobody about a document that was never saved', async () => {
    using editor = await openEditor({ host: { filesOf: () => undefined }, files: {} })
    await editor.open(rootful, 'untitled:Untitled-1')
    assert.ok(codes((await editor.pull('untitled:Untitled-1')).items).includes('runs-as-root'))
    assert.deepEqual(editor.asked, [])
  })
})

describe('a fault of ours', () => {
  it('is logged once and answered empty', async () => {
    using editor = await openEditor({
      host: {
        filesOf: () => {
          throw new Error('broken on purpose')
        },
      },
    })
    await editor.open(rootful)
    assert.deepEqual((await editor.pull()).items, [])
    assert.deepEqual((await editor.pull()).items, [])
    await eventually(() => editor.logs.length > 0, 'log')
    assert.equal(editor.logs.filter((message) => message.includes('broken on purpose')).length, 1)
    assert.deepEqual(
      await editor.actions({ start: { line: 0, character: 0 }, end: { line: 0, character: 9 } }),
      [],
    )
  })

  it('is not made of documents that nobody opened', async () => {
    using editor = await openEditor()
    assert.deepEqual((await editor.pull('file:///nowhere')).items, [])
    assert.equal(await editor.command('unroot.server.status', 'file:///nowhere'), null)
    assert.equal(await editor.command('unroot.server.status'), null)
  })
})
