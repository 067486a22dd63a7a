#!/bin/sh
chown -R $UID:$GID /data
exec su-exec $UID:$GID "$@"
