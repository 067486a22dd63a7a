import { type Message, text } from '../l10n/index.ts'

/**
 * The grammars of single values that BuildKit checks when it builds. Each function says what is wrong with a value,
 * as the end of a sentence that begins with it; undefined where nothing is.
 */

type Verdict = Message | undefined

/** Go: strconv.ParseBool. */
export function isBoolean(text: string): boolean {
  return /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text)
}

/** distribution/reference: ParseNormalizedNamed. */
export function imageReferenceProblem(reference: string): Verdict {
  if (/^[a-f0-9]{64}$/.test(reference)) return text`is an image id, and FROM takes names only`
  const slash = reference.indexOf('/')
  const first = slash === -1 ? '' : reference.slice(0, slash)
  const isDomain =
    first !== '' && (first === 'localhost' || /[.:]/.test(first) || first.toLowerCase() !== first)
  const domain = isDomain ? first : 'docker.io'
  const rest = isDomain ? reference.slice(slash + 1) : reference
  const name = rest.split(':', 1)[0] as string
  if (name.toLowerCase() !== name) return text`has upper-case letters, and image names have none`
  if (!domainForm.test(domain)) return text`begins with \`${domain}\`, which is no name of a registry`
  const match = restForm.exec(rest)
  if (match === null) return text`is no image reference, \`name\`, \`name:tag\` or \`name@sha256:…\``
  const path = isDomain || name.includes('/') ? match[1] : `library/${match[1]}`
  if ((path?.length ?? 0) > 255) return text`is longer than 255 characters`
  return match[3] === undefined ? undefined : digestProblem(match[3])
}

/** opencontainers/go-digest: Parse. */
export function digestProblem(digest: string): Verdict {
  const colon = digest.indexOf(':')
  const length = digestLengths[digest.slice(0, Math.max(colon, 0))]
  if (length === undefined) return text`has a digest of an unknown kind; \`sha256:\` is the usual one`
  const hex = digest.slice(colon + 1)
  if (hex.length === length && /^[a-f0-9]+$/.test(hex)) return undefined
  return text`has a digest that is not ${length} lower-case hexadecimal digits long`
}

const domainPart = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)'
const domainForm = new RegExp(`^(?:${domainPart}(?:\\.${domainPart})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`)
const pathPart = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const restForm = new RegExp(
  `^(${pathPart}(?:/${pathPart})*)(?::([\\w][\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$`,
)
const digestLengths: Readonly<Record<string, number | undefined>> = { sha256: 64, sha384: 96, sha512: 128 }

/** containerd/platforms: Parse. */
export function platformProblem(platform: string): Verdict {
  const parts = platform.split('/')
  const [os = '', architecture, ...more] = parts
  const osMatch = /^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.%-]*)((?:\+[A-Za-z0-9_.%-]+)*)\))?$/.exec(os)
  if (
    osMatch === null ||
    more.length > 1 ||
    !parts.slice(1).every((part) => /^[A-Za-z0-9_.-]+$/.test(part))
  ) {
    return text`is no platform, \`linux/amd64\` or \`linux/arm/v7\``
  }
  if (architecture !== undefined) return undefined
  const name = (osMatch[1] as string).toLowerCase()
  if (knownSystems.has(name) || knownArchitectures.has(os.toLowerCase())) return undefined
  return text`is neither a known operating system nor a known architecture; write both: \`linux/amd64\``
}

const knownSystems = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux macos nacl netbsd openbsd plan9 solaris windows zos'.split(
    ' ',
  ),
)
const knownArchitectures = new Set(
  '386 i386 amd64 x86_64 x86-64 amd64p32 arm armhf armel armbe arm64 aarch64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm'.split(
    ' ',
  ),
)

