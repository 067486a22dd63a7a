#!/bin/bash
set -euo pipefail
while sleep "${INTERVAL:-3600}"; do
  pg_dumpall -h "$PGHOST" > "/backup/$(date +%F-%H%M).sql"
done
