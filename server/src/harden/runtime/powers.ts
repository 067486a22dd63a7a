import type { Analysis } from '../../analysis/index.ts'
import { isRoot, isWithin, nodeAt, stepsDown, stepsOf } from '../../image/index.ts'
import { knownValue } from '../../known.ts'
import { listed, type Message, text } from '../../l10n/index.ts'
import { copiedFiles } from '../context-files.ts'
import { notWritable } from '../grants.ts'
import { startNeedsRoot } from '../harden.ts'
import { chooseIdentity } from '../identity.ts'
import { portsInUse } from '../port-step.ts'
import { unreadScript } from '../remaining.ts'
import { startsAsRootOnPurpose } from '../start-as-root.ts'
import { type Subject, subjectOf } from '../subject.ts'
import { workloadOf } from '../workload.ts'
import { type WrittenPath, writtenPaths } from '../written-paths.ts'
import { capabilitiesOf } from './capabilities.ts'
import { withFileCapabilities } from './file-capabilities.ts'

/** What a container of this image may be held to. Every face of the guidance is made from it. */
export interface Powers {
  readonly subject: Subject | undefined
  /** `1000:1000`; null where the image has to start as it says. */
  readonly user: string | null
  readonly uid: number | undefined
  readonly gid: number | undefined
  /** The image itself says so: no flag is needed. */
  readonly userIsSet: boolean
  /** An account that the start hands over to. */
  readonly stepsDownTo:
    | {
        readonly by: string
        readonly name: string | undefined
        readonly uid: number | undefined
        readonly gid: number | undefined
      }
    | undefined
  readonly mustBeRoot: Message | undefined
  readonly capabilities: readonly string[]
  readonly noNewPrivileges: boolean
  readonly readOnly: boolean
  /** Mount points with their options: `/tmp`, `/run:uid=101,gid=101`. */
  readonly tmpfs: readonly string[]
  /** Folders that are to outlive the container. */
  readonly volumes: readonly string[]
  readonly ports: readonly string[]
  readonly lowPorts: readonly number[]
  readonly needsHome: Message | undefined
  readonly written: readonly WrittenPath[]
  readonly hasPython: boolean
  readonly hasShell: boolean
  readonly windows: boolean
  readonly notes: readonly Message[]
}

const nothing: Powers = {
  subject: undefined,
  user: null,
  uid: undefined,
  gid: undefined,
  userIsSet: false,
  stepsDownTo: undefined,
  mustBeRoot: undefined,
  capabilities: [],
  noNewPrivileges: true,
  readOnly: false,
  tmpfs: [],
  volumes: [],
  ports: [],
  lowPorts: [],
  needsHome: undefined,
  written: [],
  hasPython: false,
  hasShell: true,
  windows: false,
  notes: [text`The file makes no image: there is nothing to run.`],
}

