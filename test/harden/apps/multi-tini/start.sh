#!/bin/sh
python3 worker.py &
echo $! > /var/run/app/worker.pid
exec python3 web.py
