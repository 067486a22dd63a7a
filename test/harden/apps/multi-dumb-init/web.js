require('node:http').createServer((_, response) => response.end('behind dumb-init')).listen(3000)
