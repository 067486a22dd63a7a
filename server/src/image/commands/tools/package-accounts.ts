/**
 * Accounts that packages make when they are installed: `user:uid:group:gid:home`, numbers left out where the system
 * picks the next free one. From the packages' maintainer scripts (Debian: debian/*.postinst, sysusers.d; Alpine:
 * *.pre-install in aports; Fedora and RHEL: %pre scriptlets and the setup package's uidgid list).
 */
export interface PackageAccount {
  readonly user?: { readonly name: string; readonly uid?: number; readonly home: string }
  readonly group: { readonly name: string; readonly gid?: number }
}

type Row = readonly [packages: string, accounts: string]

const debian: readonly Row[] = [
  [
    'postgresql postgresql-common postgresql-client-common postgresql-*',
    'postgres::postgres::/var/lib/postgresql :: ssl-cert',
  ],
  ['redis redis-server redis-tools valkey-server', 'redis::redis::/var/lib/redis'],
  ['mysql-server default-mysql-server mariadb-server mysql-server-*', 'mysql::mysql::/nonexistent'],
  ['openssh-server', 'sshd:::65534:/run/sshd'],
  ['openssh-client ssh', ':: _ssh'],
  ['rabbitmq-server', 'rabbitmq::rabbitmq::/var/lib/rabbitmq'],
  ['memcached', 'memcache::memcache::/nonexistent'],
  ['munge', 'munge::munge::/nonexistent'],
  ['slurmctld slurmd slurm-wlm', 'slurm:64030:slurm:64030:/nonexistent'],
  ['docker.io docker-ce', ':: docker'],
  ['tomcat9', 'tomcat::tomcat::/var/lib/tomcat'],
  ['tomcat10', 'tomcat::tomcat::/var/lib/tomcat'],
  ['postfix', 'postfix::postfix::/var/spool/postfix :: postdrop'],
  ['exim4 exim4-daemon-light exim4-base', 'Debian-exim::Debian-exim::/var/spool/exim4'],
  ['dbus', 'messagebus::messagebus::/nonexistent'],
  ['cron', ':: crontab'],
  ['rsyslog', 'syslog::syslog::/nonexistent'],
  ['haproxy', 'haproxy::haproxy::/var/lib/haproxy'],
  ['bind9', 'bind::bind::/var/cache/bind'],
  ['dnsmasq', 'dnsmasq:::65534:/var/lib/misc'],
  ['ntp ntpsec', 'ntp::ntp::/nonexistent'],
  ['proftpd proftpd-basic', 'proftpd:::65534:/run/proftpd'],
  ['vsftpd', 'ftp::ftp::/srv/ftp'],
  ['mosquitto', 'mosquitto::mosquitto::/var/lib/mosquitto'],
  ['clamav clamav-daemon clamav-freshclam', 'clamav::clamav::/var/lib/clamav'],
  ['varnish', 'varnish::varnish::/nonexistent'],
  ['elasticsearch', 'elasticsearch::elasticsearch::/nonexistent'],
  ['logstash', 'logstash::logstash::/usr/share/logstash'],
  ['kibana', 'kibana::kibana::/home/kibana'],
  ['grafana', 'grafana::grafana::/usr/share/grafana'],
  ['influxdb', 'influxdb::influxdb::/var/lib/influxdb'],
  ['prometheus', 'prometheus::prometheus::/var/lib/prometheus'],
  ['jenkins', 'jenkins::jenkins::/var/lib/jenkins'],
  ['gitlab-runner', 'gitlab-runner::gitlab-runner::/home/gitlab-runner'],
  ['zabbix-agent zabbix-agent2', 'zabbix::zabbix::/var/lib/zabbix'],
  ['tor', 'debian-tor::debian-tor::/var/lib/tor'],
  ['avahi-daemon', 'avahi::avahi::/run/avahi-daemon'],
  ['pulseaudio', 'pulse::pulse::/run/pulse'],
  ['lighttpd', ''],
  ['nginx nginx-light nginx-full nginx-extras nginx-core', ''],
  ['apache2 apache2-bin', ''],
  ['php-fpm', ''],
  ['sudo', ''],
  ['uuid-runtime', 'uuidd::uuidd::/run/uuidd'],
  ['polkitd policykit-1', 'polkitd::polkitd::/nonexistent'],
  ['systemd', 'systemd-network:998:systemd-network:998:/ :: systemd-journal'],
  ['tcpdump', 'tcpdump::tcpdump::/nonexistent'],
  ['libvirt-daemon-system', 'libvirt-qemu:64055:kvm::/var/lib/libvirt :: libvirt'],
  ['wireshark-common tshark', ':: wireshark'],
  ['couchdb', 'couchdb::couchdb::/opt/couchdb'],
  ['mongodb-org mongodb-org-server mongodb', 'mongodb:::65534:/home/mongodb'],
  ['neo4j', 'neo4j::neo4j::/var/lib/neo4j'],
  ['gdm3', 'gdm::gdm::/var/lib/gdm3'],
  ['lightdm', 'lightdm::lightdm::/var/lib/lightdm'],
  ['unbound', 'unbound::unbound::/var/lib/unbound'],
  ['squid', ''],
  ['stunnel4', 'stunnel4::stunnel4::/nonexistent'],
  ['etcd etcd-server', 'etcd::etcd::/var/lib/etcd'],
  ['consul', 'consul::consul::/opt/consul'],
  ['vault', 'vault::vault::/opt/vault'],
  ['ssl-cert', ':: ssl-cert'],
]

