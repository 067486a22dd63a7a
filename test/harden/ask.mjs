// Asks an application until it answers as expected; runs in the network of its container. Prints the last answer.
import { connect } from 'node:net'

const [, , json = '{}', seconds = '60'] = process.argv
const check = JSON.parse(json)
const until = Date.now() + Number(seconds) * 1000

/** @returns {Promise<string>} */
function talk(port, request) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const parts = []
    const finish = () => resolve(Buffer.concat(parts).toString('latin1'))
    socket.setTimeout(1000, () => socket.destroy())
    socket.on('data', (part) => {
      parts.push(part)
      if (Buffer.concat(parts).includes(check.says)) socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', finish)
    socket.write(request)
  })
}

function fastcgi(script) {
  const record = (type, content) => {
    const head = Buffer.alloc(8)
    head.writeUInt8(1, 0)
    head.writeUInt8(type, 1)
    head.writeUInt16BE(1, 2)
    head.writeUInt16BE(content.length, 4)
    return Buffer.concat([head, content])
  }
  const pair = (name, value) =>
    Buffer.concat([Buffer.from([name.length, value.length]), Buffer.from(name + value)])
  const parameters = [
    pair('SCRIPT_FILENAME', script),
    pair('REQUEST_METHOD', 'GET'),
    pair('SCRIPT_NAME', '/index.php'),
    pair('REQUEST_URI', '/'),
    pair('SERVER_PROTOCOL', 'HTTP/1.1'),
  ]
  const begin = record(1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0]))
  return Buffer.concat([
    begin,
    record(4, Buffer.concat(parameters)),
    record(4, Buffer.alloc(0)),
    record(5, Buffer.alloc(0)),
  ])
}

async function answer() {
  if (check.get !== undefined) {
    const response = await fetch(check.get, {
      ...(check.post === undefined ? {} : { method: 'POST', body: check.post }),
      signal: AbortSignal.timeout(20_000),
    })
    return `${response.status} ${await response.text()}`
  }
  if (check.fastcgi !== undefined) return await talk(check.fastcgi, fastcgi(check.script))
  return await talk(check.port, check.send)
}

let last = 'no answer'
while (Date.now() < until) {
  try {
    last = await answer()
    if (last.includes(check.says)) {
      console.log(last)
      process.exit(0)
    }
  } catch (error) {
    last = String(error.cause ?? error)
  }
  await new Promise((resolve) => setTimeout(resolve, 100))
}
console.log(last)
process.exit(1)
