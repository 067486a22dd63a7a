#!/bin/sh
chown app /home/app
exec gosu app "$@"
