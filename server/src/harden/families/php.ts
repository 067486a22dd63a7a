import { text } from '../../l10n/index.ts'
import type { Family } from './types.ts'

/** PHP and what is written in it. */
export const php: readonly Family[] = [
  {
    name: 'PHP-FPM',
    when: { images: /^(?:library\/)?php:[^@]*fpm/, programs: /^php-fpm[\d.]*$/ },
    accounts: ['www-data', 'nginx', 'apache'],
    writes: [
      {
        path: '/run/php',
        kind: 'directory',
        what: text`socket and process id`,
        temporary: true,
        where: 'there',
      },
    ],
  },
  { name: 'PHP', when: { images: /^(?:library\/)?php:/, programs: /^php$/ }, accounts: ['www-data'] },
  {
    name: 'Laravel',
    when: {
      manifest: { name: /^composer\.json$/, holds: /"laravel\/framework"|"laravel\/lumen-framework"/ },
    },
    accounts: ['www-data'],
    writes: [
      { path: 'storage', kind: 'directory', tree: true, what: text`logs, sessions and compiled views` },
      { path: 'bootstrap/cache', kind: 'directory', tree: true, what: text`cache` },
    ],
  },
  {
    name: 'Symfony',
    when: { manifest: { name: /^composer\.json$/, holds: /"symfony\/framework-bundle"/ } },
    accounts: ['www-data'],
    writes: [{ path: 'var', kind: 'directory', tree: true, what: text`cache and logs` }],
  },
  {
    name: 'WordPress',
    when: { images: /^(?:library\/)?wordpress/ },
    accounts: ['www-data'],
    writes: [
      {
        path: '/var/www/html/wp-content',
        kind: 'directory',
        tree: true,
        what: text`uploads`,
        where: 'there',
      },
    ],
  },
]
