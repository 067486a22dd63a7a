#!/bin/sh
set -e
echo started >> logs/start.log
exec node server.js