/** dockerfile2llb/convert_expose.go: parsePort. */
export function portProblem(port: string): Verdict {
  const parts = port.split(':')
  const last = parts[parts.length - 1] as string
  const host = parts.length > 1 ? (parts[parts.length - 2] as string) : ''
  const ip = parts.length > 2 ? parts.slice(0, -2).join(':') : ''
  const slash = last.indexOf('/')
  const ports = slash === -1 ? last : last.slice(0, slash)
  const protocol = slash === -1 ? '' : last.slice(slash + 1).toLowerCase()
  if (ports === '') return text`names no port`
  if (!['', 'tcp', 'udp', 'sctp'].includes(protocol))
    return text`has the protocol \`${protocol}\`; they are tcp, udp and sctp`
  if (ip !== '' && !isAddress(ip))
    return text`begins with \`${ip}\`, which is no IP address; EXPOSE needs none`
  const inside = portRange(ports)
  if (inside === undefined)
    return text`is no port, \`8080\`, \`8080/udp\` or \`8000-8010\`; ports end at 65535`
  if (host === '') return undefined
  const outside = portRange(host)
  if (outside === undefined)
    return text`has the host port \`${host}\`; EXPOSE takes the container's port only`
  const same = inside[1] - inside[0] === outside[1] - outside[0]
  return same || inside[0] === inside[1]
    ? undefined
    : text`maps ranges of different sizes; EXPOSE takes the container's ports only`
}

function portRange(text: string): readonly [number, number] | undefined {
  const dash = text.indexOf('-')
  const first = dash === -1 ? text : text.slice(0, dash)
  const last = dash === -1 ? first : text.slice(dash + 1)
  const start = portNumber(first)
  if (start === undefined) return undefined
  if (first === last) return [start, start]
  const end = portNumber(last)
  return end === undefined || end < start ? undefined : [start, end]
}

function portNumber(text: string): number | undefined {
  if (!/^[-+]?\d+$/.test(text)) return undefined
  const value = Number(text)
  return value >= 0 && value <= 65_535 ? value : undefined
}

/** Go: net.ParseIP, with the brackets that net.SplitHostPort takes off. */
function isAddress(text: string): boolean {
  const ip = /^\[(.*)\]$/.exec(text)?.[1] ?? text
  const isShort = (part: string) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255
  if (!ip.includes(':')) return ip.split('.').length === 4 && ip.split('.').every(isShort)
  const halves = ip.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const tail = groups[groups.length - 1] ?? ''
  const v4 = tail.includes('.')
  if (v4 && !(tail.split('.').length === 4 && tail.split('.').every(isShort))) return false
  const plain = v4 ? groups.slice(0, -1) : groups
  if (!plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false
  const count = plain.length + (v4 ? 2 : 0)
  return halves.length === 2 ? count < 8 : count === 8
}

/** dockerfile2llb/convert_copy.go and tonistiigi/dchapes-mode. */
export function modeProblem(mode: string): Verdict {
  if (/^[0-7]+$/.test(mode)) return Number.parseInt(mode, 8) <= 0o7777 ? undefined : text`is beyond 7777`
  if (/^[augo]*(?:[-+=][rwxXstugo]*)+(?:,[augo]*(?:[-+=][rwxXstugo]*)+)*$/.test(mode)) return undefined
  return /^\d/.test(mode)
    ? text`is not octal; its digits are 0 to 7`
    : text`is no mode, \`755\` or \`u=rwx,go=rx\``
}

/** moby/sys/signal: ParseSignal, on Linux. */
export function signalProblem(signal: string): Verdict {
  if (/^[-+]?\d+$/.test(signal))
    return Number(signal) === 0 ? text`is no signal; they begin with 1` : undefined
  const name = signal.toUpperCase().replace(/^SIG/, '')
  if (
    signals.has(name) ||
    /^RTMIN(?:\+(?:[1-9]|1[0-5]))?$/.test(name) ||
    /^RTMAX(?:-(?:[1-9]|1[0-4]))?$/.test(name)
  )
    return undefined
  return text`is no signal; write a name such as SIGTERM or a number`
}

const signals = new Set(
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ'.split(
    ' ',
  ),
)
