// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the files have them too

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseDockerfile } from '../../server/src/dockerfile/index.ts'
import { processorTime } from '../processor-time.ts'
import { growthOf } from './growth.ts'

/** Speed of the Dockerfile reader: throughput, growth of time with size, memory. */
export interface ParseBench {
  /** Real files where there are some, else a made one; in MB/s. */
  readonly throughput: { readonly source: string; readonly megabytesPerSecond: number }
  readonly shapes: readonly ShapeBench[]
  /** Heap that holds a parsed 10 MB file, as a multiple of its size, the text itself included. */
  readonly memory: readonly MemoryBench[]
}

export interface MemoryBench {
  readonly source: string
  readonly megabytes: number
  readonly ratio: number
}

export interface ShapeBench {
  readonly name: string
  readonly megabytes: number
  readonly milliseconds: number
  /** Of time against size, from a hundredth of it on: 1 is linear. */
  readonly exponent: number
}

/** What a Dockerfile of `lines` lines may look like; each is measured at several sizes. */
const shapes: readonly { readonly name: string; readonly make: (size: number) => string; readonly largest: number }[] = [
  { name: 'ordinary lines', make: ordinary, largest: 100_000 },
  { name: 'one long line (1 MB)', make: (size) => `FROM a\nRUN ${'x && y "z" '.repeat(size)}\n`, largest: 100_000 },
  { name: 'one long word (1 MB)', make: (size) => `FROM a\nRUN ${'x'.repeat(size * 10)}\n`, largest: 100_000 },
  { name: 'continuations', make: (size) => `FROM a\nRUN a${' \\\n  && b'.repeat(size)}\n`, largest: 50_000 },
  { name: 'comments in a continuation', make: (size) => `FROM a\nRUN a \\\n${'# c\n'.repeat(size)} b\n`, largest: 100_000 },
  { name: 'stages', make: stages, largest: 10_000 },
  { name: 'stages of one name, in circles', make: (size) => 'FROM a AS b\nCOPY --from=b x y\n'.repeat(size), largest: 10_000 },
  { name: 'heredocs', make: (size) => `FROM a\n${'RUN <<EOF\nx\nEOF\n'.repeat(size)}`, largest: 10_000 },
  { name: 'heredocs on one line', make: (size) => `FROM a\nRUN${' <<E'.repeat(size)}\n${'E\n'.repeat(size)}`, largest: 10_000 },
  { name: 'open heredocs', make: (size) => `FROM a\n${'RUN <<EOF\nx\n'.repeat(size)}`, largest: 10_000 },
  { name: 'comment lines', make: (size) => `${'# nothing\n'.repeat(size)}FROM a\n`, largest: 100_000 },
  { name: 'unknown instructions', make: (size) => 'NOTHING a\n'.repeat(size), largest: 100_000 },
  { name: 'flags', make: (size) => `FROM a\nCOPY ${'--exclude=x '.repeat(size)} a b\n`, largest: 50_000 },
  { name: 'flags that are not ASCII', make: (size) => `FROM a\nCOPY ${'--exclude=ü '.repeat(size)} a b\n`, largest: 50_000 },
  { name: 'variables', make: (size) => `FROM a\nENV a=${'${x:-$y}'.repeat(size)}\n`, largest: 50_000 },
  { name: 'nested variables', make: (size) => `FROM a\nENV a=${'${x:-'.repeat(size)}${'}'.repeat(size)}\n`, largest: 50_000 },
  { name: 'open quotes', make: (size) => `FROM a\nENV a=${'"\''.repeat(size)}\n`, largest: 50_000 },
  { name: 'JSON', make: (size) => `FROM a\nCMD [${'"a",'.repeat(size)}"b"]\n`, largest: 100_000 },
  { name: 'nested JSON', make: (size) => `FROM a\nCMD ${'['.repeat(size)}${']'.repeat(size)}\n`, largest: 100_000 },
  { name: 'ONBUILD chain', make: (size) => `FROM a\n${'ONBUILD '.repeat(size)}RUN x\n`, largest: 50_000 },
  { name: 'directive with spaces', make: (size) => `# syntax=${' '.repeat(size * 10)}x\nFROM a\n`, largest: 50_000 },
  { name: 'carriage returns', make: (size) => `FROM a${'\r'.repeat(size * 10)}\n`, largest: 50_000 },
  { name: 'pairs', make: (size) => `FROM a\nENV ${'a=b '.repeat(size)}\n`, largest: 100_000 },
  { name: 'ports', make: (size) => `FROM a\nEXPOSE ${'80 '.repeat(size)}\n`, largest: 100_000 },
] // biome-ignore format: one shape a line

