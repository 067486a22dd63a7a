import { type Message, text } from '../l10n/index.ts'
import { type ProcessOptions, type ProcessResult, runProcess } from '../resolvers/index.ts'

/** A local engine that answers. */
export interface Engine {
  readonly program: string
  readonly kind: 'docker' | 'podman'
  readonly version: string
  readonly env: NodeJS.ProcessEnv
  /** One command. Rejects where `signal` stops it; an engine's own refusal is a result. */
  run(args: readonly string[], options?: Partial<ProcessOptions>): Promise<ProcessResult>
}

export type EngineSearch = { readonly engine: Engine } | { readonly trouble: Message }

const engineNames = ['docker', 'podman'] as const
export type EngineName = (typeof engineNames)[number]

const answerLimit = 20_000 // milliseconds, for a single command
const firstAnswerLimit = 10_000

/**
 * The engine that builds and runs here: the one that is asked for, else docker, else podman. DOCKER_HOST and DOCKER_CONTEXT
 * hold, since the engine's own program reads them; who set them means docker.
 */
export async function findEngine(
  wanted: EngineName | undefined,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<EngineSearch> {
  const meansDocker = Boolean(env.DOCKER_HOST || env.DOCKER_CONTEXT)
  const names = wanted ? [wanted] : meansDocker ? (['docker'] as const) : engineNames
  let trouble: Message | undefined
  for (const name of names) {
    const answer = await ask(name, env, signal)
    signal.throwIfAborted()
    if ('engine' in answer) return answer
    // That docker's daemon is not running says more than that there is no podman either.
    if (answer.trouble) trouble ??= answer.trouble
  }
  return { trouble: trouble ?? nothingFound(wanted, meansDocker) }
}

function nothingFound(wanted: EngineName | undefined, meansDocker: boolean): Message {
  if (wanted) return text`${wanted} is not on the PATH. Install it, or start Unroot where it is.`
  return meansDocker
    ? text`docker is not on the PATH, though DOCKER_HOST or DOCKER_CONTEXT is set. Install its command line.`
    : text`Neither docker nor podman is on the PATH. Install one of them, or start Unroot where one is.`
}

async function ask(
  program: EngineName,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<{ readonly engine: Engine } | { readonly trouble: Message | undefined }> {
  const result = await runProcess(program, ['version', '--format', '{{json .}}'], {
    timeout: firstAnswerLimit,
    signal,
    env,
  })
  if (result.outcome === 'missing') return { trouble: undefined }
  if (result.outcome === 'timeout')
    return {
      trouble: text`${program} did not answer within ${firstAnswerLimit / 1000} seconds. Restart it, then try again.`,
    }
  if (result.outcome !== 'exit' || result.code !== 0) return { trouble: troubleOf(program, result, env) }
  const answer = result.stdout.toString('utf8')
  const engine: Engine = {
    program,
    // podman-docker puts podman behind the name docker.
    kind: program === 'podman' || /podman/i.test(answer) ? 'podman' : 'docker',
    version: versionIn(answer),
    env,
    run: async (args, options = {}) => {
      const done = await runProcess(program, args, { timeout: answerLimit, env, ...options })
      options.signal?.throwIfAborted()
      return done
    },
  }
  return { engine }
}

function versionIn(answer: string): string {
  try {
    const { Server, Client } = JSON.parse(answer)
    return String(Server?.Version ?? Client?.Version ?? '')
  } catch {
    return ''
  }
}

const socketIn = (said: string) =>
  /(?:unix|npipe|tcp|ssh):\/\/[^\s"']+?(?=[.:,;]?(?:\s|$|["']))/.exec(said)?.[0]

/** Where they listen unless somebody says otherwise. */
const usualPlace = {
  docker: 'unix:///var/run/docker.sock',
  podman: 'unix:///run/podman/podman.sock',
} as const

/** Why an engine does not answer, and what to do. */
function troubleOf(program: EngineName, { stderr, outcome }: ProcessResult, env: NodeJS.ProcessEnv): Message {
  if (outcome === 'failed') return text`${program} is on the PATH and could not be started.`
  const place =
    socketIn(stderr) ?? (program === 'docker' ? env.DOCKER_HOST : undefined) ?? usualPlace[program]
  if (/permission denied/i.test(stderr))
    return program === 'docker'
      ? text`You may not talk to Docker at ${place}. Join the group docker and log in again (it is as powerful as root), or use rootless Docker or podman.`
      : text`You may not talk to podman at ${place}. Use podman as yourself, without root.`
  if (/context .*not found|unable to resolve docker endpoint/i.test(stderr))
    return env.DOCKER_CONTEXT
      ? text`The Docker context ${env.DOCKER_CONTEXT} does not exist. \`docker context ls\` shows those that do.`
      : text`Docker's current context does not exist. \`docker context use default\` goes back to the usual one.`
  if (
    /cannot connect|is the docker daemon running|connection refused|no such file or directory|unable to connect/i.test(
      stderr,
    )
  )
    return program === 'docker'
      ? text`Docker is installed, but nothing answers at ${place}. Start it, or set DOCKER_HOST or DOCKER_CONTEXT to the one that runs.`
      : text`podman is installed, but nothing answers at ${place}. Start it with \`podman machine start\`.`
  return text`${program} does not answer: ${lastWords(stderr, 1)}`
}

/** The last lines that say something. */
export function lastWords(said: string, lines: number): string {
  return said
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '' && !/^See '|^Run '.*--help'/.test(line))
    .slice(-lines)
    .join('\n')
    .slice(-2000)
}
