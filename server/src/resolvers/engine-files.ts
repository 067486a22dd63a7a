import { firstTarEntry, type TarEntry } from '../archives/index.ts'
import { readGroup, readOsRelease, readPasswd } from './account-files.ts'
import type { ImageFiles } from './image-config.ts'
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

/** Where the programs lie that decide how users are made and privileges dropped. */
const programPlaces: Readonly<Record<string, readonly string[]>> = {
  sh: ['/bin/sh'],
  useradd: ['/usr/sbin/useradd'],
  adduser: ['/usr/sbin/adduser', '/bin/adduser'],
  gosu: ['/usr/local/bin/gosu', '/usr/sbin/gosu', '/usr/bin/gosu'],
  'su-exec': ['/sbin/su-exec', '/usr/local/bin/su-exec'],
  setpriv: ['/usr/bin/setpriv'],
  sudo: ['/usr/bin/sudo'],
}

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
  const has = (name: string) => {
    const entry = found.get(name) ?? 'unknown'
    return entry === 'unknown' ? null : entry !== 'missing'
  }
  const { os, version } = readOsRelease(release)
  return {
    os,
    osVersion: version,
    accounts: passwd === 'missing' ? [] : readPasswd(passwd),
    groups: group === 'missing' ? [] : readGroup(group),
    accountFiles: passwd === 'missing' || group === 'missing' ? 'missing' : 'present',
    tools: { useradd: has('useradd'), adduser: adduserKind(found.get('adduser')), shell: has('sh') },
    // Not found where it usually lies does not mean that it is nowhere, except for system programs.
    programs: [...found.keys()].flatMap((name) => {
      const there = has(name)
      return there === true || (there === false && ['useradd', 'setpriv'].includes(name))
        ? [[name, there] as const]
        : []
    }),
  }
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

/** Debian's is a Perl script, Alpine's a link to busybox, Red Hat's a link to useradd. */
function adduserKind(entry: TarEntry | 'missing' | 'unknown' | undefined): ImageFiles['tools']['adduser'] {
  if (entry === undefined || entry === 'unknown') return null
  if (entry === 'missing') return 'none'
  if (/busybox$/.test(entry.target)) return 'busybox'
  if (/useradd$/.test(entry.target)) return 'shadow-alias'
  return entry.kind === 'file' && /^#!.*perl/.test(entry.content.toString('latin1')) ? 'debian' : null
}