const alpine: readonly Row[] = [
  ['nginx nginx-*', 'nginx::nginx::/var/lib/nginx :: www-data:82'],
  ['apache2', 'apache::apache::/var/www'],
  ['lighttpd', 'lighttpd::lighttpd::/var/www/localhost/htdocs'],
  ['postgresql postgresql1? postgresql1?-*', 'postgres:70:postgres:70:/var/lib/postgresql'],
  ['redis valkey', 'redis::redis::/var/lib/redis'],
  ['mysql mariadb mariadb-common', 'mysql::mysql::/var/lib/mysql'],
  ['memcached', 'memcached::memcached::/home/memcached'],
  ['openssh openssh-server', 'sshd:22:sshd:22:/dev/null'],
  ['docker docker-engine docker-cli-compose', ':: docker'],
  ['dbus', 'messagebus::messagebus::/dev/null'],
  ['haproxy', 'haproxy::haproxy::/var/lib/haproxy'],
  ['mosquitto', 'mosquitto::mosquitto::/var/empty'],
  ['php*-fpm', ''],
  ['postfix', 'postfix::postfix::/var/spool/postfix :: postdrop'],
  ['bind', 'named::named::/etc/bind'],
  ['dnsmasq', 'dnsmasq::dnsmasq::/dev/null'],
  ['tor', 'tor::tor::/var/lib/tor'],
  ['unbound', 'unbound::unbound::/etc/unbound'],
  ['squid', 'squid:31:squid:31:/var/cache/squid'],
  ['varnish', 'varnish::varnish::/var/lib/varnish'],
  ['caddy', 'caddy::caddy::/var/lib/caddy'],
  ['chrony', 'chrony::chrony::/var/log/chrony'],
  ['vsftpd', 'vsftp:21:vsftp::/var/lib/ftp'],
  ['clamav', 'clamav::clamav::/dev/null'],
  ['rabbitmq-server', 'rabbitmq::rabbitmq::/var/lib/rabbitmq'],
  ['tcpdump', 'tcpdump::tcpdump::/var/empty'],
]

