#!/bin/bash
set -e
chown -R app: /home/app
exec sleep infinity
exec gosu app sleep infinity
