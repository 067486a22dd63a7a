import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { Engine } from './engine.ts'

/** Containers that one verification may make, by what they are for. */
const purposes = ['image', 'user', 'start', 'again', 'plain'] as const
export type Purpose = (typeof purposes)[number]

/** What a verification makes in the engine, and nothing else: it alone is removed. */
export interface Belongings {
  readonly tag: string
  /** Put on image and containers, so that a person finds them too. */
  readonly label: string
  container(purpose: Purpose): string
  remove(purpose: Purpose): Promise<void>
  /** Removes all, unless it `completed` and is to be kept. What was stopped may still be made: then it is looked at again later. */
  end(how: { readonly completed: boolean; readonly keep: boolean }): Promise<void>
}

const removalLimit = 60_000

export function createBelongings(engine: Engine): Belongings {
  const id = randomBytes(6).toString('hex')
  const tag = `unroot-verify:${id}`
  const container = (purpose: Purpose) => `unroot-verify-${id}-${purpose}`
  const names = purposes.map(container)
  const removals = [removalOf(engine, names), ['image', 'rm', '--force', tag]]
  const guard = startGuard(engine, removals)
  const run = (args: readonly string[]) => engine.run(args, { timeout: removalLimit })
  return {
    tag,
    label: `dev.unroot.verify=${id}`,
    container,
    remove: async (purpose) => {
      await run(removalOf(engine, [container(purpose)]))
    },
    end: async ({ completed, keep }) => {
      if (!completed || !keep) {
        for (const removal of removals) await run(removal)
      }
      if (completed) guard.release()
      else guard.sweep()
    },
  }
}

/** Containers with their volumes that have no name; whether or not they are there. */
function removalOf({ kind }: Engine, names: readonly string[]): readonly string[] {
  // Without --ignore podman 4 removes none where one is missing, and it waits ten seconds for each before it kills.
  return ['rm', '--force', '--volumes', ...(kind === 'podman' ? ['--ignore', '--time', '0'] : []), ...names]
}

/**
 * A process that outlives us and removes what we could not, however we ended: its input closes with us. It looks twice,
 * since a build that lost its reader may still finish.
 */
const guardScript = `
const { spawnSync } = require('node:child_process')
const { program, removals } = JSON.parse(process.argv[1])
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {})
const sweep = () => {
  for (const removal of removals) spawnSync(program, removal, { stdio: 'ignore', windowsHide: true })
}
let said = ''
process.stdin.on('data', (data) => { said += data }).on('end', () => {
  if (said === 'released') return
  sweep()
  setTimeout(sweep, 5000)
})
`

function startGuard(
  { program, env }: Engine,
  removals: readonly (readonly string[])[],
): { release(): void; sweep(): void } {
  const child = spawn(process.execPath, ['-e', guardScript, JSON.stringify({ program, removals })], {
    detached: true,
    windowsHide: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    // Inside VS Code, Node is Electron.
    env: { ...env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
  })
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.unref()
  return { release: () => child.stdin.end('released'), sweep: () => child.stdin.end() }
}
