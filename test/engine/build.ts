import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { docker } from './daemon.ts'
import { places } from './places.ts'

export interface BuildOptions {
  readonly target?: string
  readonly buildArgs?: Readonly<Record<string, string>>
  /** Texts of `RUN --mount=type=secret`, by id. */
  readonly secrets?: Readonly<Record<string, string>>
  /** Default `none`: a build reaches nothing outside. */
  readonly network?: 'none' | 'host'
  /** False builds every step anew. */
  readonly cached?: boolean
  readonly timeout?: number
}

export interface Build {
  readonly ok: boolean
  /** All that the builder printed. */
  readonly log: string
  readonly failedStep?: FailedStep
}

export interface FailedStep {
  /** Of the Dockerfile, from 1; undefined where the builder does not say it. */
  readonly line: number | undefined
  /** Of the RUN, where it was a RUN that ran. */
  readonly exitCode: number | undefined
  readonly message: string
}

const defaultTimeout = 180_000

/** Builds with BuildKit. `# syntax=` asks a registry for another builder, so that line is blanked; lines keep their numbers. */
export async function buildImage(
  contextFolder: string,
  dockerfile: string,
  tag: string,
  options: BuildOptions = {},
): Promise<Build> {
  const { target, buildArgs = {}, secrets = {}, network = 'none', cached = true } = options
  const folder = mkdtempSync(join(places.work, 'secrets-'))
  try {
    const given = Object.entries(secrets).map(([id, text]) => {
      writeFileSync(join(folder, id), text)
      return `--secret=id=${id},src=${join(folder, id)}`
    })
    const { code, output, timedOut } = await docker(
      [
        ...['build', '--progress=plain', `--network=${network}`, `--tag=${tag}`, '--file=-'],
        ...(cached ? [] : ['--no-cache']),
        ...(target === undefined ? [] : [`--target=${target}`]),
        ...Object.entries(buildArgs).map(([name, value]) => `--build-arg=${name}=${value}`),
        ...given,
        contextFolder,
      ],
      {
        input: dockerfile.replace(/^((?:#.*\n)*?)#[ \t]*syntax[ \t]*=.*/i, '$1#'),
        timeout: options.timeout ?? defaultTimeout,
      },
    )
    const log = output.replace(/\r/g, '')
    if (code === 0) return { ok: true, log }
    return {
      ok: false,
      log,
      failedStep: { ...failedStep(log), ...(timedOut ? { message: 'timed out' } : {}) },
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function failedStep(log: string): FailedStep {
  const line = /^ *(\d+) \| >>> /m.exec(log)?.[1]
  const exitCode = /exit code: (\d+)/.exec(log)?.[1]
  const message = /^ERROR: (?:failed to build: )?(?:failed to solve: )?(.*)$/m.exec(log)?.[1]
  return {
    line: line === undefined ? undefined : Number(line),
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
    message: message ?? log.trim().split('\n').at(-1) ?? '',
  }
}
