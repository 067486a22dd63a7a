#!/usr/bin/env node
/** Makes `unroot-<version>.vsix`, for desktop and web; `--out FILE` puts it elsewhere. */
import { spawnSync } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createVSIX } from '@vscode/vsce'

const root = path.resolve(fileURLToPath(new URL('..', import.meta.url)))
const { values } = parseArgs({ options: { out: { type: 'string' } } })
const largest = 1.5 * 1024 * 1024

const build = spawnSync(process.execPath, ['scripts/build.mjs', '--minify'], { cwd: root, stdio: 'inherit' })
if (build.status !== 0) process.exit(1)
const { version } = JSON.parse(await readFile(`${root}/package.json`, 'utf8'))
const packagePath = path.resolve(values.out ?? path.join(root, `unroot-${version}.vsix`))
await createVSIX({ cwd: root, packagePath, dependencies: false, skipLicense: false })
const { size } = await stat(packagePath)
console.log(`${path.relative(process.cwd(), packagePath)}: ${(size / 1024).toFixed(0)} KiB`)
if (size > largest) {
  console.error(`The package is larger than ${largest / 1024} KiB.`)
  process.exit(1)
}
