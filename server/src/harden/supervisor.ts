import type { ContextEdits, HardenStep } from '../analysis/index.ts'
import type { TextEdit } from '../fixes/types.ts'
import { absolute, nameOf, parentOf, userByName } from '../image/index.ts'
import { knownValue } from '../known.ts'
import { type Message, text } from '../l10n/index.ts'
import { copiedFiles, textOf } from './context-files.ts'
import type { Subject } from './subject.ts'
import type { WrittenPath } from './written-paths.ts'

/**
 * supervisord, which becomes root's servant only where its configuration says `user=`: without that line it runs, and runs
 * its programs, as whoever starts it (http://supervisord.org/configuration.html). As nobody but root may change users, the
 * lines have to go, and its socket and process id need a folder that is open.
 */
export interface Supervisor {
  /** The programs that it starts, without folders. */
  readonly programs: readonly string[]
  /** Whom all its programs are to run as; undefined where it names nobody. */
  readonly account: string | undefined
  readonly steps: readonly HardenStep[]
  /** For the configuration that the package brings. */
  readonly commands: readonly string[]
  readonly writes: readonly WrittenPath[]
}

const known = new WeakMap<Subject['analysis'], Supervisor | 'none'>()

/** Undefined where there is no supervisord, its configuration cannot be read, or it needs several users. */
export function supervisorOf(subject: Subject): Supervisor | undefined {
  const before = known.get(subject.analysis)
  if (before) return before === 'none' ? undefined : before
  const found = starts(subject) ? read(subject) : undefined
  known.set(subject.analysis, found ?? 'none')
  return found
}

function starts({ runtime }: Subject): boolean {
  const names = [runtime.argv[0], ...runtime.commands.map(({ name }) => name)]
  return names.some((name) => name !== undefined && /(?:^|\/)supervisord$/.test(name))
}

interface Setting {
  readonly section: string
  readonly name: string
  readonly value: string
  /** Of the whole line with its end, and of the value. */
  readonly line: { readonly start: number; readonly end: number }
  readonly valueStart: number
}
interface Configuration {
  readonly path: string
  readonly settings: readonly Setting[]
}

function read(subject: Subject): Supervisor | undefined {
  const files = copiedFiles(subject).flatMap((path): Configuration[] => {
    if (!/\.(?:conf|ini|cfg)$/.test(path)) return []
    const text = textOf(subject, path)
    if (text === undefined || !/^\[(?:supervisord|program:[^\]]+)\]/m.test(text)) return []
    return [{ path, settings: settingsOf(text) }]
  })
  const settings = files.flatMap((file) => file.settings)
  const commands = settings.filter(({ section, name }) => isProgram(section) && name === 'command')
  const users = [
    ...new Set(
      settings
        .filter(({ section, name, value }) => name === 'user' && takesUser(section) && value !== 'root')
        .map(({ value }) => value),
    ),
  ]
  const [account, ...more] = users
  if (commands.length === 0 || more.length > 0) return undefined
  if (account !== undefined && userByName(subject.stage.final.accounts, account)?.certainty !== 'certain')
    return undefined
  return {
    programs: commands.map(({ value }) => programOf(value)),
    account,
    steps: stepsFor(files),
    commands: settings.some(({ section }) => section === 'supervisord') ? [] : [ofPackage],
    writes: writesOf(subject, files),
  }
}

/** Debian's own file keeps socket and process id in /var/run. */
const ofPackage = `sed -i 's#/var/run/supervisor#/tmp/supervisor#' /etc/supervisor/supervisord.conf`

const isProgram = (section: string) => /^(?:program|fcgi-program|eventlistener):/.test(section)
const takesUser = (section: string) => section === 'supervisord' || isProgram(section)

/** `ini` as supervisor reads it: `;` and `#` at the start of a line, and ` ;` behind a value, begin a comment. */
function settingsOf(text: string): readonly Setting[] {
  const settings: Setting[] = []
  let section = ''
  for (const match of text.matchAll(/^.*(?:\r?\n|$)/gm)) {
    const [line] = match
    const start = match.index
    if (line === '') continue
    const opened = /^\s*\[([^\]]+)\]/.exec(line)
    if (opened) section = (opened[1] ?? '').trim()
    const pair = /^([\w.]+)\s*[=:]\s*(.*?)\s*(?:\s;.*)?$/s.exec(line.trimEnd())
    if (!pair || opened) continue
    const [, name = '', value = ''] = pair
    const valueStart = start + line.indexOf(value, line.search(/[=:]/) + 1)
    settings.push({ section, name, value, line: { start, end: start + line.length }, valueStart })
  }
  return settings
}

