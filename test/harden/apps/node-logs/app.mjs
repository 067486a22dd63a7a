import { appendFileSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'

createServer((request, response) => {
  appendFileSync('logs/access.log', `${request.url}\n`)
  appendFileSync('./data/visits.txt', 'x')
  response.end(`visit ${readFileSync('./data/visits.txt').length}`)
}).listen(8080)
