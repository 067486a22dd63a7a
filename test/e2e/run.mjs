#!/usr/bin/env node
/**
 * The tests in a real VS Code, with the extension as it is packaged: in the extension host, in an untrusted folder,
 * in the browser's extension host, and as a person with keyboard and mouse. `run.mjs web person` runs these only.
 * UNROOT_VSCODE names a desktop VS Code to use for the first; else one made of npm packages is installed once.
 * UNROOT_E2E_LOG=1 shows all that VS Code says. Ends with `e2e: N passed, N failed`.
 */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runTests } from '@vscode/test-electron'
import { buildSuites } from './build.mjs'
import { hostIsSupported, installHost } from './host/install.mjs'
import { installExtension } from './host/server.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.join(here, '../..')
const desktop = process.env.UNROOT_VSCODE
const chosen = process.argv.slice(2)
let passed = 0
let failed = 0

if (!hostIsSupported && !desktop) {
  console.log('Skipped: there is no npm-only VS Code for this system. Set UNROOT_VSCODE to a VS Code.')
  console.log('e2e: 0 passed, 0 failed')
  process.exit(0)
}

const temporary = mkdtempSync(path.join(os.tmpdir(), 'unroot-e2e-'))
process.on('exit', () => rmSync(temporary, { recursive: true, force: true, maxRetries: 5 }))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130))

if (hostIsSupported) await installHost()
const [suites, { extensions, extension }] = await Promise.all([buildSuites(), packaged()])

const parts = {
  host: () =>
    inVSCode(desktop ?? path.join(here, 'host/vscode.mjs'), suites.host, { UNROOT_E2E_SUITE: 'editor' }),
  untrusted: () =>
    inVSCode(path.join(here, 'host/vscode.mjs'), suites.host, { UNROOT_E2E_SUITE: 'untrusted' }),
  web: () => inVSCode(path.join(here, 'host/vscode-web.mjs'), suites.web, {}),
  person: asPerson,
}
for (const [name, part] of Object.entries(parts)) {
  const isPossible = hostIsSupported || name === 'host'
  if (isPossible && (chosen.length === 0 || chosen.includes(name))) await part()
}
console.log(`e2e: ${passed} passed, ${failed} failed`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)

/** The extension from its VSIX, installed by VS Code itself where that is at hand. */
async function packaged() {
  const vsix = path.join(temporary, 'unroot.vsix')
  await command([process.execPath, path.join(root, 'scripts/package.mjs'), '--out', vsix])
  if (!hostIsSupported) return { extensions: undefined, extension: root }
  const folder = path.join(temporary, 'extensions')
  return { extensions: folder, extension: await installExtension(vsix, folder) }
}

function freshWorkspace() {
  const workspace = path.join(mkdtempSync(path.join(temporary, 'workspace-')), 'sample')
  cpSync(path.join(root, 'sample'), workspace, { recursive: true })
  return workspace
}

/** runTests passes on what the tests print; a last line of the suite tells the numbers. */
async function inVSCode(executable, tests, environment) {
  const write = process.stdout.write
  let result = null
  process.stdout.write = (chunk, ...rest) => {
    const text = String(chunk)
    result ??= /e2e-result (\d+) (\d+)/.exec(text)
    const shown = text.replace(/^.*e2e-result.*\n|^Exit code:.*\n|^Done\n/gm, '')
    return shown === '' || write.call(process.stdout, shown, ...rest)
  }
  let isBroken = false
  try {
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: extension,
      extensionTestsPath: tests,
      launchArgs: [freshWorkspace()],
      extensionTestsEnv: environment,
    })
  } catch {
    isBroken = true
  } finally {
    process.stdout.write = write
  }
  count(result?.[1], result?.[2], isBroken)
}

async function asPerson() {
  const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js')
  const tests = path.join(here, 'person/*.test.mjs')
  const { code, output } = await shown([process.execPath, mocha, '--no-config', '--exit', tests], {
    UNROOT_E2E_EXTENSIONS: extensions,
  })
  const number = (word) => new RegExp(`(\\d+) ${word}`).exec(output)?.[1]
  count(number('passing'), number('failing'), code !== 0)
}

/** A run that ended badly counts as a failure, even where no test could say so. */
function count(passes = 0, failures = 0, isBroken = false) {
  passed += Number(passes)
  failed += Math.max(Number(failures), isBroken ? 1 : 0)
}

async function command(words) {
  const { code, output } = await run(words, {}, () => {})
  if (code === 0) return
  console.error(output)
  throw new Error(`${words.slice(1).join(' ')} failed.`)
}

function shown(words, environment) {
  return run(words, environment, (chunk) => process.stdout.write(chunk))
}

function run([program, ...words], environment, onOutput) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        output += chunk
        onOutput(chunk)
      })
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}
