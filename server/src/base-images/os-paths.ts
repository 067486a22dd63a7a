import type { BasePath } from './types.ts'

/**
 * Folders and files of a system. One line a path: `path mode [uid:gid]`, `path -> target` for links,
 * a trailing slash for a folder, `/.` where nothing else is in it (plain system image only).
 * Debian: container-facts/run-base-folders, run-base-folders-more. Alpine: aports main/alpine-baselayout/APKBUILD.
 */
const everywhere = `
/ 0755
/etc/ 0755
/etc/passwd 0644
/etc/group 0644
/home/ 0755
/root/ 0700
/tmp/ 1777
/usr/ 0755
/usr/bin/ 0755
/usr/lib/ 0755
/usr/sbin/ 0755
/usr/local/ 0755
/usr/local/bin/ 0755
/usr/local/lib/ 0755
/usr/share/ 0755
/var/ 0755
/var/cache/ 0755
/var/lib/ 0755
/var/log/ 0755
/var/tmp/ 1777
/opt/ 0755
/srv/ 0755
/mnt/ 0755
/run/ 0755
/media/ 0755
/dev/ 0755
/dev/shm/ 1777
/proc/ 0555
/sys/ 0555
`
const debianLike = `${everywhere}
/etc/shadow 0640 0:42
/etc/gshadow 0640 0:42
/etc/apt/ 0755
/etc/skel/ 0755
/etc/default/ 0755
/etc/hostname 0644
/boot/ 0755
/run/lock/ 1777
/usr/games/ 0755
/usr/include/ 0755
/usr/local/etc/ 0755
/usr/local/games/ 0755
/usr/local/include/ 0755
/usr/local/sbin/ 0755
/usr/local/share/ 0755
/usr/local/src/ 0755
/usr/src/ 0755
/var/backups/ 0755
/var/cache/apt/ 0755
/var/cache/apt/archives/ 0755
/var/cache/apt/archives/partial/ 0755
/var/lib/apt/ 0755
/var/lib/apt/lists/ 0755
/var/lib/apt/lists/partial/ 0755
/var/lib/dpkg/ 0755
/var/local/ 2775 0:50
/var/lock -> /run/lock
/var/mail/ 2775 0:8
/var/opt/ 0755
/var/run -> /run
/var/spool/ 0755
`
// usrmerge: the images since Debian 12 and Ubuntu 20.04 have links here; taken for granted where the version is not known.
const merged = `
/bin -> usr/bin
/sbin -> usr/sbin
/lib -> usr/lib
/usr/bin/bash 0755
/usr/bin/chage 2755 0:42
/usr/bin/chfn 4755
/usr/bin/chsh 4755
/usr/bin/expiry 2755 0:42
/usr/bin/gpasswd 4755
/usr/bin/mount 4755
/usr/bin/newgrp 4755
/usr/bin/passwd 4755
/usr/bin/su 4755
/usr/bin/umount 4755
/usr/sbin/unix_chkpwd 2755 0:42
/usr/sbin/useradd 0755
`
const notMerged = `
/bin/ 0755
/sbin/ 0755
/lib/ 0755
`
const alpine = `${everywhere}
/bin/ 0755
/etc/shadow 0640 0:42
/etc/apk/ 0755
/lib/ 0755
/sbin/ 0755
/usr/local/share/ 0755
/var/empty/ 0555
/var/lock -> /run/lock
/var/run -> /run
/var/mail/ 0755
/var/opt/ 0755
/var/spool/ 0755
`
// Package `filesystem` of Fedora and RHEL: folders that only packages write to are 0555.
const rhelLike = `${everywhere}
/ 0555
/root/ 0550
/boot/ 0555
/usr/bin/ 0555
/usr/lib/ 0555
/usr/sbin/ 0555
/usr/lib64/ 0555
/etc/shadow 0000
/etc/gshadow 0000
/bin -> usr/bin
/sbin -> usr/sbin
/lib -> usr/lib
/lib64 -> usr/lib64
/run/lock/ 0755
/usr/local/sbin/ 0755
/usr/local/share/ 0755
/var/lock -> ../run/lock
/var/run -> ../run
/var/spool/ 0755
`
// What the engine itself provides when it starts a container (runc's default mounts).
const byEngine = `
/dev/ 0755
/dev/shm/ 1777
/proc/ 0555
/sys/ 0555
`

