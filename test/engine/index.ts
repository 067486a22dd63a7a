import { type BaseName, makeBase } from './bases.ts'
import { type Build, type BuildOptions, buildImage } from './build.ts'
import { docker, startDaemon } from './daemon.ts'
import { type ImportedConfig, importImage } from './import.ts'
import type { Finished, ProcessOptions } from './process.ts'
import { Unavailable } from './unavailable.ts'

export type { BaseName } from './bases.ts'
export type { Build, BuildOptions } from './build.ts'
export type { ImportedConfig } from './import.ts'
export type { Finished, ProcessOptions } from './process.ts'

/** A real container engine: Docker with BuildKit and containerd's image store. How to use it: README.md. */
export interface Engine {
  readonly version: string
  /** The client with these arguments; nothing else is added. */
  docker(args: readonly string[], options?: ProcessOptions): Promise<Finished>
  /** Builds `dockerfile`, with the files of `contextFolder`, as `tag`. */
  build(contextFolder: string, dockerfile: string, tag: string, options?: BuildOptions): Promise<Build>
  /** Runs a new container to its end; what it printed and its exit code. */
  run(image: string, options?: RunOptions): Promise<Finished>
  /** Starts a container in the background and returns its id. @throws where it does not start */
  start(image: string, options?: RunOptions): Promise<string>
  /** Runs a program in a running container. */
  exec(container: string, command: readonly string[], options?: ExecOptions): Promise<Finished>
  /** Makes an image from a folder or a tar. @throws where the engine refuses it */
  importBase(source: string, tag: string, config?: ImportedConfig): Promise<void>
  /**
   * An image that looks as the official one of that family does, and its name: `tag`, by default `unroot-test/<name>`.
   * Made when it is first asked for, and kept for later runs.
   */
  base(name: BaseName, tag?: string): Promise<{ readonly image: string } | Skipped>
  /** Removes images and containers by name, whether or not they are there. */
  remove(...names: readonly string[]): Promise<void>
  /** Removes the containers and images that this handle made; base images stay. */
  close(): Promise<void>
}

export interface RunOptions {
  /** Flags of `docker run`. Without `--network` there is none but loopback. */
  readonly flags?: readonly string[]
  readonly command?: readonly string[]
  readonly timeout?: number
  readonly input?: string
}

export interface ExecOptions {
  readonly flags?: readonly string[]
  readonly timeout?: number
  readonly input?: string
}

/** There is no engine here, for the reason given; what needs one is to be skipped. */
export interface Skipped {
  readonly skipped: string
}

const runTimeout = 60_000
let started: Promise<string> | undefined

/**
 * Starts the engine, or joins the one that another test file has started. From an empty cache that takes a minute or
 * two, else seconds. It ends some seconds after the last process that used it.
 */
export async function engine(): Promise<Engine | Skipped> {
  started ??= startDaemon()
  return await orSkipped(async () => handle(await started!))
}

function handle(version: string): Engine {
  const label = `unroot-test=${process.pid}-${Date.now()}-${Math.random()}`
  const images = new Set<string>()
  const containers = ({ flags = [], command = [] }: RunOptions, image: string, mode: string) => [
    ...['run', mode, `--label=${label}`],
    ...(flags.some((flag) => /^--net(work)?(=|$)/.test(flag)) ? [] : ['--network=none']),
    ...flags,
    image,
    ...command,
  ]
  const remove = async (...names: readonly string[]) => {
    if (names.length === 0) return
    await docker(['rm', '--force', '--volumes', ...names])
    await docker(['image', 'rm', '--force', ...names])
  }
  return {
    version,
    docker,
    async build(contextFolder, dockerfile, tag, options) {
      images.add(tag)
      return await buildImage(contextFolder, dockerfile, tag, options)
    },
    run: (image, options = {}) =>
      docker(containers(options, image, '--rm'), {
        timeout: options.timeout ?? runTimeout,
        ...(options.input === undefined ? {} : { input: options.input }),
      }),
    async start(image, options = {}) {
      const { code, stdout, stderr } = await docker(containers(options, image, '--detach'), {
        timeout: options.timeout ?? runTimeout,
      })
      if (code !== 0) throw new Error(stderr.trim())
      return stdout.trim()
    },
    exec: (container, command, { flags = [], timeout = runTimeout, input } = {}) =>
      docker(['exec', ...(input === undefined ? [] : ['--interactive']), ...flags, container, ...command], {
        timeout,
        ...(input === undefined ? {} : { input }),
      }),
    async importBase(source, tag, config) {
      images.add(tag)
      await importImage(source, tag, config)
    },
    base: (name, tag) =>
      orSkipped(async () => {
        const image = await makeBase(name)
        if (tag === undefined) return { image }
        await docker(['tag', image, tag])
        return { image: tag }
      }),
    remove,
    async close() {
      const { stdout } = await docker(['ps', '--all', '--quiet', `--filter=label=${label}`])
      const mine = stdout.split('\n').filter((id) => id !== '')
      if (mine.length > 0) await docker(['rm', '--force', '--volumes', ...mine])
      if (images.size > 0) await docker(['image', 'rm', '--force', ...images])
      images.clear()
    },
  }
}

async function orSkipped<T>(work: () => Promise<T>): Promise<T | Skipped> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Unavailable) return { skipped: error.message }
    throw error
  }
}