export function powersOf(analysis: Analysis): Powers {
  const subject = subjectOf(analysis)
  if (!subject) return nothing
  const { runtime, stage, base } = subject
  const { windows } = subject
  const ports = [
    ...new Set(
      portsInUse(runtime.state)
        .map(({ port }) => port)
        .filter((port) => /^\d+(?:\/(?:udp|sctp))?$/.test(port)),
    ),
  ]
  const shared = {
    ...nothing,
    subject,
    ports,
    lowPorts: ports.map((port) => Number.parseInt(port, 10)).filter((port) => port < 1024),
    windows,
    hasShell: base?.tools.shell !== false,
    hasPython: hasPython(subject),
  }
  if (windows)
    return {
      ...shared,
      noNewPrivileges: false,
      user: 'ContainerUser',
      userIsSet:
        /containeruser/i.test(runtime.state.identity.spec) ||
        (/containeruser/i.test(base?.user.name ?? '') && runtime.state.identity.spec === ''),
      notes: [
        text`Windows containers know neither Linux capabilities nor user ids: run as ContainerUser, or with process isolation replaced by Hyper-V isolation (--isolation=hyperv).`,
      ],
    }
  const drop = stepsDown(runtime)
  const mustBeRoot = drop
    ? undefined
    : (startsAsRootOnPurpose(subject) ??
      (isRoot(runtime.state.identity) ? startNeedsRoot(analysis) : undefined))
  const running = drop || mustBeRoot ? undefined : whoRuns(subject)
  const target = drop ? accountOf(subject, knownValue(drop.to)) : undefined
  const written = writtenPaths(subject)
  const owner =
    running ?? (target?.uid === undefined ? undefined : { uid: target.uid, gid: target.gid, isSet: true })
  // A tmpfs is root's unless its number is told (container-facts/volume-mount-tmpfs).
  const canOwn = owner !== undefined || drop !== undefined || mustBeRoot !== undefined
  // It would also hide what lies in the image; a new volume begins with it (container-facts/volume-named-x).
  const inMemory = ({ temporary, kind, path }: WrittenPath) =>
    canOwn && temporary && kind === 'directory' && !isFilled(subject, path)
  const temporary = written.filter(inMemory).map(({ path }) => path)
  const files = written.filter(({ temporary, kind }) => temporary && kind === 'file').map(({ path }) => path)
  const homeMount = homeToMount(subject, owner?.uid)
  const tmpfs = [
    '/tmp',
    ...outermost([
      ...temporary,
      ...files.map((path) => path.slice(0, path.lastIndexOf('/')) || '/run'),
      ...(homeMount ? [homeMount] : []),
    ])
      .filter((path) => path !== '/tmp' && path !== '/')
      .map((path) => (owner ? `${path}:uid=${owner.uid},gid=${owner.gid ?? owner.uid}` : path)),
  ]
  const workdir = knownValue(stage.final.workdir)
  const known = written
    .filter((one) => one.kind === 'directory' && !one.code && !inMemory(one))
    .map(({ path }) => path)
  const given = givenByRun(subject, owner?.uid).filter(
    (path) => ![...known, ...temporary].some((one) => isWithin(one, path) || isWithin(path, one)),
  )
  // A volume of Kubernetes is empty at first: over a folder with something in it, it would hide that.
  const lasting = [...known, ...given.filter((path) => isEmpty(subject, path))]
  const givesMore = given.some((path) => !lasting.includes(path))
  const ofBase = stage.final.volumes.map(({ path }) => path)
  const volumes = outermost([...lasting.filter((path) => path !== workdir), ...ofBase]).filter(
    (path) => !tmpfs.some((mount) => mount.split(':')[0] === path),
  )
  const readOnly =
    knowsItsWrites(subject, mustBeRoot !== undefined, givesMore || lasting.includes(workdir ?? '')) &&
    !written.some(({ code }) => code) &&
    (canOwn || (files.length === 0 && homeMount === undefined)) &&
    startWritesOnly(subject, [...tmpfs.map((mount) => mount.split(':')[0] ?? ''), ...volumes])
  const capabilities = capabilitiesOf(subject, drop !== undefined, mustBeRoot !== undefined)
  return {
    ...shared,
    user: running ? userFlag(subject, running) : null,
    uid: running?.uid,
    gid: running?.gid,
    userIsSet: running?.isSet ?? false,
    stepsDownTo: drop
      ? { by: drop.by, name: knownValue(drop.to), uid: target?.uid, gid: target?.gid }
      : undefined,
    mustBeRoot,
    capabilities,
    noNewPrivileges: !needsNewPrivileges(subject),
    readOnly,
    tmpfs: readOnly ? tmpfs : [],
    volumes,
    needsHome: workloadOf(subject).home,
    written,
    notes: notesOf(subject, shared, running, written, drop !== undefined),
  }
}

/** With a group behind it, the other groups of the account would be gone. */
function userFlag({ runtime }: Subject, { uid, gid, isSet }: Running): string {
  const groups = knownValue(runtime.state.identity.groups)
  return isSet && (groups?.length ?? 0) > 1 ? String(uid) : `${uid}:${gid ?? uid}`
}

