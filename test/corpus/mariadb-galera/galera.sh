#!/bin/bash
set -eu
printf '[galera]\nwsrep_on=ON\nwsrep_cluster_address=gcomm://%s\n' "$PEERS" > /etc/mysql/conf.d/galera.cnf
exec docker-entrypoint.sh "$@"
