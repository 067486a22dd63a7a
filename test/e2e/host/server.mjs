/** VS Code's own server for the browser, in fresh temporary folders. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
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
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'window.commandCenter': false,
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
      ...profileArguments(profile),
      ...extraArguments,
    ],
    // A process group of its own: extension hosts and file watchers stop with it.
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: serverEnvironment(profile) },
  )
  const stop = () => stopGroup(child)
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
