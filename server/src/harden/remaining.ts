import { lineOf, stepsOf } from '../image/index.ts'
import { knownValue } from '../known.ts'
import { listed, type Message, text } from '../l10n/index.ts'
import { contextCopies } from './context-files.ts'
import type { ChosenIdentity } from './identity.ts'
import { byNumber } from './identity.ts'
import { lowPortsOf, portMove } from './port-step.ts'
import type { Subject } from './subject.ts'
import { rootMountOf, workloadOf } from './workload.ts'

/** What the text cannot decide, for a person. */
export function remainingFor(subject: Subject, chosen: ChosenIdentity): readonly Message[] {
  return [
    ...baseIsUnknown(subject),
    ...otherImages(subject),
    ...dockerSocket(subject),
    ...sudoers(subject, chosen),
    ...lowPorts(subject),
    ...nameOnly(subject, chosen),
    ...mountsInRoot(subject, chosen),
    ...unreadScript(subject),
    ...buildTool(subject),
    ...hostLogs(subject),
    ...rootWasMeant(subject),
    ...startsNothing(subject),
    ...secondRoot(subject),
  ]
}

/** The plan is for one image; others of the same file have a start of their own. */
function otherImages({ analysis }: Subject): readonly Message[] {
  return (analysis.options.otherTargets ?? []).map(
    (name) => text`Stage \`${name}\` becomes an image too: harden it with --target ${name}.`,
  )
}

function baseIsUnknown({ base, baseReference }: Subject): readonly Message[] {
  if (base) return []
  return [
    baseReference === undefined
      ? text`The base depends on a build argument: whether it has the chosen number free, and what its start needs, only the build shows.`
      : text`Unroot does not know \`${baseReference}\`: it may run as another user already, and its start may need root. Declare it under baseImages in .unroot.json to be sure.`,
  ]
}

function dockerSocket(subject: Subject): readonly Message[] {
  const { stage, runtime } = subject
  const mentioned = [
    ...stepsOf(stage).map(({ instruction }) => instruction.argumentsText.text),
    runtime.script?.text ?? '',
    runtime.argv.join(' '),
  ].join('\n')
  const packages = stage.final.programs?.packages
  const client = ['docker.io', 'docker-ce-cli', 'docker-cli', 'docker-ce'].some((name) => packages?.has(name))
  return /docker\.sock\b/.test(mentioned) || client
    ? [
        text`It talks to the Docker socket, which belongs to a group of the host: give that group with --group-add "$(stat -c %g /var/run/docker.sock)", and write USER without a group. Who may use the socket is root on the host.`,
      ]
    : []
}

function hostLogs(subject: Subject): readonly Message[] {
  const { stage, dockerfile } = subject
  const mount = stage.final.volumes.find(({ path }) =>
    /^\/(?:var\/log|var\/lib\/docker|host(?:fs)?|rootfs)\/?$/.test(path),
  )
  const collector = [...workloadOf(subject).programs].find((name) =>
    /^(?:fluentd|fluent-bit|filebeat|metricbeat|promtail|vector|logstash|node_exporter|cadvisor|datadog-agent|telegraf)$/.test(
      name,
    ),
  )
  const ofBase = workloadOf(subject).families.some(({ name }) => name === 'Fluentd') ? 'fluentd' : undefined
  const daemonSet = collector ?? ofBase ?? (/daemonset/i.test(subject.analysis.text) ? text`It` : undefined)
  if (mount?.origin.kind === 'instruction')
    return [
      text`${mount.path} (VOLUME in line ${lineOf(dockerfile, mount.origin.range.start)}) is the host's: its files belong to root and group adm there. Add that group at start (--group-add), or collect logs from stdout.`,
    ]
  return daemonSet
    ? [
        text`${daemonSet} reads logs of the host where they are mounted: those belong to root and group adm. Add that group at start (--group-add), or it reads nothing.`,
      ]
    : []
}

