#!/bin/sh
exec docker events
