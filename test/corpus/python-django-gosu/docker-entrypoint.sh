#!/bin/bash
set -Eeuo pipefail

if [ "$1" = 'gunicorn' ] || [ "$1" = 'python' ]; then
  if [ "$(id -u)" = '0' ]; then
    find /var/lib/django \! -user django -exec chown django:django '{}' +
    exec gosu django "$BASH_SOURCE" "$@"
  fi
  python manage.py migrate --noinput
fi

exec "$@"
