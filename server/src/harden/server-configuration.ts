import { text } from '../l10n/index.ts'
import { copiedFiles } from './context-files.ts'
import type { Subject } from './subject.ts'
import { workloadOf } from './workload.ts'
import type { WrittenPath } from './written-paths.ts'

/** Places that a server's own configuration names, where the build context has it. */

const directive =
  /^\s*(pid|client_body_temp_path|proxy_temp_path|fastcgi_temp_path|uwsgi_temp_path|scgi_temp_path|proxy_cache_path|fastcgi_cache_path|access_log|error_log|PidFile|ErrorLog|CustomLog|TransferLog|daemonize|pidfile|dir|logfile)\s+["']?(\/[\w./@-]+)/gm
const filesOnly = new Set([
  'pid',
  'access_log',
  'error_log',
  'PidFile',
  'ErrorLog',
  'CustomLog',
  'TransferLog',
  'pidfile',
  'logfile',
])
const shared = /^\/(?:run|var\/run|var\/log|tmp|var\/tmp|dev|proc)$/

export function serverConfiguration(subject: Subject): readonly WrittenPath[] {
  const { families } = workloadOf(subject)
  const server = families.find(({ name }) => /^(?:nginx|OpenResty|httpd|Apache|Redis)$/.test(name))
  if (!server) return []
  const { context } = subject.analysis.options
  const found: WrittenPath[] = []
  for (const file of copiedFiles(subject)) {
    if (!/\.conf(?:\.template)?$|(?:^|\/)(?:nginx|httpd|redis)\.conf/.test(file)) continue
    for (const [, name = '', path = ''] of (context.read(file) ?? '').matchAll(directive)) {
      if (/^\/(?:dev|proc|tmp)\//.test(path)) continue
      const why = text`${name} in ${file}`
      const folder = path.slice(0, Math.max(1, path.lastIndexOf('/')))
      if (!filesOnly.has(name))
        found.push({ path, kind: 'directory', why, temporary: /temp|cache/.test(name), from: 'option' })
      else if (shared.test(folder))
        found.push({
          path: path.replace(/^\/var\/run\//, '/run/'),
          kind: 'file',
          why,
          temporary: true,
          from: 'option',
        })
      else if (!/log/i.test(name) || !/^\/var\/log\/(?:nginx|apache2|httpd)$/.test(folder))
        found.push({ path: folder, kind: 'directory', why, temporary: true, from: 'option' })
    }
  }
  return found
}

/** The configuration says where the process id goes: the server's own place for it is not used. */
export function setsProcessId(subject: Subject): boolean {
  const { context } = subject.analysis.options
  return copiedFiles(subject).some(
    (file) => /\.conf$/.test(file) && /^\s*pid\s+\//m.test(context.read(file) ?? ''),
  )
}
