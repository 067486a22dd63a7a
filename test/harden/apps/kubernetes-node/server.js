require('node:http').createServer((_, response) => response.end('by number')).listen(Number(process.env.PORT))
