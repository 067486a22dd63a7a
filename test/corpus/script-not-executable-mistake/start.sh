#!/bin/sh
exec node -e 'setInterval(()=>{},1000)'
