/**
 * Programs that every image of a family has, or that its plain base image lacks.
 * Present ones stay present in images built on top; absent ones hold for the plain system image only.
 */
interface Programs {
  readonly present: string
  readonly absent: string
}

const coreutils =
  'sh cat chgrp chmod chown cp cut date dd df du echo env false head id install ln ls mkdir mktemp mv printf pwd rm rmdir sleep sort stat tail tee test touch tr true uname wc whoami'
const busybox = `${coreutils} ash awk find grep gunzip gzip nc ping sed su tar unzip vi wget xargs chroot passwd adduser addgroup deluser delgroup chpasswd`
const shadow = 'useradd usermod userdel groupadd groupmod groupdel gpasswd passwd chpasswd chage newgrp'

const families: Readonly<Record<string, Programs>> = {
  // Debian's Essential and required packages (coreutils, util-linux, passwd, dpkg, perl-base …).
  debian: {
    present: `${coreutils} ${shadow} bash dash su runuser setpriv chroot start-stop-daemon apt-get apt dpkg find grep sed tar gzip xargs perl mount ldconfig`,
    absent:
      'sudo gosu su-exec curl wget git python3 setcap getcap setfacl tini dumb-init update-ca-certificates ping nc busybox ps make gcc unzip',
  },
  ubuntu: {
    present: `${coreutils} ${shadow} bash dash su runuser setpriv chroot start-stop-daemon apt-get apt dpkg find grep sed tar gzip xargs perl mount ldconfig`,
    absent:
      'sudo gosu su-exec curl wget git python3 setcap getcap setfacl tini dumb-init update-ca-certificates ping nc busybox make gcc unzip',
  },
  alpine: {
    present: `${busybox} apk ldconfig`,
    absent:
      'bash sudo gosu su-exec setpriv runuser useradd usermod userdel groupadd groupmod groupdel gpasswd chage curl git python3 setcap getcap setfacl tini dumb-init perl make gcc apt-get',
  },
  busybox: {
    present: `${coreutils} ash awk find grep gzip sed tar vi wget xargs chroot`,
    absent:
      'bash sudo gosu su-exec useradd usermod groupadd groupmod curl git python3 setcap getcap perl make gcc apt-get apk',
  },
  wolfi: {
    present: `${busybox.replace(/ su /, ' ')} apk`,
    absent: 'bash sudo gosu su-exec useradd groupadd curl git apt-get',
  },
  rhel: { present: `${coreutils} bash chroot`, absent: 'sudo gosu su-exec apt-get apk git make gcc' },
  fedora: { present: `${coreutils} bash chroot`, absent: 'gosu su-exec apt-get apk git make gcc' },
  amazonlinux: { present: `${coreutils} bash chroot`, absent: 'sudo gosu su-exec apt-get apk git make gcc' },
}
const rhelLike: ReadonlySet<string> = new Set(['almalinux', 'rockylinux', 'oraclelinux', 'centos'])

const cache = new Map<string, ReadonlyMap<string, boolean>>()

/** @param plain the system's own image, nothing installed on top */
export function osPrograms(os: string | null, plain: boolean): ReadonlyMap<string, boolean> {
  const key = `${os} ${plain}`
  const known = cache.get(key)
  if (known) return known
  const programs = os === null ? undefined : families[rhelLike.has(os) ? 'rhel' : os]
  const result = new Map<string, boolean>()
  if (programs) {
    if (plain) for (const name of programs.absent.split(' ')) result.set(name, false)
    for (const name of programs.present.split(' ')) result.set(name, true)
  }
  cache.set(key, result)
  return result
}
