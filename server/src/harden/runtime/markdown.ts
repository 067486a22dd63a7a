import { knownValue } from '../../known.ts'
import { type Language, listed, type Message, sentences, text } from '../../l10n/index.ts'
import { flagsOf, publishedPorts } from './docker.ts'
import type { Powers } from './powers.ts'

/** The guidance as a document: what to type, why, and how to see that it holds. */
export function guidanceMarkdown(
  powers: Powers,
  made: { readonly docker: string; readonly compose: string; readonly kubernetes: string },
  say: Language,
): string {
  const parts: readonly Part[] = [
    text`# Run this image with less power`,
    ...whoRuns(powers),
    '## docker run',
    fence('sh', made.docker),
    ...list(reasons(powers), say),
    ...(powers.windows || powers.mustBeRoot || !powers.hasShell ? [] : development(powers)),
    ...(powers.notes.length === 0 ? [] : [text`## Mind`, ...list(powers.notes, say)]),
    '## Compose',
    fence('yaml', made.compose),
    '## Kubernetes',
    kubernetesNote(powers),
    fence('yaml', made.kubernetes),
    ...(powers.windows
      ? []
      : [text`## User namespaces`, userNamespaces(powers), text`## SELinux and AppArmor`, ...labels(powers)]),
    text`## See that it holds`,
    ...proof(powers),
  ]
  return `${parts.map((part) => (typeof part === 'string' ? part : say(part))).join('\n\n')}\n`
}

/** Code and headings of one word are the same in every language. */
type Part = string | Message

function whoRuns({ subject, stepsDownTo, mustBeRoot, user, userIsSet, uid }: Powers): readonly Message[] {
  if (!subject) return []
  const { runtime } = subject
  const name = knownValue(runtime.state.identity.user)
  if (stepsDownTo)
    return [
      text`The container starts as root and hands over to ${stepsDownTo.name ? `\`${stepsDownTo.name}\`` : text`another user`} by itself (${stepsDownTo.by}). It needs root, and a few capabilities, for the first moments only.`,
    ]
  if (mustBeRoot) return [sentences([text`The container has to start as root.`, mustBeRoot])]
  if (userIsSet)
    return [
      text`The image runs as ${name ? `\`${name}\` (${user})` : (user ?? '')}: nothing more is needed to be somebody else than root. The flags below take the rest away.`,
    ]
  return [
    uid === undefined
      ? text`Who the image runs as cannot be told from its file.`
      : text`The image runs as root. Until it is hardened, \`--user ${user ?? ''}\` starts it as somebody else: a number needs no account.`,
  ]
}

/** A line for every flag that stands there. */
function reasons(powers: Powers): readonly Message[] {
  const { user, userIsSet, capabilities, noNewPrivileges, readOnly, tmpfs, volumes, ports, windows } = powers
  if (windows) return []
  const lines: Message[] = []
  if (user !== null)
    lines.push(
      userIsSet
        ? text`\`--user ${user}\`: what the image says already, so that a later change of the image cannot bring root back.`
        : text`\`--user ${user}\`: not root.`,
    )
  lines.push(
    capabilities.length === 0
      ? text`\`--cap-drop=ALL\`: nothing that it does needs a capability of root.`
      : text`\`--cap-drop=ALL\` with ${listed(capabilities.map((name) => `\`${name}\``))} given back: ${purposes(capabilities)}.`,
  )
  lines.push(
    noNewPrivileges
      ? text`\`--security-opt=no-new-privileges\`: setuid programs and sudo give nothing more.`
      : text`Without \`no-new-privileges\`: the start uses sudo, su or a program with file capabilities, which it switches off.`,
  )
  lines.push(readOnly ? whatIsWritten(tmpfs, volumes.length > 0) : unknownWrites)
  if (publishedPorts(ports).some(({ host, port }) => host !== Number.parseInt(port, 10)))
    lines.push(
      text`\`-p\`: a port of the host that everybody may use, to the port that the container listens on.`,
    )
  return lines
}

const unknownWrites = text`Without \`--read-only\`: what it writes while it runs cannot be told for sure from its file.`

function whatIsWritten(tmpfs: readonly string[], hasVolumes: boolean): Message {
  const paths = listed(tmpfs.map((mount) => `\`${mount.split(':')[0]}\``))
  const memory =
    tmpfs.length === 1
      ? text`\`--read-only\`: code and system stay as they were built; ${paths} is in memory`
      : text`\`--read-only\`: code and system stay as they were built; ${paths} are in memory`
  return hasVolumes ? text`${memory}, and what lasts is in volumes.` : text`${memory}.`
}

function purposes(capabilities: readonly string[]): Message {
  return capabilities
    .map((name) => whatFor[name] ?? text`${name} is what one of its programs was given`)
    .reduce((all, one) => text`${all}; ${one}`)
}

const whatFor: Readonly<Record<string, Message>> = {
  SETUID: text`SETUID to become another user`,
  SETGID: text`SETGID to become another group`,
  CHOWN: text`CHOWN to give folders to that user`,
  DAC_OVERRIDE: text`DAC_OVERRIDE to reach what belongs to others while it prepares them`,
  FOWNER: text`FOWNER to change modes of what belongs to others`,
  KILL: text`KILL to end processes of other users`,
  NET_BIND_SERVICE: text`NET_BIND_SERVICE because the program is marked with it and cannot start where it may not have it`,
  NET_RAW: text`NET_RAW to read and write raw packets`,
  NET_ADMIN: text`NET_ADMIN to configure the network`,
  SYS_PTRACE: text`SYS_PTRACE to look into other processes`,
  SYS_CHROOT: text`SYS_CHROOT to change the root folder`,
  SYS_TIME: text`SYS_TIME to set the clock`,
  SYS_ADMIN: text`SYS_ADMIN to mount`,
  AUDIT_WRITE: text`AUDIT_WRITE to write login records`,
  IPC_LOCK: text`IPC_LOCK to keep memory from being swapped`,
}

