import { makeDirectory, pathIn, worse, writeFile } from '../../operations.ts'
import { at } from '../files/operands.ts'
import { mayMake } from '../files/unlisted.ts'
import type { CommandModel, Outcome } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { installed, systemChanged } from './package-managers.ts'
import { onlyAsks } from './tool.ts'
import type { Write } from './writes.ts'
import { writeAll } from './writes.ts'

/** Programs that change the system's own folders. */
interface SystemTool {
  readonly names: string
  readonly exitCode?: number
  readonly writes: readonly Write[]
  /** Words that only ask. */
  readonly asks?: RegExp
}

const system: readonly SystemTool[] = [
  { names: 'ldconfig', writes: [{ at: '/etc', fails: 'certain' }], asks: /^-(p|-print-cache|V|-version)$/ }, // container-facts run-as-user-ldconfig
  { names: 'update-ca-certificates', writes: [{ at: '/etc/ssl/certs', fails: 'likely' }] },
  { names: 'update-ca-trust', writes: [{ at: '/etc/pki/ca-trust/extracted', fails: 'likely' }] },
  {
    names: 'trust',
    writes: [{ at: '/etc/ca-certificates/trust-source', fails: 'possible' }],
    asks: /^list$/,
  },
  { names: 'c_rehash', writes: [{ at: '/etc/ssl/certs', fails: 'possible' }] },
  {
    names: 'update-alternatives alternatives',
    exitCode: 2,
    writes: [{ at: '/etc/alternatives', fails: 'likely' }],
    asks: /^--(display|list|query|get-selections)$/,
  },
  { names: 'locale-gen localedef update-locale', writes: [{ at: '/usr/lib/locale', fails: 'likely' }] },
  {
    names: 'a2enmod a2dismod a2ensite a2dissite a2enconf a2disconf',
    writes: [{ at: '/etc/apache2', fails: 'likely' }],
  },
  {
    names:
      'docker-php-ext-install docker-php-ext-enable docker-php-ext-configure install-php-extensions pecl pear phpenmod phpdismod',
    writes: [
      { at: '/usr/local/etc/php/conf.d', fails: 'likely' },
      { at: '/usr/local/lib', fails: 'possible' },
    ],
  },
  {
    names: 'apt-key',
    writes: [{ at: '/etc/apt', fails: 'likely' }],
    asks: /^(list|export|exportall|finger)$/,
  },
  {
    names: 'add-apt-repository apt-add-repository',
    writes: [{ at: '/etc/apt/sources.list.d', fails: 'likely' }],
  },
  {
    names: 'systemctl',
    writes: [{ at: '/etc/systemd/system', fails: 'possible' }],
    asks: /^(status|is-enabled|is-active|list-units|show|cat)$/,
  },
  { names: 'update-rc.d chkconfig rc-update invoke-rc.d', writes: [{ at: '/etc', fails: 'likely' }] },
  {
    names:
      'mandb update-mime-database fc-cache glib-compile-schemas gtk-update-icon-cache update-desktop-database',
    writes: [{ at: '/var/cache', fails: 'never' }],
  },
  { names: 'visudo', writes: [{ at: '/etc', fails: 'possible' }] },
  { names: 'crontab', writes: [{ at: '/var/spool/cron', fails: 'never' }] },
  { names: 'yum-config-manager', writes: [{ at: '/etc/yum.repos.d', fails: 'likely' }] },
  { names: 'subscription-manager', writes: [{ at: '/etc/rhsm', fails: 'possible' }] },
  { names: 'unminimize', writes: [{ at: '/usr', fails: 'likely' }] },
  { names: 'service rc-service', writes: [{ at: '/run', fails: 'possible' }] },
  { names: 'authconfig authselect pam-auth-update', writes: [{ at: '/etc', fails: 'likely' }] },
]

const systemModels = system.map((tool) =>
  defineCommand({
    names: tool.names.split(' '),
    run(call): Outcome {
      if (onlyAsks(call) || call.args.some(({ text }) => text !== undefined && tool.asks?.test(text)))
        return maybe
      const outcome = writeAll(call, tool.writes, {
        ...(tool.exitCode === undefined ? {} : { exitCode: tool.exitCode }),
      })
      if (outcome.status !== 'fail') systemChanged(call.world)
      return outcome
    },
  }),
)

/** gpg(1): what -o names, and a keyring in the home. */
const gpg = defineCommand({
  names: ['gpg', 'gpg2'],
  options: {
    output: '-o --output FILE',
    home: '--homedir DIR',
    ring: '--keyring --primary-keyring --secret-keyring FILE',
    value:
      '--keyserver --recv-keys --recv-key --keyserver-options -u --local-user -r --recipient --passphrase --passphrase-fd --status-fd --pinentry-mode --trust-model --import-options X',
  },
  run(call) {
    const { options, world } = call
    const output = options.word('output')
    const path = output?.text === undefined ? undefined : pathIn(world, output.text)
    const home = options.value('home')
    const folder = home === undefined ? undefined : pathIn(world, home)
    const rings = writeAll(
      call,
      [
        folder === undefined
          ? { at: '~/.gnupg', unless: ['GNUPGHOME'], fails: 'possible' }
          : { at: folder, fails: 'possible' },
      ],
      { exitCode: 2 },
    )
    const ring = options.word('ring')
    const ringPath = ring?.text === undefined ? undefined : pathIn(world, ring.text)
    if (ringPath !== undefined && ring?.text?.includes('/')) mayMake(world, ringPath)
    if (!output || path === undefined || output.text === '-') return rings
    return worse(rings, at(writeFile(world, path), output, 2))
  },
})

/** Databases and servers that a RUN initialises in a folder of theirs. */
const initdb = defineCommand({
  names: [
    'initdb',
    'mysqld',
    'mysql_install_db',
    'mariadb-install-db',
    'pg_ctl',
    'mongod',
    'redis-server',
    'nginx',
    'apache2',
    'httpd',
    'apachectl',
    'apache2ctl',
    'supervisord',
    'php-fpm',
    'catalina.sh',
    'sshd',
    'postgres',
  ],
  options: { data: '-D --pgdata --datadir --dbpath DIR' },
  run(call) {
    const data = call.options.value('data')
    const path = data === undefined ? undefined : pathIn(call.world, data)
    if (onlyAsks(call) || path === undefined) return maybe
    return writeAll(call, [{ at: path, fails: 'possible' }])
  },
})

/** Scripts that are piped into a shell and tools that install others: the system may hold anything afterwards. */
const installers = defineCommand({
  names: [
    'snap',
    'flatpak',
    'brew',
    'nix-env',
    'nix',
    'sdk',
    'nvm',
    'pyenv',
    'rbenv',
    'asdf',
    'ansible-playbook',
    'puppet',
    'chef-client',
    'salt-call',
  ],
  run(call) {
    if (onlyAsks(call)) return maybe
    installed(call.world, 'other', [], true)
    return writeAll(call, [{ at: '~', fails: 'possible' }])
  },
})

/** mkhomedir_helper, setup-x: make a home from /etc/skel. */
const homes = defineCommand({
  names: ['mkhomedir_helper'],
  run(call) {
    const [user] = call.operands
    const home = call.world.state.accounts.users.find(({ name }) => name === user?.text)?.home
    return home && home.certainty !== 'unknown'
      ? worse(ok, makeDirectory(call.world, home.value, { parents: true }))
      : maybe
  },
})

export const systemTools: readonly CommandModel[] = [...systemModels, gpg, initdb, installers, homes]
