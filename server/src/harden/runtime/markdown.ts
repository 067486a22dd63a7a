import { knownValue } from '../../known.ts'
import { flagsOf, publishedPorts } from './docker.ts'
import type { Powers } from './powers.ts'

/** The guidance as a document: what to type, why, and how to see that it holds. */
export function guidanceMarkdown(
  powers: Powers,
  made: { readonly docker: string; readonly compose: string; readonly kubernetes: string },
): string {
  return `${[
    '# Run this image with less power',
    whoRuns(powers),
    '## docker run',
    fence('sh', made.docker),
    list(reasons(powers)),
    ...(powers.windows || powers.mustBeRoot || !powers.hasShell ? [] : development(powers)),
    ...(powers.notes.length === 0 ? [] : ['## Mind', list(powers.notes)]),
    '## Compose',
    fence('yaml', made.compose),
    '## Kubernetes',
    kubernetesNote(powers),
    fence('yaml', made.kubernetes),
    ...(powers.windows
      ? []
      : ['## User namespaces', userNamespaces(powers), '## SELinux and AppArmor', labels(powers)]),
    '## See that it holds',
    ...proof(powers),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`
}

function whoRuns({ subject, stepsDownTo, mustBeRoot, user, userIsSet, uid }: Powers): string {
  if (!subject) return ''
  const { runtime } = subject
  const name = knownValue(runtime.state.identity.user)
  if (stepsDownTo)
    return `The container starts as root and hands over to ${stepsDownTo.name ? `\`${stepsDownTo.name}\`` : 'another user'} by itself (${stepsDownTo.by}). It needs root, and a few capabilities, for the first moments only.`
  if (mustBeRoot) return `The container has to start as root. ${mustBeRoot}.`
  if (userIsSet)
    return `The image runs as ${name ? `\`${name}\` (${user})` : user}: nothing more is needed to be somebody else than root. The flags below take the rest away.`
  return uid === undefined
    ? 'Who the image runs as cannot be told from its file.'
    : `The image runs as root. Until it is hardened, \`--user ${user}\` starts it as somebody else: a number needs no account.`
}

/** A line for every flag that stands there. */
function reasons(powers: Powers): readonly string[] {
  const { user, userIsSet, capabilities, noNewPrivileges, readOnly, tmpfs, volumes, ports, windows } = powers
  if (windows) return []
  const lines: string[] = []
  if (user !== null)
    lines.push(
      userIsSet
        ? `\`--user ${user}\`: what the image says already, so that a later change of the image cannot bring root back.`
        : `\`--user ${user}\`: not root.`,
    )
  lines.push(
    capabilities.length === 0
      ? '`--cap-drop=ALL`: nothing that it does needs a capability of root.'
      : `\`--cap-drop=ALL\` with ${capabilities.map((name) => `\`${name}\``).join(', ')} given back: ${capabilities.map((name) => `${name} ${whatFor[name] ?? 'is what one of its programs was given'}`).join('; ')}.`,
  )
  lines.push(
    noNewPrivileges
      ? '`--security-opt=no-new-privileges`: setuid programs and sudo give nothing more.'
      : 'Without `no-new-privileges`: the start uses sudo, su or a program with file capabilities, which it switches off.',
  )
  lines.push(
    readOnly
      ? `\`--read-only\`: code and system stay as they were built; ${tmpfs.map((mount) => `\`${mount.split(':')[0]}\``).join(', ')} ${tmpfs.length === 1 ? 'is' : 'are'} in memory${volumes.length > 0 ? ', and what lasts is in volumes' : ''}.`
      : 'Without `--read-only`: what it writes while it runs cannot be told for sure from its file.',
  )
  if (publishedPorts(ports).some(({ host, port }) => host !== Number.parseInt(port, 10)))
    lines.push('`-p`: a port of the host that everybody may use, to the port that the container listens on.')
  return lines
}

const whatFor: Readonly<Record<string, string>> = {
  SETUID: 'to become another user',
  SETGID: 'to become another group',
  CHOWN: 'to give folders to that user',
  DAC_OVERRIDE: 'to reach what belongs to others while it prepares them',
  FOWNER: 'to change modes of what belongs to others',
  KILL: 'to end processes of other users',
  NET_BIND_SERVICE: 'because the program is marked with it and cannot start where it may not have it',
  NET_RAW: 'to read and write raw packets',
  NET_ADMIN: 'to configure the network',
  SYS_PTRACE: 'to look into other processes',
  SYS_CHROOT: 'to change the root folder',
  SYS_TIME: 'to set the clock',
  SYS_ADMIN: 'to mount',
  AUDIT_WRITE: 'to write login records',
  IPC_LOCK: 'to keep memory from being swapped',
}

function development({ subject, ports }: Powers): readonly string[] {
  if (!subject) return []
  const workdir = knownValue(subject.runtime.state.workdir)
  const folder = workdir === undefined || workdir === '/' ? '/work' : workdir
  const published = publishedPorts(ports.slice(0, 1)).map(({ host, port }) => ` -p ${host}:${port}`)
  return [
    'While developing, with your own folder mounted, what the container makes should be yours:',
    fence(
      'sh',
      `docker run --rm -it --user "$(id -u):$(id -g)" -e HOME=/tmp --cap-drop=ALL -v "$PWD":${folder} -w ${folder}${published.join('')} IMAGE`,
    ),
  ]
}

function kubernetesNote({ windows, mustBeRoot, stepsDownTo, uid, volumes, subject, gid }: Powers): string {
  if (windows) return 'On Windows nodes; `runAsUserName` stands for the user.'
  if (mustBeRoot)
    return 'This does not meet the Pod Security Standard restricted: the image has to start as root.'
  const who = uid ?? stepsDownTo?.uid
  if (who === undefined)
    return 'With runAsNonRoot and runAsUser it meets the Pod Security Standard restricted: fill in the number of its user.'
  const lines = [`It meets the Pod Security Standard restricted.`]
  if (stepsDownTo)
    lines.push(
      `It starts as ${who} at once, so that there is nothing to hand over: entrypoints of this kind skip that part when they are not root.`,
    )
  if (volumes.length > 0)
    lines.push(`\`fsGroup: ${gid ?? who}\` gives the volumes to the group that it runs in.`)
  lines.push(
    subject?.profile === 'openshift'
      ? 'On OpenShift leave runAsUser, runAsGroup and fsGroup out: the project gives a random uid, in group 0.'
      : 'Where a platform gives a random uid (OpenShift), leave runAsUser, runAsGroup and fsGroup out; what is written then has to belong to group 0 with the rights of its owner.',
  )
  return lines.join(' ')
}

