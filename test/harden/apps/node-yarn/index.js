const say = require('say')
require('node:http').createServer((_, response) => response.end(say)).listen(4000)