function ordinary(lines: number): string {
  const block = [
    'FROM node:20-bookworm-slim AS build',
    '# dependencies first: they change less',
    'WORKDIR /app',
    'COPY --chown=node:node package.json package-lock.json ./',
    'RUN --mount=type=cache,target=/root/.npm npm ci \\',
    '    && npm cache clean --force',
    'ENV NODE_ENV=production PORT=${PORT:-3000}',
    'EXPOSE 3000',
    'USER node',
    'CMD ["node", "server.js"]',
  ]
  const out: string[] = []
  for (let line = 0; line < lines; line++)
    out.push(line === 0 || line % 10 !== 0 ? (block[line % 10] as string) : 'ARG X=1')
  return `${out.join('\n')}\n`
}

function stages(count: number): string {
  let text = ''
  for (let stage = 0; stage < count; stage++) {
    text +=
      stage === 0 ? 'FROM a AS s0\n' : `FROM s${stage - 1} AS s${stage}\nCOPY --from=s${stage - 1} x y\n`
  }
  return text
}

function corpus(): readonly string[] {
  const root = process.env.UNROOT_CORPUS ?? join(homedir(), '.cache', 'unroot', 'corpus')
  if (!existsSync(root)) return []
  const files: string[] = []
  for (const repository of readdirSync(root)) {
    const folder = join(root, repository)
    if (!statSync(folder).isDirectory()) continue
    for (const name of readdirSync(folder)) {
      const path = join(folder, name)
      if (!name.endsWith('.ctx') && statSync(path).isFile()) files.push(readFileSync(path, 'utf8'))
    }
  }
  return files
}

function throughput(): ParseBench['throughput'] {
  const files = corpus()
  const texts = files.length > 0 ? files : [ordinary(20_000)]
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < 30; run++)
    least = Math.min(
      least,
      processorTime(() => {
        for (const text of texts) parseDockerfile(text)
      }),
    )
  return {
    source: files.length > 0 ? `${files.length} real files` : 'a made file',
    megabytesPerSecond: bytes / 1e3 / least,
  }
}

/** In a process of its own, where the collector can be called. */
function memory(): ParseBench['memory'] {
  const self = fileURLToPath(import.meta.url)
  const run = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', self, '--memory'], {
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(run.stderr)
  return JSON.parse(run.stdout)
}

/** What stays on the heap with a parsed file: its text, and all that was made of it. */
function measureMemory(): readonly MemoryBench[] {
  const collect = globalThis.gc
  if (collect === undefined) throw new Error('run with --expose-gc')
  const inUse = () => {
    collect()
    collect()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  parseDockerfile(ordinary(1000))
  const measure = (source: string, block: string): MemoryBench => {
    const bytes = Buffer.from(block.repeat(Math.ceil(10e6 / block.length)))
    const before = inUse()
    const file = parseDockerfile(bytes.toString('latin1'))
    const used = inUse() - before
    return { source, megabytes: file.text.length / 1e6, ratio: used / file.text.length }
  }
  const real = corpus().join('\n')
  return [
    ...(real === '' ? [] : [measure('real files', real)]),
    measure('short instructions, 36 bytes each', ordinary(10_000)),
    measure('the shortest instructions, 7 bytes each', `FROM a\n${'USER b\n'.repeat(10_000)}`),
    measure('comments of 2 bytes', `FROM a\n${'#\n'.repeat(30_000)}`),
  ]
}

/** What the largest size is divided by: 1,000 to 100,000 lines, evenly on the scale of logarithms. */
const parts = [100, 50, 25, 12.5, 6.25, 3, 1.7, 1]

export function benchParse(): ParseBench {
  for (const { make } of shapes) parseDockerfile(make(1000))
  return {
    throughput: throughput(),
    shapes: shapes.map(({ name, make, largest }) => {
      const jobs = parts.map((part) => {
        const text = make(Math.round(largest / part))
        const times = Math.max(1, Math.round(400_000 / text.length))
        return { size: text.length, run: () => parseDockerfile(text), times }
      })
      return { name, megabytes: make(largest).length / 1e6, ...growthOf(jobs, 7) }
    }),
    memory: memory(),
  }
}

export function printParse({ throughput, shapes, memory }: ParseBench): string {
  const lines = [
    `Dockerfile reader: ${throughput.megabytesPerSecond.toFixed(1)} MB/s over ${throughput.source}`,
  ]
  for (const { name, megabytes, milliseconds, exponent } of shapes) {
    const speed = `${megabytes.toFixed(2)} MB ${milliseconds.toFixed(1).padStart(8)} ms`
    lines.push(`  ${name.padEnd(34)} ${speed}  time ~ size^${exponent.toFixed(2)}`)
  }
  for (const { source, megabytes, ratio } of memory) {
    lines.push(`  memory: ${ratio.toFixed(1)} times a file of ${megabytes.toFixed(1)} MB (${source})`)
  }
  return lines.join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(process.argv.includes('--memory') ? JSON.stringify(measureMemory()) : printParse(benchParse()))
}