function development({ subject, ports }: Powers): readonly Part[] {
  if (!subject) return []
  const workdir = knownValue(subject.runtime.state.workdir)
  const folder = workdir === undefined || workdir === '/' ? '/work' : workdir
  const published = publishedPorts(ports.slice(0, 1)).map(({ host, port }) => ` -p ${host}:${port}`)
  return [
    text`While developing, with your own folder mounted, what the container makes should be yours:`,
    fence(
      'sh',
      `docker run --rm -it --user "$(id -u):$(id -g)" -e HOME=/tmp --cap-drop=ALL -v "$PWD":${folder} -w ${folder}${published.join('')} IMAGE`,
    ),
  ]
}

function kubernetesNote({ windows, mustBeRoot, stepsDownTo, uid, volumes, subject, gid }: Powers): Message {
  if (windows) return text`On Windows nodes; \`runAsUserName\` stands for the user.`
  if (mustBeRoot)
    return text`This does not meet the Pod Security Standard restricted: the image has to start as root.`
  const who = uid ?? stepsDownTo?.uid
  if (who === undefined)
    return text`With runAsNonRoot and runAsUser it meets the Pod Security Standard restricted: fill in the number of its user.`
  const lines = [text`It meets the Pod Security Standard restricted.`]
  if (stepsDownTo)
    lines.push(
      text`It starts as ${who} at once, so that there is nothing to hand over: entrypoints of this kind skip that part when they are not root.`,
    )
  if (volumes.length > 0)
    lines.push(text`\`fsGroup: ${gid ?? who}\` gives the volumes to the group that it runs in.`)
  lines.push(
    subject?.profile === 'openshift'
      ? text`On OpenShift leave runAsUser, runAsGroup and fsGroup out: the project gives a random uid, in group 0.`
      : text`Where a platform gives a random uid (OpenShift), leave runAsUser, runAsGroup and fsGroup out; what is written then has to belong to group 0 with the rights of its owner.`,
  )
  return sentences(lines)
}

function userNamespaces({ uid, stepsDownTo, mustBeRoot }: Powers): Message {
  const shown = uid ?? (stepsDownTo || mustBeRoot ? 0 : undefined) ?? 0
  return sentences([
    shown === 0
      ? text`Without a user namespace, root in the container is root for the kernel, the host's files and everything mounted.`
      : text`Without a user namespace, uid ${shown} in the container is uid ${shown} for the kernel, the host's files and everything mounted.`,
    text`\`"userns-remap": "default"\` in /etc/docker/daemon.json makes it ${shown === 0 ? '100000' : `100000 + ${shown}`} (the first number of dockremap in /etc/subuid); folders of the host that are mounted have to belong to that number.`,
    text`A rootless engine does the same with the ids of whoever starts it. In Kubernetes it is \`hostUsers: false\` in the pod (on by default from Kubernetes 1.33), with volumes that support id-mapped mounts.`,
  ])
}

function labels({ volumes }: Powers): readonly Message[] {
  const path = volumes[0] ?? '/data'
  return [
    text`With SELinux, a folder of the host needs the container's label: \`-v /srv/app:${path}:Z\` for this container alone, \`:z\` where several share it; never on /home or /etc as a whole. Named volumes have it already.`,
    text`AppArmor: Docker sets the profile docker-default by itself (\`--security-opt apparmor=docker-default\`); in Kubernetes it is \`appArmorProfile: { type: RuntimeDefault }\` beside seccompProfile. Do not switch to \`unconfined\` to make an error go away: see \`dmesg\` for what was refused.`,
  ]
}

function proof(powers: Powers): readonly Part[] {
  const { windows, hasShell, hasPython, uid } = powers
  if (windows) return [fence('sh', 'docker run --rm --entrypoint cmd IMAGE /c whoami')]
  const flags = flagsOf(powers)
    .filter((flag) => !flag.startsWith('-p ') && !flag.startsWith('-v '))
    .map((flag) => ` ${flag}`)
    .join('')
  const blocks: Part[] = []
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
  const shown = uid === undefined ? text`as expected` : `\`${uid} ${uid} ${uid} ${uid}\``
  blocks.push(
    ends(
      powers.capabilities.length === 0
        ? text`Uid should read ${shown}, CapEff \`0000000000000000\``
        : text`Uid should read ${shown}, CapEff name only the capabilities above (\`capsh --decode\`)`,
      powers.noNewPrivileges,
    ),
  )
  return blocks
}

function ends(start: Message, noNewPrivileges: boolean): Message {
  return noNewPrivileges ? text`${start}, NoNewPrivs \`1\`.` : text`${start}.`
}

function list(lines: readonly Message[], say: Language): readonly string[] {
  return lines.length === 0 ? [] : [lines.map((line) => `- ${say(line)}`).join('\n')]
}

function fence(language: string, code: string): string {
  return `\`\`\`${language}\n${code.trimEnd()}\n\`\`\``
}
