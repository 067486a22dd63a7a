const { mkdirSync, writeFileSync, readFileSync } = require('node:fs')
const { join } = require('node:path')

const cache = join(__dirname, '.next', 'cache', 'images')

require('node:http')
  .createServer((request, response) => {
    if (request.url !== '/_next/image') return response.end(readFileSync(join(__dirname, 'public/name.txt')))
    mkdirSync(cache, { recursive: true })
    writeFileSync(join(cache, 'one.webp'), 'an image')
    response.end('an image from the cache')
  })
  .listen(process.env.PORT, process.env.HOSTNAME)
