import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Analysis, analyse } from '../../../server/src/analysis/index.ts'
import { catalogue } from '../../../server/src/base-images/index.ts'
import { nodeBuildContext } from '../../../server/src/build-context/node.ts'
import { parseDockerfile } from '../../../server/src/dockerfile/index.ts'
import { applyEdits } from '../../../server/src/fixes/index.ts'
import { lineOf, stepFailures } from '../../../server/src/image/index.ts'
import type { BuildContext } from '../../../server/src/image/types.ts'
import { knownValue } from '../../../server/src/known.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import { type BaseName, type Engine, engine } from '../../engine/index.ts'
import { type Block, readPage } from '../../rules/page.ts'

/**
 * Every repair that the rules' pages lead to, built and started by a real engine: a step that is said to fail fails, in its
 * line; the repaired file builds, and runs as whom it is said to run as. `UNROOT_ENGINE_REPAIRS` is how many, or `all`.
 */
const wanted =
  process.env.UNROOT_ENGINE_REPAIRS === 'all' ? Infinity : Number(process.env.UNROOT_ENGINE_REPAIRS ?? 12)

/** What FROM means here. Other bases cannot be made. */
const bases: Readonly<Record<string, BaseName>> = {
  'debian:12': 'debian',
  'alpine:3.22': 'alpine',
  'busybox:1.37': 'busybox',
  'node:22': 'node',
  'python:3.13-slim': 'python',
  'redis:8': 'redis',
  'nginx:1.29': 'nginx',
  'golang:1.25': 'golang',
  'golang:1.24': 'golang',
  'gcr.io/distroless/static:nonroot': 'distroless-static',
}

/** Programs that need the network, or what the imitated bases lack. */
const unreachable =
  /\b(?:apt(?:-get)?|apk|dnf|yum|microdnf|npm|npx|yarn|pnpm|pip3?|uv|poetry|curl|wget|git|go|cargo|gem|bundle|composer|mvn|gradle|dotnet|make|setcap|sudo|crontab|ssh-keygen|chpasswd|systemctl|setfacl)\b|[ =]\.\/\w/

/** Of this process: another may run the same on the same engine. */
const tag = `unroot-test/repair-${process.pid}`
const pages = join(import.meta.dirname, '../../../docs/rules')
const images = catalogue()

interface Repair {
  readonly name: string
  readonly block: Block
  readonly before: string
  readonly after: string
}

describe('Repairs, built and started', function () {
  this.timeout(3_600_000)
  let docker: Engine
  let place: string

  before(async function () {
    const started = await engine()
    if ('skipped' in started) {
      console.log(`      skipped: ${started.skipped}`)
      this.skip()
    }
    docker = started
    place = mkdtempSync(join(tmpdir(), 'unroot-repairs-'))
  })
  after(async () => {
    if (place) rmSync(place, { recursive: true, force: true })
    await docker?.close()
  })

  it('builds what is repaired, and only that', async function () {
    const all = allRepairs(place)
    const repairs = spread(all, wanted)
    const ready = new Set<string>()
    const wrong: string[] = []
    let built = 0
    let failed = 0
    const known = new Map<string, boolean>()
    for (const { name, block, before, after } of repairs) {
      for (const image of basesOf(before)) {
        if (image === 'scratch' || ready.has(image)) continue
        const base = await docker.base(bases[image] as BaseName, image)
        if ('skipped' in base) {
          console.log(`      skipped: ${base.skipped}`)
          this.skip()
        }
        ready.add(image)
      }
      const folder = contextFor(place, block)
      const told = failingLine(analysisOf(before, block, folder))
      if (told !== undefined && !known.has(before)) {
        const { ok, failedStep } = await docker.build(folder, before, tag, secretsOf(before))
        known.set(before, ok)
        if (ok) wrong.push(`${name}: line ${told} is said to fail, and the file builds\n${before}`)
        else if (failedStep?.line !== told)
          wrong.push(
            `${name}: line ${told} is said to fail, and line ${failedStep?.line} does: ${failedStep?.message}`,
          )
        failed++
      }
      const analysis = analysisOf(after, block, folder)
      if (failingLine(analysis) !== undefined) continue
      const { ok, failedStep } = await docker.build(folder, after, tag, secretsOf(after))
      built++
      if (!ok)
        wrong.push(`${name}: does not build: line ${failedStep?.line}: ${failedStep?.message}\n${after}`)
      else {
        const problem = await started(docker, analysis)
        if (problem) wrong.push(`${name}: ${problem}\n${after}`)
      }
    }
    console.log(
      `      ${built} of ${all.length} repaired files built and started, ${failed} failed before as they were said to`,
    )
    assert.ok(built > 0)
    assert.deepEqual(wrong, [])
  })
})

/** Who PID 1 is, and whether the start is refused something, against the prediction. */
async function started(docker: Engine, { timeline }: Analysis): Promise<string | undefined> {
  const { runtime } = timeline
  const uid = runtime && knownValue(runtime.state.identity.uid)
  if (!runtime) return undefined
  if (timeline.target?.base?.os !== 'scratch' && timeline.target?.base?.os !== 'distroless') {
    const { stdout, stderr } = await docker.run(tag, {
      flags: ['--entrypoint', 'id'],
      command: ['-u'],
    })
    if (uid !== undefined && stdout.trim() !== String(uid))
      return `runs as ${stdout.trim() || stderr.trim()}, not as ${uid}`
  }
  const output = await firstWords(docker)
  const refused = /permission denied|EACCES|operation not permitted/i.test(output)
  const told = runtime.failure ?? runtime.commands.find(({ failure }) => failure)?.failure
  return refused && !told ? `the start is refused something: ${output.trim().slice(0, 300)}` : undefined
}

