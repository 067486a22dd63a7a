#!/usr/bin/env node
/**
 * The tests in a real VS Code: in its extension host, and as a person with keyboard and mouse.
 * UNROOT_VSCODE names a desktop VS Code to use for the first part; else one made of npm packages is installed once.
 * Ends with `e2e: N passed, N failed`.
 */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runTests } from '@vscode/test-electron'
import * as esbuild from 'esbuild'
import { hostIsSupported, installHost } from './host/install.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.join(here, '../..')
const built = path.join(here, '.build')
let passed = 0
let failed = 0

if (!hostIsSupported && !process.env.UNROOT_VSCODE) {
  console.log('Skipped: there is no npm-only VS Code for this system. Set UNROOT_VSCODE to a VS Code.')
  console.log('e2e: 0 passed, 0 failed')
  process.exit(0)
}
if (hostIsSupported) await installHost()

await esbuild.build({
  entryPoints: [path.join(here, 'suite/index.ts')],
  outfile: path.join(built, 'suite.cjs'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  external: ['vscode', 'mocha'],
  logLevel: 'warning',
})

const temporary = mkdtempSync(path.join(os.tmpdir(), 'unroot-e2e-'))
const workspace = path.join(temporary, 'sample')
cpSync(path.join(root, 'sample'), workspace, { recursive: true })
try {
  await inExtensionHost()
  if (hostIsSupported) await asPerson()
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
console.log(`e2e: ${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

/** runTests prints what the tests print; their last line tells the numbers. */
async function inExtensionHost() {
  const write = process.stdout.write.bind(process.stdout)
  let output = ''
  process.stdout.write = (chunk, ...rest) => {
    output += chunk
    return write(chunk, ...rest)
  }
  let broken = false
  try {
    await runTests({
      vscodeExecutablePath: process.env.UNROOT_VSCODE ?? path.join(here, 'host/vscode.mjs'),
      extensionDevelopmentPath: root,
      extensionTestsPath: path.join(built, 'suite.cjs'),
      launchArgs: [workspace, '--disable-workspace-trust'],
    })
  } catch {
    broken = true
  }
  process.stdout.write = write
  const result = /e2e-result (\d+) (\d+)/.exec(output)
  passed += Number(result?.[1] ?? 0)
  failed += Math.max(Number(result?.[2] ?? 0), broken ? 1 : 0)
}

function asPerson() {
  return new Promise((resolve) => {
    const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js')
    const child = spawn(
      process.execPath,
      [mocha, '--no-config', '--node-option', 'import=tsx', path.join(here, 'person/*.test.mjs')],
      { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      output += chunk
      process.stdout.write(chunk)
    })
    child.on('close', (code) => {
      const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(output)?.[1] ?? 0)
      passed += count('passing')
      failed += Math.max(count('failing'), code === 0 ? 0 : 1)
      resolve()
    })
  })
}
