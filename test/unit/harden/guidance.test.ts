import assert from 'node:assert/strict'
import { parse } from 'yaml'
import { runtimeGuidance } from '../../../server/src/harden/index.ts'
import { analysed, hardened, type Wishes } from './files.ts'

function guidance(text: string, wishes: Wishes = {}) {
  return runtimeGuidance(analysed(text, wishes))
}

/** What Kubernetes' restricted profile asks of a pod: k8s.io, Pod Security Standards. */
function assertRestricted(yaml: string) {
  const { spec } = parse(yaml).spec.template
  assert.equal(spec.securityContext.runAsNonRoot, true)
  assert.ok(Number.isInteger(spec.securityContext.runAsUser) && spec.securityContext.runAsUser > 0)
  assert.equal(spec.securityContext.seccompProfile.type, 'RuntimeDefault')
  assert.equal(spec.hostNetwork ?? false, false)
  for (const container of spec.containers) {
    const { allowPrivilegeEscalation, capabilities } = container.securityContext
    assert.equal(allowPrivilegeEscalation, false)
    assert.deepEqual(capabilities.drop, ['ALL'])
    for (const name of capabilities.add ?? []) assert.equal(name, 'NET_BIND_SERVICE')
  }
  const names = new Set((spec.volumes ?? []).map(({ name }: { name: string }) => name))
  for (const container of spec.containers)
    for (const { name } of container.volumeMounts ?? []) assert.ok(names.has(name), name)
  for (const volume of spec.volumes ?? []) assert.ok(volume.emptyDir ?? volume.persistentVolumeClaim)
  return spec
}

