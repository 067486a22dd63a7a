import { text } from '../../l10n/index.ts'
import type { Family } from './types.ts'

/** Servers of files and gateways. Paths: their images' Dockerfiles and the packages of Debian, Alpine and Fedora. */
export const webServers: readonly Family[] = [
  {
    name: 'nginx',
    when: { images: /^(?:library\/)?nginx(?::|@|$)/, programs: /^nginx$/ },
    accounts: ['nginx', 'www-data'],
    writes: [
      // The unprivileged variant keeps all of it in /tmp.
      {
        path: '/run/nginx.pid',
        kind: 'file',
        what: text`process id`,
        temporary: true,
        images: /^(?!.*unprivileged)/,
      },
      {
        path: '/var/cache/nginx',
        kind: 'directory',
        what: text`buffers`,
        temporary: true,
        images: /^(?!.*unprivileged).*nginx/,
      },
      // The official image's entrypoint fills its templates in (20-envsubst-on-templates.sh).
      {
        path: '/etc/nginx/conf.d',
        kind: 'directory',
        what: text`what it makes of templates`,
        temporary: true,
        needs: '/etc/nginx/templates',
        images: /nginx/,
      },
      {
        path: '/etc/nginx/conf.d/default.conf',
        kind: 'file',
        what: text`what it makes of a template`,
        temporary: true,
        needs: '/etc/nginx/templates/default.conf.template',
        images: /nginx/,
      },
      // Packages of nginx.org: --http-client-body-temp-path and its kin in `nginx -V`.
      {
        path: '/var/cache/nginx',
        kind: 'directory',
        what: text`buffers`,
        temporary: true,
        packages: /^nginx/,
        images: /^(?!.*nginx)/,
        file: /nginx\.org\/(?:packages|keys)/,
      },
      // The packages of Debian, Alpine and Fedora keep buffers and logs here.
      {
        path: '/var/lib/nginx',
        kind: 'directory',
        what: text`buffers`,
        temporary: true,
        packages: /^nginx/,
        images: /^(?!.*nginx)/,
        file: /^(?!.*nginx\.org\/(?:packages|keys))/s,
      },
      {
        path: '/var/log/nginx',
        kind: 'directory',
        what: text`logs`,
        temporary: true,
        packages: /^nginx/,
        images: /^(?!.*nginx)/,
      },
    ],
  },
  {
    name: 'OpenResty',
    when: { images: /openresty/, programs: /^openresty$/ },
    accounts: ['nobody'],
    writes: [
      {
        path: '/usr/local/openresty/nginx',
        kind: 'directory',
        what: text`buffers`,
        temporary: true,
        code: true,
      },
      {
        path: '/usr/local/openresty/nginx/logs',
        kind: 'directory',
        what: text`process id and logs`,
        temporary: true,
      },
      { path: '/var/run/openresty', kind: 'directory', what: text`buffers`, temporary: true },
    ],
  },
  {
    name: 'httpd',
    when: { images: /^(?:library\/)?httpd(?::|@|$)/, programs: /^httpd-foreground$/ },
    accounts: ['www-data'],
    writes: [
      {
        path: '/usr/local/apache2/logs',
        kind: 'directory',
        what: text`process id and logs`,
        temporary: true,
      },
    ],
  },
  {
    name: 'Apache',
    when: { programs: /^(?:apache2|apache2-foreground|apache2ctl|apachectl)$/ },
    accounts: ['www-data', 'apache'],
    writes: [
      { path: '/run/apache2', kind: 'directory', what: text`process id`, temporary: true },
      {
        path: '/run/lock/apache2',
        kind: 'directory',
        what: text`locks`,
        temporary: true,
        images: /^(?!.*alpine)/,
      },
      // Debian's postinst makes the logs: root:adm, 0640.
      {
        path: '/var/log/apache2',
        kind: 'directory',
        what: text`logs`,
        temporary: true,
        filled: true,
        packages: /^apache2$/,
        images: /^(?!.*alpine)/,
      },
      // The images of PHP have links to the container's output there.
      {
        path: '/var/log/apache2',
        kind: 'directory',
        what: text`logs`,
        temporary: true,
        images: /^(?!(?:library\/)?(?:php|wordpress|drupal|nextcloud):)/,
      },
    ],
  },
  {
    name: 'Apache',
    when: { programs: /^httpd$/, images: /httpd-24/ },
    accounts: ['apache', 'www-data'],
    writes: [
      { path: '/run/httpd', kind: 'directory', what: text`process id`, temporary: true, where: 'there' },
      { path: '/run/apache2', kind: 'directory', what: text`process id`, temporary: true, where: 'there' },
      { path: '/var/log/httpd', kind: 'directory', what: text`logs`, temporary: true, where: 'there' },
    ],
  },
  {
    name: 'lighttpd',
    when: { programs: /^lighttpd$/ },
    accounts: ['lighttpd', 'www-data'],
    // The packages of Debian and Alpine: lighttpd.conf.
    writes: [
      {
        path: '/run/lighttpd.pid',
        kind: 'file',
        what: text`process id`,
        temporary: true,
        packages: /^lighttpd$/,
      },
      {
        path: '/var/cache/lighttpd/uploads',
        kind: 'directory',
        what: text`uploads`,
        temporary: true,
        packages: /^lighttpd$/,
        images: /^(?!.*alpine)/,
      },
      {
        path: '/var/log/lighttpd',
        kind: 'directory',
        what: text`logs`,
        temporary: true,
        packages: /^lighttpd$/,
      },
      { path: '/run/lighttpd', kind: 'directory', what: text`process id`, temporary: true, where: 'there' },
    ],
  },
  {
    name: 'Caddy',
    when: { images: /^(?:library\/)?caddy(?::|@|$)/, programs: /^(?:caddy|frankenphp)$/ },
    writes: [
      { path: '/data/caddy', kind: 'directory', what: text`certificates` },
      { path: '/config/caddy', kind: 'directory', what: text`configuration` },
    ],
  },
  {
    // tinyproxy.conf of Debian and Alpine.
    name: 'Tinyproxy',
    when: { programs: /^tinyproxy$/ },
    accounts: ['tinyproxy'],
    writes: [
      {
        path: '/var/log/tinyproxy',
        kind: 'directory',
        what: text`logs`,
        temporary: true,
        packages: /^tinyproxy$/,
      },
      {
        path: '/run/tinyproxy',
        kind: 'directory',
        what: text`process id`,
        temporary: true,
        packages: /^tinyproxy$/,
      },
    ],
  },
  {
    name: 'Varnish',
    when: { programs: /^varnishd$/ },
    accounts: ['varnish', 'vcache'],
    writes: [{ path: '/var/lib/varnish', kind: 'directory', what: text`working files`, temporary: true }],
  },
  {
    name: 'Squid',
    when: { programs: /^squid$/ },
    accounts: ['squid', 'proxy'],
    writes: [
      { path: '/var/spool/squid', kind: 'directory', what: text`cache` },
      { path: '/var/log/squid', kind: 'directory', what: text`logs`, temporary: true },
      { path: '/run', kind: 'directory', what: text`process id`, temporary: true },
    ],
  },
]
