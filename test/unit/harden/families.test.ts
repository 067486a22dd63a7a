import assert from 'node:assert/strict'
import { changes, type Wishes } from './files.ts'

/** A few files of each family, with every line that changes. */
const samples: readonly (readonly [string, string, readonly string[], Wishes?])[] = [
  [
    'nginx: process id and buffers',
    'FROM nginx:1.27\nCOPY site /usr/share/nginx/html\nEXPOSE 80\n',
    [
      '+RUN install -d -o nginx -g nginx /var/cache/nginx \\',
      '+    && touch /run/nginx.pid \\',
      '+    && chown nginx:nginx /run/nginx.pid',
      '+USER nginx',
    ],
  ],
  [
    'nginx: what its entrypoint makes of templates',
    'FROM nginx:1.27\nCOPY templates /etc/nginx/templates\n',
    [
      '+RUN install -d -o nginx -g nginx /var/cache/nginx /etc/nginx/conf.d \\',
      '+    && touch /run/nginx.pid \\',
      '+    && chown nginx:nginx /run/nginx.pid /etc/nginx/conf.d/default.conf',
      '+USER nginx',
    ],
    { files: { 'templates/default.conf.template': 'server {}' } },
  ],
  [
    'httpd: its logs folder holds the process id',
    'FROM httpd:2.4\nCOPY site htdocs/\n',
    ['+RUN install -d -o www-data -g www-data /usr/local/apache2/logs', '+USER www-data'],
  ],
  [
    'Apache of Debian: the logs that its package made are root’s',
    'FROM debian:12\nRUN apt-get update && apt-get install -y apache2\nCMD ["apachectl", "-D", "FOREGROUND"]\n',
    [
      '+RUN install -d -o www-data -g www-data /run/apache2 /run/lock/apache2 \\',
      '+    && chown -R www-data:www-data /var/log/apache2',
      '+USER www-data',
    ],
  ],
  [
    'Redis of Debian: what its configuration names',
    'FROM debian:12\nRUN apt-get update && apt-get install -y redis-server\nCMD ["redis-server", "/etc/redis/redis.conf"]\n',
    ['+RUN install -d -o redis -g redis /var/lib/redis /var/log/redis /run/redis', '+USER redis'],
  ],
  [
    'lighttpd of Debian: its process id',
    'FROM debian:12\nRUN apt-get update && apt-get install -y lighttpd\nCMD ["lighttpd", "-D", "-f", "/etc/lighttpd/lighttpd.conf"]\n',
    [
      '+RUN install -d -o www-data -g www-data /var/cache/lighttpd/uploads /var/log/lighttpd \\',
      '+    && touch /run/lighttpd.pid \\',
      '+    && chown www-data:www-data /run/lighttpd.pid',
      '+USER www-data',
    ],
  ],
  ['PHP-FPM: nothing but the user', 'FROM php:8.3-fpm\nEXPOSE 9000\n', ['+USER www-data']],
  [
    'Laravel: storage and cache with what is in them',
    'FROM php:8.3-fpm\nWORKDIR /app\nCOPY . .\n',
    [
      '+RUN install -d -o www-data -g www-data /app/bootstrap/cache \\',
      '+    && chown -R www-data:www-data /app/storage',
      '+USER www-data',
    ],
    {
      files: {
        'composer.json': '{"require":{"laravel/framework":"^11"}}',
        'storage/logs/x': '',
        'bootstrap/cache/.gitignore': '*',
      },
    },
  ],
  [
    'Tomcat: where it unpacks, not what it serves',
    'FROM tomcat:10\nCOPY a.war webapps/\nCMD ["catalina.sh", "run"]\n',
    [
      '+RUN groupadd --gid 10001 app \\',
      '+    && useradd --uid 10001 --gid app --no-create-home --home-dir /usr/local/tomcat --shell /usr/sbin/nologin app \\',
      '+    && install -d -o app -g app /usr/local/tomcat/webapps /usr/local/tomcat/conf/Catalina',
      '+USER app',
    ],
  ],
  [
    '.NET: the account by its variable',
    'FROM mcr.microsoft.com/dotnet/aspnet:8.0\nENTRYPOINT ["dotnet", "a.dll"]\n',
    ['+USER $APP_UID'],
  ],
  [
    'Puma: tmp with the folders that are kept in it',
    'FROM ruby:3.3\nRUN useradd --uid 1500 app\nWORKDIR /app\nCOPY . .\nCMD ["puma", "-C", "puma.rb"]\n',
    ['+RUN chown -R app:app /app/tmp', '+USER app'],
    { files: { Gemfile: 'gem "puma"', 'puma.rb': 'pidfile "tmp/pids/puma.pid"\n', 'tmp/pids/.keep': '' } },
  ],
  [
    'Celery: a process id where everybody may write',
    'FROM python:3.12\nRUN useradd --uid 1500 app\nCMD ["celery", "-A", "t", "worker", "--pidfile=/var/run/celery.pid"]\n',
    [
      '-CMD ["celery", "-A", "t", "worker", "--pidfile=/var/run/celery.pid"]',
      '+USER app',
      '+CMD ["celery", "-A", "t", "worker", "--pidfile=/tmp/celery.pid"]',
    ],
  ],
  [
    'Next.js standalone: its cache, and nothing that its build script writes',
    [
      'FROM node:20 AS build',
      'WORKDIR /app',
      'COPY . .',
      'RUN node build.js',
      'FROM node:20',
      'WORKDIR /app',
      'COPY --from=build /app/.next/standalone ./',
      'COPY --from=build /app/.next/static ./.next/static',
      'CMD ["node", "server.js"]',
      '',
    ].join('\n'),
    ['+RUN install -d -o node -g node /app/.next/cache', '+USER node'],
    {
      files: {
        'package.json': '{"dependencies":{"next":"14"}}',
        'next.config.js': "module.exports = { output: 'standalone' }",
        'build.js': "require('node:fs').mkdirSync('dist/pages')",
      },
    },
  ],
  [
    'Celery with its beat inside: the schedule lies in the working directory',
    'FROM python:3.12\nRUN useradd --uid 1500 app\nWORKDIR /srv/app\nCMD ["celery", "-A", "t", "worker", "-B"]\n',
    ['+RUN install -d -o app -g app /srv/app', '+USER app'],
  ],
  [
    'a queue in /var/spool, made by the file',
    'FROM python:3.12\nRUN useradd --uid 1500 app && mkdir -p /var/spool/queue\nCMD ["celery", "-A", "t", "worker"]\n',
    ['+RUN install -d -o app -g app /var/spool/queue', '+USER app'],
  ],
  [
    'Django: the database that the build made is root’s, with its folder',
    'FROM python:3.12\nRUN useradd --uid 1500 app\nWORKDIR /app\nCOPY . .\nRUN mkdir -p db && python manage.py migrate\nCMD ["python", "manage.py", "runserver"]\n',
    ['+RUN install -d -o app -g app /app/data/media \\', '+    && chown -R app:app /app/db', '+USER app'],
    {
      files: {
        'manage.py': '',
        'site/settings.py':
          'DATABASES = {"default": {"NAME": BASE_DIR / "db" / "site.sqlite3"}}\nMEDIA_ROOT = os.path.join(BASE_DIR, "data", "media")\n',
      },
    },
  ],
  [
    'an upgrade of a library is no upgrade of a database',
    'FROM python:3.12\nRUN useradd --uid 1500 app\nWORKDIR /app\nCOPY . .\nRUN pip install --upgrade flask && mkdir /data\nCMD ["python", "app.py"]\n',
    ['+RUN install -d -o app -g app /data', '+USER app'],
    { files: { 'app.py': '' } },
  ],
  [
    'Django: the database beside the code, made by the build',
    'FROM python:3.12\nRUN useradd --uid 1500 app\nWORKDIR /app\nCOPY . .\nRUN python manage.py migrate\nCMD ["python", "manage.py", "runserver"]\n',
    [
      '+RUN install -d -o app -g app /app \\',
      '+    && touch /app/db.sqlite3 \\',
      '+    && chown app:app /app/db.sqlite3',
      '+USER app',
    ],
    {
      files: {
        'manage.py': '',
        'site/settings.py': 'DATABASES = {"default": {"NAME": BASE_DIR / "db.sqlite3"}}\n',
      },
    },
  ],
  [
    'pnpm: a home that it may write',
    'FROM node:22\nENV HOME=/nonexistent\nCMD ["pnpm", "start"]\n',
    ['+ENV HOME=/home/node', '+USER node'],
  ],
  [
    'nginx: nothing that the builder of its pages writes',
    'FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN node build.js\nFROM nginx:1.27\nCOPY --from=build /app/dist /usr/share/nginx/html\n',
    [
      '+RUN install -d -o nginx -g nginx /var/cache/nginx \\',
      '+    && touch /run/nginx.pid \\',
      '+    && chown nginx:nginx /run/nginx.pid',
      '+USER nginx',
    ],
    { files: { 'package.json': '{}', 'build.js': '', 'pages.js': "fs.mkdirSync('dist/pages')" } },
  ],
  [
    'what package.json runs while the image is built has written',
    'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD ["node", "dist/app.js"]\n',
    ['+USER node'],
    {
      files: {
        'package.json': '{"scripts":{"build":"tsc && node tools/pages.js"}}',
        'tools/pages.js': "fs.mkdirSync('dist/pages')",
      },
    },
  ],
  [
    'Gunicorn: a home for its control socket',
    'FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD ["gunicorn", "app:app"]\n',
    [
      '+RUN groupadd --gid 10001 app \\',
      '+    && useradd --uid 10001 --gid app --create-home --home-dir /home/app --shell /usr/sbin/nologin app',
      '+USER app',
    ],
  ],
  [
    'PostgreSQL without its entrypoint: the account of the base',
    'FROM postgres:16\nRUN mkdir /backup\nVOLUME /backup\nENTRYPOINT ["pg_dump"]\n',
    ['-RUN mkdir /backup', '+RUN install -d -o postgres -g postgres /backup', '+USER postgres'],
  ],
  [
    'scratch: folders by WORKDIR, which needs no shell',
    'FROM scratch\nCOPY app /app\nVOLUME /data\nENTRYPOINT ["/app"]\n',
    ['+USER 10001:10001', '+WORKDIR /data', '+WORKDIR /'],
  ],
]

describe('harden by family', () => {
  for (const [title, text, expected, wishes] of samples)
    it(title, () => assert.deepEqual(changes(text, wishes), expected))
})