const meantRoot =
  /\b(?:as|be|needs?|requires?|must|runs?|running|overwrite)\b.*\broot\b|\broot\b.*\b(?:needed|required|necessary|permissions?|privileges?)\b/i

/** A comment at the place that decides says that root is meant. */
function rootWasMeant({ stage, dockerfile }: Subject): readonly Message[] {
  const deciding = stage.steps.filter(({ instruction }) =>
    ['USER', 'ENTRYPOINT', 'CMD'].includes(instruction.keyword),
  )
  const lastUser = deciding.findLast(({ instruction }) => instruction.keyword === 'USER')
  for (const { instruction } of deciding) {
    if (instruction.keyword === 'USER' && instruction !== lastUser?.instruction) continue
    for (const { start, end } of instruction.leadingComments) {
      const comment = dockerfile.text.slice(start, end).replace(/^#\s*/, '').trim()
      if (meantRoot.test(comment) && !/non-?root|not (?:run )?as root|without root/i.test(comment))
        return [
          text`Line ${lineOf(dockerfile, start)} says that root is meant: \u201c${comment}\u201d. See whether that still holds.`,
        ]
    }
  }
  return []
}

const shells =
  /^(?:.*[\\/])?(?:sh|bash|ash|zsh|pwsh|python[\d.]*|node|irb|php|jshell|iex|ghci|julia|R|groovysh|scala|mix|swift|perl|lua|mvn|gradle|sbt|lein|cargo|go|composer|(?:cmd|powershell)(?:\.exe)?)$/i

/** Nothing of its own is started: people build on such images, or work in them. */
export function startsNothing(subject: Subject): readonly Message[] {
  const { runtime, base } = subject
  const { cmd, entrypoint } = runtime.state
  const own = [entrypoint, cmd].some((one) => one?.origin.kind === 'instruction')
  const [program, ...rest] = cmd?.argv ?? []
  const bare =
    (entrypoint?.argv.length ?? 0) <= 1 &&
    (program === undefined
      ? entrypoint !== undefined && /^\s*exec\s+"?\$@"?\s*$/m.test(runtime.script?.text ?? '')
      : shells.test(program) && rest.every((word) => /^-[ail]$/.test(word)))
  if (runtime.state.ports.some(({ origin }) => origin.kind === 'instruction')) return []
  // With an application in it, it is started by what the file does not show: Compose, a pod.
  if (contextCopies(subject).some(({ sources }) => sources.some(({ raw }) => /^\.?\/?$|\/$/.test(raw))))
    return []
  // A server whose start nobody wrote down for us is no such image.
  const silent =
    runtime.argv.length === 0 && base?.ports.length === 0 && workloadOf(subject).families.length === 0
  if (own ? !bare : !(bare || silent)) return []
  return [
    runtime.argv.length === 0
      ? text`It starts nothing of its own: where others build on it, their steps run as the new user from now on and need USER root before they install something. Such a base is better left as it is: tell its users the account, or publish a second tag that ends with USER.`
      : text`It starts only ${runtime.argv.join(' ')}: where others build on it, their steps run as the new user from now on and need USER root before they install something. Such a base is better left as it is: tell its users the account, or publish a second tag that ends with USER.`,
  ]
}

function secondRoot({ stage }: Subject): readonly Message[] {
  const { users } = stage.final.accounts
  const roots = users.filter(
    ({ name, uid, certainty }) => name !== 'root' && knownValue(uid) === 0 && certainty !== 'possible',
  )
  const open = users.filter(({ password, origin }) => password !== undefined && origin.kind === 'instruction')
  return [
    ...roots.map(({ name }) => text`\`${name}\` is root by another name (uid 0): take the account out.`),
    ...open.map(({ name, password }) =>
      password === 'empty'
        ? text`\`${name}\` can log in without a password: lock the account (passwd -l).`
        : text`The password of \`${name}\` is set in the image, and everybody who has the image has it: take it out.`,
    ),
  ]
}

function sudoers({ stage, dockerfile }: Subject, { name }: ChosenIdentity): readonly Message[] {
  const step = stepsOf(stage).find(({ instruction }) => /NOPASSWD/.test(instruction.argumentsText.text))
  if (!step || name === undefined) return []
  const gone = stepsOf(stage).some(({ instruction }) =>
    /\brm\b[^&|;]*sudoers/.test(instruction.argumentsText.text),
  )
  if (gone) return []
  return [
    text`Line ${lineOf(dockerfile, step.instruction.range.start)} lets an account become root with sudo without a password: take it out, or root is one word away. --security-opt=no-new-privileges switches it off.`,
  ]
}

function lowPorts(subject: Subject): readonly Message[] {
  if (!byNumber(subject) || portMove(subject)) return []
  const ports = lowPortsOf(subject)
  return ports.length === 0
    ? []
    : [
        text`Port ${listed(ports)} stays below 1024, because what sets it is not in this file: move it in the server's configuration, or set the pod's sysctl net.ipv4.ip_unprivileged_port_start=0 (allowed by Pod Security restricted).`,
      ]
}

/** A pod that must not be root's is refused where USER is a name. */
function nameOnly(subject: Subject, { name, uid }: ChosenIdentity): readonly Message[] {
  return byNumber(subject) && name !== undefined && uid === undefined
    ? [
        text`USER names \`${name}\`, whose number this file does not tell, and Kubernetes verifies runAsNonRoot only by number: give the account a fixed uid, or set runAsUser in the pod.`,
      ]
    : []
}

/** A comment that tells people to mount something in root's home. */
function mountsInRoot(subject: Subject, { name }: ChosenIdentity): readonly Message[] {
  const found = rootMountOf(subject)
  if (!found) return []
  return [
    text`Line ${found.line} mounts something in /root, where only root may enter: mount it in the home of \`${name ?? text`the new user`}\` from now on.`,
  ]
}

/** A start script of the build context that could not be read. */
export function unreadScript({ runtime, stage }: Subject): readonly Message[] {
  const { argv, script, state } = runtime
  const { entrypoint, cmd } = state
  // What this file gives to an entrypoint of its base is started by that.
  const own = entrypoint?.origin.kind === 'base' ? cmd : { origin: (entrypoint ?? cmd)?.origin, argv }
  if (script || own?.origin?.kind !== 'instruction') return []
  const named = own.argv
    .slice(0, 4)
    .find(
      (word, index) =>
        !/\s/.test(word) &&
        (index === 0 || word.includes('/') || word.includes('.')) &&
        (/\.(?:sh|bash)$/.test(word) ||
          /(?:^|\/)(?:docker-)?(?:entrypoint|entry|startup|start|run|init)$/.test(word)),
    )
  if (named === undefined || named === 'catalina.sh') return []
  const packages = stage.final.programs?.packages
  const several = ['runit', 'supervisor', 's6', 's6-overlay', 'monit'].find((name) => packages?.has(name))
  return [
    several
      ? text`${named} starts the container, could not be read, and may start ${several}, whose services switch users by themselves: if so, keep it as root.`
      : text`${named} starts the container and could not be read: check that it needs no root and writes nothing else.`,
  ]
}

function buildTool(subject: Subject): readonly Message[] {
  const tool = [...workloadOf(subject).programs].find((name) =>
    /^(?:terraform|tofu|ansible(?:-playbook)?|packer|kubectl|helm|gradle|mvn|sonar-scanner|trivy)$/.test(
      name,
    ),
  )
  return tool && subject.runtime.state.ports.isEmpty()
    ? [
        text`${tool} works on files that are mounted: run it with --user "$(id -u):$(id -g)" and -e HOME=/tmp, so that what it makes belongs to who started it.`,
      ]
    : []
}
