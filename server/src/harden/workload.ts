import { lineOf, nameOf } from '../image/index.ts'
import type { Runtime } from '../image/types.ts'
import { type Message, text } from '../l10n/index.ts'
import { copiedFiles } from './context-files.ts'
import { type Family, families } from './families/index.ts'
import type { Subject } from './subject.ts'
import { supervisorOf } from './supervisor.ts'

/** What the container runs, and what is known of such programs. */
export interface Workload {
  /** Programs that it starts, without folders. */
  readonly programs: ReadonlySet<string>
  /** The start command in one line, scripts included. */
  readonly command: string
  readonly families: readonly Family[]
  /** What it needs a home for, where it does. */
  readonly home: Message | undefined
}

const known = new WeakMap<Subject['analysis'], Workload>()

export function workloadOf(subject: Subject): Workload {
  const before = known.get(subject.analysis)
  if (before) return before
  const programs = new Set([...programsOf(subject.runtime), ...(supervisorOf(subject)?.programs ?? [])])
  const command = commandOf(subject.runtime)
  const reference = familiar(subject.baseReference ?? '')
  let files: readonly string[] | undefined
  const matching = families.filter(({ when }) => {
    if (when.images?.test(reference)) return true
    if (when.programs && [...programs].some((program) => when.programs?.test(program))) return true
    if (!when.command && !when.manifest) return false
    if (when.command && !when.command.test(command)) return false
    if (when.manifest) {
      if (servesFilesOnly(programs, reference)) return false
      files ??= copiedFiles(subject)
      const { name, holds } = when.manifest
      const { context } = subject.analysis.options
      return files.some((path) => {
        if (!name.test(nameOf(path))) return false
        return holds.test(context.read(path) ?? '')
      })
    }
    return true
  })
  const home =
    matching.find((family) => family.home)?.home ?? (rootMountOf(subject) && text`what people mount there`)
  const workload = { programs, command, families: matching, home }
  known.set(subject.analysis, workload)
  return workload
}

/** Where a comment of the file shows how to mount something in root's home: `-v ~/.config/app:/root/.config/app`. */
export function rootMountOf({ dockerfile }: Subject): { readonly line: number } | undefined {
  const comment = dockerfile.comments.find(({ range }) =>
    /(?:-v|--volume)[\s=]+["']?[^\s:]+:\/root\b|\b(?:dst|destination|target)=\/root\b/.test(
      dockerfile.text.slice(range.start, range.end),
    ),
  )
  return comment && { line: lineOf(dockerfile, comment.range.start) }
}

/** Accounts that the base or a package has for this workload, best first. */
export function preferredAccounts(subject: Subject): readonly string[] {
  const ofFamilies = workloadOf(subject).families.flatMap(({ accounts }) => accounts ?? [])
  // Whom the base's own entrypoint would hand over to.
  const to = subject.base?.mustStartAsRoot ? null : subject.base?.stepsDown?.to
  const ofSupervisor = supervisorOf(subject)?.account
  return [...new Set([...(ofSupervisor ? [ofSupervisor] : []), ...ofFamilies, ...(to ? [to] : [])])]
}

/** A builder's language says nothing about an image that only serves the files it made. */
export function servesFiles(subject: Subject): boolean {
  return servesFilesOnly(workloadOf(subject).programs, familiar(subject.baseReference ?? ''))
}
function servesFilesOnly(programs: ReadonlySet<string>, reference: string): boolean {
  return (
    /(?:^|\/)(?:nginx|httpd|caddy|nginx-unprivileged)(?::|@|$)/.test(reference) ||
    (programs.has('nginx') && programs.size <= 2)
  )
}

const wrappers = new Set([
  'sh',
  'bash',
  'dash',
  'ash',
  'env',
  'exec',
  'tini',
  'dumb-init',
  'catatonit',
  'docker-entrypoint.sh',
  'nohup',
  'time',
  'nice',
])

function programsOf({ argv, commands }: Runtime): ReadonlySet<string> {
  const programs = new Set<string>()
  const add = (word: string | undefined) => {
    if (word && !word.startsWith('-') && !/[\s=]/.test(word)) programs.add(word.replace(/^.*\//, ''))
  }
  // The words that wrappers and package scripts start: `tini -- node`, `poetry run gunicorn`.
  for (const word of argv.slice(0, 6)) add(word)
  for (const { name, argv: words } of commands) {
    add(name)
    if (name !== undefined && (wrappers.has(name) || runners.test(name)))
      for (const { text } of words.slice(1, 4)) add(text)
  }
  return programs
}
const runners =
  /^(?:poetry|pipenv|pdm|uv|bundle|npx|pnpm|yarn|python\d?|micromamba|conda|rails|xvfb-run|gosu|su-exec)$/

function commandOf({ argv, commands, script }: Runtime): string {
  const words = commands.map(({ argv: one }) => one.map(({ text }) => text ?? '?').join(' '))
  return [argv.join(' '), ...words, script?.text.slice(0, 20_000) ?? ''].join('\n')
}

/** `docker.io/library/nginx:1` → `nginx:1`. */
export function familiar(reference: string): string {
  return reference
    .replace(/^(?:docker\.io|index\.docker\.io|registry-1\.docker\.io)\//, '')
    .replace(/^library\//, '')
}