describe('run-time guidance', () => {
  const app =
    'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nVOLUME /data\nEXPOSE 8000\nCMD ["python3", "x.py"]\n'

  it('of a root image: a number, and what then is missing', () => {
    const { docker, user, notes, capabilities } = guidance(app)
    assert.equal(user, '10001:10001')
    assert.equal(
      docker,
      [
        'docker run --rm',
        '--user 10001:10001',
        '--cap-drop=ALL',
        '--security-opt=no-new-privileges',
        '--read-only',
        '--tmpfs /tmp',
        '-v data:/data',
        '-p 8000:8000',
        'IMAGE',
      ].join(' \\\n  '),
    )
    assert.deepEqual(capabilities, [])
    assert.match(notes.join('\n'), /no name, no group but 10001 .*HOME is \//)
    assert.match(notes.join('\n'), /cannot write \/data/)
  })

  it('keeps what lies in a written folder: a volume begins with it, a tmpfs would hide it', () => {
    const rails = 'FROM ruby:3.3\nWORKDIR /app\nCOPY . .\nCMD ["bundle", "exec", "puma"]\n'
    const files = { Gemfile: 'gem "rails"\n', 'log/': '', 'tmp/pids/.keep': '' }
    const { docker } = guidance(rails, { files })
    assert.match(docker, /-v app-tmp:\/app\/tmp/)
    assert.ok(!docker.includes('--tmpfs /app/tmp'))
  })

  it('mounts nothing over folders that hold code, and gives no promise then', () => {
    const tomcat = guidance('FROM tomcat:10\nCOPY a.war webapps/ROOT.war\nUSER 1000:1000\n')
    assert.ok(!tomcat.docker.includes('webapps') && !tomcat.readOnly)
  })

  it('has process ids, caches and logs in memory, by where they are', () => {
    const text =
      'FROM debian:12\nRUN useradd app && install -d -o app /run/shop /var/log/shop /var/cache/shop /var/lib/shop\nUSER app\nCMD ["shop"]\n'
    const { tmpfs, volumes } = guidance(text)
    assert.deepEqual(
      tmpfs.map((mount) => mount.split(':')[0]),
      ['/tmp', '/run/shop', '/var/cache/shop', '/var/log/shop'],
    )
    assert.deepEqual(volumes, ['/var/lib/shop'])
  })

  it('gives an account whose number is not known volumes: a tmpfs would be root’s', () => {
    const text =
      'FROM debian:12\nRUN apt-get update && apt-get install -y redis-server\nCMD ["redis-server", "/etc/redis/redis.conf"]\n'
    const { tmpfs, volumes, user } = guidance(hardened(text).result)
    assert.equal(user, null)
    assert.deepEqual(tmpfs, ['/tmp'])
    assert.deepEqual(volumes, ['/run/redis', '/var/lib/redis', '/var/log/redis'])
  })

  it('puts the home that is written to in memory', () => {
    const node = 'FROM node:22\nUSER node\nCMD ["pm2-runtime", "app.js"]\n'
    assert.match(guidance(node).docker, /--tmpfs \/home\/node:uid=1000,gid=1000/)
  })

  it('of the hardened image: nothing is missing', () => {
    const after = guidance(hardened(app).result)
    assert.equal(after.user, '10001:10001')
    assert.deepEqual(after.notes, [])
    assert.match(after.markdown, /runs as `app` \(10001:10001\)/)
  })

  it('of an entrypoint that steps down: the few capabilities that this takes, and no --user', () => {
    const files = { '0755:start.sh': '#!/bin/sh\nset -e\nexec gosu app "$@"\n' }
    const text =
      'FROM debian:12\nRUN useradd --uid 1500 app && apt-get update && apt-get install -y gosu\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\nCMD ["sleep", "1"]\n'
    const plain = guidance(text, { files })
    assert.deepEqual(plain.capabilities, ['SETGID', 'SETUID'])
    assert.equal(plain.user, null)
    assert.match(plain.docker, /no-new-privileges/)
    const chowns = {
      '0755:start.sh': '#!/bin/sh\nset -e\nchown -R app /srv\nchmod 0700 /srv\nexec gosu app "$@"\n',
    }
    assert.deepEqual(guidance(text, { files: chowns }).capabilities, [
      'CHOWN',
      'DAC_OVERRIDE',
      'FOWNER',
      'SETGID',
      'SETUID',
    ])
    // A cluster starts it as that user at once.
    assert.equal(assertRestricted(plain.kubernetes).securityContext.runAsUser, 1500)
  })

  it('of PostgreSQL, whose own entrypoint changes modes of what it gave away', () => {
    const { capabilities, volumes } = guidance(
      'FROM postgres:16\nCOPY schema.sql /docker-entrypoint-initdb.d/\n',
    )
    assert.deepEqual(volumes, ['/var/lib/postgresql/data'])
    assert.deepEqual(capabilities, ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'])
  })

  it('promises no read-only file system where the start script changes other places', () => {
    const text = 'FROM debian:12\nRUN useradd --uid 1500 app\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\n'
    const script = (line: string) => ({ '0755:start.sh': `#!/bin/sh\n${line}\nexec gosu app sleep 60\n` })
    assert.ok(!guidance(text, { files: script('chown app /srv') }).readOnly)
    assert.ok(guidance(text, { files: script('touch /tmp/started') }).readOnly)
  })

  it('leaves root where the start can be nobody else’s, and says why', () => {
    const text = 'FROM debian:12\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\nCMD ["sleep", "60"]\n'
    const files = { '0755:start.sh': '#!/bin/sh\nset -e\necho 10.0.0.1 db >> /etc/hosts\nexec "$@"\n' }
    const { docker, markdown } = guidance(text, { files })
    assert.ok(!docker.includes('--user'))
    assert.match(markdown, /The container has to start as root\. The start needs root: .*\/etc\/hosts/)
  })

  it('asks for NET_BIND_SERVICE only where a program cannot start without it', () => {
    const low = guidance('FROM node:20\nUSER node\nEXPOSE 80\nCMD ["node", "x.js"]\n')
    assert.deepEqual(low.capabilities, [])
    assert.match(low.notes.join('\n'), /ip_unprivileged_port_start/)
    assert.match(low.docker, /-p 8080:80/)
    const caddy = guidance('FROM caddy:2\nCOPY Caddyfile /etc/caddy/\n')
    assert.deepEqual(caddy.capabilities, ['NET_BIND_SERVICE'])
    assertRestricted(caddy.kubernetes)
  })

  it('leaves no-new-privileges out where sudo is part of the start', () => {
    const files = { '0755:start.sh': '#!/bin/sh\nsudo chown app /srv\nexec "$@"\n' }
    const text =
      'FROM debian:12\nRUN apt-get update && apt-get install -y sudo && useradd --uid 1500 app\nCOPY start.sh /\nUSER app\nENTRYPOINT ["/start.sh"]\nCMD ["sleep", "1"]\n'
    assert.doesNotMatch(guidance(text, { files }).docker, /no-new-privileges/)
  })

  it('keeps the supplementary groups of an account', () => {
    const text =
      'FROM debian:12\nRUN groupadd -g 990 media2 && useradd -u 1500 -G media2 app\nUSER app\nCMD ["sleep", "1"]\n'
    assert.equal(guidance(text).user, '1500')
  })

  it('gives a server its writable places in memory', () => {
    const { tmpfs, readOnly, kubernetes } = guidance('FROM nginx:1.27\nCOPY site /usr/share/nginx/html\n')
    assert.equal(readOnly, true)
    assert.deepEqual(tmpfs, ['/tmp', '/run:uid=101,gid=101', '/var/cache/nginx:uid=101,gid=101'])
    const spec = assertRestricted(kubernetes)
    assert.deepEqual(
      spec.containers[0].volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath),
      ['/tmp', '/run', '/var/cache/nginx'],
    )
    assert.equal(spec.containers[0].securityContext.readOnlyRootFilesystem, true)
  })

  it('in Compose', () => {
    const { services, volumes } = parse(guidance(app).compose)
    assert.deepEqual(services.app, {
      image: 'IMAGE',
      user: '10001:10001',
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      read_only: true,
      tmpfs: ['/tmp'],
      volumes: ['data:/data'],
      ports: ['8000:8000'],
    })
    assert.deepEqual(Object.keys(volumes), ['data'])
  })

  it('in Kubernetes: restricted, with fsGroup for volumes', () => {
    const spec = assertRestricted(guidance(app).kubernetes)
    assert.equal(spec.securityContext.runAsGroup, 10001)
    assert.equal(spec.securityContext.fsGroup, 10001)
  })

  it('as a document with everything that belongs to it', () => {
    const { markdown } = guidance(app)
    for (const part of [
      '--user "$(id -u):$(id -g)"',
      'userns-remap',
      'hostUsers: false',
      'rootless',
      ':Z`',
      ':z`',
      'AppArmor',
      'os.getuid()',
      '--entrypoint id',
      '/proc/1/status',
      'random uid',
    ])
      assert.ok(markdown.includes(part), part)
  })

  it('looks from outside where there is no shell', () => {
    const { markdown } = guidance('FROM scratch\nCOPY app /\nENTRYPOINT ["/app"]\n')
    assert.doesNotMatch(markdown, /--entrypoint id/)
    assert.match(markdown, /\.State\.Pid/)
  })

  it('of Windows says ContainerUser and nothing of Linux', () => {
    const { docker, kubernetes } = guidance(
      'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCMD ["cmd"]\n',
    )
    assert.match(docker, /--user ContainerUser/)
    assert.doesNotMatch(docker, /cap-drop/)
    assert.equal(
      parse(kubernetes).spec.template.spec.securityContext.windowsOptions.runAsUserName,
      'ContainerUser',
    )
  })

  it('of a file without an image says so', () => {
    assert.match(guidance('# nothing\n').notes.join(), /no image/)
  })
})
