import { defaultPath } from './default-path.ts'

/**
 * What the catalogue does not hold about images that many build on: config, environment, and what they add to the system's
 * files and accounts. From their Dockerfiles (docker-library/*, dotnet/dotnet-docker, GoogleContainerTools/distroless …),
 * and only what holds for every tag that `tag` admits.
 */
export interface PopularImage {
  /** Normalised; a final `*` stands for the rest. */
  readonly repository: string
  /** Only these tags. */
  readonly tag?: RegExp
  /** Only on this system. */
  readonly os?: string
  readonly workdir?: string
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  /** As in os-paths.ts. */
  readonly paths?: string
  readonly programs?: string
  /** openssh-client is installed: its postinst makes a group with the next free number. */
  readonly sshGroup?: true
  /** The accounts of system and catalogue are all there are. */
  readonly complete?: true
  /** The default user has been the same in all tags ever: frozen tags are as certain as current ones. */
  readonly constant?: true
  /** The system's own image: nothing is there that os-paths.ts does not name. */
  readonly plain?: true
  /** Made from the plain image, with `paths` added: nothing else lies in `/`, /home, /srv, /mnt. */
  readonly sameTree?: true
}

const hub = 'docker.io/library/'
/** Made from the plain system image, with packages that bring no accounts. */
const plainBase = { complete: true, constant: true, sameTree: true } as const
/** Tags whose image is made from buildpack-deps, which brings openssh-client. */
const fullTag = /^(?!.*(?:slim|alpine|windows|nanoserver))/
const buildpackDeps = {
  tag: fullTag,
  os: 'debian',
  sshGroup: true,
  programs: 'curl wget git hg svn gpg ssh make gcc g++ ps unzip python3 update-ca-certificates',
} as const
const dotnetWithApp = /^(?:[89]|[1-9]\d)\./

