import assert from 'node:assert/strict'
import { runtimeGuidance } from '../../../server/src/harden/index.ts'
import { analysed, hardened, type Wishes } from './files.ts'

/** What owners of real files would not have merged. */

function guidance(text: string, wishes: Wishes = {}) {
  return runtimeGuidance(analysed(text, wishes))
}

describe('run-time guidance, read by owners', () => {
  it('publishes no two ports at the same one of the host', () => {
    const { docker, compose } = guidance(
      'FROM node:22\nEXPOSE 80 8080 8081/udp 81/udp\nUSER node\nCMD ["node", "x.js"]\n',
    )
    assert.match(docker, /-p 8081:80 .*-p 8080:8080 .*-p 8081:8081\/udp .*-p 8082:81\/udp/s)
    assert.match(compose, /8081:80/)
  })

  it('names the port that the server moved to', () => {
    const { result } = hardened('FROM nginx:1.27\nRUN rm /usr/share/nginx/html/50x.html\n', {
      profile: 'kubernetes',
    })
    assert.match(result, /\nEXPOSE 8080\n# nginx\nUSER 101:101\n$/)
    const { ports, docker } = guidance(result, { profile: 'kubernetes' })
    assert.deepEqual(ports, ['8080'])
    assert.match(docker, /-p 8080:8080/)
  })

  it('keeps folders writable that a RUN gives to the user: empty ones in volumes, others as they are', () => {
    const app = (folder: string) =>
      `FROM php:8.3-apache\nWORKDIR /opt/site\nCOPY . .\nRUN mkdir /state && chown -R www-data:www-data ${folder}\nUSER www-data\n`
    const files = { 'web/sites/settings.php': '' }
    assert.deepEqual(guidance(app('/state'), { files }).volumes, ['/state'])
    assert.equal(guidance(app('/state'), { files }).readOnly, true)
    assert.equal(guidance(app('web/sites'), { files }).readOnly, false)
    assert.equal(guidance(app('/opt/site'), { files }).readOnly, false)
  })

  it('promises no read-only file system where package.json says what starts, and was not read', () => {
    const app = 'FROM node:22\nWORKDIR /app\nCOPY . .\nUSER node\nCMD ["npm", "start"]\n'
    assert.equal(guidance(app).readOnly, false)
    const files = { 'package.json': '{"scripts": {"start": "node server.js"}}' }
    assert.equal(guidance(app, { files }).readOnly, true)
  })
})
