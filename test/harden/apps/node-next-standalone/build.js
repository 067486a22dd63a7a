// What `next build` leaves with `output: 'standalone'`: a server of its own, and the pages.
const { cpSync, mkdirSync, writeFileSync } = require('node:fs')

mkdirSync('.next/standalone/.next', { recursive: true })
mkdirSync('.next/static', { recursive: true })
writeFileSync('.next/static/site.css', 'body { color: black }')
cpSync('server.js', '.next/standalone/server.js')