export const popularImages: readonly PopularImage[] = [
  { repository: `${hub}debian`, complete: true, constant: true, plain: true, workdir: '/', cmd: ['bash'] },
  {
    repository: `${hub}ubuntu`,
    complete: true,
    constant: true,
    plain: true,
    workdir: '/',
    cmd: ['/bin/bash'],
  },
  {
    repository: `${hub}ubuntu`,
    tag: /^2[4-9]\.|noble|resolute|latest|rolling|devel/,
    paths: '/home/ubuntu/ 0750 1000:1000',
  },
  { repository: `${hub}alpine`, complete: true, constant: true, plain: true, workdir: '/', cmd: ['/bin/sh'] },
  { repository: `${hub}busybox`, constant: true, plain: true, workdir: '/', cmd: ['sh'] },
  { repository: `${hub}buildpack-deps`, ...plainBase, workdir: '/' },
  { repository: `${hub}buildpack-deps`, ...buildpackDeps, tag: /^(?!.*(?:curl|scm))/ },

  // docker-library/python
  {
    repository: `${hub}python`,
    ...plainBase,
    workdir: '/',
    cmd: ['python3'],
    env: { PATH: `/usr/local/bin:${defaultPath}` },
    programs: 'python3 python pip pip3',
  },
  { repository: `${hub}python`, ...buildpackDeps },

  // nodejs/docker-node
  {
    repository: `${hub}node`,
    ...plainBase,
    workdir: '/',
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['node'],
    programs: 'node npm npx corepack',
  },
  { repository: `${hub}node`, os: 'debian', paths: '/home/node/ 0755 1000:1000' },
  // BusyBox's adduser: container-facts/busybox-adduser-D
  { repository: `${hub}node`, os: 'alpine', paths: '/home/node/ 2755 1000:1000' },
  { repository: `${hub}node`, ...buildpackDeps },

  // docker-library/golang: `chmod -R 1777 "$GOPATH"`
  {
    repository: `${hub}golang`,
    ...plainBase,
    workdir: '/go',
    env: { GOPATH: '/go', GOTOOLCHAIN: 'local', PATH: `/go/bin:/usr/local/go/bin:${defaultPath}` },
    paths: '/go/ 1777\n/go/bin/ 1777\n/go/src/ 1777\n/usr/local/go/ 0755',
    programs: 'go gofmt',
  },
  { repository: `${hub}golang`, ...buildpackDeps, programs: 'curl wget git make gcc g++ ssh' },

  // docker-library/ruby: `mkdir -p "$GEM_HOME" && chmod 1777 "$GEM_HOME"`
  {
    repository: `${hub}ruby`,
    ...plainBase,
    workdir: '/',
    cmd: ['irb'],
    env: {
      LANG: 'C.UTF-8',
      GEM_HOME: '/usr/local/bundle',
      BUNDLE_SILENCE_ROOT_WARNING: '1',
      BUNDLE_APP_CONFIG: '/usr/local/bundle',
      PATH: `/usr/local/bundle/bin:${defaultPath}`,
    },
    paths: '/usr/local/bundle/ 1777',
    programs: 'ruby gem bundle irb rake',
  },
  { repository: `${hub}ruby`, ...buildpackDeps },

  // rust-lang/docker-rust: `chmod -R a+w $RUSTUP_HOME $CARGO_HOME`
  {
    repository: `${hub}rust`,
    ...plainBase,
    workdir: '/',
    env: {
      RUSTUP_HOME: '/usr/local/rustup',
      CARGO_HOME: '/usr/local/cargo',
      PATH: `/usr/local/cargo/bin:${defaultPath}`,
    },
    paths: '/usr/local/rustup/ 0777\n/usr/local/cargo/ 0777\n/usr/local/cargo/bin/ 0777',
    programs: 'cargo rustc rustup',
  },
  { repository: `${hub}rust`, ...buildpackDeps },

  // docker-library/php: `chown www-data:www-data /var/www/html; chmod 1777 /var/www/html`
  {
    repository: `${hub}php`,
    ...plainBase,
    entrypoint: ['docker-php-entrypoint'],
    env: { PHP_INI_DIR: '/usr/local/etc/php' },
    programs: 'php docker-php-ext-install docker-php-ext-enable',
  },
  { repository: `${hub}php`, os: 'debian', paths: '/var/www/ 0755\n/var/www/html/ 1777 33:33' },
  {
    repository: `${hub}php`,
    os: 'alpine',
    paths: '/home/www-data/ 2755 82:82\n/var/www/ 0755\n/var/www/html/ 1777 82:82',
  },
  { repository: `${hub}php`, tag: /^(?!.*(?:fpm|apache))/, workdir: '/', cmd: ['php', '-a'] },
  { repository: `${hub}php`, tag: /fpm/, workdir: '/var/www/html', cmd: ['php-fpm'], programs: 'php-fpm' },
  {
    repository: `${hub}php`,
    tag: /apache/,
    workdir: '/var/www/html',
    cmd: ['apache2-foreground'],
    env: { APACHE_CONFDIR: '/etc/apache2', APACHE_ENVVARS: '/etc/apache2/envvars' },
    paths:
      '/etc/apache2/ 0755\n/etc/apache2/ports.conf 0644\n/run/apache2/ 1777 33:33\n/run/lock/apache2/ 1777 33:33\n/var/log/apache2/ 1777 33:33',
    programs: 'apache2 a2enmod a2dismod',
  },

  // nginx/docker-nginx. The packages leave everything to root; workers run as nginx.
  {
    repository: `${hub}nginx`,
    ...plainBase,
    workdir: '/',
    entrypoint: ['/docker-entrypoint.sh'],
    cmd: ['nginx', '-g', 'daemon off;'],
    paths:
      '/docker-entrypoint.sh 0755\n/docker-entrypoint.d/ 0755\n/etc/nginx/ 0755\n/etc/nginx/nginx.conf 0644\n/etc/nginx/conf.d/ 0755\n/etc/nginx/conf.d/default.conf 0644\n/usr/share/nginx/ 0755\n/usr/share/nginx/html/ 0755\n/var/cache/nginx/ 0755\n/var/log/nginx/ 0755',
    programs: 'nginx envsubst',
  },
  // nginx/docker-nginx-unprivileged: `chown -R $UID:0 /var/cache/nginx /etc/nginx; chmod -R g+w …`
  {
    repository: 'docker.io/nginxinc/nginx-unprivileged',
    complete: true,
    constant: true,
    workdir: '/',
    entrypoint: ['/docker-entrypoint.sh'],
    cmd: ['nginx', '-g', 'daemon off;'],
    paths:
      '/docker-entrypoint.sh 0755\n/docker-entrypoint.d/ 0755\n/etc/nginx/ 0775 101:0\n/etc/nginx/conf.d/ 0775 101:0\n/usr/share/nginx/html/ 0755\n/var/cache/nginx/ 0775 101:0',
    programs: 'nginx envsubst',
  },

  // docker-library/httpd: `chown www-data:www-data "$HTTPD_PREFIX"`
  {
    repository: `${hub}httpd`,
    ...plainBase,
    workdir: '/usr/local/apache2',
    cmd: ['httpd-foreground'],
    env: { HTTPD_PREFIX: '/usr/local/apache2', PATH: `/usr/local/apache2/bin:${defaultPath}` },
    paths:
      '/usr/local/apache2/bin/ 0755\n/usr/local/apache2/conf/ 0755\n/usr/local/apache2/htdocs/ 0755\n/usr/local/apache2/logs/ 0755',
    programs: 'httpd httpd-foreground',
  },
  { repository: `${hub}httpd`, os: 'debian', paths: '/usr/local/apache2/ 0755 33:33' },
  { repository: `${hub}httpd`, os: 'alpine', paths: '/usr/local/apache2/ 0755 82:82' },

  // redis/docker-library-redis
  {
    repository: `${hub}redis`,
    ...plainBase,
    workdir: '/data',
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['redis-server'],
    volumes: ['/data'],
    programs: 'redis-server redis-cli',
  },
  { repository: `${hub}redis`, os: 'debian', paths: '/data/ 0755 999:999' },
  { repository: `${hub}redis`, os: 'alpine', paths: '/data/ 0755 999:1000' },

  {
    repository: `${hub}postgres`,
    constant: true,
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['postgres'],
    workdir: '/',
  },
  {
    repository: `${hub}mysql`,
    constant: true,
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['mysqld'],
    volumes: ['/var/lib/mysql'],
    workdir: '/',
  },
  {
    repository: `${hub}mariadb`,
    entrypoint: ['docker-entrypoint.sh'],
    volumes: ['/var/lib/mysql'],
    workdir: '/',
  },
  {
    repository: `${hub}mongo`,
    constant: true,
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['mongod'],
    volumes: ['/data/db', '/data/configdb'],
  },
  {
    repository: `${hub}rabbitmq`,
    constant: true,
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['rabbitmq-server'],
    volumes: ['/var/lib/rabbitmq'],
  },
  { repository: `${hub}memcached`, entrypoint: ['docker-entrypoint.sh'], cmd: ['memcached'] },

  // adoptium/containers
  {
    repository: `${hub}eclipse-temurin`,
    complete: true,
    constant: true,
    workdir: '/',
    env: {
      JAVA_HOME: '/opt/java/openjdk',
      LANG: 'en_US.UTF-8',
      LANGUAGE: 'en_US:en',
      LC_ALL: 'en_US.UTF-8',
      PATH: `/opt/java/openjdk/bin:${defaultPath}`,
    },
    paths: '/opt/java/ 0755\n/opt/java/openjdk/ 0755',
    programs: 'java',
  },
  { repository: `${hub}openjdk`, os: 'debian', complete: true, constant: true, programs: 'java' },
  {
    repository: `${hub}maven`,
    constant: true,
    workdir: '/',
    entrypoint: ['/usr/local/bin/mvn-entrypoint.sh'],
    cmd: ['mvn'],
    env: { MAVEN_HOME: '/usr/share/maven', MAVEN_CONFIG: '/root/.m2' },
    programs: 'mvn java',
  },
  { repository: `${hub}maven`, os: 'ubuntu', complete: true, sshGroup: true, programs: 'git curl' },
  {
    repository: `${hub}gradle`,
    constant: true,
    workdir: '/home/gradle',
    cmd: ['gradle'],
    volumes: ['/home/gradle/.gradle'],
    env: { GRADLE_HOME: '/opt/gradle', JAVA_HOME: '/opt/java/openjdk' },
    programs: 'gradle java',
  },
  {
    repository: `${hub}gradle`,
    os: 'ubuntu',
    paths: '/home/gradle/ 0755 1000:1000\n/home/gradle/.gradle/ 0755 1000:1000',
  },
  // docker-library/tomcat: `chmod 1777 logs temp work`
  {
    repository: `${hub}tomcat`,
    constant: true,
    workdir: '/usr/local/tomcat',
    cmd: ['catalina.sh', 'run'],
    env: { CATALINA_HOME: '/usr/local/tomcat' },
    paths:
      '/usr/local/tomcat/ 0755\n/usr/local/tomcat/webapps/ 0755\n/usr/local/tomcat/conf/ 0755\n/usr/local/tomcat/logs/ 1777\n/usr/local/tomcat/temp/ 1777\n/usr/local/tomcat/work/ 1777',
    programs: 'java',
  },
  {
    repository: `${hub}composer`,
    workdir: '/app',
    entrypoint: ['/docker-entrypoint.sh'],
    cmd: ['composer'],
    env: { COMPOSER_HOME: '/tmp' },
    programs: 'composer php git unzip',
  },
  {
    repository: `${hub}caddy`,
    tag: /^(?!.*(?:builder|windows))/,
    workdir: '/srv',
    cmd: ['caddy', 'run', '--config', '/etc/caddy/Caddyfile', '--adapter', 'caddyfile'],
    env: { XDG_CONFIG_HOME: '/config', XDG_DATA_HOME: '/data' },
    paths: '/config/caddy/ 0755\n/data/caddy/ 0755\n/etc/caddy/ 0755',
    programs: 'caddy',
  },
  {
    repository: 'docker.io/oven/bun',
    constant: true,
    workdir: '/home/bun/app',
    entrypoint: ['/usr/local/bin/docker-entrypoint.sh'],
    cmd: ['/usr/local/bin/bun'],
    programs: 'bun bunx',
  },
  { repository: 'docker.io/oven/bun', os: 'debian', paths: '/home/bun/ 0755 1000:1000' },

  // dotnet/dotnet-docker: `useradd --create-home app` (adduser on Alpine)
  ...['aspnet', 'runtime', 'runtime-deps', 'sdk', 'monitor'].flatMap((name): PopularImage[] => {
    const repository = `mcr.microsoft.com/dotnet/${name}`
    return [
      {
        repository,
        tag: dotnetWithApp,
        complete: true,
        env: { APP_UID: '1654', ASPNETCORE_HTTP_PORTS: '8080', DOTNET_RUNNING_IN_CONTAINER: 'true' },
      },
      { repository, tag: /^(?!.*chiseled)(?:[89]|[1-9]\d)\./, workdir: '/' },
      {
        repository,
        tag: /^(?!.*chiseled)(?:[89]|[1-9]\d)\./,
        os: 'debian',
        paths: '/home/app/ 0755 1654:1654',
      },
      {
        repository,
        tag: /^(?!.*chiseled)(?:[89]|[1-9]\d)\./,
        os: 'ubuntu',
        paths: '/home/app/ 0750 1654:1654',
      },
      { repository, tag: dotnetWithApp, os: 'alpine', paths: '/home/app/ 2755 1654:1654' },
      {
        repository,
        tag: /^[67]\./,
        env: { ASPNETCORE_URLS: 'http://+:80', DOTNET_RUNNING_IN_CONTAINER: 'true' },
      },
    ]
  }),
  { repository: 'mcr.microsoft.com/dotnet/sdk', programs: 'dotnet git curl wget' },
  { repository: 'mcr.microsoft.com/dotnet/aspnet', programs: 'dotnet' },
  { repository: 'mcr.microsoft.com/dotnet/runtime', programs: 'dotnet' },

  // GoogleContainerTools/distroless: common/variables.bzl, base/base.bzl
  { repository: 'gcr.io/distroless/*', complete: true, constant: true, workdir: '/' },
  { repository: 'gcr.io/distroless/*', tag: /nonroot/, workdir: '/home/nonroot' },
  {
    repository: 'gcr.io/distroless/*',
    env: {
      PATH: defaultPath,
      SSL_CERT_FILE: '/etc/ssl/certs/ca-certificates.crt',
    },
  },
  { repository: 'gcr.io/distroless/nodejs*', entrypoint: ['/nodejs/bin/node'] },
  { repository: 'gcr.io/distroless/java1*', entrypoint: ['/usr/bin/java', '-jar'] },
  { repository: 'gcr.io/distroless/java2*', entrypoint: ['/usr/bin/java', '-jar'] },

  // sclorg/s2i-base-container: core/Dockerfile
  ...['ubi8', 'ubi9', 'ubi10'].flatMap((ubi) =>
    ['nodejs', 'python', 'ruby', 'php', 'perl'].map(
      (language): PopularImage => ({
        repository: `registry.access.redhat.com/${ubi}/${language}-*`,
        constant: true,
        workdir: '/opt/app-root/src',
        env: { HOME: '/opt/app-root/src', APP_ROOT: '/opt/app-root' },
        paths: '/opt/app-root/ 0775 1001:0\n/opt/app-root/src/ 0775 1001:0',
      }),
    ),
  ),

  // mamba-org/micromamba-docker: debian.Dockerfile
  {
    repository: 'docker.io/mambaorg/micromamba',
    workdir: '/tmp',
    env: { MAMBA_USER: 'mambauser', MAMBA_ROOT_PREFIX: '/opt/conda', MAMBA_EXE: '/bin/micromamba' },
    paths: '/opt/conda/ 0755 57439:57439',
  },

  // jupyter/docker-stacks: docker-stacks-foundation/Dockerfile
  ...['docker.io', 'quay.io'].map(
    (registry): PopularImage => ({
      repository: `${registry}/jupyter/*`,
      constant: true,
      workdir: '/home/jovyan',
      env: {
        NB_USER: 'jovyan',
        NB_UID: '1000',
        NB_GID: '100',
        HOME: '/home/jovyan',
        CONDA_DIR: '/opt/conda',
      },
      paths: '/home/jovyan/ 2775 1000:100',
    }),
  ),
]

const byName = new Map<string, PopularImage[]>()
const byPrefix: PopularImage[] = []
for (const entry of popularImages) {
  if (entry.repository.endsWith('*')) byPrefix.push(entry)
  else byName.set(entry.repository, [...(byName.get(entry.repository) ?? []), entry])
}

/** All entries that hold for an image, in order: later ones add to earlier ones. */
export function popularFor(repository: string, tag: string | null, os: string): readonly PopularImage[] {
  const found = [
    ...(byName.get(repository) ?? []),
    ...byPrefix.filter((entry) => repository.startsWith(entry.repository.slice(0, -1))),
  ]
  return found.filter(
    (entry) =>
      (entry.tag === undefined || (tag !== null && entry.tag.test(tag))) &&
      (entry.os === undefined || entry.os === os),
  )
}
