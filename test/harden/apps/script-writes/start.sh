#!/bin/sh
set -e
mkdir -p /srv/state
date > /srv/state/started
exec "$@"
