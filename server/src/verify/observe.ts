import { setTimeout as pause } from 'node:timers/promises'
import type { Belongings, Purpose } from './belongings.ts'
import { type ContainerState, readState, readTop } from './container-state.ts'
import { type Engine, lastWords } from './engine.ts'
import { readHostProcess } from './host-process.ts'
import type { Seen, SeenPath } from './probe.ts'
import { createProberSearch } from './prober-search.ts'
import type { ProcessStatus } from './process-status.ts'

/** How an image's own program fared. */
export interface Started {
  readonly outcome: 'up' | 'ended' | 'refused'
  readonly exitCode: number | undefined
  /** The engine's where it refused, else the container's last ones. */
  readonly words: string
  /** As the container's config has it; '' where it has none. */
  readonly toldUser?: string
  readonly status: ProcessStatus | undefined
  /** Undefined: nothing in the image can try. */
  readonly paths: ReadonlyMap<string, SeenPath> | undefined
}

export interface StartWish {
  readonly purpose: Purpose
  readonly flags: readonly string[]
  readonly paths: readonly string[]
  /** Milliseconds that it has to stay up. */
  readonly wait: number
  /** Paths are tried as the first process, not as the user that the container was started with. */
  readonly stepsDown: boolean
}

/** Everything that is asked of containers of one image. */
export interface Observer {
  /** Runs a program of the image in the place of its own; undefined where none of those that we know is there. */
  probe(purpose: Purpose, flags: readonly string[], paths: readonly string[]): Promise<Seen | undefined>
  start(wish: StartWish): Promise<Started>
}

const probeLimit = 60_000
const pollEvery = 200
/** A container that is just being made is waited for when we are stopped: killed halfway, the engine makes it after we have left. */
const patience = 3000

/** @param signal stops it: what is going on then rejects */
export function createObserver(
  engine: Engine,
  own: Belongings,
  common: readonly string[],
  signal: AbortSignal,
): Observer {
  const withProber = createProberSearch()
  const run = async (args: readonly string[]) => {
    signal.throwIfAborted()
    const late = new AbortController()
    const endSoon = () => setTimeout(() => late.abort(), patience).unref()
    signal.addEventListener('abort', endSoon, { once: true })
    const done = await engine
      .run(args, { signal: late.signal, timeout: probeLimit })
      .finally(() => signal.removeEventListener('abort', endSoon))
    signal.throwIfAborted()
    return done
  }
  const create = (purpose: Purpose, flags: readonly string[]) => [
    ...['run', '--pull=never', '--name', own.container(purpose), '--label', own.label],
    ...common,
    ...flags,
  ]

  const probeInside = (container: string, paths: readonly string[], user?: string) =>
    withProber(paths, ({ program, args }) =>
      run(['exec', ...(user === undefined ? [] : ['--user', user]), container, program, ...args, ...paths]),
    )

  const inspect = async (container: string): Promise<ContainerState | undefined> => {
    const { code, stdout } = await run(['container', 'inspect', '--format', '{{json .}}', container])
    return code === 0 ? readState(stdout.toString('utf8')) : undefined
  }

  /** From outside: the image has nothing that could tell. */
  const look = async (container: string, state: ContainerState | undefined) => {
    if (!state?.running) return undefined
    return readHostProcess(state.pid, state.id) ?? (await askTop(container, state.pid))
  }
  const askTop = async (container: string, pid: number): Promise<ProcessStatus | undefined> => {
    const { code, stdout } = await run(['top', container, '-eo', 'pid,uid,gid'])
    return code === 0 ? readTop(stdout.toString('utf8'), pid) : undefined
  }

  return {
    probe: (purpose, flags, paths) =>
      withProber(paths, ({ program, args }) =>
        run([...create(purpose, ['--rm', ...flags]), '--entrypoint', program, own.tag, ...args, ...paths]),
      ),
    start: async ({ purpose, flags, paths, wait, stepsDown }) => {
      const container = own.container(purpose)
      const nothing = { status: undefined, paths: undefined }
      const begun = await run([...create(purpose, ['--detach', ...flags]), own.tag])
      if (begun.outcome !== 'exit' || begun.code !== 0)
        return {
          outcome: 'refused',
          exitCode: begun.code ?? undefined,
          words: lastWords(begun.stderr, 3),
          ...nothing,
        }
      const end = performance.now() + wait
      let state = await inspect(container)
      while (state?.running && performance.now() < end) {
        await pause(pollEvery, undefined, { signal })
        state = await inspect(container)
      }
      if (state?.running) {
        const seen = await probeInside(container, stepsDown ? [] : paths)
        const status = seen?.status ?? (await look(container, state))
        const tried = seen && stepsDown ? await probeInside(container, paths, userFlag(seen.status)) : seen
        state = await inspect(container)
        if (state?.running)
          return { outcome: 'up', exitCode: undefined, words: '', status, paths: tried?.paths }
      }
      const { stdout, stderr } = await run(['logs', '--tail', '20', container])
      const words = lastWords(`${stdout.toString('utf8')}\n${stderr}`, 5)
      return {
        outcome: 'ended',
        exitCode: state?.exitCode,
        words,
        ...(state ? { toldUser: state.user } : {}),
        ...nothing,
      }
    },
  }
}

/** By number alone where there are more groups: then the engine looks them up. */
function userFlag({ uid, gid, groups }: ProcessStatus): string {
  return (groups?.length ?? 0) > 1 ? String(uid) : `${uid}:${gid}`
}