function userNamespaces({ uid, stepsDownTo, mustBeRoot }: Powers): string {
  const who = uid ?? (stepsDownTo || mustBeRoot ? 0 : undefined)
  const shown = who ?? 0
  return [
    `Without a user namespace, ${shown === 0 ? 'root in the container is root' : `uid ${shown} in the container is uid ${shown}`} for the kernel, the host's files and everything mounted.`,
    `\`"userns-remap": "default"\` in /etc/docker/daemon.json makes it ${shown === 0 ? '100000' : `100000 + ${shown}`} (the first number of dockremap in /etc/subuid); folders of the host that are mounted have to belong to that number.`,
    'A rootless engine does the same with the ids of whoever starts it. In Kubernetes it is `hostUsers: false` in the pod (on by default from Kubernetes 1.33), with volumes that support id-mapped mounts.',
  ].join(' ')
}

function labels({ volumes }: Powers): string {
  const path = volumes[0] ?? '/data'
  return [
    `With SELinux, a folder of the host needs the container's label: \`-v /srv/app:${path}:Z\` for this container alone, \`:z\` where several share it; never on /home or /etc as a whole. Named volumes have it already.`,
    'AppArmor: Docker sets the profile docker-default by itself (`--security-opt apparmor=docker-default`); in Kubernetes it is `appArmorProfile: { type: RuntimeDefault }` beside seccompProfile. Do not switch to `unconfined` to make an error go away: see `dmesg` for what was refused.',
  ].join('\n\n')
}

function proof(powers: Powers): readonly string[] {
  const { windows, hasShell, hasPython, uid } = powers
  if (windows) return [fence('sh', 'docker run --rm --entrypoint cmd IMAGE /c whoami')]
  const flags = flagsOf(powers)
    .filter((flag) => !flag.startsWith('-p ') && !flag.startsWith('-v '))
    .map((flag) => ` ${flag}`)
    .join('')
  const blocks: string[] = []
  if (hasPython)
    blocks.push(
      fence(
        'sh',
        `docker run --rm${flags} --entrypoint python3 IMAGE -c 'import os; print(os.getuid(), os.getgid(), os.getgroups())'`,
      ),
    )
  if (hasShell) blocks.push(fence('sh', `docker run --rm${flags} --entrypoint id IMAGE`))
  blocks.push(
    hasShell
      ? fence(
          'sh',
          `docker exec CONTAINER grep -E '^(Uid|Gid|Groups|CapEff|NoNewPrivs|Seccomp):' /proc/1/status`,
        )
      : fence(
          'sh',
          `grep -E '^(Uid|Gid|Groups|CapEff|NoNewPrivs|Seccomp):' "/proc/$(docker inspect -f '{{.State.Pid}}' CONTAINER)/status"`,
        ),
  )
  blocks.push(
    `Uid should read ${uid === undefined ? 'as expected' : `\`${uid} ${uid} ${uid} ${uid}\``}, CapEff ${powers.capabilities.length === 0 ? '`0000000000000000`' : 'name only the capabilities above (`capsh --decode`)'}${powers.noNewPrivileges ? ', NoNewPrivs `1`' : ''}.`,
  )
  return blocks
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n')
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``
}
