/** Headless Chromium: the one inside the npm package, or one of the system. */
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { host } from './install.mjs'

/** Starts a browser, which the caller closes. */
export async function launchChromium() {
  const { chromium } = host.require('playwright-core')
  return chromium.launch({
    executablePath: process.env.UNROOT_CHROMIUM ?? path.join(host.chromium, 'chromium'),
    env: { ...process.env, ...chromiumEnvironment() },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    // Ours stop the browser in order; Playwright's would race them.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  })
}

/** Opens a page that can reach nothing but this machine: at start the workbench asks the extension gallery. */
export async function newLocalContext(browser, options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  await context.route(
    (url) => /^(https?|wss?):$/.test(url.protocol) && url.hostname !== '127.0.0.1',
    (route) => route.abort(),
  )
  return context
}

/** Machines without libnss3 or without any font get the copies of the package. */
function chromiumEnvironment() {
  const environment = {}
  if (!works('ldconfig', ['-p'], /libnss3\.so/)) {
    environment.LD_LIBRARY_PATH = [path.join(host.chromium, 'al2023/lib'), process.env.LD_LIBRARY_PATH]
      .filter(Boolean)
      .join(':')
  }
  if (!works('fc-list', [], /\S/)) environment.FONTCONFIG_PATH = path.join(host.chromium, 'fonts')
  return environment
}

function works(command, args, expected) {
  try {
    return expected.test(
      execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    )
  } catch {
    return false
  }
}
