const http = require('node:http')

http.createServer((_, response) => response.end('hello\n')).listen(process.env.PORT || 3000)
