import { setTimeout as pause } from 'node:timers/promises'
import type { ProcessResult } from '../resolvers/index.ts'
import type { Belongings, Purpose } from './belongings.ts'
import { type Engine, lastWords } from './engine.ts'
import { readHostProcess } from './host-process.ts'
import { type Prober, probers, readProbe, type Seen, type SeenPath } from './probe.ts'
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
  let found: Prober | 'none' | undefined
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

  /** Asks with the first prober that the image has. */
  const withProber = async (
    paths: readonly string[],
    ask: (prober: Prober) => Promise<ProcessResult>,
  ): Promise<Seen | undefined> => {
    if (found === 'none') return undefined
    let absent = 0
    for (const prober of found ? [found] : probers) {
      const { seen, code } = await askAgain(() => ask(prober), paths)
      if (code === 126 || code === 127) absent++
      if (!seen) continue
      found = prober
      return seen
    }
    if (absent === probers.length) found = 'none'
    return undefined
  }

  /** Under load, engines sometimes lose the end of what a container prints. */
  const askAgain = async (ask: () => Promise<ProcessResult>, paths: readonly string[]) => {
    for (let attempt = 1; ; attempt++) {
      const { stdout, code } = await ask()
      const seen = readProbe(stdout.toString('utf8'), paths)
      if (seen || code !== 0 || attempt === 3) return { seen, code }
    }
  }

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
    return readHostProcess(state.pid, state.id) ?? (await readTop(container, state.pid))
  }
  const readTop = async (container: string, pid: number): Promise<ProcessStatus | undefined> => {
    const { code, stdout } = await run(['top', container, '-eo', 'pid,uid,gid'])
    if (code !== 0) return undefined
    for (const line of stdout.toString('utf8').split('\n')) {
      const [process, uid, gid] = line.trim().split(/\s+/).map(Number)
      if (process !== pid || !Number.isInteger(uid) || !Number.isInteger(gid)) continue
      const nothing = {
        groups: undefined,
        effective: undefined,
        bounding: undefined,
        noNewPrivileges: undefined,
      }
      return { uid: uid as number, gid: gid as number, ...nothing }
    }
    return undefined
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

interface ContainerState {
  readonly id: string
  readonly running: boolean
  readonly pid: number
  readonly exitCode: number
  readonly user: string
}

function readState(text: string): ContainerState | undefined {
  try {
    const read = JSON.parse(text) as Inspected | readonly Inspected[]
    // podman gives a list.
    const inspected = Array.isArray(read) ? read[0] : (read as Inspected)
    const { Running, Pid, ExitCode } = inspected.State
    return {
      id: inspected.Id,
      running: Running === true,
      pid: Pid,
      exitCode: ExitCode,
      user: inspected.Config?.User ?? '',
    }
  } catch {
    return undefined
  }
}

/** What is read of `container inspect`. */
interface Inspected {
  readonly Id: string
  readonly Config?: { readonly User?: string }
  readonly State: { readonly Running: boolean; readonly Pid: number; readonly ExitCode: number }
}
