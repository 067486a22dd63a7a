/** VS Code's own server for the browser, in fresh temporary folders. */
import { execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { host } from './install.mjs'

/** A quiet VS Code: nothing opens by itself, nothing asks, nothing is looked up outside. */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'window.commandCenter': false,
}

/** Folders are not trusted, and nobody is asked whether they are. */
export const untrustedSettings = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
}

/** Makes the folders of a profile of its own; `remove` takes them away. */
export function makeProfile(settings = quietSettings) {
  const root = mkdtempSync(path.join(os.tmpdir(), 'unroot-vscode-'))
  const profile = { root, userData: path.join(root, 'user'), extensions: path.join(root, 'extensions') }
  mkdirSync(path.join(profile.userData, 'User'), { recursive: true })
  mkdirSync(profile.extensions)
  writeFileSync(path.join(profile.userData, 'User/settings.json'), JSON.stringify(settings))
  return {
    ...profile,
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  }
}

/** The arguments that put all that a server writes into the profile. */
export function profileArguments(profile) {
  return [
    `--user-data-dir=${profile.userData}`,
    `--extensions-dir=${profile.extensions}`,
    `--server-data-dir=${profile.root}/server`,
  ]
}

/** Has VS Code install a VSIX into a folder of extensions; returns the folder of this one. */
export async function installExtension(vsix, extensions) {
  const profile = makeProfile()
  try {
    await promisify(execFile)(
      host.node,
      [
        host.vscodeServer,
        '--accept-server-license-terms',
        ...profileArguments({ ...profile, extensions }),
        `--install-extension=${vsix}`,
      ],
      { env: serverEnvironment(profile), timeout: 60_000 },
    )
  } finally {
    profile.remove()
  }
  const [{ relativeLocation }] = JSON.parse(readFileSync(path.join(extensions, 'extensions.json'), 'utf8'))
  return path.join(extensions, relativeLocation)
}

/** Starts the server on a free port of 127.0.0.1. */
export function startServer(profile, extraArguments = []) {
  const child = spawn(
    host.node,
    [
      host.vscodeServer,
      '--host=127.0.0.1',
      '--port=0',
      '--without-connection-token',
      '--accept-server-license-terms',
      '--telemetry-level=off',
      // Should we be killed without a chance to stop it, it stops by itself.
      '--reconnection-grace-time=10',
      '--enable-remote-auto-shutdown',
      ...profileArguments(profile),
      ...extraArguments,
    ],
    // A process group of its own: extension hosts and file watchers stop with it.
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: serverEnvironment(profile) },
  )
  const stop = () => stopGroup(child)
  process.on('exit', stop)
  const output = []
  return new Promise((resolve, reject) => {
    const fail = (why) => {
      stop()
      reject(new Error(`${why}\n${output.join('')}`))
    }
    const timer = setTimeout(() => fail("VS Code's server did not start within 30 s."), 30_000)
    const read = (data) => {
      output.push(data)
      const port = /Extension host agent listening on (\d+)/.exec(output.join(''))?.[1]
      if (!port) return
      clearTimeout(timer)
      child.stdout.off('data', read).resume()
      resolve({ port: Number(port), url: `http://127.0.0.1:${port}`, stop })
    }
    child.stdout.setEncoding('utf8').on('data', read)
    child.stderr.setEncoding('utf8').on('data', (data) => output.length < 500 && output.push(data))
    child.on('error', (error) => fail(error.message))
    child.on('exit', (code) => {
      clearTimeout(timer)
      fail(`VS Code's server stopped with code ${code}.`)
    })
  })
}

/** The home too is the profile's, so that a run neither reads nor leaves anything in the person's own. */
function serverEnvironment(profile) {
  const { NODE_OPTIONS: _, ...inherited } = process.env
  return { ...inherited, HOME: profile.root, XDG_CONFIG_HOME: path.join(profile.root, 'config') }
}

function stopGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
