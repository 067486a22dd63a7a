/** Bundles the suites: VS Code loads one CommonJS file in each of its extension hosts. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'

const here = path.dirname(fileURLToPath(import.meta.url))
const built = path.join(here, '.build')

/** @type {import('esbuild').Plugin} */
const assertForBrowser = {
  name: 'assert-for-browser',
  setup: (build) =>
    build.onResolve({ filter: /^node:assert\/strict$/ }, () => ({ path: path.join(here, 'web/assert.ts') })),
}

export async function buildSuites() {
  const host = path.join(built, 'suite.cjs')
  const web = path.join(built, 'web.cjs')
  /** @type {import('esbuild').BuildOptions} */
  const common = { bundle: true, format: 'cjs', target: 'es2023', logLevel: 'warning' }
  await Promise.all([
    esbuild.build({
      ...common,
      entryPoints: [path.join(here, 'suite/index.ts')],
      outfile: host,
      platform: 'node',
      external: ['vscode', 'mocha'],
    }),
    esbuild.build({
      ...common,
      entryPoints: [path.join(here, 'web/index.ts')],
      outfile: web,
      platform: 'browser',
      external: ['vscode'],
      plugins: [assertForBrowser],
      // mocha's browser bundle would put itself in the place of our module's exports.
      define: { module: 'undefined' },
    }),
  ])
  return { host, web }
}
