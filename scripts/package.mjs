#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
/** Makes `unroot-<version>.vsix`, for desktop and web. */
import { readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createVSIX } from '@vscode/vsce'

const root = fileURLToPath(new URL('..', import.meta.url))
const largest = 1.5 * 1024 * 1024

const build = spawnSync(process.execPath, ['scripts/build.mjs', '--minify'], { cwd: root, stdio: 'inherit' })
if (build.status !== 0) process.exit(1)
const { version } = JSON.parse(await readFile(`${root}/package.json`, 'utf8'))
const packagePath = `${root}/unroot-${version}.vsix`
await createVSIX({ cwd: root, packagePath, dependencies: false, skipLicense: false })
const { size } = await stat(packagePath)
console.log(`${packagePath}: ${(size / 1024).toFixed(0)} KiB`)
if (size > largest) {
  console.error(`The package is larger than ${largest / 1024} KiB.`)
  process.exit(1)
}
