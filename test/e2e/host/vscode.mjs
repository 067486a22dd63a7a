#!/usr/bin/env node
/**
 * A VS Code made of npm packages, behind desktop VS Code's own arguments, so that `runTests` of
 * `@vscode/test-electron` can start it: the same build, served to a headless Chromium.
 */
import { parseArgs } from 'node:util'
import { launchChromium, newLocalContext } from './chromium.mjs'
import { cleanup } from './cleanup.mjs'
import { forwardLog } from './log.mjs'
import { makeProfile, quietSettings, startServer, untrustedSettings } from './server.mjs'

const TIME_LIMIT = Number(process.env.UNROOT_E2E_TIME_LIMIT ?? 120) * 1000

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: {
    extensionDevelopmentPath: { type: 'string', multiple: true },
    extensionTestsPath: { type: 'string' },
    'extensions-dir': { type: 'string' },
  },
  // Desktop VS Code has many more, which mean nothing here.
  strict: false,
  allowPositionals: true,
})

const run = cleanup()
setTimeout(() => run.fail(`The tests did not end within ${TIME_LIMIT / 1000} s.`), TIME_LIMIT).unref()

const isUntrusted = process.env.UNROOT_E2E_SUITE === 'untrusted'
const profile = makeProfile({ ...quietSettings, ...(isUntrusted ? untrustedSettings : {}) })
run.defer(profile.remove)
const server = await startServer(profile)
run.defer(server.stop)
const browser = await launchChromium()
run.defer(() => browser.close())

const page = await (await newLocalContext(browser)).newPage()
await page.exposeFunction('codeAutomationLog', forwardLog)
await page.exposeFunction('codeAutomationExit', (code) => void run.finish(code))
page.on('crash', () => run.fail('The browser page crashed.'))

const remote = (file) => `vscode-remote://127.0.0.1:${server.port}${file}`
const payload = [
  ...(values.extensionDevelopmentPath ?? []).map((folder) => ['extensionDevelopmentPath', remote(folder)]),
  ['extensionTestsPath', remote(values.extensionTestsPath)],
  ['enableProposedApi', ''],
]
const query = new URLSearchParams({ payload: JSON.stringify(payload) })
const folder = positionals[0]
if (folder) query.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder)
await page.goto(`${server.url}/?${query}`)
