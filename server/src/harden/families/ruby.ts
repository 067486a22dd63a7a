import { text } from '../../l10n/index.ts'
import type { Family } from './types.ts'

/** Ruby programs that write. */
export const ruby: readonly Family[] = [
  {
    name: 'Rails',
    when: { manifest: { name: /^Gemfile$/, holds: /^\s*gem\s+["'](?:rails|railties)["']/m } },
    accounts: ['rails'],
    writes: [
      { path: 'tmp', kind: 'directory', tree: true, what: text`caches, sockets and process ids` },
      { path: 'log', kind: 'directory', tree: true, what: text`logs` },
      {
        path: 'storage',
        kind: 'directory',
        tree: true,
        what: text`uploads and SQLite databases`,
        where: 'there',
      },
    ],
  },
  {
    name: 'Puma',
    when: { manifest: { name: /^puma\.rb$/, holds: /\btmp\/pids\b/ } },
    writes: [{ path: 'tmp', kind: 'directory', tree: true, what: text`process ids and sockets` }],
  },
  {
    name: 'Jekyll',
    when: { command: /\bjekyll\b.*\bserve\b/ },
    writes: [
      { path: '_site', kind: 'directory', what: text`pages`, temporary: true },
      { path: '.jekyll-cache', kind: 'directory', what: text`its cache`, temporary: true },
    ],
  },
]
