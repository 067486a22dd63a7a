#!/bin/sh
set -e
until nc -z "${DB_HOST:-db}" "${DB_PORT:-5432}"; do
  sleep 1
done
python manage.py migrate --noinput
touch /var/log/shop/access.log
exec gunicorn shop.wsgi:application --bind 0.0.0.0:8000 --access-logfile /var/log/shop/access.log