/** Folders that a RUN, or a COPY to where data lies, gives to whom it runs as: somebody had found out that they are written. */
function givenByRun({ stage }: Subject, uid: number | undefined): readonly string[] {
  if (uid === undefined || uid === 0) return []
  const given = stepsOf(stage).flatMap(({ instruction, commands }) =>
    instruction.keyword === 'COPY' && instruction.chown && forData.test(instruction.destination?.raw ?? '')
      ? [instruction.destination?.raw.replace(/(.)\/+$/, '$1') ?? '']
      : commands.flatMap(({ name, writes }) => (name === 'chown' || name === 'install' ? writes : [])),
  )
  return outermost(
    given.filter((path) => {
      const { kind, owner } = nodeAt(stage.final.files, path)
      return (kind === 'directory' || kind === 'unknown') && knownValue(owner) === uid && !/\.\w+$/.test(path)
    }),
  )
}

const forData = /^\/(?:var\/(?!www(?:\/|$))[\w./-]+|data|config|storage|srv\/data)\/?$/

function isEmpty({ stage }: Subject, path: string): boolean {
  const { kind, unlisted, children } = nodeAt(stage.final.files, path)
  return (
    kind === 'directory' &&
    unlisted === 'none' &&
    [...children.values()].every(({ kind }) => kind === 'missing')
  )
}

function isFilled({ stage }: Subject, path: string): boolean {
  const { children } = nodeAt(stage.final.files, path)
  return [...children.values()].some(({ kind, exists }) => kind !== 'missing' && exists !== 'possible')
}

interface Running {
  readonly uid: number
  readonly gid: number | undefined
  readonly isSet: boolean
}

/** The image's own user where it is not root, else the one that a plan would choose. */
function whoRuns(subject: Subject): Running | undefined {
  const { identity } = subject.runtime.state
  const uid = knownValue(identity.uid)
  if (uid !== undefined && uid !== 0)
    return { uid, gid: knownValue(identity.gid), isSet: identity.uid.certainty !== 'possible' }
  if (uid === undefined && identity.spec !== '') return undefined
  const chosen = chooseIdentity(subject)
  return chosen.uid === undefined
    ? { uid: subject.newUser.uid, gid: subject.newUser.gid, isSet: false }
    : { uid: chosen.uid, gid: chosen.gid, isSet: false }
}

function accountOf({ stage }: Subject, name: string | undefined) {
  const account = stage.final.accounts.users.find((one) => one.name === name)
  return account ? { uid: knownValue(account.uid), gid: knownValue(account.gid) } : undefined
}

function hasPython({ base, stage, runtime }: Subject): boolean {
  return (
    base?.tools.programs.get('python3') === true ||
    base?.tools.programs.get('python') === true ||
    /(?:^|\/)python(?::|@|$)|distroless\/python/.test(base?.reference ?? '') ||
    stage.final.programs?.packages.has('python3') === true ||
    runtime.argv.some((word) => /^(?:.*\/)?python\d?[\d.]*$/.test(word))
  )
}

/** The start itself uses su, sudo or a program with file capabilities, which no-new-privileges switches off. A low port needs none. */
function needsNewPrivileges(subject: Subject): boolean {
  const { runtime } = subject
  if (
    runtime.commands.some(({ name, wrappers }) =>
      [name, ...wrappers].some(
        (one) => one === 'sudo' || one === 'doas' || (one === 'su' && runtime.state.identity.spec !== ''),
      ),
    )
  )
    return true
  return withFileCapabilities(subject).some(
    ({ capabilities }) => !/^\W*cap_net_bind_service\b[^,]*$/i.test(capabilities),
  )
}

/** The home of whom it runs as, where the workload writes to it and nothing lasting lies there. */
function homeToMount(subject: Subject, uid: number | undefined): string | undefined {
  if (workloadOf(subject).home === undefined) return undefined
  const { runtime } = subject
  const home =
    uid !== undefined && isRoot(runtime.state.identity) ? undefined : knownValue(runtime.state.identity.home)
  return home && home !== '/' && home !== '/nonexistent' ? home : undefined
}

