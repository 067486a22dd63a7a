bind "tcp://0.0.0.0:4567"
pidfile "tmp/pids/puma.pid"
