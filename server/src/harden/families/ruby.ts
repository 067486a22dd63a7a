import type { Family } from './types.ts'

/** Ruby programs that write. */
export const ruby: readonly Family[] = [
  {
    name: 'Rails',
    when: { manifest: { name: /^Gemfile$/, holds: /^\s*gem\s+["'](?:rails|railties)["']/m } },
    accounts: ['rails'],
    writes: [
      { path: 'tmp', kind: 'directory', tree: true, what: 'caches, sockets and process ids' },
      { path: 'log', kind: 'directory', tree: true, what: 'logs' },
      {
        path: 'storage',
        kind: 'directory',
        tree: true,
        what: 'uploads and SQLite databases',
        where: 'there',
      },
    ],
  },
  {
    name: 'Puma',
    when: { manifest: { name: /^puma\.rb$/, holds: /\btmp\/pids\b/ } },
    writes: [{ path: 'tmp', kind: 'directory', tree: true, what: 'process ids and sockets' }],
  },
  {
    name: 'Jekyll',
    when: { command: /\bjekyll\b.*\bserve\b/ },
    writes: [
      { path: '_site', kind: 'directory', what: 'pages', temporary: true },
      { path: '.jekyll-cache', kind: 'directory', what: 'its cache', temporary: true },
    ],
  },
]
