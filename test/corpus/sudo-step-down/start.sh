#!/bin/bash
chown -R game:game /home/game
exec sudo -E -u game -- /bin/sleep infinity
