#!/usr/bin/env node
/**
 * Everything that has to hold before a change lands: lint, types, unused code, bundles, unit, rule and conformance
 * tests, and the tests in a real VS Code. Ends with the line `N passed, N failed`.
 * `--no-e2e` leaves out the editor.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const withEditor = !process.argv.includes('--no-e2e')
const node = process.execPath
const bin = (name) => fileURLToPath(new URL(`../node_modules/${name}`, import.meta.url))

/** @type {{ name: string, command: string[] }[]} */
const checks = [
  { name: 'lint', command: [node, bin('@biomejs/biome/bin/biome'), 'check', '.'] },
  { name: 'types', command: [node, bin('typescript/bin/tsc'), '-p', '.'] },
  { name: 'unused code', command: [node, bin('knip/bin/knip.js')] },
  { name: 'bundles', command: [node, 'scripts/build.mjs'] },
]

let passed = 0
let failed = 0

/** Runs a command; its output is shown while it runs. */
function run(command, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const take = (stream) => (chunk) => {
      output += chunk
      stream.write(chunk)
    }
    child.stdout.setEncoding('utf8').on('data', take(process.stdout))
    child.stderr.setEncoding('utf8').on('data', take(process.stderr))
    child.on('error', (error) => resolve({ code: 1, output: String(error) }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

for (const { name, command } of checks) {
  const started = Date.now()
  const { code } = await run(command)
  console.log(`${code === 0 ? '✔' : '✘'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  if (code === 0) passed++
  else failed++
}

const counts = (output, word) => Number(new RegExp(`^\\s*(\\d+) ${word}`, 'm').exec(output)?.[1] ?? 0)

const unit = await run([node, bin('mocha/bin/mocha.js'), '--reporter', 'dot'])
passed += counts(unit.output, 'passing')
failed += Math.max(counts(unit.output, 'failing'), unit.code === 0 ? 0 : 1)

if (withEditor) {
  const editor = await run([node, 'test/e2e/run.mjs'])
  const result = /^e2e: (\d+) passed, (\d+) failed/m.exec(editor.output)
  passed += Number(result?.[1] ?? 0)
  failed += Math.max(Number(result?.[2] ?? 0), editor.code === 0 ? 0 : 1)
}

console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