/** A read-only file system is promised only where what the container writes can be told from its file. */
function knowsItsWrites(subject: Subject, mustBeRoot: boolean, writesWorkdir: boolean): boolean {
  const { base, runtime } = subject
  if (!base || mustBeRoot || writesWorkdir || runtime.argv.length === 0) return false
  if (startsUnreadScript(subject) || unreadScript(subject).length > 0) return false
  // Where the home is that it writes to is not known.
  if (workloadOf(subject).home !== undefined && runtime.state.identity.home.certainty === 'unknown')
    return false
  const { programs } = workloadOf(subject)
  return ![...programs].some((program) => inTheOpen.test(program))
}
/** `npm start` runs what package.json says; where that was not read, nobody knows what it writes. */
function startsUnreadScript(subject: Subject): boolean {
  const { programs } = workloadOf(subject)
  return (
    ['npm', 'yarn', 'pnpm', 'bun'].some((name) => programs.has(name)) &&
    !copiedFiles(subject).some((path) => /(?:^|\/)package\.json$/.test(path))
  )
}

const inTheOpen =
  /^(?:nodemon|next|vite|webpack(?:-dev-server)?|ng|gulp|air|cargo|go|mvnw?|gradlew?|sbt|mix|jupyter.*|code-server|supervisord|systemd|init|crond?|sshd|apt-get|apk)$/

/** What the start script changes lies in what is mounted. */
function startWritesOnly({ runtime }: Subject, mounts: readonly string[]): boolean {
  return runtime.commands.every(
    ({ writes, failure }) =>
      failure !== undefined ||
      writes.every((path) => [...mounts, '/dev', '/proc'].some((mount) => isWithin(path, mount))),
  )
}

function outermost(paths: readonly string[]): readonly string[] {
  const unique = [...new Set(paths)]
  return unique
    .filter((path) => !unique.some((other) => other !== path && path.startsWith(`${other}/`)))
    .sort()
}

function notesOf(
  subject: Subject,
  { lowPorts, hasShell }: Pick<Powers, 'lowPorts' | 'hasShell'>,
  running: Running | undefined,
  written: readonly WrittenPath[],
  stepsDownItself: boolean,
): readonly Message[] {
  const notes: Message[] = []
  const { runtime, profile } = subject
  if (running && !running.isSet) {
    const chosen = chooseIdentity(subject)
    const account = runtime.state.accounts.users.some((one) => knownValue(one.uid) === running.uid)
    if (!account)
      notes.push(
        text`No account has uid ${running.uid} in this image: it has no name, no group but ${running.gid ?? running.uid} (not 0 either), and HOME is /, where it cannot write. Set -e HOME=/tmp where a program needs a home.`,
      )
    const missing = notWritable(subject, { ...chosen, identity: { ...chosen.identity } }, written)
    const who = `${running.uid}:${running.gid ?? running.uid}`
    const paths = listed(missing.map(({ path }) => path))
    if (missing.length > 0)
      notes.push(
        missing.length === 1
          ? text`As ${who} it cannot write ${paths}, which belongs to root: harden the image, or mount a volume that belongs to ${running.uid}.`
          : text`As ${who} it cannot write ${paths}, which belong to root: harden the image, or mount a volume that belongs to ${running.uid}.`,
      )
  }
  if (lowPorts.length > 0)
    notes.push(
      text`Port ${listed(lowPorts)}: Docker lets every user listen there, in a network of the container's own. With --network=host, and in clusters whose runtime does not, it is refused: set the sysctl net.ipv4.ip_unprivileged_port_start=0, or listen above 1023.`,
    )
  if (stepsDownItself)
    notes.push(
      text`The start switches users by itself: do not set another user with --user unless its documentation says that it may be set.`,
    )
  if (profile === 'openshift')
    notes.push(
      text`OpenShift starts the image as a random uid in group 0: what is written has to belong to group 0 with the rights of its owner.`,
    )
  if (!hasShell)
    notes.push(text`There is no shell in this image: look at it from outside, with docker top or /proc.`)
  return notes
}