const redhat: readonly Row[] = [
  ['nginx nginx-core nginx-filesystem', 'nginx::nginx::/var/lib/nginx'],
  ['httpd httpd-core httpd-filesystem', 'apache:48:apache:48:/usr/share/httpd'],
  ['php-fpm', 'apache:48:apache:48:/usr/share/httpd'],
  ['postgresql-server postgresql*-server', 'postgres:26:postgres:26:/var/lib/pgsql'],
  ['redis valkey', 'redis::redis::/var/lib/redis'],
  [
    'mysql-server mysql-community-server mariadb-server community-mysql-server',
    'mysql:27:mysql:27:/var/lib/mysql',
  ],
  ['memcached', 'memcached::memcached::/'],
  ['openssh-server', 'sshd:74:sshd:74:/usr/share/empty.sshd'],
  ['docker-ce docker moby-engine', ':: docker'],
  ['dbus dbus-daemon', 'dbus:81:dbus:81:/'],
  ['tomcat', 'tomcat:53:tomcat:53:/usr/share/tomcat'],
  ['rabbitmq-server', 'rabbitmq::rabbitmq::/var/lib/rabbitmq'],
  ['munge', 'munge::munge::/run/munge'],
  ['haproxy', 'haproxy::haproxy::/var/lib/haproxy'],
  ['postfix', 'postfix:89:postfix:89:/var/spool/postfix :: postdrop:90'],
  ['bind', 'named:25:named:25:/var/named'],
  ['squid', 'squid:23:squid:23:/var/spool/squid'],
  ['jenkins', 'jenkins::jenkins::/var/lib/jenkins'],
  ['elasticsearch', 'elasticsearch::elasticsearch::/nonexistent'],
  ['mongodb-org mongodb-org-server', 'mongod::mongod::/var/lib/mongo'],
  ['grafana', 'grafana::grafana::/usr/share/grafana'],
  ['vsftpd', ''],
  ['chrony', 'chrony::chrony::/var/lib/chrony'],
  ['tcpdump', 'tcpdump:72:tcpdump:72:/'],
  ['unbound unbound-libs', 'unbound::unbound::/var/lib/unbound'],
  ['polkit', 'polkitd::polkitd::/'],
  [
    'cloudera-manager-agent cloudera-manager-daemons',
    'cloudera-scm::cloudera-scm::/var/lib/cloudera-scm-server',
  ],
]

/** Packages without accounts of their own, and whose dependencies make none either: tools, compilers, libraries. */
const plain = [
  ...'apt-transport-https apt-utils autoconf automake aws-cli bash bash-completion bc binutils bison build-base build-essential bzip2 ca-certificates clang cmake coreutils cpio curl dialog diffutils dirmngr dnsutils dos2unix dumb-init file findutils fish flex g++ gawk gcc gdb gettext gettext-base gfortran git git-lfs gnupg gnupg2 gosu gpg gpg-agent gnutls-bin golang go grep groff gzip htop iproute2 iputils-ping jq kmod less lld llvm locales locales-all lsb-release lsof lz4 m4 make mawk mercurial musl-dev musl-locales musl nano nasm net-tools netcat netcat-openbsd netcat-traditional ninja-build nodejs npm nss_wrapper libnss-wrapper openssl p7zip p7zip-full passwd patch perl pigz pkg-config pkgconf procps procps-ng protobuf-compiler psmisc python python3 python-is-python3 python3-full py3-pip python3-pip python3-venv python2 readline ripgrep rsync ruby ruby-full rustc cargo scons sed setpriv shadow shadow-utils socat software-properties-common sqlite sqlite3 strace su-exec subversion sudo swig tar tini tree tzdata unzip util-linux vim vim-tiny wget which whois xz xz-utils yq yasm zip zlib zsh zstd libcap2-bin libcap-utils libcap acl adduser hostname ncurses iputils maven gradle ant default-jdk default-jre default-jdk-headless default-jre-headless yarn ffmpeg imagemagick ghostscript graphviz tesseract-ocr poppler-utils wkhtmltopdf fontconfig ttf-dejavu font-noto pandoc gcompat libc6-compat tcl expect man-db postgresql-client default-mysql-client mysql-client mariadb-client redis-tools-only mysql-community-client xvfb'.split(
    ' ',
  ),
]
const plainNames = new Set(plain)
const plainShapes =
  /^(lib(?!virt)[\w.+-]*|[\w.+-]+-(dev|devel|doc|docs|headers|libs|dbg|static)|python3?-[\w.+-]+|python3\.\d+(-[\w-]+)?|py3-[\w-]+|perl-[\w-]+|ruby-[\w-]+|fonts-[\w-]+|font-[\w-]+|ttf-[\w-]+|php\d*(\.\d+)?(-(?!fpm)[\w-]+)?|openjdk-?\d+[\w-]*|java-[\w.-]+|gcc-\d+|g\+\+-\d+|clang-\d+|llvm-\d+|linux-headers[\w.-]*|lua[\d.]*|node-[\w-]+|gir1[\w.-]+|icu-[\w-]+|texlive[\w-]*|language-pack-[\w-]+|glibc-[\w-]+)$/