// Nothing else lies in these on a freshly made system.
const emptyAtFirst = ['/home', '/opt', '/srv', '/mnt', '/media', '/tmp', '/var/tmp', '/root']
const debianComplete = [
  '/',
  '/var',
  ...emptyAtFirst.filter((path) => path !== '/root'),
  '/usr/local',
  '/usr/local/bin',
]
const debianLibraries = `
/lib32 -> usr/lib32
/lib64 -> usr/lib64
/libx32 -> usr/libx32
`

const cache = new Map<string, ReadonlyMap<string, BasePath>>()

/** @param plain the system's own image, nothing added: then it is known what is *not* there */
export function osPaths(
  os: string | null,
  version: string | null,
  plain: boolean,
): ReadonlyMap<string, BasePath> {
  const key = `${os} ${version} ${plain}`
  const known = cache.get(key)
  if (known) return known
  const result = readPaths(textFor(os, version))
  for (const path of plain ? completeFolders(os) : []) {
    const entry = result.get(path)
    if (entry?.kind === 'directory') result.set(path, { ...entry, complete: true })
  }
  cache.set(key, result)
  return result
}

function completeFolders(os: string | null): readonly string[] {
  if (os === 'scratch') return ['/', '/dev/shm']
  if (os === 'debian') return debianComplete
  if (os === 'alpine') return ['/', ...emptyAtFirst]
  return os === 'ubuntu' ? ['/', '/home', '/opt', '/srv', '/mnt', '/media', '/tmp', '/var/tmp'] : []
}

function textFor(os: string | null, version: string | null): string {
  const number = version === null ? Number.NaN : Number.parseFloat(version)
  switch (os) {
    case 'scratch':
      return `/ 0755\n${byEngine}`
    case 'debian':
      return debianLike + (number < 12 ? notMerged : merged + debianLibraries)
    case 'ubuntu':
      return debianLike + (number < 20 ? notMerged : merged + debianLibraries)
    case 'alpine':
      return alpine
    case 'rhel':
    case 'fedora':
    case 'almalinux':
    case 'rockylinux':
    case 'oraclelinux':
    case 'amazonlinux':
      return rhelLike
    case 'distroless':
      return `/ 0755\n${byEngine}\n/etc/ 0755\n/etc/passwd 0644\n/etc/group 0644\n/home/ 0755\n/home/nonroot/ 0700 65532:65532\n/root/ 0700\n/tmp/ 1777\n/usr/ 0755\n/var/ 0755`
    case 'busybox':
      return `/ 0755\n${byEngine}\n/bin/ 0755\n/etc/ 0755\n/etc/passwd 0644\n/etc/group 0644\n/home/ 0755 65534:65534\n/root/ 0700\n/tmp/ 1777\n/usr/ 0755\n/var/ 0755`
    case 'wolfi':
      return `/ 0755\n${byEngine}\n/etc/ 0755\n/etc/passwd 0644\n/etc/group 0644\n/home/ 0755\n/root/ 0700\n/tmp/ 1777\n/usr/ 0755\n/var/ 0755\n/var/tmp/ 1777`
    default:
      // Any Linux file system that people build on, and what the engine adds.
      return os === 'windows' || os === null ? '' : `/ 0755\n${byEngine}`
  }
}

/** Reads a list as above. */
export function readPaths(text: string): Map<string, BasePath> {
  const paths = new Map<string, BasePath>()
  for (const line of text.split('\n')) {
    const [path = '', second = '', third] = line.split(' ')
    if (path === '') continue
    if (second === '->') {
      paths.set(path, { kind: 'link', uid: 0, gid: 0, mode: 0o777, target: third ?? '' })
      continue
    }
    const kind = path.endsWith('/') ? 'directory' : 'file'
    const [uid = 0, gid = 0] = third?.split(':').map(Number) ?? []
    const name = path === '/' ? path : path.replace(/\/$/, '')
    paths.set(name, { kind, uid, gid, mode: Number.parseInt(second, 8) })
  }
  return paths
}
