import { isRoot } from '../image/index.ts'
import { type Argument, type Message, text } from '../l10n/index.ts'
import type { Subject } from './subject.ts'
import { supervisorOf } from './supervisor.ts'
import { workloadOf } from './workload.ts'

/** Programs that do their work only as root, and what to do instead. */
interface RootProgram {
  readonly programs?: RegExp
  readonly images?: RegExp
  readonly command?: RegExp
  /** To be read after the program's name. */
  readonly why: Message
  readonly instead: Message
}

export const rootPrograms: readonly RootProgram[] = [
  {
    images:
      /(?:^|\/)(?:linuxserver\/|lscr\.io\/|baseimage-(?:alpine|ubuntu|debian|arch|fedora|kasmvnc|selkies))/,
    why: text`its init (s6) starts as root, changes the ids of its account to PUID and PGID, and starts the services as that account`,
    instead: text`Set PUID and PGID, and drop all capabilities but those that it needs.`,
  },
  {
    programs: /^(?:my_init|runsvdir|runsvdir-start|runit|runit-init)$/,
    images: /(?:^|\/)phusion\/(?:baseimage|passenger)/,
    why: text`its init starts services as root, and each of them switches to its own account`,
    instead: text`Let every service of it run as an account with chpst or setuser, or start one program alone without the init.`,
  },
  {
    programs: /^(?:s6-svscan|s6-overlay-suexec|s6-init)$/,
    command: /(?:^|\s)\/init(?:\s|$)/,
    why: text`the init (s6) starts as root, and its services switch to their accounts with s6-setuidgid`,
    instead: text`Keep the init and let each service switch, or start one program alone.`,
  },
  {
    programs: /^(?:systemd|systemd-init)$/,
    command: /(?:^|\s)(?:\/usr)?(?:\/lib\/systemd\/systemd|\/sbin\/init)(?:\s|$)/,
    why: text`systemd runs as root`,
    instead: text`Start one program alone, or give the services User= lines.`,
  },
  {
    programs: /^(?:cron|crond|busybox-crond)$/,
    why: text`cron starts jobs as the users of their tables and has to be root for that`,
    instead: text`Run the job with supercronic as a user, or leave the schedule to the platform (a CronJob).`,
  },
  {
    programs: /^supervisord$/,
    why: text`it starts programs as the users that its configuration names, and that was not read`,
    instead: text`Give every program a user= line, or take the user= lines out and run supervisord itself as a user.`,
  },
  {
    programs: /^sshd$/,
    why: text`sshd becomes the user who logs in`,
    instead: text`Where people only look into the container, docker exec or kubectl exec is enough. Where logins are its purpose (git, sftp), drop all capabilities but those that it needs.`,
  },
  {
    programs: /^(?:dockerd|containerd|dockerd-entrypoint\.sh)$/,
    images: /(?:^|\/)docker:(?:[\w.-]*dind(?!-rootless))/,
    why: text`a container engine inside a container needs root and a privileged container`,
    instead: text`Use the rootless variant of the image, or build with BuildKit or Kaniko without an engine.`,
  },
  {
    programs:
      /^(?:openvpn|wg-quick|keepalived|dnsmasq|pppd|ipsec|charon|iptables|nft|nfsd|rpc\.nfsd|smbd|nmbd|vsftpd|proftpd|pure-ftpd|dhcpd|slapd|master|postfix|dovecot|named|ntpd|chronyd|rsyslogd|bluetoothd|udevd|fail2ban-server)$/,
    why: text`it sets up the network or becomes other users itself`,
    instead: text`Drop all capabilities but those that it needs.`,
  },
]

/** Why this image has to start as root, in one sentence; undefined where it does not. */
export function startsAsRootOnPurpose(subject: Subject): Message | undefined {
  const found = rootProgramOf(subject)
  return found ? text`${found.name}: ${found.program.why}.` : undefined
}

export function rootProgramOf(
  subject: Subject,
): { readonly name: Argument; readonly program: RootProgram } | undefined {
  if (!isRoot(subject.runtime.state.identity)) return undefined
  const { programs } = workloadOf(subject)
  const argv = subject.runtime.argv.join(' ')
  const reference = subject.baseReference ?? ''
  const ownStart =
    subject.runtime.state.entrypoint?.origin.kind !== 'instruction' || subject.runtime.argv[0] === '/init'
  for (const program of rootPrograms) {
    const started = [...programs].find(
      (name) => program.programs?.test(name) && !(name === 'supervisord' && supervisorOf(subject)),
    )
    if (started) return { name: started, program }
    if (program.command?.test(argv))
      return { name: subject.runtime.argv[0] ?? text`the start command`, program }
    if (program.images?.test(reference) && ownStart) return { name: reference, program }
  }
  const { base } = subject
  if (base?.mustStartAsRoot && ownStart && !workloadOf(subject).families.some(({ writes }) => writes))
    return {
      name: base.reference,
      program: {
        why: text`its own start prepares the container as root and switches users by itself`,
        instead: text`Keep its start, and drop all capabilities but those that it needs.`,
      },
    }
  return undefined
}
