import { existsSync, renameSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Apt, aptFor } from './apt.ts'
import { runProcess } from './process.ts'
import { orUnavailable, Unavailable } from './unavailable.ts'

/**
 * Makes, from the packages of Debian alone, what the engine needs: dockerd with BuildKit, its client, containerd and
 * runc unpacked, and the file system of `debian:12`. Nothing is taken from an image registry.
 */

/** Where the programs are, in a folder of unpacked packages. */
export const programFolders = ['usr/bin', 'usr/sbin'] as const
export const buildxPlugin = 'usr/libexec/docker/cli-plugins/docker-buildx'

const showsVersion = {
  'usr/sbin/dockerd': '--version',
  'usr/bin/containerd': '--version',
  'usr/sbin/runc': '--version',
  [buildxPlugin]: 'version',
}

/** The newest Docker first; what a release has is decided by Debian. */
const dockers = [{ from: 'sid' }, { from: 'trixie' }] as const
/** sid's containerd wants a newer C library than the oldest release that this is made for. */
const containerdFrom = 'trixie'
const debianRelease = 'bookworm'
const minutes = 60_000

/** Programs of the engine in `folder`, made once. */
export async function setUpPrograms(folder: string): Promise<void> {
  if (existsSync(folder)) return
  let reason: Unavailable | undefined
  for (const { from } of dockers)
    try {
      await unpackPrograms(from, `${folder}.new`)
      renameSync(`${folder}.new`, folder)
      return
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      reason ??= error
    }
  throw reason
}

async function unpackPrograms(from: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const apt = await aptFor([from, containerdFrom], join(folder, 'apt'))
  const docker = ['docker.io', 'docker-cli', 'docker-buildx'].map((name) => `${name}/${from}`)
  // runc is tied closest to the C library: this machine's own release.
  await apt.unpack([...docker, `containerd/${containerdFrom}`, `runc/${apt.release}`], folder)
  for (const [program, argument] of Object.entries(showsVersion))
    orUnavailable(
      `${program} of Debian does not run here`,
      await runProcess(join(folder, program), [argument]),
    )
  rmSync(join(folder, 'apt'), { recursive: true })
  rmSync(join(folder, '.debs'), { recursive: true })
}

/** The file system of `debian:12` as a tar, made once, as the official image is: the variant `minbase`. */
export async function setUpDebian(tar: string, folder: string): Promise<void> {
  if (existsSync(tar)) return
  await mkdir(folder, { recursive: true })
  try {
    const apt = await aptFor([debianRelease], join(folder, 'apt'))
    await apt.unpack([`mmdebstrap/${apt.release}`], folder)
    await bootstrap(apt, folder, `${tar}.new`)
    renameSync(`${tar}.new`, tar)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function bootstrap({ mirror }: Apt, folder: string, tar: string): Promise<void> {
  const proxies = (await runProcess('apt-config', ['dump', '--format', '%F "%v";%n', 'Acquire'])).stdout
    .split('\n')
    .filter((line) => /^Acquire::https?::Proxy\b/.test(line))
  const finished = await runProcess(
    join(folder, 'usr/bin/mmdebstrap'),
    [
      '--quiet',
      '--variant=minbase',
      '--mode=root',
      '--format=tar',
      // As debootstrap makes it: without usrmerge, which needs all of Perl.
      '--include=usr-is-merged',
      `--hook-dir=${join(folder, 'usr/share/mmdebstrap/hooks/merged-usr')}`,
      ...proxies.map((line) => `--aptopt=${line}`),
      debianRelease,
      tar,
      `deb ${mirror} ${debianRelease} main`,
    ],
    { timeout: 10 * minutes },
  )
  orUnavailable('the file system of Debian 12 cannot be made', finished)
}
