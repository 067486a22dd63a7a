#!/bin/bash
groupmod -o -g "$PGID" media
usermod -o -u "$PUID" media
umask "$UMASK"
for d in /config /media; do
  [ "$(stat -c %u "$d")" = "$PUID" ] || chown media:media "$d"
done
exec su-exec media sleep infinity
