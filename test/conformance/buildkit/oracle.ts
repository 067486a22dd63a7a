import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'

/** BuildKit's own parser, in a process of its own (oracle/main.go). */
export interface Oracle {
  file(text: string, options?: { readonly build?: boolean }): Promise<FileAnswer>
  words(question: WordsQuestion): Promise<readonly WordAnswer[]>
  stop(): void
}

export interface Fault {
  readonly message: string
  readonly lines: readonly (readonly [number, number])[]
}

export interface HeredocAnswer {
  readonly name: string
  readonly fd: number
  readonly expand: boolean
  readonly chomp: boolean
  readonly content: string
  readonly chomped: string
}

export interface NodeAnswer {
  readonly value: string
  readonly original: string
  readonly flags: readonly string[]
  readonly json: boolean
  readonly args: readonly string[]
  readonly trigger: NodeAnswer | null
  readonly heredocs: readonly HeredocAnswer[]
  readonly start: number
  readonly end: number
  readonly typed: Typed | null
  readonly error?: string
}

export interface Typed {
  readonly base?: string
  readonly name?: string
  readonly platform?: string
  readonly pairs?: readonly {
    readonly key: string
    readonly value: string | null
    readonly noDelim: boolean
  }[]
  readonly value?: string
  readonly words?: readonly string[]
  readonly cmdline?: readonly string[]
  readonly shell?: boolean
  readonly script?: string
  readonly network?: string
  readonly security?: string
  readonly mounts?: readonly MountAnswer[]
  readonly test?: readonly string[]
  readonly sources?: readonly string[]
  readonly destination?: string
  readonly contents?: readonly { readonly path: string; readonly data: string; readonly expand: boolean }[]
  readonly chown?: string
  readonly chmod?: string
  readonly from?: string
  readonly link?: boolean
  readonly parents?: boolean
  readonly exclude?: readonly string[]
}

export interface MountAnswer {
  readonly Type: string
  readonly From: string
  readonly Source: string
  readonly Target: string
  readonly CacheID: string
  readonly UID: number | null
  readonly GID: number | null
  readonly Mode: number | null
}

export interface FileAnswer {
  readonly fault?: string
  /** BuildKit fell over the file. */
  readonly panic?: string
  readonly parseError: Fault | null
  readonly instructionsError: Fault | null
  readonly buildError: Fault | null
  readonly image: ImageAnswer | null
  readonly escape: string
  readonly instructions: readonly NodeAnswer[]
  readonly stages: readonly { readonly name: string; readonly base: string; readonly commands: number }[]
  readonly metaArgs: number
  readonly warnings: readonly number[]
  readonly directives: Readonly<Record<string, string>>
}

export interface ImageAnswer {
  readonly User?: string
  readonly WorkingDir?: string
  readonly Env?: readonly string[]
  readonly Entrypoint?: readonly string[]
  readonly Cmd?: readonly string[]
  readonly ExposedPorts?: Readonly<Record<string, unknown>>
  readonly Volumes?: Readonly<Record<string, unknown>>
}

export interface WordsQuestion {
  readonly escape: '\\' | '`'
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly keepQuotes?: boolean
}

export interface WordAnswer {
  readonly value: string
  readonly words: readonly string[]
  readonly matched: readonly string[]
  readonly unmatched: readonly string[]
  readonly error?: string
  readonly wordsError?: string
}

const here = import.meta.dirname
const sources = join(here, 'oracle')

/** The folder of BuildKit's source in the Go module cache; undefined where there is no Go. */
export function buildkitSource(): string | undefined {
  try {
    const answer = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', 'github.com/moby/buildkit'], {
      cwd: sources,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
    return answer === '' ? undefined : answer
  } catch {
    return undefined
  }
}

/** Starts the oracle, building it where this version was not built yet. A string says why there is none. */
export function startOracle(): Oracle | string {
  const binary = buildOracle()
  if (typeof binary !== 'string') return binary.reason
  // A NUL makes Go's scanner write to stderr; that is no news.
  const child = spawn(binary, [], { stdio: ['pipe', 'pipe', 'ignore'] })
  return talkTo(child)
}

/**
 * What BuildKit says against a text that was changed, and did not say against it before: undefined where it takes it.
 * A fault of the text itself stays one.
 */
export async function newFault(oracle: Oracle, before: string, after: string): Promise<string | undefined> {
  const fault = await faultOf(oracle, after)
  return fault === undefined || (await faultOf(oracle, before)) !== undefined ? undefined : fault
}

async function faultOf(oracle: Oracle, text: string): Promise<string | undefined> {
  const { parseError, instructionsError } = await oracle.file(text)
  return (parseError ?? instructionsError)?.message
}

function buildOracle(): string | { readonly reason: string } {
  const hash = createHash('sha256')
  for (const name of readdirSync(sources).sort()) hash.update(readFileSync(join(sources, name)))
  const folder = join(here, '.cache')
  const binary = join(
    folder,
    `oracle-${hash.digest('hex').slice(0, 16)}${process.platform === 'win32' ? '.exe' : ''}`,
  )
  if (existsSync(binary)) return binary
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' })
  } catch {
    return { reason: 'Go is not installed' }
  }
  mkdirSync(folder, { recursive: true })
  const unfinished = `${binary}.${process.pid}`
  try {
    execFileSync('go', ['build', '-o', unfinished, '.'], {
      cwd: sources,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  } catch (error) {
    const stderr = (error as { stderr?: Buffer }).stderr?.toString() ?? ''
    // Without a network the modules may not be at hand; a mistake in the oracle itself must not pass as that.
    if (/dial tcp|no such host|proxy|connection refused|timeout/i.test(stderr)) {
      return { reason: 'the Go modules of BuildKit are not at hand' }
    }
    throw new Error(`the oracle does not build:\n${stderr}`)
  }
  renameSync(unfinished, binary)
  return binary
}

function talkTo(child: ChildProcess): Oracle {
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('the oracle has no pipes')
  const waiting: { resolve: (answer: string) => void; reject: (error: Error) => void }[] = []
  let chunks: Buffer[] = []
  let length = 0
  stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    length += chunk.length
    while (length >= 4) {
      const head = (chunks[0] as Buffer).length >= 4 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
      const size = head.readUInt32BE(0)
      if (length < 4 + size) return
      const all = Buffer.concat(chunks)
      chunks = [all.subarray(4 + size)]
      length -= 4 + size
      waiting.shift()?.resolve(all.toString('utf8', 4, 4 + size))
    }
  })
  let ended: Error | undefined
  child.on('exit', (code) => {
    ended = new Error(`the oracle ended with ${code}`)
    for (const { reject } of waiting.splice(0)) reject(ended)
  })
  const ask = (question: unknown) =>
    new Promise<string>((resolve, reject) => {
      if (ended !== undefined) return reject(ended)
      waiting.push({ resolve, reject })
      const body = Buffer.from(JSON.stringify(question))
      const head = Buffer.alloc(4)
      head.writeUInt32BE(body.length)
      stdin.write(head)
      stdin.write(body)
    })
  return {
    async file(text, { build = false } = {}) {
      const answer: FileAnswer = JSON.parse(await ask({ kind: 'file', text, build }))
      if (answer.fault !== undefined) throw new Error(answer.fault)
      return answer
    },
    async words(question) {
      return JSON.parse(await ask({ kind: 'words', ...question })).words
    },
    stop() {
      stdin.end()
    },
  }
}
