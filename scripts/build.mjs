#!/usr/bin/env node
/**
 * Makes all bundles: the extension for desktop and web, the language server for Node and for a browser worker,
 * and the npm package's command line and library. `--minify` for releases, `--watch` while developing.
 */
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const minify = process.argv.includes('--minify')
const watch = process.argv.includes('--watch')

/**
 * dockerfile-language-service asks Docker Hub for tags while somebody types a FROM. Nothing leaves the machine unasked,
 * so its client is replaced by one that knows no tags; a browser has no `https` module either.
 * @type {import('esbuild').Plugin}
 */
const noRegistryClient = {
  name: 'no-registry-client',
  setup(build) {
    build.onResolve({ filter: /\/dockerRegistryClient$/ }, () => ({
      path: 'no-registry-client',
      namespace: 'unroot',
    }))
    build.onLoad({ filter: /.*/, namespace: 'unroot' }, () => ({
      contents: 'exports.DockerRegistryClient = class { getTags() { return Promise.resolve([]) } }',
      loader: 'js',
    }))
  },
}

/** @type {import('esbuild').BuildOptions} */
const common = {
  plugins: [noRegistryClient],
  absWorkingDir: root,
  bundle: true,
  minify,
  sourcemap: minify ? false : 'linked',
  target: 'es2023',
  logLevel: 'warning',
  legalComments: 'none',
  // The ES modules of the LSP packages: their UMD builds do not bundle.
  mainFields: ['module', 'main'],
}
/** @type {import('esbuild').BuildOptions} */
const node = { ...common, platform: 'node', target: 'node20' }
/** @type {import('esbuild').BuildOptions} */
const browser = { ...common, platform: 'browser', mainFields: ['browser', 'module', 'main'] }
// ES modules inside a CommonJS bundle ask where they are (fdir does, to load its optional picomatch).
const moduleUrl = {
  define: { 'import.meta.url': 'unrootModuleUrl' },
  banner: { js: "const unrootModuleUrl = require('node:url').pathToFileURL(__filename).href;" },
}
// CommonJS dependencies inside an ES module still call require().
const requireBanner =
  "import { createRequire as unrootCreateRequire } from 'node:module'; const require = unrootCreateRequire(import.meta.url);"

/** @type {import('esbuild').BuildOptions[]} */
const bundles = [
  {
    ...node,
    entryPoints: ['client/src/extension.ts'],
    outfile: 'dist/extension.js',
    format: 'cjs',
    external: ['vscode'],
  },
  {
    ...browser,
    entryPoints: ['client/src/extension.web.ts'],
    outfile: 'dist/extension.web.js',
    format: 'cjs',
    external: ['vscode'],
  },
  {
    ...node,
    entryPoints: ['server/src/language-server/node-main.ts'],
    outfile: 'dist/server.js',
    format: 'cjs',
    ...moduleUrl,
  },
  {
    ...browser,
    entryPoints: ['server/src/language-server/browser-main.ts'],
    outfile: 'dist/server.web.js',
    format: 'iife',
  },
  {
    ...node,
    // Commands are loaded when they are asked for: `--help` and `check` do not wait for the language server.
    entryPoints: { cli: 'server/src/cli/main.ts' },
    outdir: 'server/dist',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    banner: { js: requireBanner },
  },
  {
    ...node,
    entryPoints: ['server/src/index.ts'],
    outfile: 'server/dist/index.js',
    format: 'esm',
    banner: { js: requireBanner },
  },
]

if (watch) {
  const contexts = await Promise.all(bundles.map((options) => esbuild.context(options)))
  await Promise.all(contexts.map((context) => context.watch()))
  console.log('Watching. Ctrl+C stops.')
} else {
  // Written only when all is made: a fault leaves the bundles of before.
  const made = await Promise.all(bundles.map((options) => esbuild.build({ ...options, write: false }))).catch(
    () => process.exit(1), // esbuild has told what is wrong
  )
  await Promise.all(
    ['dist', 'server/dist'].map((folder) => rm(`${root}/${folder}`, { recursive: true, force: true })),
  )
  const files = made.flatMap(({ outputFiles }) => outputFiles)
  for (const folder of new Set(files.map((file) => path.dirname(file.path))))
    await mkdir(folder, { recursive: true })
  await Promise.all(files.map((file) => writeFile(file.path, file.contents)))
  await chmod(`${root}/server/dist/cli.js`, 0o755)
}
