import { statSync } from 'node:fs'
import { docker } from './daemon.ts'
import { runProcess } from './process.ts'

export interface ImportedConfig {
  readonly cmd?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly user?: string
  readonly workdir?: string
  readonly expose?: readonly string[]
}

const timeout = 300_000
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * Makes an image of one layer from a tar, or from a folder with the owners that its files have.
 *
 * @throws with the engine's words where it refuses
 */
export async function importImage(
  source: string,
  tag: string,
  { cmd, entrypoint, env = {}, user, workdir, expose = [] }: ImportedConfig = {},
): Promise<void> {
  const changes = [
    ...Object.entries({ PATH: defaultPath, ...env }).map(([name, value]) => `ENV ${name}="${value}"`),
    ...(cmd ? [`CMD ${JSON.stringify(cmd)}`] : []),
    ...(entrypoint ? [`ENTRYPOINT ${JSON.stringify(entrypoint)}`] : []),
    ...(user === undefined ? [] : [`USER ${user}`]),
    ...(workdir === undefined ? [] : [`WORKDIR ${workdir}`]),
    ...expose.map((port) => `EXPOSE ${port}`),
  ].flatMap((line) => ['--change', line])
  const isFolder = statSync(source).isDirectory()
  const tar = `${source}.import.tar`
  if (isFolder) {
    const packed = await runProcess('tar', ['--numeric-owner', '-C', source, '-cf', tar, '.'], { timeout })
    if (packed.code !== 0) throw new Error(packed.stderr)
  }
  const { code, stderr } = await docker(['import', ...changes, isFolder ? tar : source, tag], { timeout })
  if (isFolder) await runProcess('rm', ['-f', tar])
  if (code !== 0) throw new Error(`${tag} cannot be imported: ${stderr.trim()}`)
}
