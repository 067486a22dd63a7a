import { lineOf, stepsOf } from '../image/index.ts'
import type { ChosenIdentity } from './identity.ts'
import { byNumber } from './identity.ts'
import { lowPortsOf, portMove } from './port-step.ts'
import type { Subject } from './subject.ts'
import { workloadOf } from './workload.ts'

/** What the text cannot decide, for a person. */
export function remainingFor(subject: Subject, chosen: ChosenIdentity): readonly string[] {
  return [
    ...baseIsUnknown(subject),
    ...dockerSocket(subject),
    ...sudoers(subject, chosen),
    ...lowPorts(subject),
    ...unreadScript(subject),
    ...buildTool(subject),
    ...hostLogs(subject),
  ]
}

function baseIsUnknown({ base, baseReference }: Subject): readonly string[] {
  if (base) return []
  return [
    baseReference === undefined
      ? 'The base depends on a build argument: whether it has the chosen number free, and what its start needs, only the build shows.'
      : `Unroot does not know \`${baseReference}\`: it may run as another user already, and its start may need root. Declare it under baseImages in .unroot.json to be sure.`,
  ]
}

function dockerSocket(subject: Subject): readonly string[] {
  const { stage, runtime } = subject
  const text = [
    ...stepsOf(stage).map(({ instruction }) => instruction.argumentsText.text),
    runtime.script?.text ?? '',
    runtime.argv.join(' '),
  ].join('\n')
  const packages = stage.final.programs?.packages
  const client = ['docker.io', 'docker-ce-cli', 'docker-cli', 'docker-ce'].some((name) => packages?.has(name))
  return /docker\.sock\b/.test(text) || client
    ? [
        'It talks to the Docker socket, which belongs to a group of the host: give that group with --group-add "$(stat -c %g /var/run/docker.sock)", and write USER without a group. Who may use the socket is root on the host.',
      ]
    : []
}

function hostLogs({ stage, dockerfile }: Subject): readonly string[] {
  const mount = stage.final.volumes.find(({ path }) =>
    /^\/(?:var\/log|var\/lib\/docker|host(?:fs)?|rootfs)\/?$/.test(path),
  )
  if (mount?.origin.kind !== 'instruction') return []
  return [
    `${mount.path} (VOLUME in line ${lineOf(dockerfile, mount.origin.range.start)}) is the host's: its files belong to root and group adm there. Add that group at start (--group-add), or collect logs from stdout.`,
  ]
}

function sudoers({ stage, dockerfile }: Subject, { name }: ChosenIdentity): readonly string[] {
  const step = stepsOf(stage).find(({ instruction }) => /NOPASSWD/.test(instruction.argumentsText.text))
  if (!step || name === undefined) return []
  return [
    `Line ${lineOf(dockerfile, step.instruction.range.start)} lets an account become root with sudo without a password: take it out, or root is one word away. --security-opt=no-new-privileges switches it off.`,
  ]
}

function lowPorts(subject: Subject): readonly string[] {
  if (!byNumber(subject) || portMove(subject)) return []
  const ports = lowPortsOf(subject)
  return ports.length === 0
    ? []
    : [
        `Port ${ports.join(', ')} stays below 1024, because what sets it is not in this file: move it in the server's configuration, or set the pod's sysctl net.ipv4.ip_unprivileged_port_start=0 (allowed by Pod Security restricted).`,
      ]
}

function unreadScript({ runtime }: Subject): readonly string[] {
  const { argv, script, state } = runtime
  const start = state.entrypoint ?? state.cmd
  if (script || start?.origin.kind !== 'instruction') return []
  const named = argv.find((word) => /\.(?:sh|bash)$/.test(word) && !/\s/.test(word))
  if (named === undefined || named === 'catalina.sh') return []
  return [
    `${named} starts the container and could not be read: check that it needs no root and writes nothing else.`,
  ]
}

function buildTool(subject: Subject): readonly string[] {
  const tool = [...workloadOf(subject).programs].find((name) =>
    /^(?:terraform|tofu|ansible(?:-playbook)?|packer|kubectl|helm|gradle|mvn|sonar-scanner|trivy)$/.test(
      name,
    ),
  )
  return tool && subject.runtime.state.ports.length === 0
    ? [
        `${tool} works on files that are mounted: run it with --user "$(id -u):$(id -g)" and -e HOME=/tmp, so that what it makes belongs to who started it.`,
      ]
    : []
}
