const greeting = require('greeting')

require('node:http')
  .createServer((_, response) => response.end(greeting('workspaces')))
  .listen(process.env.PORT)
