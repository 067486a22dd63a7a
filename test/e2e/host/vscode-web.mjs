#!/usr/bin/env node
/**
 * The same VS Code with the extension in the extension host for the browser, a web worker.
 * Takes `--extensionDevelopmentPath`, `--extensionTestsPath` (one CommonJS bundle) and a folder.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { launchChromium, newLocalContext } from './chromium.mjs'
import { cleanup } from './cleanup.mjs'
import { forwardLog } from './log.mjs'
import { makeProfile, startServer } from './server.mjs'

const TIME_LIMIT = Number(process.env.UNROOT_E2E_TIME_LIMIT ?? 120) * 1000

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: { extensionDevelopmentPath: { type: 'string' }, extensionTestsPath: { type: 'string' } },
  // Desktop VS Code has many more, which mean nothing here.
  strict: false,
  allowPositionals: true,
})

const run = cleanup()
setTimeout(() => run.fail(`The tests did not end within ${TIME_LIMIT / 1000} s.`), TIME_LIMIT).unref()

const profile = makeProfile()
run.defer(profile.remove)
const server = await startServer(profile)
run.defer(server.stop)
const browser = await launchChromium()
run.defer(() => browser.close())
const context = await newLocalContext(browser)

// The page's content security policy lets a worker load from its own origin only: the files are served there.
const EXTENSION = '/__extension'
// VS Code runs tests in the host of the extension that they lie in.
const TESTS = `${EXTENSION}/__tests/index.js`
await context.route(`${server.url}${EXTENSION}/**`, (route) => {
  const file = decodeURIComponent(new URL(route.request().url()).pathname.slice(EXTENSION.length))
  return serve(route, path.join(values.extensionDevelopmentPath, path.normalize(file)))
})
await context.route(`${server.url}${TESTS}`, (route) => serve(route, values.extensionTestsPath))

function serve(route, file) {
  return existsSync(file) ? route.fulfill({ path: file }) : route.fulfill({ status: 404 })
}

// The address can name extensions for the remote extension host only; the worker's stand in the page.
const component = (file) => ({ scheme: 'http', authority: `127.0.0.1:${server.port}`, path: file })
await context.route(
  ({ pathname }) => pathname === '/',
  async (route) => {
    const response = await route.fetch()
    const page = await response.text()
    const changed = page.replace(
      /(<meta id="vscode-workbench-web-configuration" data-settings=")([^"]*)/,
      (_, start, settings) => {
        const configuration = JSON.parse(unescapeHtml(settings))
        configuration.enableWorkspaceTrust = false
        configuration.developmentOptions = {
          ...configuration.developmentOptions,
          extensions: [component(EXTENSION)],
          extensionTestsPath: component(TESTS),
        }
        return start + escapeHtml(JSON.stringify(configuration))
      },
    )
    if (changed === page) return run.fail('The workbench page has no configuration to change.')
    return route.fulfill({ response, body: changed })
  },
)

function unescapeHtml(text) {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
function escapeHtml(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

const page = await context.newPage()
await page.exposeFunction('codeAutomationLog', forwardLog)
await page.exposeFunction('codeAutomationExit', (code) => void run.finish(code))
page.on('crash', () => run.fail('The browser page crashed.'))
await page.goto(`${server.url}/?${new URLSearchParams({ folder: positionals[0] })}`)
