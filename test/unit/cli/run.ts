import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Files by path; a text, bytes, or undefined for an empty folder. */
export type Tree = Readonly<Record<string, string | Uint8Array | undefined>>

let bundle: Promise<string> | undefined

/** The command line as one file: a run then takes a tenth of a second. */
function bundled(): Promise<string> {
  bundle ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'unroot-cli-'))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    await build({
      entryPoints: { cli: resolve('server/src/cli/main.ts') },
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      mainFields: ['module', 'main'],
      banner: {
        js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
      },
      logLevel: 'warning',
    })
    return join(folder, 'cli.mjs')
  })()
  return bundle
}

export interface RunOptions {
  readonly cwd?: string
  readonly stdin?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

/** Runs `unroot` in a process of its own. */
export async function unroot(
  args: readonly string[],
  { cwd, stdin, env }: RunOptions = {},
): Promise<Outcome> {
  const script = await bundled()
  const child = spawn(process.execPath, [script, ...args], {
    cwd: cwd ?? tmpdir(),
    // No engine of this machine may have a say in a test.
    env: { ...process.env, PATH: '', NODE_OPTIONS: '', NO_COLOR: '1', FORCE_COLOR: '', ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.on('error', () => {}).end(stdin)
  const code = await new Promise<number | null>((done) => child.on('close', done))
  return { code, stdout, stderr }
}

/** The built script and a process for it, for tests that treat the streams themselves. */
export async function scriptPath(): Promise<string> {
  return bundled()
}

/** A folder with these files, gone after the test. */
export function folderWith(tree: Tree): { readonly folder: string; [Symbol.dispose](): void } {
  const folder = mkdtempSync(join(tmpdir(), 'unroot-test-'))
  for (const [path, content] of Object.entries(tree)) {
    const place = join(folder, path)
    mkdirSync(content === undefined ? place : dirname(place), { recursive: true })
    if (content !== undefined) writeFileSync(place, content)
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}
