import { firstTarEntry, type TarEntry } from '../archives/index.ts'
import type { ImageFiles } from './image-config.ts'
import { imageFilesFrom, programPlaces } from './image-files.ts'
import type { ProcessOptions, ProcessResult } from './process.ts'

/** Runs the engine with these arguments. */
export type EngineCommand = (
  args: readonly string[],
  options?: Partial<ProcessOptions>,
) => Promise<ProcessResult>

// Docker 23 and later; Docker 20.10's client; podman.
const isMissing = /could not find the file|no such container:path|no such file/i
const textLimit = 1 << 20
// Of programs only the header is of interest.
const headerLimit = 4096

/**
 * Reads accounts and programs out of a created container with `cp CONTAINER:PATH -`, which sends a tar archive.
 * Undefined where the engine did not answer: half an answer would be taken for the whole.
 */
export async function readImageFiles(
  container: string,
  run: EngineCommand,
  signal: AbortSignal,
): Promise<ImageFiles | undefined> {
  const copy = async (path: string, limit: number): Promise<TarEntry | 'missing' | 'unknown'> => {
    const result = await run(['cp', `${container}:${path}`, '-'], { signal, limit })
    if (result.outcome === 'exit' && result.code !== 0)
      return isMissing.test(result.stderr) ? 'missing' : 'unknown'
    return result.outcome === 'exit' || result.outcome === 'too-much'
      ? (firstTarEntry(result.stdout) ?? 'unknown')
      : 'unknown'
  }
  const text = async (path: string): Promise<string | 'missing' | undefined> => {
    const entry = await copy(path, textLimit)
    if (entry === 'missing') return 'missing'
    if (entry === 'unknown' || entry.content.length < entry.size) return undefined
    // os-release is a link in most systems.
    return entry.kind === 'file' ? entry.content.toString('utf8') : undefined
  }

  const passwd = await text('/etc/passwd')
  const group = await text('/etc/group')
  if (passwd === undefined || group === undefined) return undefined
  const release = await firstText(['/etc/os-release', '/usr/lib/os-release'], text)
  const found = new Map<string, TarEntry | 'missing' | 'unknown'>()
  for (const [name, places] of Object.entries(programPlaces)) {
    let answer: TarEntry | 'missing' | 'unknown' = 'missing'
    for (const place of places) {
      const entry = await copy(place, headerLimit)
      if (entry === 'missing') continue
      answer = entry
      break
    }
    found.set(name, answer)
    if (signal.aborted) return undefined
  }
  return imageFilesFrom({ passwd, group, release, programs: found })
}

async function firstText(
  paths: readonly string[],
  read: (path: string) => Promise<string | undefined>,
): Promise<string> {
  for (const path of paths) {
    const found = await read(path)
    if (found !== undefined && found !== 'missing') return found
  }
  return ''
}
