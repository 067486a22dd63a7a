import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { launchChromium, newLocalContext } from '../host/chromium.mjs'
import { makeProfile, quietSettings, startServer } from '../host/server.mjs'

const root = join(import.meta.dirname, '../../..')

/** A person at the keyboard: nothing here but keys, the mouse and what stands on the screen. */
describe('a person in VS Code', function () {
  this.timeout(60_000)
  let page
  let workspace
  let shown = ''
  const closers = []

  before(async () => {
    const profile = makeProfile({
      ...quietSettings,
      'files.autoSave': 'off',
      'workbench.colorTheme': 'Default Light Modern',
      'editor.minimap.enabled': false,
    })
    closers.push(profile.remove)
    workspace = join(profile.root, 'sample')
    cpSync(join(root, 'sample'), workspace, { recursive: true })
    // The folder of extensions into which VS Code installed the packaged one.
    const extensions = process.env.UNROOT_E2E_EXTENSIONS
    assert.ok(extensions, 'started by test/e2e/run.mjs')
    const server = await startServer({ ...profile, extensions })
    closers.push(server.stop)
    const browser = await launchChromium()
    closers.push(() => browser.close())
    page = await (await newLocalContext(browser, { viewport: { width: 1100, height: 640 } })).newPage()
    await page.goto(`${server.url}/?folder=${workspace}`)
    await page.locator('.monaco-workbench').waitFor()
  })
  after(async () => {
    for (const close of closers.reverse()) await close()
  })

  async function openFile(path) {
    const [folder, name] = path.split('/')
    await page.keyboard.press('Control+p')
    await page.locator('.quick-input-widget input').fill(path)
    await page.locator('.quick-input-list .monaco-list-row', { hasText: folder }).first().click()
    await page.locator('.tab.active', { hasText: name }).first().waitFor()
    shown = path
    await page.locator(`${editor()} .view-line`).first().waitFor()
  }
  /** The editor of the file that was opened last; a preview beside it shows another. */
  function editor() {
    return `.monaco-editor[data-uri$="${shown}"][data-uri^="vscode-remote"]`
  }

  async function command(title) {
    await page.keyboard.press('F1')
    await page.locator('.quick-input-widget input').fill(`>${title}`)
    await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor()
    await page.keyboard.press('Enter')
  }
  async function editorText() {
    const lines = await page.locator(`${editor()} .view-line`).evaluateAll((all) =>
      all.map((line) => ({
        top: Number.parseFloat(line.style.top),
        text: line.textContent ?? '',
      })),
    )
    return lines
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text.replaceAll('\u00a0', ' '))
      .join('\n')
  }
  async function waitForText(pattern) {
    const end = Date.now() + 15_000
    while (!pattern.test(await editorText())) {
      if (Date.now() > end) assert.match(await editorText(), pattern)
      await page.waitForTimeout(100)
    }
  }

  it('sees the squiggle, and Ctrl+. repairs it', async () => {
    await openFile('python-api/Dockerfile')
    await page.locator('.squiggly-warning').first().waitFor({ timeout: 30_000 })
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Control+ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Control+.')
    await page.locator('.action-widget .monaco-list-row').first().waitFor()
    if (process.env.UNROOT_SCREENSHOT) {
      mkdirSync(join(root, 'docs/images'), { recursive: true })
      await page.waitForTimeout(500)
      await page.screenshot({ path: join(root, 'docs/images/unroot.png') })
    }
    await page.keyboard.press('Enter')
    await waitForText(/useradd[\s\S]*USER app/)
    await page.locator('.squiggly-warning').first().waitFor({ state: 'detached' })
    await page.keyboard.press('Control+z')
    await waitForText(/^FROM python:3\.13-slim\n\s*\n?ENV/)
  })

  it('hardens from the palette, in a preview, and applies it', async () => {
    await openFile('node-web/Dockerfile')
    await page.locator('.squiggly-warning').first().waitFor()
    await command('Unroot: Harden Image')
    const apply = page.locator('.monaco-button', { hasText: 'Apply' })
    await apply.first().waitFor()
    if (process.env.UNROOT_SCREENSHOT)
      await page.screenshot({ path: join(root, 'docs/images/harden-preview.png') })
    await apply.first().click()
    await waitForText(/USER (node|\d+)/)
    await page.locator('.tab', { hasText: 'Runtime hardening' }).first().waitFor()
    assert.ok(
      !readFileSync(join(workspace, 'node-web/Dockerfile'), 'utf8').includes('USER'),
      'nothing is saved unasked',
    )
  })

  it('hardens two files picked in the explorer, in one preview with its steps ticked', async () => {
    const row = (label) => page.locator(`.explorer-folders-view .monaco-list-row[aria-label*="${label}"]`)
    const files = page.locator('.explorer-folders-view .monaco-list-row[aria-level="2"]')
    await page.keyboard.press('Control+Shift+e')
    for (const [index, folder] of ['dotnet-api', 'go-service'].entries()) {
      await row(folder).first().click()
      await files.nth(index).waitFor()
    }
    await files.nth(0).click()
    await files.nth(1).click({ modifiers: ['Control'] })
    await files.nth(1).click({ button: 'right' })
    const item = page.locator('.monaco-menu .action-label', { hasText: 'Harden Image' }).first()
    await item.waitFor()
    // A menu takes no clicks in its first moments.
    await page.waitForTimeout(500)
    await item.click()
    const apply = page.locator('.monaco-button', { hasText: 'Apply' }).first()
    await apply.waitFor()
    // Both files and their steps; what only asks for the preview stays unticked.
    const ticks = page.locator('.bulk-edit-panel input[type="checkbox"]')
    await ticks.nth(4).waitFor()
    assert.deepEqual(await ticks.evaluateAll((all) => all.map((one) => one.checked)), [
      true,
      false,
      true,
      true,
      true,
    ])
    await apply.click()
    shown = 'dotnet-api/Dockerfile'
    await waitForText(/USER \$APP_UID/)
  })
})
