#!/bin/sh
set -e

# allow the container to be started with `--user`
if [ "$1" = "server" ] && [ "$(id -u)" = "0" ]; then
	chown -R app:app /var/lib/app
	exec gosu app "$0" "$@"
fi

exec "$@"
