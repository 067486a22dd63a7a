import assert from 'node:assert/strict'
import { harden } from '../../../server/src/harden/index.ts'
import { isRoot } from '../../../server/src/image/index.ts'
import { analysed, changes, hardened } from './files.ts'

/** What a plan has to handle: what people do, and what breaks afterwards. */
describe('a plan', () => {
  describe('who is there is preferred', () => {
    it('an account that the file makes and nobody uses', () => {
      assert.deepEqual(changes('FROM debian:12\nRUN useradd --uid 1500 app\nCMD ["sleep", "1"]\n'), [
        '+USER app',
      ])
    })
    it('an account of the base', () => {
      assert.deepEqual(changes('FROM node:20\nCOPY . .\nCMD ["node", "x.js"]\n'), ['+USER node'])
      assert.deepEqual(
        changes('FROM mcr.microsoft.com/dotnet/aspnet:8.0\nENTRYPOINT ["dotnet", "a.dll"]\n'),
        ['+USER $APP_UID'],
      )
      assert.deepEqual(changes('FROM gcr.io/distroless/static\nCOPY app /\nCMD ["/app"]\n'), [
        '+USER nonroot',
      ])
    })
    it('else a new one, with the commands of this system', () => {
      assert.deepEqual(changes('FROM debian:12\nCMD ["sleep", "1"]\n'), [
        '+RUN groupadd --gid 10001 app \\',
        '+    && useradd --uid 10001 --gid app --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin app',
        '+USER app',
      ])
      assert.deepEqual(changes('FROM alpine:3.20\nCMD ["sleep", "1"]\n'), [
        '+RUN addgroup -g 10001 app \\',
        '+    && adduser -D -H -h /nonexistent -s /sbin/nologin -u 10001 -G app app',
        '+USER app',
      ])
    })
    it('with ids and name from the settings, and free ones where they are taken', () => {
      const wanted = { newUser: { name: 'svc', uid: 1000, gid: 1000 } }
      assert.deepEqual(changes('FROM ubuntu:24.04\nCMD ["sleep", "1"]\n', wanted), [
        '+RUN groupadd --gid 1001 svc \\',
        '+    && useradd --uid 1001 --gid svc --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin svc',
        '+USER svc',
      ])
    })
    it('a number where nothing makes accounts', () => {
      assert.deepEqual(changes('FROM scratch\nCOPY app /\nENTRYPOINT ["/app"]\n'), ['+USER 10001:10001'])
    })
    it('by number, with the name in a comment, for Kubernetes; the same number everywhere', () => {
      const text = 'FROM node:20\nWORKDIR /app\nCOPY . .\nVOLUME /data\nCMD ["node", "x.js"]\n'
      assert.deepEqual(changes(text, { profile: 'kubernetes' }), [
        '+RUN install -d -o 1000 -g 1000 /data',
        '+# node',
        '+USER 1000:1000',
      ])
      assert.deepEqual(changes('FROM node:20\nUSER node\n', { profile: 'kubernetes' }), [
        '-USER node',
        '+# node',
        '+USER 1000:1000',
      ])
    })
  })

  it('what the workload writes, from VOLUME, ENV, mkdir, options, folders, sources and the server', () => {
    const text = [
      'FROM python:3.13-slim',
      'ENV APP_LOG_DIR=/var/log/shop',
      'WORKDIR /srv/shop',
      'COPY . .',
      'RUN mkdir -p /var/lib/shop && pip install -r requirements.txt',
      'VOLUME /exports',
      'CMD ["gunicorn", "shop:app", "--log-file", "/var/log/gunicorn/error.log"]',
      '',
    ].join('\n')
    const files = {
      'requirements.txt': 'flask\n',
      'shop.py': "UPLOAD_FOLDER = 'uploads'\ndb = sqlite3.connect('state/shop.db')\n",
      'tmp/.gitkeep': '',
    }
    const run = hardened(text, { files }).result
    for (const path of [
      '/var/log/shop',
      '/var/lib/shop',
      '/exports',
      '/var/log/gunicorn',
      '/srv/shop/uploads',
      '/srv/shop/state',
      '/srv/shop/tmp',
    ])
      assert.ok(run.includes(path), `${path} in\n${run}`)
  })

  describe('made and owned narrowly, before VOLUME, and never 777', () => {
    it('the code stays root-owned', () => {
      const text =
        'FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN mkdir uploads\nCMD ["node", "x.js"]\n'
      const { result } = hardened(text, { files: { 'x.js': '' } })
      assert.doesNotMatch(result, /chown -R|777|--chown/)
      assert.match(result, /install -d -o node -g node uploads/)
    })
    it('before the VOLUME that holds it', () => {
      const text = 'FROM debian:12\nRUN useradd app\nVOLUME /data\nCMD ["sleep", "1"]\n'
      assert.match(hardened(text).result, /RUN install -d -o app -g app \/data\nVOLUME \/data\nUSER app\nCMD/)
    })
  })

  describe('COPY --chown for what is copied and written, chown -R only for trees that a RUN made', () => {
    it('COPY of just that folder', () => {
      const files = { 'storage/a.txt': 'a', 'x.js': '' }
      assert.deepEqual(
        changes(
          'FROM node:20\nWORKDIR /app\nCOPY x.js .\nCOPY storage /app/storage\nCMD ["node", "x.js"]\n',
          { files },
        ),
        ['-COPY storage /app/storage', '+COPY --chown=node:node storage /app/storage', '+USER node'],
      )
    })
    it('COPY --link by number: it cannot look names up', () => {
      const files = { 'storage/a.txt': 'a', 'x.js': '' }
      assert.match(
        hardened(
          'FROM node:20\nWORKDIR /app\nCOPY x.js .\nCOPY --link storage /app/storage\nCMD ["node", "x.js"]\n',
          { files },
        ).result,
        /COPY --chown=1000:1000 --link storage/,
      )
    })
    it('a remote ADD leaves 0600', () => {
      assert.match(
        hardened('FROM node:20\nADD https://example.com/a.txt /srv/a.txt\nCMD ["node", "x.js"]\n').result,
        /ADD --chmod=0644 https/,
      )
    })
  })

  describe('HOME', () => {
    it('a new account gets one of its own where the workload writes to it', () => {
      const files = { 'requirements.txt': 'torch\ntransformers==4.44\n' }
      assert.match(
        hardened('FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD ["python", "serve.py"]\n', { files }).result,
        /--create-home --home-dir \/home\/app/,
      )
    })
    it('is set where the number has no account', () => {
      const { result } = hardened('FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD ["jupyter", "lab"]\n', {
        profile: 'openshift',
      })
      assert.match(
        result,
        /RUN install -d -m 0775 -o 10001 -g 0 \/home\/app\nENV HOME=\/home\/app\nUSER 10001:0\n/,
      )
    })
    it('what tools install there goes where everybody finds it', () => {
      assert.match(
        hardened('FROM node:20\nRUN npx playwright install --with-deps\nCMD ["node", "x.js"]\n').result,
        /ENV PLAYWRIGHT_BROWSERS_PATH=\/opt\/playwright\nRUN npx playwright/,
      )
    })
    it('what lies in /root moves', () => {
      const text =
        'FROM golang:1.22 AS b\nRUN go build -o /app .\nFROM debian:12\nWORKDIR /root/\nCOPY --from=b /app .\nCMD ["./app"]\n'
      const { result } = hardened(text)
      assert.match(result, /WORKDIR \/app\//)
      const pip =
        'FROM python:3.12 AS b\nRUN pip install --user flask\nFROM python:3.12-slim\nCOPY --from=b /root/.local /root/.local\nENV PATH=/root/.local/bin:$PATH\nCMD ["flask", "run"]\n'
      assert.match(
        hardened(pip).result,
        /--home-dir \/home\/app [\s\S]*COPY --from=b \/root\/\.local \/home\/app\/\.local\nENV PATH=\/home\/app\/\.local\/bin:\$PATH\nUSER app/,
      )
    })
  })

  describe('USER behind everything that needs root', () => {
    it('after installs that come late, and before CMD', () => {
      const text = 'FROM node:20\nCMD ["node", "x.js"]\nRUN apt-get update\nCOPY . .\n'
      assert.match(hardened(text).result, /COPY \. \.\nUSER node\n$/)
    })
    it('USER inherited from a stage, and root in between', () => {
      const inherited = 'FROM node:20 AS base\nUSER root\nFROM base\nCMD ["node", "x.js"]\n'
      assert.match(hardened(inherited).result, /FROM base\nUSER node\nCMD/)
      const between =
        'FROM node:20\nUSER node\nWORKDIR /app\nUSER root\nRUN apt-get update\nCMD ["node", "x.js"]\n'
      assert.deepEqual(changes(between), ['+USER node'])
    })
    it('a USER root that nothing needs goes', () => {
      assert.deepEqual(changes('FROM node:20\nUSER node\nENV A=1\nUSER root\nCMD ["node", "x.js"]\n'), [
        '-USER root',
      ])
    })
    it('sudo goes where root runs already', () => {
      assert.match(
        hardened(
          'FROM debian:12\nRUN apt-get update && apt-get install -y sudo && sudo apt-get install -y curl\nCMD ["curl"]\n',
        ).result,
        /apt-get install -y sudo && apt-get install -y curl/,
      )
    })
  })

  describe('the start script is read', () => {
    const file =
      'FROM debian:12\nRUN useradd --uid 1500 app && apt-get update && apt-get install -y gosu\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\nCMD ["sleep", "1"]\n'
    it('one that steps down is kept', () => {
      const files = { '0755:start.sh': '#!/bin/sh\nset -e\nchown app /srv\nexec gosu app "$@"\n' }
      assert.equal(hardened(file, { files }).outcome, 'nothing')
    })
    it('what it writes is given', () => {
      const files = {
        '0755:start.sh': '#!/bin/sh\nset -e\nmkdir -p /srv/state\necho ok > /srv/state/ready\nexec "$@"\n',
      }
      assert.match(hardened(file, { files }).result, /install -d -o app -g app \/srv\/state/)
    })
    it('one that needs root is refused, with the ways out', () => {
      const files = {
        '0755:start.sh': '#!/bin/sh\nset -e\necho "10.0.0.1 db" >> /etc/hosts\nuseradd late\nexec "$@"\n',
      }
      const plan = hardened(file, { files })
      assert.equal(plan.outcome, 'refused')
      assert.equal(plan.result, file)
      assert.match(plan.refusals.join('\n'), /start needs root/)
      assert.match(plan.remaining.join('\n'), /gosu/)
    })
    it('s6, cron and supervisord are told', () => {
      for (const [base, start, word] of [
        ['ghcr.io/linuxserver/baseimage-alpine:3.20', '', /PUID/],
        ['phusion/baseimage:noble-1.0.0', 'CMD ["/sbin/my_init"]\n', /init/],
        ['debian:12', 'CMD ["cron", "-f"]\n', /supercronic|CronJob/],
        ['debian:12', 'CMD ["supervisord", "-n"]\n', /user=/],
      ] as const) {
        const plan = hardened(`FROM ${base}\n${start}`)
        assert.equal(plan.outcome, 'refused', base)
        assert.match(plan.remaining.join('\n'), word)
      }
    })
    describe('supervisord', () => {
      const web = '[program:web]\ncommand=/usr/bin/python3 /app/web.py\n'
      it('runs itself as the one whom its programs run as', () => {
        const plan = hardened(
          'FROM debian:12\nRUN apt-get install -y supervisor nginx\nCOPY all.conf /etc/supervisor/conf.d/\nCMD ["supervisord", "-n"]\n',
          {
            files: {
              'all.conf': `${web}user=www-data\n[program:nginx]\ncommand=nginx -g "daemon off;"\nuser = root\n`,
            },
          },
        )
        assert.equal(plan.outcome, 'hardened')
        assert.match(plan.result, /touch \/run\/nginx\.pid/)
        assert.match(
          plan.result,
          /sed -i 's#\/var\/run\/supervisor#\/tmp\/supervisor#' \/etc\/supervisor\/supervisord\.conf\nUSER www-data\n/,
        )
        assert.deepEqual(
          plan.contextFiles.map(({ result }) => result),
          [`${web}[program:nginx]\ncommand=nginx -g "daemon off;"\n`],
        )
      })
      it('keeps its socket, process id and logs where it may write', () => {
        const plan = hardened('FROM python:3.13\nCOPY . /app\nCMD ["supervisord", "-c", "/app/s.conf"]\n', {
          files: {
            's.conf': `[supervisord]\nuser=root\nlogfile=/var/log/web/s.log\npidfile=/run/s.pid\n[unix_http_server]\nfile=/var/run/s.sock ; here\n[supervisorctl]\nserverurl=unix:///var/run/s.sock\n${web}`,
          },
        })
        assert.equal(plan.outcome, 'hardened')
        assert.match(plan.result, /install -d -o app -g app \/var\/log\/web/)
        assert.deepEqual(
          plan.contextFiles.map(({ result }) => result),
          [
            `[supervisord]\nlogfile=/var/log/web/s.log\npidfile=/tmp/s.pid\n[unix_http_server]\nfile=/tmp/s.sock ; here\n[supervisorctl]\nserverurl=unix:///tmp/s.sock\n${web}`,
          ],
        )
      })
      it('stays root for programs of two users, and for those that are root’s', () => {
        for (const more of ['[program:b]\ncommand=b\nuser=daemon\n', '[program:cron]\ncommand=cron -f\n']) {
          const plan = hardened(
            'FROM debian:12\nRUN apt-get install -y supervisor\nCOPY all.conf /etc/supervisor/conf.d/\nCMD ["supervisord", "-n"]\n',
            { files: { 'all.conf': `${web}user=www-data\n${more}` } },
          )
          assert.equal(plan.outcome, 'refused', more)
        }
      })
    })
  })

  describe('ports below 1024', () => {
    const text =
      'FROM node:20\nENV PORT=80\nEXPOSE 80\nHEALTHCHECK CMD curl -f http://localhost:80/ || exit 1\nCMD ["node", "x.js"]\n'
    it('stay under Docker, which lets everybody listen there', () => {
      assert.deepEqual(changes(text), ['+USER node'])
    })
    it('move together for a cluster, where the file says the port', () => {
      assert.deepEqual(changes(text, { profile: 'kubernetes' }), [
        '-ENV PORT=80',
        '-EXPOSE 80',
        '-HEALTHCHECK CMD curl -f http://localhost:80/ || exit 1',
        '+ENV PORT=8080',
        '+EXPOSE 8080',
        '+# node',
        '+USER 1000:1000',
        '+HEALTHCHECK CMD curl -f http://localhost:8080/ || exit 1',
      ])
    })
    it('move in the configuration that the context has', () => {
      const profile = 'kubernetes'
      const moved = (text: string, files: Record<string, string>) => {
        const plan = hardened(text, { profile, files })
        assert.notEqual(plan.outcome, 'refused', plan.refusals.join())
        return plan.contextFiles.map(({ path, result }) => `${path}: ${result}`)
      }
      assert.deepEqual(
        moved('FROM httpd:2.4\nCOPY my.conf /usr/local/apache2/conf/httpd.conf\nEXPOSE 80\n', {
          'my.conf': 'Listen 80\n# Listen 80\n<VirtualHost *:80>\n</VirtualHost>\n',
        }),
        ['my.conf: Listen 8080\n# Listen 80\n<VirtualHost *:8080>\n</VirtualHost>\n'],
      )
      assert.deepEqual(
        moved('FROM caddy:2\nCOPY Caddyfile /etc/caddy/Caddyfile\nEXPOSE 80\n', {
          Caddyfile: ':80 {\n\trespond "80"\n}\n',
        }),
        ['Caddyfile: :8080 {\n\trespond "80"\n}\n'],
      )
      assert.deepEqual(
        moved(
          'FROM debian:12\nRUN apt-get install -y haproxy\nCOPY haproxy.cfg /etc/haproxy/haproxy.cfg\nEXPOSE 80\nCMD ["haproxy", "-f", "/etc/haproxy/haproxy.cfg"]\n',
          {
            'haproxy.cfg': 'frontend web\n  bind *:80\n',
          },
        ),
        ['haproxy.cfg: frontend web\n  bind *:8080\n'],
      )
    })
    it('move in the base too, where its own file stays beside the one of the context', () => {
      const plan = hardened('FROM nginx:1.27\nCOPY app.conf /etc/nginx/conf.d/\nRUN date\nEXPOSE 80\n', {
        profile: 'kubernetes',
        files: { 'app.conf': 'server {\n  listen 80;\n  listen [::]:80 default_server;\n}\n' },
      })
      assert.deepEqual(
        plan.contextFiles.map(({ result }) => result),
        ['server {\n  listen 8080;\n  listen [::]:8080 default_server;\n}\n'],
      )
      assert.match(plan.result, /sed -i .*8080.* \/etc\/nginx\/conf\.d\/default\.conf/)
      const php = hardened(
        'FROM php:8.4-apache\nCOPY 000-default.conf /etc/apache2/sites-available/\nCOPY . .\nEXPOSE 80\n',
        {
          profile: 'kubernetes',
          files: { '000-default.conf': '<VirtualHost *:80>\n</VirtualHost>\n' },
        },
      )
      assert.match(php.result, /ports\.conf/)
      assert.doesNotMatch(php.result, /sites-available\/\*/)
      assert.equal(php.contextFiles[0]?.result, '<VirtualHost *:8080>\n</VirtualHost>\n')
    })
    it('are set by the variable that the program reads', () => {
      assert.deepEqual(
        changes('FROM node:20\nCOPY x.js .\nEXPOSE 80\nCMD ["node", "x.js"]\n', {
          profile: 'kubernetes',
          files: { 'x.js': 'app.listen(process.env.PORT || 80)\n' },
        }),
        ['-EXPOSE 80', '+ENV PORT=8080', '+EXPOSE 8080', '+# node', '+USER 1000:1000'],
      )
    })
    it('are told where they come from elsewhere', () => {
      const plan = hardened('FROM node:20\nEXPOSE 80\nCMD ["node", "x.js"]\n', { profile: 'kubernetes' })
      assert.equal(plan.outcome, 'decisions')
      assert.match(plan.remaining.join('\n'), /ip_unprivileged_port_start/)
    })
    it('nginx of a cluster moves to its variant', () => {
      assert.deepEqual(
        changes('FROM nginx:1.27\nCOPY site /usr/share/nginx/html\nEXPOSE 80\n', { profile: 'kubernetes' }),
        ['-FROM nginx:1.27', '-EXPOSE 80', '+FROM nginxinc/nginx-unprivileged:1.27', '+EXPOSE 8080'],
      )
    })
  })

  it('several images of one file are hardened one by one', () => {
    const text = 'FROM node:22 AS api\nCMD ["node", "a.js"]\nFROM node:22 AS worker\nCMD ["node", "b.js"]\n'
    const { remaining, result } = hardened(text, { target: 'api', otherTargets: ['worker'] })
    assert.match(result, /AS api\nUSER node\n/)
    assert.match(remaining.join(), /`worker` becomes an image too/)
  })

  it('scripts become executable and readable', () => {
    const text = 'FROM node:20\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\n'
    assert.deepEqual(changes(text, { files: { 'start.sh': '#!/bin/sh\nexec node x.js\n' } }), [
      '-COPY start.sh /',
      '+COPY --chmod=0755 start.sh /',
      '+USER node',
    ])
    assert.match(
      hardened(text, { files: { '0700:start.sh': '#!/bin/sh\nexec node x.js\n' } }).result,
      /COPY --chmod=0755 start\.sh/,
    )
  })

  it('a start script that PATH leads to, and that only root may execute', () => {
    const text =
      'FROM debian:12\nRUN useradd --uid 1500 app\nCOPY run.sh /usr/local/bin/\nRUN chmod 700 /usr/local/bin/run.sh\nCMD ["run.sh"]\n'
    assert.deepEqual(changes(text, { files: { 'run.sh': '#!/bin/sh\nexec sleep 1\n' } }), [
      '+RUN chmod 0755 /usr/local/bin/run.sh',
      '+USER app',
    ])
  })

  it('a start script in a folder that ENV PATH names', () => {
    const text =
      'FROM debian:12\nRUN useradd --uid 1500 app\nCOPY bin /srv/bin\nENV PATH=/srv/bin:/usr/bin:/bin\nCMD ["run.sh"]\n'
    assert.deepEqual(
      changes(text, { files: { '0755:bin/run.sh': '#!/bin/sh\ndate > /srv/started\nexec sleep 1\n' } }),
      ['+RUN touch /srv/started \\', '+    && chown app:app /srv/started', '+USER app'],
    )
  })

  it('folders of an image that is not root’s already are given to group 0, too', () => {
    const text = 'FROM node:22\nRUN install -d -o node -g node /data\nUSER node\nCMD ["node", "x.js"]\n'
    const given = changes(text, { profile: 'openshift' })
    assert.deepEqual(given, [
      '-USER node',
      '+RUN chgrp -R 0 /data && chmod -R g=u /data',
      '+# node',
      '+USER 1000:1000',
    ])
    assert.equal(hardened(text).outcome, 'nothing')
  })

  it('any uid, for OpenShift: group 0 with the rights of the owner', () => {
    const text = 'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nVOLUME /data\nCMD ["python3", "x.py"]\n'
    assert.deepEqual(changes(text, { profile: 'openshift' }), [
      '+RUN install -d -m 0775 -o 10001 -g 0 /data',
      '+USER 10001:0',
    ])
  })

  it('group 0 gets the rights of the owner in folders that the file makes or copies itself', () => {
    const text =
      'FROM python:3.13-slim\nWORKDIR /app\nCOPY app.py .\nRUN mkdir -p /app/data\nCOPY uploads /app/uploads\nCMD ["python3", "app.py"]\n'
    const files = { 'app.py': '', 'uploads/first': '' }
    assert.deepEqual(changes(text, { profile: 'openshift', files }), [
      '-RUN mkdir -p /app/data',
      '+RUN install -d -m 0775 -o 10001 -g 0 /app/data',
      '+RUN chown -R 10001:0 /app/uploads \\',
      '+    && chmod -R g=u /app/uploads',
      '+USER 10001:0',
    ])
  })

  it('supplementary groups stay, and the socket of the host is told', () => {
    const text =
      'FROM debian:12\nRUN groupadd -g 990 dialout2 && useradd -u 1500 -G dialout2 app && apt-get update && apt-get install -y docker.io\nCMD ["docker", "ps"]\n'
    const plan = hardened(text, { profile: 'kubernetes' })
    assert.match(plan.result, /USER 1500\n/)
    assert.match(plan.remaining.join('\n'), /--group-add/)
  })

  it('images that others build on are not forced', () => {
    for (const text of [
      'FROM node:20\nONBUILD COPY . /app\nCMD ["node", "x.js"]\n',
      'FROM mcr.microsoft.com/devcontainers/python:3.12\nRUN pip install x\n',
      'FROM jenkins/inbound-agent:latest\nUSER root\nRUN apt-get update\n',
    ]) {
      const plan = hardened(text)
      assert.equal(plan.outcome, 'refused', text)
      assert.ok(plan.remaining.length > 0)
    }
    assert.match(
      hardened('FROM debian:12\nRUN apt-get update\n').remaining.join('\n'),
      /where others build on it/,
    )
  })

  it('siblings get the same plan', () => {
    const api = 'FROM python:3.13-slim\nCOPY api.py .\nCMD ["python3", "api.py"]\n'
    const plan = (text: string) => hardened(text).steps.map(({ title }) => title)
    assert.deepEqual(plan(api), plan(api.replaceAll('api', 'worker').replace('slim', 'slim-bookworm')))
  })

  it('the result is analysed again: no root, nothing new that fails, and hardening it changes nothing', () => {
    for (const text of [
      'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nVOLUME /data\nCMD ["python3", "x.py"]\n',
      'FROM nginx\nCOPY . /usr/share/nginx/html',
      'FROM tomcat:10\nCOPY a.war /usr/local/tomcat/webapps/\n',
    ]) {
      const plan = hardened(text)
      const again = analysed(plan.result)
      assert.ok(again.timeline.runtime && !isRoot(again.timeline.runtime.state.identity))
      assert.equal(harden(again).outcome, 'nothing')
      assert.equal(harden(again).result, plan.result)
    }
  })
})