/** What the image says within its first second. */
async function firstWords(docker: Engine): Promise<string> {
  try {
    const id = await docker.start(tag)
    await setTimeout(700)
    const { output } = await docker.docker(['logs', id])
    await docker.remove(id)
    return output
  } catch (error) {
    return String(error)
  }
}

function allRepairs(place: string): Repair[] {
  return readdirSync(pages)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
    .flatMap((page) =>
      readPage(join(pages, page))
        .blocks.filter(({ kind }) => kind === 'sample')
        .map((block) => ({ page, block })),
    )
    .filter(({ block }) => canBeBuilt(block))
    .flatMap(({ page, block }) => {
      const analysis = analysisOf(block.text, block, contextFor(place, block))
      const seen = new Set<string>()
      return analysis.findings.flatMap((finding) =>
        analysis.fixesFor(finding).flatMap((fix): Repair[] => {
          if (fix.kind !== 'edit') return []
          const after = applyEdits(block.text, fix.edits)
          if (seen.has(after) || !canBeBuilt({ ...block, text: after })) return []
          seen.add(after)
          return [{ name: `${page}:${block.line} ${inEnglish(fix.title)}`, block, before: block.text, after }]
        }),
      )
    })
}

/** Some of them, from all over the list. */
function spread<T>(all: readonly T[], count: number): readonly T[] {
  if (all.length <= count) return all
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)] as T)
}

function secretsOf(text: string): { readonly secrets: Readonly<Record<string, string>> } {
  const ids = [...text.matchAll(/type=secret[^ ]*?\bid=([\w.-]+)/g)].map(([, id = '']) => [id, 'secret'])
  return { secrets: Object.fromEntries(ids) }
}

function basesOf(text: string): readonly string[] {
  const stages = new Set(
    [...text.matchAll(/^FROM\s+\S+\s+AS\s+(\S+)/gim)].map(([, name]) => name?.toLowerCase()),
  )
  return [...text.matchAll(/^FROM\s+(?:--\S+\s+)*(\S+)|^COPY\s+.*--from=(\S+)/gim)]
    .map(([, from, copied]) => from ?? copied ?? '')
    .filter((image) => !stages.has(image.toLowerCase()) && !/^\d+$/.test(image))
}

const isMade = (image: string) => image === 'scratch' || Object.hasOwn(bases, image)

function canBeBuilt({ text, builder }: Block): boolean {
  // The reader is that of a newer BuildKit than the engine has.
  if (parseDockerfile(text).problems.some(({ severity }) => severity === 'error')) return false
  if (builder !== undefined && builder !== 'buildkit') return false
  if (/^ONBUILD|^ADD\s.*https?:|--security=|--network=|type=ssh|<<\S*sh/im.test(text)) return false
  const runs = text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => /^RUN\b/i.test(line))
  return basesOf(text).every(isMade) && !runs.some((line) => unreachable.test(line))
}

function analysisOf(text: string, { profile, target }: Block, folder: string): Analysis {
  return analyse(text, {
    context: nodeBuildContext(folder),
    baseImages: images,
    ...(profile ? { profile } : {}),
    ...(target ? { target } : {}),
  })
}

/** The line of the first step that fails for certain. */
function failingLine({ timeline }: Analysis): number | undefined {
  const [first] = stepFailures(timeline)
    .filter(({ failure }) => failure.certainty === 'certain')
    .map(({ failure }) => failure.range.start)
    .sort((a, b) => a - b)
  const instruction =
    first === undefined
      ? undefined
      : timeline.dockerfile.instructions.find(({ range }) => range.start <= first && first < range.end)
  return instruction && lineOf(timeline.dockerfile, instruction.range.start)
}

/** The block's files on disk, and one for every source that COPY names and the page says nothing of. */
function contextFor(place: string, block: Block): string {
  const folder = join(place, `${block.line}-${Buffer.from(block.text).toString('base64url').slice(-24)}`)
  if (existsSync(folder)) return folder
  mkdirSync(folder, { recursive: true })
  const given = writeAll(block.context, '', folder)
  if (given) return folder
  for (const [, words = ''] of block.text.matchAll(/^(?:COPY|ADD)\s+(?!.*--from=)((?:--\S+\s+)*.+)$/gim)) {
    const all = /\[/.test(words)
      ? [...words.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word)
      : words.split(/\s+/).filter((word) => !word.startsWith('--'))
    for (const source of all.slice(0, -1)) {
      if (/[*?$<]/.test(source) || /^\.?\/?$/.test(source)) continue
      const path = join(folder, source)
      if (existsSync(path)) continue
      if (source.endsWith('/') || !/\.\w+$|entrypoint|start|run$/.test(source))
        mkdirSync(path, { recursive: true })
      if (source.endsWith('/') || !/\.\w+$|entrypoint|start|run$/.test(source))
        writeFileSync(join(path, 'file'), 'x\n')
      else {
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, /\.sh$|entrypoint|start|run$/.test(source) ? '#!/bin/sh\nexec "$@"\n' : 'x\n')
      }
    }
  }
  writeFileSync(join(folder, 'file'), 'x\n')
  return folder
}

/** False where the page gives no files. */
function writeAll(context: BuildContext, path: string, folder: string): boolean {
  const names = context.list(path)
  if (names === 'unknown') return false
  for (const name of names) {
    const child = path === '' ? name : `${path}/${name}`
    const entry = context.stat(child)
    if (entry === 'missing' || entry === 'unknown') continue
    if (entry.kind === 'directory') {
      mkdirSync(join(folder, child), { recursive: true })
      writeAll(context, child, folder)
    } else writeFileSync(join(folder, child), context.read(child) ?? '', { mode: entry.mode ?? 0o644 })
  }
  return true
}
