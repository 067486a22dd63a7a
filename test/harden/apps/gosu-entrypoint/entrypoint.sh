#!/bin/sh
set -e
chown app /srv
exec gosu app "$@"
