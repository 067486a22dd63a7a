#!/usr/bin/env node
/**
 * `npm start`: builds, and serves a real VS Code in the browser with Unroot and the sample workspace.
 * `npm start -- --desktop` opens the VS Code of this machine instead; `--port N` and `--folder DIR` do as they say.
 */
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { host, hostIsSupported, installHost } from '../test/e2e/host/install.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({
  options: { desktop: { type: 'boolean' }, port: { type: 'string' }, folder: { type: 'string' } },
})

const build = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' })
if (build.status !== 0) process.exit(1)

const temporary = mkdtempSync(path.join(os.tmpdir(), 'unroot-start-'))
process.on('exit', () => rmSync(temporary, { recursive: true, force: true, maxRetries: 5 }))
const folder = values.folder ? path.resolve(values.folder) : copyOfSample()

if (values.desktop) openDesktop()
else if (hostIsSupported) await serve()
else {
  console.error(
    'VS Code in the browser is served on Linux x64 only; use `npm start -- --desktop` with VS Code on the PATH.',
  )
  process.exit(1)
}

/** A copy, so that trying things out changes no file of the project. */
function copyOfSample() {
  const copy = path.join(temporary, 'sample')
  cpSync(path.join(root, 'sample'), copy, { recursive: true })
  return copy
}

function openDesktop() {
  const code = spawnSync('code', ['--version'], { shell: process.platform === 'win32' })
  if (code.error || code.status !== 0) {
    console.error(
      'There is no `code` on the PATH. In VS Code run "Shell Command: Install \'code\' command in PATH", or use `npm start`.',
    )
    process.exit(1)
  }
  const child = spawn('code', [`--extensionDevelopmentPath=${root}`, '--wait', '--new-window', folder], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  child.on('exit', (status) => process.exit(status ?? 0))
}

async function serve() {
  await installHost()
  const extensions = path.join(temporary, 'extensions')
  const installed = path.join(extensions, 'unroot.unroot-vscode-0.1.0')
  mkdirSync(installed, { recursive: true })
  for (const part of [
    'package.json',
    'package.nls.json',
    'package.nls.zh-cn.json',
    'README.md',
    'dist',
    'l10n',
    'media',
    'syntaxes',
    'server/schema',
  ]) {
    if (existsSync(path.join(root, part)))
      cpSync(path.join(root, part), path.join(installed, part), { recursive: true })
  }
  const user = path.join(temporary, 'user/User')
  mkdirSync(user, { recursive: true })
  writeFileSync(
    path.join(user, 'settings.json'),
    JSON.stringify({
      'workbench.startupEditor': 'none',
      'workbench.secondarySideBar.defaultVisibility': 'hidden',
      'chat.disableAIFeatures': true,
      'telemetry.telemetryLevel': 'off',
    }),
  )
  const port = values.port ? Number(values.port) : await freePort()
  const child = spawn(
    host.node,
    [
      host.codeServerEntry,
      '--auth=none',
      `--bind-addr=127.0.0.1:${port}`,
      '--disable-workspace-trust',
      '--disable-telemetry',
      '--disable-update-check',
      `--user-data-dir=${path.join(temporary, 'user')}`,
      `--extensions-dir=${extensions}`,
      folder,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, PORT: '' } },
  )
  let output = ''
  let told = false
  const read = (chunk) => {
    output += chunk
    if (told || !/HTTP server listening/i.test(output)) return
    told = true
    console.log(
      `\nVS Code with Unroot: http://127.0.0.1:${port}/?folder=${encodeURI(folder)}\n\nOpen python-api/Dockerfile and press Ctrl+. on the squiggle, or F1 and "Unroot: Harden Image". Ctrl+C stops.`,
    )
  }
  child.stdout.setEncoding('utf8').on('data', read)
  child.stderr.setEncoding('utf8').on('data', read)
  child.on('exit', (code) => {
    if (!told) console.error(`VS Code did not start:\n${output}`)
    process.exit(code ?? 1)
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // Gone already.
      }
      process.exit(0)
    })
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}
