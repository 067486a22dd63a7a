import { spawn } from 'node:child_process'
import { openSync, readdirSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, withLock } from './lock.ts'
import { places } from './places.ts'
import { programFolders } from './setup.ts'

/**
 * Runs dockerd for as long as a process holds a lease, and a little longer for the next test file; so it ends with
 * the test run, however that ends. Started detached by `daemon.ts`.
 */
const lingerSeconds = 10

const log = openSync(places.log, 'w')
const daemon = spawn(
  join(places.programs, 'usr/sbin/dockerd'),
  [
    ...['--host', `unix://${places.socket}`, '--pidfile', places.pid],
    ...['--data-root', places.data, '--exec-root', places.state],
    // The image store of Docker 29 and Docker Desktop: only there is `COPY --link` what it says.
    ...['--config-file', join(places.config, 'daemon.json')],
    ...['--iptables=false', '--ip6tables=false', '--bridge=none'],
  ],
  {
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      PATH: [...programFolders.map((folder) => join(places.programs, folder)), process.env.PATH].join(
        delimiter,
      ),
    },
  },
)
const leave = () => process.exit()
daemon.on('exit', leave)
daemon.on('error', () => process.exit(1))

void keep()

async function keep(): Promise<void> {
  for (let idle = 0; idle <= lingerSeconds || !(await stopped()); idle = someoneNeedsIt() ? 0 : idle + 1)
    await sleep(1000)
  process.exit()
}

function stopped(): Promise<boolean> {
  return withLock(places.lock('daemon'), async () => {
    if (someoneNeedsIt()) return false
    daemon.off('exit', leave)
    const ended = new Promise((resolve) => daemon.once('exit', resolve))
    daemon.kill('SIGTERM')
    await ended
    return true
  })
}

function someoneNeedsIt(): boolean {
  let needed = false
  for (const name of readdirSync(places.leases))
    if (isAlive(Number(name))) needed = true
    else rmSync(join(places.leases, name), { force: true })
  return needed
}
