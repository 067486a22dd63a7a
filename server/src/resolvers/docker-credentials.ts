import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { text } from '../l10n/index.ts'
import { isJsonObject } from './image-config.ts'
import { runProcess } from './process.ts'
import type { Note } from './types.ts'

/** How to log in to a registry. */
export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** A refresh token (docker login with an identity token). */
  | { readonly kind: 'token'; readonly token: string }

export interface CredentialOptions {
  /** Docker's configuration folder; else $DOCKER_CONFIG or ~/.docker. */
  readonly dockerConfig?: string
  readonly timeout?: number
  readonly env?: NodeJS.ProcessEnv
  readonly note?: Note
}

// Docker Hub's entry is under its first address (docker/cli, config/configfile).
const hubKey = 'https://index.docker.io/v1/'
const maxConfig = 1 << 20

/** What Docker's config.json says for this registry: a helper first, then a stored login. */
export async function dockerCredentials(
  registry: string,
  options: CredentialOptions,
  signal: AbortSignal,
): Promise<Credentials | undefined> {
  const { env = process.env } = options
  const folder = options.dockerConfig ?? env.DOCKER_CONFIG ?? path.join(homedir(), '.docker')
  const config = await readConfig(path.join(folder, 'config.json'), options.note)
  if (!config) return undefined
  const key = registry === 'docker.io' ? hubKey : registry
  const helpers = isJsonObject(config.credHelpers) ? config.credHelpers : {}
  const helper = Object.hasOwn(helpers, key) ? helpers[key] : config.credsStore
  const fromHelper =
    typeof helper === 'string' && helper !== '' ? await askHelper(helper, key, options, signal) : undefined
  return fromHelper ?? storedLogin(config.auths, key)
}

async function readConfig(file: string, note?: Note): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    if ((await stat(file)).size > maxConfig) return undefined
    const config: unknown = JSON.parse(await readFile(file, 'utf8'))
    return isJsonObject(config) ? config : undefined
  } catch (error) {
    if (error instanceof SyntaxError) note?.(text`${file} is not JSON: no credentials are used.`)
    return undefined
  }
}

/** docker-credential-helpers: the server on standard input, JSON on standard output. */
async function askHelper(
  helper: string,
  key: string,
  { timeout = 5_000, env, note }: CredentialOptions,
  signal: AbortSignal,
): Promise<Credentials | undefined> {
  // The name becomes part of a program's name.
  if (!/^[\w.-]+$/.test(helper)) return undefined
  const program = `docker-credential-${helper}`
  const result = await runProcess(program, ['get'], {
    timeout,
    signal,
    input: `${key}\n`,
    limit: 64 << 10,
    ...(env ? { env } : {}),
  })
  if (result.outcome !== 'exit' || result.code !== 0) {
    const notFound = /credentials not found/i.test(result.stdout.toString() + result.stderr)
    if (!notFound && result.outcome !== 'stopped') note?.(text`${program} gave no credentials for ${key}.`)
    return undefined
  }
  try {
    const answer: unknown = JSON.parse(result.stdout.toString('utf8'))
    if (!isJsonObject(answer) || typeof answer.Username !== 'string' || typeof answer.Secret !== 'string')
      return undefined
    return answer.Username === '<token>'
      ? { kind: 'token', token: answer.Secret }
      : { kind: 'password', user: answer.Username, password: answer.Secret }
  } catch {
    note?.(text`${program} gave no credentials for ${key}.`)
    return undefined
  }
}

function storedLogin(auths: unknown, key: string): Credentials | undefined {
  if (!isJsonObject(auths)) return undefined
  // Old versions wrote the address with scheme and path.
  const name = [key, `https://${key}`, `https://${key}/v1/`, `https://${key}/v2/`].find((one) =>
    Object.hasOwn(auths, one),
  )
  const entry = name === undefined ? undefined : auths[name]
  if (!isJsonObject(entry)) return undefined
  if (typeof entry.identitytoken === 'string' && entry.identitytoken !== '')
    return { kind: 'token', token: entry.identitytoken }
  const plain = typeof entry.auth === 'string' ? Buffer.from(entry.auth, 'base64').toString('utf8') : ''
  const cut = plain.indexOf(':')
  return cut <= 0
    ? undefined
    : { kind: 'password', user: plain.slice(0, cut), password: plain.slice(cut + 1) }
}
