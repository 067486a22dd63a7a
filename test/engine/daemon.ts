import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, withLock } from './lock.ts'
import { places } from './places.ts'
import { type Finished, type ProcessOptions, runProcess } from './process.ts'
import { buildxPlugin, setUpDebian, setUpPrograms } from './setup.ts'
import { Unavailable } from './unavailable.ts'

const secondsToStart = 60

/** The client, talking to this engine and to no other. */
export function docker(args: readonly string[], options: ProcessOptions = {}): Promise<Finished> {
  return runProcess(join(places.programs, 'usr/bin/docker'), args, {
    ...options,
    env: {
      DOCKER_HOST: `unix://${places.socket}`,
      DOCKER_CONFIG: places.config,
      BUILDKIT_PROGRESS: 'plain',
      BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
      BUILDX_GIT_INFO: '0',
      ...options.env,
    },
  })
}

/**
 * The engine runs when this is done, and goes on at least until this process ends.
 *
 * @returns the engine's version
 * @throws {Unavailable} where it cannot be had or does not start
 */
export async function startDaemon(): Promise<string> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new Unavailable('a container engine of our own needs Linux and root.')
  mkdirSync(places.leases, { recursive: true })
  writeFileSync(join(places.leases, String(process.pid)), '')
  return await withLock(places.lock('daemon'), async () => {
    await Promise.all([setUpPrograms(places.programs), setUpDebian(places.debian, `${places.debian}.tools`)])
    return (await version()) ?? (await start())
  })
}

async function version(): Promise<string | undefined> {
  if (!existsSync(places.socket)) return undefined
  const { code, stdout } = await docker(['version', '--format', '{{.Server.Version}}'], { timeout: 20_000 })
  return code === 0 ? stdout.trim() : undefined
}

async function start(): Promise<string> {
  for (const folder of [join(places.config, 'cli-plugins'), places.work])
    mkdirSync(folder, { recursive: true })
  copyFileSync(join(places.programs, buildxPlugin), join(places.config, 'cli-plugins/docker-buildx'))
  writeFileSync(
    join(places.config, 'daemon.json'),
    JSON.stringify({
      features: { 'containerd-snapshotter': true },
      builder: { gc: { enabled: true, defaultKeepStorage: '4GB' } },
    }),
  )
  const keeper = spawn(process.execPath, ['--import=tsx', join(import.meta.dirname, 'keeper.ts')], {
    detached: true,
    stdio: 'ignore',
    cwd: import.meta.dirname,
  })
  keeper.unref()
  for (let second = 0; second < secondsToStart && isAlive(keeper.pid); second++) {
    await sleep(1000)
    const started = await version()
    if (started !== undefined) {
      await removeLeftovers()
      return started
    }
  }
  const said = existsSync(places.log) ? readFileSync(places.log, 'utf8').trim().split('\n').at(-1) : ''
  throw new Unavailable(`the container engine does not start here: ${said}`)
}

/** What a run that was killed left behind. */
async function removeLeftovers(): Promise<void> {
  const left = (await docker(['ps', '--all', '--quiet'])).stdout.split('\n').filter((id) => id !== '')
  if (left.length > 0) await docker(['rm', '--force', '--volumes', ...left])
}
