require('node:http').createServer((_, response) => response.end('kept alive by pm2')).listen(3000)