/** `/usr/sbin/nginx -g …`, `bash -c "exec gunicorn …"`: the program without its folders. */
function programOf(command: string): string {
  const words = command.split(/\s+/).map((word) => word.replace(/^["']|["']$/g, ''))
  const shell = /(?:^|\/)(?:ba|da|a)?sh$/.test(words[0] ?? '') && /^-\w*c$/.test(words[1] ?? '')
  const [program = ''] = shell ? words.slice(2).filter((word) => word !== 'exec') : words
  return nameOf(program)
}

function stepsFor(files: readonly Configuration[]): readonly HardenStep[] {
  const users = editsIn(files, ({ section, name, line }) =>
    name === 'user' && takesUser(section) ? { range: line, text: '' } : undefined,
  )
  const places = editsIn(files, ({ section, name, value, valueStart }) => {
    const folder = /^(unix:\/\/)?(\/(?:var\/)?run\/)[\w.-]+$/.exec(value)
    if (!folder || !namesRun.test(`${section} ${name}`)) return undefined
    const [, scheme = '', run = ''] = folder
    const start = valueStart + scheme.length
    return { range: { start, end: start + run.length }, text: '/tmp/' }
  })
  const steps: HardenStep[] = []
  if (users.length > 0)
    steps.push({
      title: text`Let supervisord and its programs run as the user who starts them`,
      reason: text`Only root can change users: with user= lines supervisord would not start.`,
      safety: 'suggestion',
      edits: [],
      contextEdits: users,
    })
  if (places.length > 0)
    steps.push({
      title: text`Keep the socket and process id of supervisord in /tmp`,
      reason: text`Only root may make a file in /run.`,
      safety: 'suggestion',
      edits: [],
      contextEdits: places,
    })
  return steps
}
const namesRun = /^(?:supervisord pidfile|unix_http_server file|supervisorctl serverurl)$/

function editsIn(
  files: readonly Configuration[],
  editFor: (setting: Setting) => TextEdit | undefined,
): readonly ContextEdits[] {
  return files.flatMap(({ path, settings }) => {
    const edits = settings.flatMap((setting) => editFor(setting) ?? [])
    return edits.length === 0 ? [] : [{ path, edits }]
  })
}

/** Its logs and those of its programs; the defaults are relative to where it starts. */
function writesOf(subject: Subject, files: readonly Configuration[]): readonly WrittenPath[] {
  const workdir = knownValue(subject.stage.final.workdir) ?? '/'
  const found: WrittenPath[] = []
  const add = (path: string, why: Message) => {
    if (/^\/(?:dev|proc|tmp)\/|^(?:NONE|AUTO|syslog)$|%\(/.test(path)) return
    const place = absolute(path, workdir)
    const folder = parentOf(place)
    const open = !path.startsWith('/') || /^\/(?:|var\/log)$/.test(folder)
    if (/^\/(?:var\/)?run$/.test(folder)) return
    found.push({
      path: open ? place : folder,
      kind: open ? 'file' : 'directory',
      why,
      temporary: true,
      from: 'option',
    })
  }
  for (const { path, settings } of files) {
    for (const { name, value } of settings)
      if (/^(?:logfile|pidfile|stdout_logfile|stderr_logfile)$/.test(name))
        add(value, text`${name} in ${path}`)
      else if (name === 'childlogdir') add(`${value}/x`, text`${name} in ${path}`)
    const own = settings.filter(({ section }) => section === 'supervisord')
    if (own.length === 0) continue
    for (const [name, usual] of defaults)
      if (!own.some((setting) => setting.name === name))
        add(usual, text`supervisord without ${name} in ${path}`)
  }
  if (!files.some(({ settings }) => settings.some(({ section }) => section === 'supervisord')))
    add('/var/log/supervisor/supervisord.log', text`the log of supervisord`)
  return found
}
// supervisor/options.py: next to where it was started.
const defaults = [
  ['logfile', 'supervisord.log'],
  ['pidfile', 'supervisord.pid'],
] as const
