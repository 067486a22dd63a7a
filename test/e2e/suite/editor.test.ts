import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { closeAll, eventually, finding, findings, hoverText, open, quickFixes, ruleOf } from './world.ts'

const python =
  'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["python", "app.py"]\n'

describe('a Dockerfile in VS Code', () => {
  afterEach(closeAll)

  it('gets a squiggle under the base image', async () => {
    const { document } = await open(python)
    const found = await finding(document.uri, 'runs-as-root')
    assert.equal(found.severity, vscode.DiagnosticSeverity.Warning)
    assert.match(
      found.message,
      /^`python:3\.13-slim` sets no user and nothing after it does: this image runs as root\./,
    )
    assert.equal(document.getText(found.range), 'python:3.13-slim')
    assert.ok(typeof found.code === 'object' && /runs-as-root\.md$/.test(found.code.target.path))
  })

  it('offers the repairs that fit, best first', async () => {
    const { document } = await open('FROM node:22\nCMD ["node", "server.js"]\n')
    const found = await finding(document.uri, 'runs-as-root')
    const titles = (await quickFixes(document.uri, found.range)).map(({ title }) => title)
    assert.match(titles[0] ?? '', /node/, titles.join('\n'))
    assert.ok(
      titles.some((title) => /Create the user/.test(title)),
      titles.join('\n'),
    )
    assert.ok(
      titles.some((title) => /ignore/i.test(title)),
      titles.join('\n'),
    )
  })

  it('applies a repair exactly, and the squiggle goes', async () => {
    const { document } = await open('FROM node:22\nCMD ["node", "server.js"]\n')
    const found = await finding(document.uri, 'runs-as-root')
    const [first] = await quickFixes(document.uri, found.range)
    assert.ok(first?.edit)
    assert.ok(await vscode.workspace.applyEdit(first.edit))
    assert.equal(document.getText(), 'FROM node:22\nUSER node\nCMD ["node", "server.js"]\n')
    await eventually('no finding any more', () => findings(document.uri, 'runs-as-root').length === 0)
  })

  it('hardens the image by command, and one undo takes it back', async () => {
    const { document } = await open(python)
    await finding(document.uri, 'runs-as-root')
    // The preview waits for a person; the edit itself is what the server answers.
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      new vscode.Range(0, 0, 0, 0),
      'refactor.rewrite.unroot.harden',
      20,
    )
    const harden = actions.find(({ kind }) => kind?.value === 'refactor.rewrite.unroot.harden')
    assert.ok(harden?.edit, actions.map(({ title }) => title).join('\n'))
    assert.ok(await vscode.workspace.applyEdit(harden.edit))
    assert.match(document.getText(), /\nUSER \S+/)
    await eventually('no finding any more', () => findings(document.uri, 'runs-as-root').length === 0)
    await vscode.commands.executeCommand('undo')
    await eventually('the old text', () => document.getText() === python)
  })

  it('tells who runs in hovers on FROM and USER', async () => {
    const { document } = await open('FROM node:22\nUSER node\nWORKDIR /srv\nCMD ["node"]\n')
    const from = await eventually(
      'a hover',
      async () => (await hoverText(document.uri, new vscode.Position(0, 7))) || undefined,
    )
    assert.match(from, /root/)
    assert.match(await hoverText(document.uri, new vscode.Position(1, 6)), /node.*1000/s)
  })

  it('names the account of the base, the variant, and what drops by itself', async () => {
    const cases: readonly (readonly [string, string, RegExp])[] = [
      [
        'FROM mcr.microsoft.com/dotnet/aspnet:9.0\nENTRYPOINT ["dotnet", "a.dll"]\n',
        'runs-as-root',
        /\$APP_UID/,
      ],
      ['FROM gcr.io/distroless/static\nENTRYPOINT ["/a"]\n', 'runs-as-root', /:nonroot/],
      ['FROM nginx\n', 'runs-as-root', /nginxinc\/nginx-unprivileged/],
      ['FROM redis\n', 'drops-privileges-at-start', /drops to `redis`/],
      ['FROM registry.example.com/team/base:1\n', 'base-user-unknown', /does not know/],
    ]
    for (const [text, rule, message] of cases) {
      const { document } = await open(text)
      const found = await finding(document.uri, rule)
      assert.match(found.message, message)
      assert.equal(
        findings(document.uri).filter(({ severity }) => severity === vscode.DiagnosticSeverity.Warning)
          .length,
        rule === 'runs-as-root' ? 1 : 0,
      )
    }
  })

  it('follows typing', async () => {
    const editor = await open('FROM debian:12\nCMD ["sleep", "infinity"]\n')
    await finding(editor.document.uri, 'runs-as-root')
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), 'USER nobody\n'))
    await eventually('no finding any more', () => findings(editor.document.uri, 'runs-as-root').length === 0)
    await editor.edit((edit) => edit.replace(new vscode.Range(1, 5, 1, 11), 'ghost'))
    const found = await finding(editor.document.uri, 'user-not-in-image')
    assert.equal(found.severity, vscode.DiagnosticSeverity.Error)
  })

  it('reads Containerfiles and start scripts of the workspace', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri
    assert.ok(folder)
    const document = await vscode.workspace.openTextDocument(
      vscode.Uri.joinPath(folder, 'redis-cache/Dockerfile'),
    )
    await vscode.window.showTextDocument(document)
    assert.match((await finding(document.uri, 'drops-privileges-at-start')).message, /gosu/)
    const container = vscode.Uri.joinPath(folder, 'Containerfile')
    await vscode.workspace.fs.writeFile(container, new TextEncoder().encode('FROM alpine:3.22\n'))
    const other = await vscode.workspace.openTextDocument(container)
    assert.equal(other.languageId, 'dockerfile')
    await vscode.window.showTextDocument(other)
    await finding(other.uri, 'runs-as-root')
    await vscode.workspace.fs.delete(container)
  })

  it('obeys settings at once', async () => {
    const { document } = await open('FROM node:22\nUSER node\nCMD ["node"]\n')
    const settings = vscode.workspace.getConfiguration('unroot')
    await settings.update('profile', 'kubernetes', vscode.ConfigurationTarget.Global)
    try {
      assert.equal(ruleOf((await finding(document.uri, 'user-not-numeric')).code), 'user-not-numeric')
    } finally {
      await settings.update('profile', undefined, vscode.ConfigurationTarget.Global)
    }
    await eventually('no finding any more', () => findings(document.uri, 'user-not-numeric').length === 0)
  })

  it('reports a broken .unroot.json at its place', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri
    assert.ok(folder)
    const config = vscode.Uri.joinPath(folder, '.unroot.json')
    await vscode.workspace.fs.writeFile(config, new TextEncoder().encode('{\n  "profil": "kubernetes"\n}\n'))
    try {
      const document = await vscode.workspace.openTextDocument(config)
      await vscode.window.showTextDocument(document)
      const found = await eventually('a problem in the configuration', () =>
        vscode.languages.getDiagnostics(config).find(({ source }) => source === 'unroot'),
      )
      assert.equal(found.range.start.line, 1)
      assert.match(found.message, /profile/)
    } finally {
      await vscode.workspace.fs.delete(config)
    }
  })

  it('works again after the server was restarted', async () => {
    await vscode.commands.executeCommand('unroot.restartServer')
    const { document } = await open(python)
    await finding(document.uri, 'runs-as-root')
  })
})
