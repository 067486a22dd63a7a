import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Finished, runProcess } from './process.ts'
import { orUnavailable, Unavailable } from './unavailable.ts'

/** Debian's packages, unpacked into a folder: nothing is installed on this machine. */
export interface Apt {
  /** The mirror that this machine's own apt uses. */
  readonly mirror: string
  /** Debian's name of this machine's release. */
  readonly release: string
  /** Downloads packages (`name/release`) and unpacks them into `folder`. */
  unpack(packages: readonly string[], folder: string): Promise<void>
}

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
const minutes = 60_000

/**
 * A second apt configuration for several releases of Debian, beside the machine's own, which stays as it is.
 *
 * @throws {Unavailable} where this is no Debian, or its mirror does not answer
 */
export async function aptFor(releases: readonly string[], folder: string): Promise<Apt> {
  if (!existsSync('/usr/bin/apt-get') || !existsSync(keyring))
    throw new Unavailable('the engine is made from the packages of Debian, and this is no Debian with apt.')
  const release = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable'
  const mirror = await ownMirror(release)
  mkdirSync(join(folder, 'lists/partial'), { recursive: true })
  mkdirSync(join(folder, 'archives/partial'), { recursive: true })
  const list = join(folder, 'sources.list')
  writeFileSync(
    list,
    [...new Set([...releases, release])]
      .map((name) => `deb [signed-by=${keyring}] ${mirror} ${name} main\n`)
      .join(''),
  )
  const options = Object.entries({
    'Dir::Etc::sourcelist': list,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': folder,
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::http::Timeout': '20',
    'Acquire::Retries': '2',
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  const apt = (args: readonly string[], cwd: string): Promise<Finished> =>
    runProcess('apt-get', ['-qq', ...options, ...args], { timeout: 5 * minutes, cwd })
  const update = await apt(['update', '--error-on=any'], folder)
  orUnavailable(`the mirror of Debian has no packages of ${releases.join(' and ')}`, update)
  return {
    mirror,
    release,
    async unpack(packages, into) {
      const debs = join(into, '.debs')
      mkdirSync(debs, { recursive: true })
      orUnavailable(`${packages.join(', ')} cannot be downloaded`, await apt(['download', ...packages], debs))
      for (const deb of readdirSync(debs))
        orUnavailable(`${deb} cannot be unpacked`, await runProcess('dpkg', ['-x', join(debs, deb), into]))
    },
  }
}

async function ownMirror(release: string): Promise<string> {
  const { stdout } = await runProcess('apt-get', [
    'indextargets',
    '--format',
    '$(RELEASE) $(COMPONENT) $(SITE)',
    'Created-By: Packages',
  ])
  for (const line of stdout.split('\n')) {
    const [name, component, site] = line.split(' ')
    if (component === 'main' && site && (name === release || name === 'stable')) return site
  }
  throw new Unavailable('this machine’s apt knows no mirror of Debian.')
}
