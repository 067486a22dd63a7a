#!/bin/sh
set -e
echo "window.API='${API_URL}'" > /usr/share/nginx/html/config.js
