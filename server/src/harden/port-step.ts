import type { HardenStep } from '../analysis/index.ts'
import type { Instruction } from '../dockerfile/index.ts'
import type { TextEdit } from '../fixes/types.ts'
import { byNumber } from './identity.ts'
import type { Subject } from './subject.ts'
import { familiar, workloadOf } from './workload.ts'

/** A port below 1024 that moves above it, with everything in the file that names it. */
export interface PortMove {
  readonly from: number
  readonly to: number
  readonly step: HardenStep
  /** Commands that change the configuration of the base. */
  readonly commands: readonly string[]
}

/** Servers whose configuration comes with the base: how it is changed. */
const ofBase: readonly {
  readonly images: RegExp
  readonly own: RegExp
  readonly port: number
  readonly commands: (to: number) => readonly string[]
}[] = [
  {
    images: /^(?:library\/)?php:[^@]*apache/,
    own: /ports\.conf|sites-(?:available|enabled)|apache2\.conf/,
    port: 80,
    commands: (to) => [
      `sed -i 's/^Listen 80$/Listen ${to}/' /etc/apache2/ports.conf`,
      `sed -i 's/<VirtualHost \\*:80>/<VirtualHost *:${to}>/' /etc/apache2/sites-available/*.conf`,
    ],
  },
  {
    images: /^(?:library\/)?httpd(?::|@|$)/,
    own: /httpd\.conf/,
    port: 80,
    commands: (to) => [`sed -i 's/^Listen 80$/Listen ${to}/' /usr/local/apache2/conf/httpd.conf`],
  },
  {
    images: /^(?:library\/)?nginx(?::|@|$)/,
    own: /conf\.d|nginx\.conf|default\.conf|templates/,
    port: 80,
    commands: (to) => [`sed -i -E 's/(listen[^;]*)\\b80;/\\1${to};/' /etc/nginx/conf.d/default.conf`],
  },
]

/** Ports below 1024 that the image says it listens on. */
export function lowPortsOf({ runtime }: Subject): readonly number[] {
  return [
    ...new Set(
      runtime.state.ports
        .map(({ port }) => port)
        .filter((port) => /^\d+$/.test(port))
        .map(Number)
        .filter((port) => port > 0 && port < 1024),
    ),
  ]
}

/**
 * Docker lets every user listen below 1024 (container-facts/port-80-own-network), so that a move would only break who publishes
 * the port. Clusters with an older runtime do not: there it moves, where its configuration is in this file or the base's.
 */
export function portMove(subject: Subject): PortMove | undefined {
  if (!byNumber(subject)) return undefined
  const [from, ...others] = lowPortsOf(subject)
  if (from === undefined || others.length > 0) return undefined
  const to = from === 443 ? 8443 : from === 80 ? 8080 : 8000 + from
  const { stage } = subject
  const edits: TextEdit[] = []
  let configured = false
  for (const { instruction } of stage.steps) {
    const found = mentions(subject, instruction, from, to)
    if (found.length > 0 && instruction.keyword !== 'EXPOSE' && instruction.keyword !== 'HEALTHCHECK')
      configured = true
    edits.push(...found)
  }
  const commands = configured ? [] : commandsOfBase(subject, from, to)
  if (!configured && commands.length === 0) return undefined
  return {
    from,
    to,
    commands,
    step: {
      title: `Listen on ${to} instead of ${from}`,
      reason: `Not every cluster lets a user listen below 1024. Publish ${to} where ${from} was published.`,
      safety: 'suggestion',
      edits,
    },
  }
}

function commandsOfBase(subject: Subject, from: number, to: number): readonly string[] {
  const { baseReference, stage } = subject
  const known = ofBase.find(({ images }) => images.test(familiar(baseReference ?? '')))
  if (!known || known.port !== from) return []
  const own = stage.steps.some(
    ({ instruction }) => instruction.keyword !== 'FROM' && known.own.test(instruction.argumentsText.text),
  )
  return own ? [] : known.commands(to)
}

/** Places of an instruction that name the port as a port. */
function mentions(subject: Subject, instruction: Instruction, from: number, to: number): TextEdit[] {
  const text = subject.dockerfile.text.slice(instruction.range.start, instruction.range.end)
  const patterns = patternsFor(subject, instruction, from)
  const edits: TextEdit[] = []
  for (const pattern of patterns)
    for (const match of text.matchAll(pattern)) {
      const before = match[1] ?? ''
      const start = instruction.range.start + match.index + before.length
      if (!edits.some((edit) => edit.range.start === start))
        edits.push({ range: { start, end: start + String(from).length }, text: String(to) })
    }
  return edits.sort((a, b) => a.range.start - b.range.start)
}

function patternsFor(subject: Subject, { keyword }: Instruction, port: number): readonly RegExp[] {
  const { programs } = workloadOf(subject)
  switch (keyword) {
    case 'EXPOSE':
      return [new RegExp(`(^EXPOSE\\s+(?:.*\\s)?)${port}(?=\\s|/tcp|$)`, 'gi')]
    case 'ENV':
      return [
        new RegExp(`(\\b(?:\\w*_)?(?:PORT|PORTS)(?:=|\\s+)["']?)${port}(?=["'\\s]|$)`, 'g'),
        new RegExp(
          `(\\b\\w*(?:URLS?|ADDR(?:ESS)?|LISTEN|BIND)\\w*(?:=|\\s+)["']?[^\\s"']*:)${port}(?=["'\\s;/]|$)`,
          'g',
        ),
      ]
    case 'CMD':
    case 'ENTRYPOINT':
      return [
        new RegExp(
          `(--?(?:p|port|http-port|bind|host|listen|b|server\\.port)(?:=|\\s+|",\\s*")(?:[\\w.:[\\]*]*:)?)${port}(?=["'\\s]|$)`,
          'g',
        ),
        new RegExp(`((?:0\\.0\\.0\\.0|\\[::\\]|127\\.0\\.0\\.1|\\*|["'\\s]):)${port}(?=["'\\s]|$)`, 'g'),
      ]
    case 'HEALTHCHECK':
      return [
        new RegExp(`((?:localhost|127\\.0\\.0\\.1|\\[::1\\]|0\\.0\\.0\\.0)[: ])${port}(?=["'\\s/]|$)`, 'g'),
      ]
    case 'RUN':
    case 'COPY':
      // Configuration in a heredoc or written by echo.
      return programs.size > 0
        ? [new RegExp(`(\\b[Ll]isten\\s+(?:[\\w.[\\]:*]*:)?)${port}(?=[;\\s]|$)`, 'gm')]
        : []
    default:
      return []
  }
}
