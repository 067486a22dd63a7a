#!/bin/sh
echo "the script ran"
exec sleep 1000
