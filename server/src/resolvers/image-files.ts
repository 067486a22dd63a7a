import type { TarEntry } from '../archives/index.ts'
import { readGroup, readOsRelease, readPasswd } from './account-files.ts'
import type { ImageFiles } from './image-config.ts'

/** What the files of an image tell, however somebody came to read them. */
export interface FoundFiles {
  readonly passwd: string | 'missing'
  readonly group: string | 'missing'
  /** Text of os-release; '' where there is none. */
  readonly release: string
  /** By the names of `programPlaces`. */
  readonly programs: ReadonlyMap<string, FoundProgram>
}
export type FoundProgram = Pick<TarEntry, 'kind' | 'target' | 'content'> | 'missing' | 'unknown'

/** Where the programs lie that decide how users are made and privileges dropped. */
export const programPlaces: Readonly<Record<string, readonly string[]>> = {
  sh: ['/bin/sh'],
  useradd: ['/usr/sbin/useradd'],
  adduser: ['/usr/sbin/adduser', '/bin/adduser'],
  gosu: ['/usr/local/bin/gosu', '/usr/sbin/gosu', '/usr/bin/gosu'],
  'su-exec': ['/sbin/su-exec', '/usr/local/bin/su-exec'],
  setpriv: ['/usr/bin/setpriv'],
  sudo: ['/usr/bin/sudo'],
}

export function imageFilesFrom({ passwd, group, release, programs }: FoundFiles): ImageFiles {
  const has = (name: string) => {
    const entry = programs.get(name) ?? 'unknown'
    return entry === 'unknown' ? null : entry !== 'missing'
  }
  const { os, version } = readOsRelease(release)
  return {
    os,
    osVersion: version,
    accounts: passwd === 'missing' ? [] : readPasswd(passwd),
    groups: group === 'missing' ? [] : readGroup(group),
    accountFiles: passwd === 'missing' || group === 'missing' ? 'missing' : 'present',
    tools: { useradd: has('useradd'), adduser: adduserKind(programs.get('adduser')), shell: has('sh') },
    // Not found where it usually lies does not mean that it is nowhere, except for system programs.
    programs: [...programs.keys()].flatMap((name) => {
      const there = has(name)
      return there === true || (there === false && ['useradd', 'setpriv'].includes(name))
        ? [[name, there] as const]
        : []
    }),
  }
}

/** Debian's is a Perl script, Alpine's a link to busybox, Red Hat's a link to useradd. */
function adduserKind(entry: FoundProgram | undefined): ImageFiles['tools']['adduser'] {
  if (entry === undefined || entry === 'unknown') return null
  if (entry === 'missing') return 'none'
  if (/busybox$/.test(entry.target)) return 'busybox'
  if (/useradd$/.test(entry.target)) return 'shadow-alias'
  return entry.kind === 'file' && /^#!.*perl/.test(entry.content.toString('latin1')) ? 'debian' : null
}