const tables: Readonly<Record<string, readonly Row[]>> = { apt: debian, apk: alpine, rpm: redhat }

interface RowIndex {
  readonly byName: ReadonlyMap<string, Row>
  readonly patterns: readonly { readonly fits: RegExp; readonly row: Row }[]
}
const indexes = new Map<string, RowIndex>()

function indexOf(family: string): RowIndex {
  const known = indexes.get(family)
  if (known) return known
  const byName = new Map<string, Row>()
  const patterns: { fits: RegExp; row: Row }[] = []
  for (const row of tables[family] ?? []) {
    for (const name of row[0].split(' ')) {
      if (/[*?]/.test(name)) patterns.push({ fits: asPattern(name), row })
      else if (!byName.has(name)) byName.set(name, row)
    }
  }
  const index = { byName, patterns }
  indexes.set(family, index)
  return index
}

function asPattern(written: string): RegExp {
  return new RegExp(`^${written.replace(/[.+]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '\\d')}$`)
}

/** What the packages make; `complete` where none of them can bring accounts that we do not know of. */
export function accountsOfPackages(
  family: 'apt' | 'apk' | 'rpm' | 'other',
  names: readonly string[],
): { readonly accounts: readonly PackageAccount[]; readonly complete: boolean } {
  const { byName, patterns } = indexOf(family)
  let complete = true
  const accounts: PackageAccount[] = []
  for (const written of names) {
    const name = written.replace(/[=@<>~:].*$/, '').replace(/^\./, '')
    const row = byName.get(name) ?? patterns.find(({ fits }) => fits.test(name))?.row
    if (row) accounts.push(...readAccounts(row[1]))
    // A package with accounts of its own often depends on others that have some.
    if (row ? row[1] !== '' : !plainNames.has(name) && !plainShapes.test(name)) complete = false
  }
  return { accounts, complete }
}

/** `user:uid:group:gid:home`, and after ` :: ` further groups `name:gid`. */
function readAccounts(text: string): readonly PackageAccount[] {
  if (text === '') return []
  const [user = '', ...groups] = text.split(/ ?:: /)
  const number = (digits: string | undefined) => (digits ? Number(digits) : undefined)
  const further = groups.map((group): PackageAccount => {
    const [name = '', gid] = group.split(':')
    return { group: { name, ...(gid ? { gid: Number(gid) } : {}) } }
  })
  if (user === '') return further
  const [name = '', uid, group = '', gid, home = '/'] = user.split(':')
  const [uidNumber, gidNumber] = [number(uid), number(gid)]
  return [
    {
      user: { name, home, ...(uidNumber === undefined ? {} : { uid: uidNumber }) },
      group: { name: group, ...(gidNumber === undefined ? {} : { gid: gidNumber }) },
    },
    ...further,
  ]
}
