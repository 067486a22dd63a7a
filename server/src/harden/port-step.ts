import type { ContextEdits, HardenStep } from '../analysis/index.ts'
import type { Instruction } from '../dockerfile/index.ts'
import { inOrder, keywordIn, linesBefore } from '../fixes/index.ts'
import type { TextEdit } from '../fixes/types.ts'
import { nameOf } from '../image/index.ts'
import type { ImageState } from '../image/types.ts'
import { type Argument, text } from '../l10n/index.ts'
import { copiedFiles, textOf } from './context-files.ts'
import { byNumber, chooseIdentity } from './identity.ts'
import { beforeUser } from './placement.ts'
import type { Subject } from './subject.ts'
import { familiar, workloadOf } from './workload.ts'

/** Ports below 1024 that move above it, with everything that names them. */
export interface PortMove {
  readonly step: HardenStep
  /** Commands that change the configuration of the base. */
  readonly commands: readonly string[]
}

/** Files of a base that make its server listen on 80: how each is changed, unless this image puts its own there or removes it. */
const ofBase: readonly {
  readonly images: RegExp
  readonly files: readonly { readonly own: RegExp; readonly command: (to: number) => string }[]
}[] = [
  {
    images: /^(?:library\/)?php:[^@]*apache/,
    files: [
      {
        own: /\bports\.conf|apache2\.conf/,
        command: (to) => `sed -i 's/^Listen 80$/Listen ${to}/' /etc/apache2/ports.conf`,
      },
      {
        own: /000-default\.conf|sites-(?:available|enabled)\/?(?:["'\s]|$)|apache2\.conf/,
        command: (to) =>
          `sed -i 's/<VirtualHost \\*:80>/<VirtualHost *:${to}>/' /etc/apache2/sites-available/*.conf`,
      },
    ],
  },
  {
    images: /^(?:library\/)?httpd(?::|@|$)/,
    files: [
      {
        own: /httpd\.conf/,
        command: (to) => `sed -i 's/^Listen 80$/Listen ${to}/' /usr/local/apache2/conf/httpd.conf`,
      },
    ],
  },
  {
    images: /^(?:library\/)?nginx(?::|@|$)/,
    files: [
      {
        own: /default\.conf|nginx\.conf|\brm\b[^\n]*conf\.d|\/etc\/nginx\/templates/,
        command: (to) => `sed -i -E 's/(listen[^;]*)\\b80;/\\1${to};/' /etc/nginx/conf.d/default.conf`,
      },
    ],
  },
]

/** Where a port below 1024 goes that only root may listen on: 80 to 8080, 443 to 8443, others 8000 up. */
export function highPort(port: number): number {
  return port >= 1024 ? port : port === 443 ? 8443 : port === 80 ? 8080 : 8000 + port
}

/** Ports below 1024 that the image says it listens on. */
export function lowPortsOf(subject: Subject): readonly number[] {
  return [...lowPorts(subject).keys()]
}

/** What the image exposes, without the ports of its base that this file moves above 1023 and exposes there. */
export function portsInUse({ ports }: ImageState): ImageState['ports'] {
  const own = new Set(
    [...ports].filter(({ origin }) => origin.kind === 'instruction').map(({ port }) => port),
  )
  return ports.filter(
    ({ port, origin }) =>
      origin.kind === 'instruction' ||
      !/^\d+$/.test(port) ||
      highPort(Number(port)) === Number(port) ||
      !own.has(String(highPort(Number(port)))),
  )
}

/** Each with whether this file says so, and not only its base. */
function lowPorts({ runtime }: Subject): ReadonlyMap<number, boolean> {
  const found = new Map<number, boolean>()
  for (const { port, origin } of portsInUse(runtime.state)) {
    const number = /^\d+$/.test(port) ? Number(port) : 0
    if (number > 0 && number < 1024)
      found.set(number, found.get(number) === true || origin.kind === 'instruction')
  }
  return found
}

/**
 * Docker lets every user listen below 1024 (container-facts/port-80-own-network), so that a move would only break who publishes
 * the port. Clusters with an older runtime do not: there it moves, where its configuration is in this file, in the build context
 * or the base's.
 */
export function portMove(subject: Subject): PortMove | undefined {
  if (!byNumber(subject)) return undefined
  const moves: OneMove[] = []
  const unsaid: number[] = []
  for (const [from, ownWord] of lowPorts(subject)) {
    const move = moveOf(subject, from)
    if (move && !ownWord) unsaid.push(move.to)
    if (move) moves.push(move)
    // A base exposes more than is used of it (Caddy: 443); what this file says is used.
    else if (ownWord) return undefined
  }
  if (moves.length === 0) return undefined
  const now = joined(moves.map(({ to }) => to))
  const before = joined(moves.map(({ from }) => from))
  const contextEdits = moves.flatMap((move) => move.contextEdits)
  return {
    commands: moves.flatMap(({ commands }) => commands),
    step: {
      title: text`Listen on ${now} instead of ${before}`,
      reason: text`Not every cluster lets a user listen below 1024. Publish ${now} where ${before} was published.`,
      safety: 'suggestion',
      edits: [...distinct(moves.flatMap(({ edits }) => edits)), ...exposed(subject, unsaid)],
      ...(contextEdits.length > 0 ? { contextEdits } : {}),
    },
  }
}

/** EXPOSE of the base names the port from which it moves; the new one is named here. */
function exposed(subject: Subject, ports: readonly number[]): readonly TextEdit[] {
  if (ports.length === 0) return []
  const line = `${keywordIn(subject.dockerfile, 'EXPOSE')} ${ports.join(' ')}`
  return [beforeUser(subject, chooseIdentity(subject), [line])]
}

/** `8080 and 8443` */
function joined([first = '', ...others]: readonly number[] | readonly ['']): Argument {
  return others.reduce((all: Argument, one) => text`${all} and ${one}`, first)
}

interface OneMove {
  readonly from: number
  readonly to: number
  readonly edits: readonly TextEdit[]
  readonly contextEdits: readonly ContextEdits[]
  readonly commands: readonly string[]
}

/** Undefined where nothing is found that makes it listen there. */
function moveOf(subject: Subject, from: number): OneMove | undefined {
  const to = highPort(from)
  const edits: TextEdit[] = []
  let configured = false
  for (const { instruction } of subject.stage.steps) {
    const found = mentions(subject, instruction, from, to)
    if (found.length > 0 && instruction.keyword !== 'EXPOSE' && instruction.keyword !== 'HEALTHCHECK')
      configured = true
    edits.push(...found)
  }
  const contextEdits = inContext(subject, from, to)
  const commands = commandsOfBase(subject, from, to)
  if (!configured && contextEdits.length === 0 && commands.length === 0) {
    const variable = variableLine(subject, from, to)
    if (!variable) return undefined
    edits.push(variable)
  }
  return { from, to, edits, contextEdits, commands }
}

/** Configuration of servers, by the file's name: what stands before the port there. */
const configurations: readonly { readonly file: RegExp; readonly before: string; readonly after: string }[] =
  [
    // nginx, https://nginx.org/en/docs/http/ngx_http_core_module.html#listen
    { file: /\.conf(?:\.template)?$|^nginx/, before: '^\\s*listen\\s+(?:[\\w.[\\]:*]*:)?', after: '[;\\s]' },
    // httpd, https://httpd.apache.org/docs/2.4/bind.html and core.html#virtualhost
    { file: /\.conf$/, before: '^\\s*Listen\\s+(?:[\\w.[\\]:*]*:)?', after: '\\s|$' },
    { file: /\.conf$/, before: '<VirtualHost\\s+[\\w.[\\]:*]*:', after: '[\\s>]' },
    // Caddy, https://caddyserver.com/docs/caddyfile/concepts#addresses
    { file: /caddyfile/i, before: '^\\s*(?:http://[\\w.*-]*|[\\w.*-]*):', after: '\\s*[{,]' },
    // HAProxy, bind of the configuration manual
    { file: /haproxy.*\.cfg$/, before: '^\\s*bind\\s+[\\w.[\\]:*]*:', after: '\\s|$' },
  ]

/** Places in configuration of the build context that say the port. */
function inContext(subject: Subject, from: number, to: number): readonly ContextEdits[] {
  const { families } = workloadOf(subject)
  const server = /^(?:nginx|OpenResty|httpd|Apache|Caddy|HAProxy)$/
  if (!families.some(({ name }) => server.test(name))) return []
  return copiedFiles(subject).flatMap((path): ContextEdits[] => {
    const name = nameOf(path)
    const patterns = configurations.filter(({ file }) => file.test(name))
    const text = patterns.length === 0 ? undefined : textOf(subject, path)
    if (text === undefined) return []
    const edits = patterns.flatMap(({ before, after }) =>
      numbersIn(text, 0, new RegExp(`(${before})${from}(?=${after})`, 'gm'), from, to),
    )
    return edits.length === 0 ? [] : [{ path, edits: distinct(edits) }]
  })
}

/** A program that takes its port from the environment, and the low one only where that says nothing, gets the variable. */
function variableLine(subject: Subject, from: number, to: number): TextEdit | undefined {
  const { stage, dockerfile } = subject
  if (stage.final.env.has('PORT')) return undefined
  const takes = new RegExp(
    `process\\.env\\.PORT\\s*(?:\\|\\||\\?\\?)\\s*["']?${from}\\b|(?:environ\\.get|getenv)\\(\\s*["']PORT["']\\s*,\\s*["']?${from}\\b|ENV\\.fetch\\(\\s*["']PORT["']\\s*(?:,|\\)\\s*\\{)\\s*["']?${from}\\b`,
  )
  const found = copiedFiles(subject).some(
    (path) => /\.(?:[cm]?[jt]s|py|rb)$/.test(path) && takes.test(textOf(subject, path) ?? ''),
  )
  const start = stage.steps.find(({ instruction: { keyword } }) =>
    ['EXPOSE', 'CMD', 'ENTRYPOINT'].includes(keyword),
  )
  if (!found || !start) return undefined
  return linesBefore(dockerfile, start.instruction, [`${keywordIn(dockerfile, 'ENV')} PORT=${to}`])
}

function commandsOfBase(subject: Subject, from: number, to: number): readonly string[] {
  const { baseReference, stage } = subject
  const known = ofBase.find(({ images }) => images.test(familiar(baseReference ?? '')))
  if (!known || from !== 80) return []
  const replaced = (own: RegExp) =>
    stage.steps.some(
      ({ instruction }) => instruction.keyword !== 'FROM' && own.test(instruction.argumentsText.text),
    )
  return known.files.flatMap(({ own, command }) => (replaced(own) ? [] : [command(to)]))
}

/** Edits for the port in `text`, which stands at `offset`; the pattern's first group is what stands before it. */
function numbersIn(text: string, offset: number, pattern: RegExp, from: number, to: number): TextEdit[] {
  return [...text.matchAll(pattern)].map((match) => {
    const start = offset + match.index + (match[1]?.length ?? 0)
    return { range: { start, end: start + String(from).length }, text: String(to) }
  })
}

function distinct(edits: readonly TextEdit[]): readonly TextEdit[] {
  return inOrder([...new Map(edits.map((edit) => [edit.range.start, edit])).values()])
}

/** Places of an instruction that name the port as a port. */
function mentions(subject: Subject, instruction: Instruction, from: number, to: number): readonly TextEdit[] {
  const text = subject.dockerfile.text.slice(instruction.range.start, instruction.range.end)
  return distinct(
    patternsFor(subject, instruction, from).flatMap((pattern) =>
      numbersIn(text, instruction.range.start, pattern, from, to),
    ),
  )
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
