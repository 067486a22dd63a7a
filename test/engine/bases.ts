import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildImage } from './build.ts'
import { docker } from './daemon.ts'
import { importImage } from './import.ts'
import { withLock } from './lock.ts'
import { places } from './places.ts'
import { Unavailable } from './unavailable.ts'

/** A folder of `bases/` with a Dockerfile, or `debian`: what the others are made from. */
export type BaseName =
  | 'alpine'
  | 'apache'
  | 'bun'
  | 'busybox'
  | 'composer'
  | 'cron'
  | 'debian'
  | 'debian-packages'
  | 'debian-tools'
  | 'distroless-base'
  | 'distroless-static'
  | 'golang'
  | 'java'
  | 'jdk'
  | 'nginx'
  | 'nginx-alpine'
  | 'nginx-unprivileged'
  | 'node'
  | 'node-alpine'
  | 'node-packages'
  | 'php-apache'
  | 'php-cli'
  | 'php-fpm'
  | 'postgres'
  | 'python'
  | 'python-packages'
  | 'redis'
  | 'ruby'
  | 'ruby-packages'
  | 'rust'
  | 'scratch-busybox'
  | 'supervisor'
  | 'tomcat'

const folder = join(import.meta.dirname, 'bases')
const timeout = 600_000

/**
 * The image of a base, made where it is not there yet, or its recipe has changed.
 *
 * @throws {Unavailable} where its packages cannot be had
 */
export async function makeBase(name: BaseName): Promise<string> {
  if (name === 'debian') return await inStore(name, 'debian:12', 'minbase', importDebian)
  const needed = [...recipe(name).matchAll(/^(?:FROM |COPY --from=)unroot-test\/([\w-]+)/gm)]
  for (const [, base] of needed) await makeBase(base as BaseName)
  const context = join(folder, name)
  return await inStore(name, name, hashOf(name), async (image) => {
    const { ok, failedStep } = await buildImage(context, recipe(name), image, {
      network: 'host',
      timeout,
      secrets: ownTrust(),
    })
    if (!ok) throw new Unavailable(`the base image ${name} cannot be made: ${failedStep?.message}.`)
  })
}

/** Whom this machine trusts: a mirror of a package registry may have a certificate of its own. */
function ownTrust(): Readonly<Record<string, string>> {
  const file = '/etc/ssl/certs/ca-certificates.crt'
  return existsSync(file) ? { ca: readFileSync(file, 'utf8') } : {}
}

async function inStore(
  name: BaseName,
  image: string,
  version: string,
  make: (image: string) => Promise<void>,
): Promise<string> {
  const [repository, tag = 'latest'] = `unroot-test/${image}`.split(':')
  const full = `${repository}:${tag}`
  return await withLock(places.lock(`base-${name}`), async () => {
    // The version is a second name of the same image.
    const made = `unroot-test/base-${name}:${version}`
    if ((await docker(['image', 'inspect', '--format', 'x', made])).code !== 0) {
      await make(made)
    }
    await docker(['tag', made, full])
    return full
  })
}

const importDebian = (image: string) => importImage(places.debian, image, { cmd: ['bash'] })

function recipe(name: string): string {
  return readFileSync(join(folder, name, 'Dockerfile'), 'utf8')
}

/** Of the base's own files and of those that it is made from. */
function hashOf(name: string): string {
  const hash = createHash('sha256')
  for (const file of readdirSync(join(folder, name)).sort())
    hash.update(file).update(readFileSync(join(folder, name, file)))
  for (const [, base] of recipe(name).matchAll(/^(?:FROM |COPY --from=)unroot-test\/([\w-]+)/gm))
    if (base !== 'debian') hash.update(hashOf(base as string))
  return hash.digest('hex').slice(0, 12)
}
