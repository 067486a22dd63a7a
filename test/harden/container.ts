import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ContextFile } from '../../server/src/analysis/index.ts'
import type { Engine } from '../engine/index.ts'
import { places } from '../engine/places.ts'
import { runProcess } from '../engine/process.ts'
import { Unavailable } from '../engine/unavailable.ts'
import type { Check } from './app.ts'
import { standInsFor } from './bases.ts'

/** What a build needs: the text, its files, and what the plan changes among them. */
export interface Source {
  readonly folder: string
  readonly dockerfile: string
  readonly contextFiles?: readonly ContextFile[]
  readonly target?: string | undefined
}

/**
 * Builds as people do, without a network; official images are what stands for them.
 *
 * @throws {Unavailable} where a base image cannot be made here, else with the builder's log
 */
export async function build(engine: Engine, tag: string, source: Source): Promise<void> {
  const { folder, dockerfile, contextFiles = [], target } = source
  const context = mkdtempSync(join(places.work, 'app-'))
  try {
    cpSync(folder, context, { recursive: true, filter: (path) => path !== join(folder, 'app.json') })
    for (const { path, result } of contextFiles) writeFileSync(join(context, path), result)
    const file = `${context}.Dockerfile`
    writeFileSync(file, dockerfile)
    const named: string[] = []
    for (const [reference, base] of standInsFor(dockerfile)) {
      if (base === undefined) throw new Error(`Nothing stands for ${reference}.`)
      const made = await engine.base(base)
      if ('skipped' in made) throw new Unavailable(made.skipped)
      named.push(`--build-context=${reference}=docker-image://${made.image}`)
    }
    const { code, output } = await engine.docker(
      [
        ...['build', '--progress=plain', '--network=none', `--tag=${tag}`, `--file=${file}`, ...named],
        ...(target === undefined ? [] : [`--target=${target}`]),
        context,
      ],
      { timeout: 300_000 },
    )
    if (code !== 0)
      throw new Error(`It does not build.\n${dockerfile}\n${output.split('\n').slice(-40).join('\n')}`)
  } finally {
    rmSync(context, { recursive: true })
    rmSync(`${context}.Dockerfile`, { force: true })
  }
}

/** A process of a container, as the kernel sees it. */
export interface ProcessFacts {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly capabilities: string
  readonly noNewPrivileges: boolean
}

/** What was seen of a container that ran. */
export interface Seen {
  readonly log: string
  readonly processes: readonly ProcessFacts[]
  readonly exitCode: number | undefined
}

/**
 * Runs an image until every check is answered, and tells what was seen.
 *
 * @throws where an answer does not come, with the log
 */
export async function answers(
  engine: Engine,
  image: string,
  flags: readonly string[],
  args: readonly string[],
  checks: readonly Check[],
): Promise<Seen> {
  const started = await engine.docker(['run', '--detach', '--network=none', ...flags, image, ...args])
  if (started.code !== 0) throw new Error(`It does not start: ${started.output}`)
  const id = started.stdout.trim().split('\n').at(-1) ?? ''
  try {
    const ends = checks.some((check) => 'ends' in check)
    const exitCode = ends
      ? Number((await engine.docker(['wait', id], { timeout: 60_000 })).stdout)
      : undefined
    for (const check of checks) await see(engine, id, check, flags)
    const healthy = ends ? undefined : await health(engine, id)
    const log = await logOf(engine, id)
    if (healthy !== undefined && healthy !== '') throw new Error(`HEALTHCHECK fails: ${healthy}\n${log}`)
    if (exitCode !== undefined && exitCode !== 0) throw new Error(`It ends with ${exitCode}.\n${log}`)
    return { log, exitCode, processes: ends ? [] : await processesOf(engine, id) }
  } finally {
    await engine.docker(['rm', '--force', '--volumes', id])
  }
}

async function logOf(engine: Engine, id: string): Promise<string> {
  return (await engine.docker(['logs', id])).output
}

async function inspect(engine: Engine, id: string, format: string): Promise<string> {
  return (await engine.docker(['inspect', `--format=${format}`, id])).stdout.trim()
}

async function see(engine: Engine, id: string, check: Check, flags: readonly string[]): Promise<void> {
  let answer = ''
  if ('exec' in check) {
    for (let attempt = 0; attempt < 240; attempt++) {
      answer = (await engine.exec(id, check.exec)).output
      if (answer.includes(check.says)) return
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  } else if ('logs' in check || 'ends' in check) {
    for (let attempt = 0; attempt < ('ends' in check ? 1 : 240); attempt++) {
      answer = ''
      if ((await logOf(engine, id)).includes(check.says)) return
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  } else {
    const pid = await inspect(engine, id, '{{.State.Pid}}')
    const program = [process.execPath, join(import.meta.dirname, 'ask.mjs'), JSON.stringify(check)]
    const asked = await runProcess('nsenter', ['--target', pid, '--net', ...program], { timeout: 90_000 })
    if (asked.code === 0) return
    answer = asked.output
  }
  const state = await inspect(engine, id, '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}')
  throw new Error(
    `${JSON.stringify(check)} is not answered, but: ${answer}\nflags: ${flags.join(' ')}\nstate: ${state}\nlog:\n${await logOf(engine, id)}`,
  )
}

/** Runs the HEALTHCHECK as the engine does: nothing where there is none, an empty text where it passes. */
async function health(engine: Engine, id: string): Promise<string | undefined> {
  const test: readonly string[] | null = JSON.parse(
    await inspect(engine, id, '{{with .Config.Healthcheck}}{{json .Test}}{{else}}null{{end}}'),
  )
  const [form, ...command] = test ?? ['NONE']
  if (form !== 'CMD' && form !== 'CMD-SHELL') return undefined
  const { code, output } = await engine.exec(id, form === 'CMD' ? command : ['/bin/sh', '-c', ...command])
  return code === 0 ? '' : output || `exit code ${code}`
}

async function processesOf(engine: Engine, id: string): Promise<readonly ProcessFacts[]> {
  const { stdout } = await engine.docker(['top', id, '-o', 'pid'])
  return stdout
    .split('\n')
    .slice(1)
    .flatMap((line): ProcessFacts[] => {
      const pid = line.trim()
      const status = pid === '' ? undefined : statusOf(pid)
      return status ? [status] : []
    })
}

/** Undefined for a process that has ended meanwhile. */
function statusOf(pid: string): ProcessFacts | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return undefined
  }
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(text)?.[1] ?? ''
  return {
    name: field('Name'),
    uid: Number(field('Uid')),
    gid: Number(field('Gid')),
    capabilities: field('CapEff'),
    noNewPrivileges: field('NoNewPrivs') === '1',
  }
}
