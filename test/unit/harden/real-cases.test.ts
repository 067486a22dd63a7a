import assert from 'node:assert/strict'
import { runtimeGuidance } from '../../../server/src/harden/index.ts'
import { analysed, changes, hardened, type Wishes } from './files.ts'

/** What owners of real files would not have merged. */

function guidance(text: string, wishes: Wishes = {}) {
  return runtimeGuidance(analysed(text, wishes))
}

describe('run-time guidance, for files that people wrote', () => {
  it('publishes no two ports at the same one of the host', () => {
    const { docker, compose } = guidance(
      'FROM node:22\nEXPOSE 80 8080 8081/udp 81/udp\nUSER node\nCMD ["node", "x.js"]\n',
    )
    assert.match(docker, /-p 8081:80 .*-p 8080:8080 .*-p 8081:8081\/udp .*-p 8082:81\/udp/s)
    assert.match(compose, /8081:80/)
  })

  it('names the port that the server moved to', () => {
    const { result } = hardened('FROM nginx:1.27\nRUN rm /usr/share/nginx/html/50x.html\n', {
      profile: 'kubernetes',
    })
    assert.match(result, /\nEXPOSE 8080\n# nginx\nUSER 101:101\n$/)
    const { ports, docker } = guidance(result, { profile: 'kubernetes' })
    assert.deepEqual(ports, ['8080'])
    assert.match(docker, /-p 8080:8080/)
  })

  it('keeps folders writable that a RUN gives to the user: empty ones in volumes, others as they are', () => {
    const app = (folder: string) =>
      `FROM php:8.3-apache\nWORKDIR /opt/site\nCOPY . .\nRUN mkdir /state && chown -R www-data:www-data ${folder}\nUSER www-data\n`
    const files = { 'web/sites/settings.php': '' }
    assert.deepEqual(guidance(app('/state'), { files }).volumes, ['/state'])
    assert.equal(guidance(app('/state'), { files }).readOnly, true)
    assert.equal(guidance(app('web/sites'), { files }).readOnly, false)
    assert.equal(guidance(app('/opt/site'), { files }).readOnly, false)
  })

  it('promises no read-only file system where package.json says what starts, and was not read', () => {
    const app = 'FROM node:22\nWORKDIR /app\nCOPY . .\nUSER node\nCMD ["npm", "start"]\n'
    assert.equal(guidance(app).readOnly, false)
    const files = { 'package.json': '{"scripts": {"start": "node server.js"}}' }
    assert.equal(guidance(app, { files }).readOnly, true)
  })

  it('promises no read-only file system where the start script was not read', () => {
    const text = (script: string) =>
      `FROM debian:12\nRUN useradd -u 1500 app\nADD app.tar /\nUSER app\nENTRYPOINT ["/bin/bash", "-c"]\nCMD ["${script}"]\n`
    assert.equal(guidance(text('/opt/start.sh')).readOnly, false)
    assert.equal(guidance(text('sleep')).readOnly, true)
  })

  it('takes data that is copied to the user as written', () => {
    const text = (to: string) =>
      `FROM alpine:3.20 AS files\nRUN mkdir /files\nFROM alpine:3.20\nRUN adduser -D -u 1500 app\nCOPY --from=files --chown=1500:1500 /files ${to}\nUSER app\nCMD ["sleep", "60"]\n`
    assert.equal(guidance(text('/var/state')).readOnly, false)
    assert.equal(guidance(text('/opt/code')).readOnly, true)
  })
})

describe('plans, for files that people wrote', () => {
  const remaining = (text: string, wishes: Wishes = {}) => hardened(text, wishes).remaining.join('\n')

  it('a base of others is told as one: an entrypoint that starts what it is given, a build tool, a Windows base', () => {
    const start = { '0755:start.sh': '#!/bin/sh\nset -e\nexport CERTS=/x\nexec "$@"\n' }
    const wrapper = 'FROM ubuntu:24.04\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\n'
    assert.match(remaining(wrapper, { files: start }), /only \/start\.sh: where others build on it/)
    const own = { '0755:start.sh': '#!/bin/sh\nexec sleep 60\n' }
    assert.doesNotMatch(remaining(wrapper, { files: own }), /build on it/)
    assert.match(
      remaining('FROM eclipse-temurin:21\nRUN ln -s /opt/mvn /usr/bin/mvn\nCMD ["mvn"]\n'),
      /build on it/,
    )
    assert.match(
      remaining(
        'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN choco install go\nCMD ["powershell"]\n',
      ),
      /build on it.*second tag/,
    )
  })

  it('the user that a build on an unknown base runs as is the one to run as', () => {
    const text = 'FROM example.com/base:1\nUSER web\nRUN bundle install\nUSER root\nRUN locale-gen\n'
    assert.deepEqual(changes(text), ['+USER web'])
    const renumbered =
      'RUN tdnf install -y nginx shadow && groupmod -g 10000 web && usermod -g 10000 -u 10000 web\n'
    for (const base of ['example.com/base:1', 'goharbor/photon:5.0'])
      assert.deepEqual(changes(`FROM ${base}\n${renumbered}`), ['+USER web'])
  })

  it('a name stays a name where its number is not known, and that is told once', () => {
    const text = 'FROM debian:12\nARG ID\nRUN useradd -u $ID web\nCMD ["sleep", "60"]\n'
    assert.deepEqual(changes(text, { profile: 'kubernetes' }), ['+USER web'])
    assert.match(remaining(text, { profile: 'kubernetes' }), /`web`, whose number .* runAsUser/)
  })

  it('an unknown base that says it is not root’s is left alone', () => {
    const text = 'FROM example.com/monitor:8-chiseled\nCOPY app /app\n'
    assert.match(changes(text).join(), /^refused: By its name, example\.com\/monitor:8-chiseled runs as/)
    assert.deepEqual(changes(text.replace('-chiseled', '')), ['+USER 10001:10001'])
  })

  it('what a comment mounts in /root needs a home', () => {
    const text =
      '# docker run -v $HOME/.tool:/root/.tool me/tool\nFROM debian:12\nRUN apt-get update\nENTRYPOINT ["tool"]\n'
    assert.match(changes(text).join('\n'), /--create-home --home-dir \/home\/app/)
    assert.match(remaining(text), /Line 1 mounts something in \/root.*home of `app`/)
  })

  it('nothing lies where Go installed nothing', () => {
    const text = (run: string) =>
      `FROM debian:12\nENV PATH=/usr/local/go/bin:/root/go/bin:$PATH\nRUN ${run}\nCMD ["sleep", "60"]\n`
    assert.ok(!changes(text('go version')).some((line) => line.startsWith('-ENV')))
    assert.match(changes(text('go install example.com/x@v1')).join('\n'), /refused|-ENV/)
  })

  it('MinIO keeps its data in the volume of its image', () => {
    assert.match(changes('FROM minio/minio\nCOPY licence /\n').join('\n'), /install -d .* \/data/)
  })

  it('configuration that is touched is read, and a folder that something was copied to is full', () => {
    assert.deepEqual(
      changes(
        'FROM python:3.13-slim\nRUN touch /srv/disable.conf\nUSER root\nCMD ["python3", "/x.py"]\n',
      ).filter((line) => /disable/.test(line)),
      [],
    )
    const copied =
      'FROM debian:12\nARG FROM\nRUN mkdir -p /schemas; cp -r "/go/$FROM/options" /schemas/options\nCMD ["sleep", "60"]\n'
    assert.doesNotMatch(changes(copied).join('\n'), /schemas/)
    assert.match(changes(copied.replace(/; cp.*/, '')).join('\n'), /install -d .* \/schemas/)
  })

  it('an empty folder for dependencies is no data', () => {
    const text = (name: string) =>
      `FROM debian:12\nWORKDIR /app\nRUN mkdir -p /app/parts/${name}\nCMD ["sleep", "60"]\n`
    assert.doesNotMatch(changes(text('node_modules')).join('\n'), /parts/)
    assert.match(changes(text('blobs')).join('\n'), /\/app\/parts\/blobs/)
  })

  it('development servers keep caches beside the code', () => {
    const serve = (start: string) =>
      changes(`FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ${start}\n`).join('\n')
    assert.match(serve('["ng", "serve", "--host", "0.0.0.0"]'), /install -d -o node -g node \/app\/\.angular/)
    assert.match(serve('["npx", "react-scripts", "start"]'), /\/app\/node_modules\/\.cache/)
  })

  it('under a random uid the home of an account of the base is not its own', () => {
    const text = 'FROM node:22\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["pnpm", "start"]\n'
    const lines = changes(text, { profile: 'openshift' }).join('\n')
    assert.match(lines, /ENV HOME=\/home\/node/)
    assert.match(lines, /install -d -m 0775 -o 1000 -g 0 \/home\/node/)
  })

  it('collectors that are built on Fluentd read logs of the host', () => {
    const text = 'FROM fluent/fluentd:v1.16-debian-1\nUSER root\nRUN gem install x\nCOPY conf /fluentd/etc/\n'
    assert.match(remaining(text), /fluentd reads logs of the host/)
  })

  it('logins are a purpose too', () => {
    const text =
      'FROM debian:12\nRUN apt-get update && apt-get install -y openssh-server\nCMD ["/usr/sbin/sshd", "-D"]\n'
    assert.match(remaining(text), /git, sftp/)
  })

  it('a start that gives up without a variable is read as if it had it', () => {
    const files = {
      '0755:start.sh':
        '#!/bin/sh\nset -e\nif [ -z "$TOKEN" ]; then echo "TOKEN is not set"; exit 1; fi\necho "$TOKEN" > /srv/token\nexec "$@"\n',
    }
    const text =
      'FROM debian:12\nRUN mkdir -p /srv/x\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\nCMD ["sleep", "60"]\n'
    assert.match(changes(text, { files }).join('\n'), /chown app:app \/srv\/token/)
  })

  it('what the start changes in places nobody knows is told', () => {
    const files = { '0755:start.sh': '#!/bin/sh\nsed -i s/a/b/ /etc/tool/tool.conf\nexec "$@"\n' }
    const text =
      'FROM debian:12\nRUN apt-get update && apt-get install -y tool\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\nCMD ["sleep", "60"]\n'
    assert.match(remaining(text, { files }), /The start changes \/etc\/tool\/tool\.conf/)
  })

  it('nginx of nginx.org keeps buffers in /var/cache/nginx', () => {
    const text = (list: string) =>
      `FROM debian:12\nRUN echo "deb ${list} bookworm nginx" > /etc/apt/sources.list.d/nginx.list && apt-get update && apt-get install -y nginx\nCMD ["nginx", "-g", "daemon off;"]\n`
    const own = changes(text('https://nginx.org/packages/debian')).join('\n')
    assert.match(own, /install -d .*\/var\/cache\/nginx/)
    assert.doesNotMatch(own, /\/var\/lib\/nginx/)
    assert.match(changes(text('https://deb.example.org/debian')).join('\n'), /\/var\/lib\/nginx/)
  })

  it('logs that lead to the output of the container are not written', () => {
    const text =
      'FROM debian:12\nRUN apt-get update && apt-get install -y nginx && ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log\nCMD ["nginx", "-g", "daemon off;"]\n'
    assert.doesNotMatch(changes(text).join('\n'), /\/var\/log\/nginx/)
  })

  it('servers keep logs and data where their packages and images say', () => {
    assert.match(
      changes('FROM alpine:3.20\nRUN apk add --no-cache tinyproxy\nCMD ["tinyproxy", "-d"]\n').join('\n'),
      /install -d .* \/var\/log\/tinyproxy \/run\/tinyproxy/,
    )
    assert.match(
      changes('FROM rethinkdb:2.4\nCMD ["rethinkdb", "--bind", "all"]\n').join('\n'),
      /install -d .* \/data/,
    )
    const kafka =
      'FROM eclipse-temurin:17\nRUN mkdir /opt/kafka\nCMD ["kafka-server-start.sh", "server.properties"]\n'
    assert.match(changes(kafka).join('\n'), /install -d .* \/opt\/kafka\/logs/)
  })

  it('a switch of users on a base nobody knows keeps its root', () => {
    const text = 'FROM example.com/base:1\nRUN make\nENTRYPOINT ["sudo", "-u", "web", "run"]\n'
    assert.match(changes(text).join(), /^refused: The start becomes another user with sudo/)
  })

  it('of several accounts the one of people is meant', () => {
    const text =
      'FROM debian:12\nRUN useradd --uid 101 --home-dir /var/lib/store store && useradd --uid 1500 --create-home web\nCMD ["sleep", "60"]\n'
    assert.deepEqual(changes(text), ['+USER web'])
  })

  it('scripts that the entrypoint of a base starts are read, or told where they cannot be', () => {
    const text = 'FROM node:22\nCOPY start.sh /\nCMD ["/start.sh"]\n'
    const script = (line: string) => ({ '0755:start.sh': `#!/bin/sh\nset -e\n${line}\nexec node /x.js\n` })
    assert.match(
      changes(text, { files: script('echo 10.0.0.1 db >> /etc/hosts') }).join(),
      /^refused: The start needs root/,
    )
    assert.match(
      changes(text, { files: script('mkdir -p /srv/data') }).join('\n'),
      /install -d .* \/srv\/data/,
    )
    const init = { '0755:start.sh': '#!/usr/bin/dumb-init /bin/sh\nmkdir -p /srv/log\nexec node /x.js\n' }
    assert.match(changes(text, { files: init }).join('\n'), /install -d .* \/srv\/log/)
    assert.match(
      remaining('FROM node:22\nADD app.tar /\nCMD ["/bin/bash", "/opt/startup.sh"]\n'),
      /\/opt\/startup\.sh starts/,
    )
  })

  it('folders that the file gives to its user are opened to group 0 for OpenShift', () => {
    const text =
      'FROM debian:12\nRUN groupadd -g 999 web && useradd -u 999 -g web web && mkdir -p /srv/web/log && chown -R web:web /srv/web\nCMD ["sleep", "60"]\n'
    assert.deepEqual(changes(text, { profile: 'openshift' }), [
      '+RUN chown -R 999:0 /srv/web \\',
      '+    && chmod -R g=u /srv/web',
      '+# web',
      '+USER 999:0',
    ])
  })
})
