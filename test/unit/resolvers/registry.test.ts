import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { catalogue } from '../../../server/src/base-images/index.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import { createRegistryImages, type RegistryOptions } from '../../../server/src/resolvers/index.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`
const config = (extra: object = {}) =>
  JSON.stringify({
    os: 'linux',
    architecture: 'amd64',
    config: {
      User: '1500:1600',
      Env: ['PATH=/bin'],
      WorkingDir: '/srv',
      ExposedPorts: { '8080/tcp': {} },
      ...extra,
    },
  })
const manifestOf = (configText: string) =>
  JSON.stringify({
    schemaVersion: 2,
    config: { digest: digestOf(configText), size: configText.length },
    layers: [],
  })

describe('the registry', function () {
  this.timeout(20_000)
  const servers: Server[] = []
  const folder = mkdtempSync(path.join(tmpdir(), 'unroot-registry-'))
  after(() => {
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
    rmSync(folder, { recursive: true, force: true })
  })

  const serve = async (handler: Handler): Promise<string> => {
    const server = createServer(handler)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  /** A registry with these contents by path below `/v2/team/app/`. */
  const serveFiles = (files: Readonly<Record<string, string>>, seen: string[] = []) =>
    serve((request, response) => {
      seen.push(request.url ?? '')
      const content = files[(request.url ?? '').replace('/v2/team/app/', '')]
      response.statusCode = content === undefined ? 404 : 200
      response.end(content ?? '{}')
    })
  const ask = async (host: string, options: RegistryOptions = {}, tag = ':1', platform?: string) => {
    const notes: string[] = []
    const slow = createRegistryImages({
      dockerConfig: folder,
      timeout: 1000,
      note: (message) => notes.push(inEnglish(message)),
      ...options,
    })
    const reference = `${host}/team/app${tag}`
    assert.equal(slow.images.resolve(reference, platform), undefined)
    const start = Date.now()
    await slow.settled()
    return {
      facts: slow.images.resolve(reference, platform),
      notes,
      slow,
      reference,
      took: Date.now() - start,
    }
  }
  const appFiles = (configText = config()) => ({
    'manifests/1': manifestOf(configText),
    [`blobs/${digestOf(configText)}`]: configText,
  })

  it('says what the config says', async () => {
    const { facts, notes } = await ask(await serveFiles(appFiles()))
    assert.deepEqual(notes, [])
    assert.deepEqual(facts?.user, { user: '1500:1600', name: null, uid: 1500, gid: 1600, explicit: true })
    assert.deepEqual(
      [facts?.resolvedBy, facts?.workdir, facts?.ports, facts?.accountsComplete],
      ['registry', '/srv', ['8080'], false],
    )
  })

  it('chooses the manifest of the platform', async () => {
    const [arm, amd] = [config({ User: 'arm' }), config({ User: 'amd' })]
    const of = (text: string, os: string, architecture: string) => ({
      digest: digestOf(manifestOf(text)),
      platform: { os, architecture },
    })
    const list = JSON.stringify({
      manifests: [of('x', 'unknown', 'unknown'), of(arm, 'linux', 'arm64'), of(amd, 'linux', 'amd64')],
    })
    const files = {
      'manifests/1': list,
      ...Object.fromEntries(
        [arm, amd].flatMap((text) => [
          [`manifests/${digestOf(manifestOf(text))}`, manifestOf(text)],
          [`blobs/${digestOf(text)}`, text],
        ]),
      ),
    }
    const host = await serveFiles(files)
    assert.equal((await ask(host, {}, ':1', 'linux/arm64')).facts?.user.user, 'arm')
    assert.equal((await ask(host, {}, ':1', 'linux/amd64')).facts?.user.user, 'amd')
    const { facts, notes } = await ask(host, {}, ':1', 'windows/amd64')
    assert.equal(facts, undefined)
    assert.match(notes.join(), /no image for windows\/amd64/)
  })

  it('takes the system from the base that a label names', async () => {
    const configText = config({
      User: 'node',
      Labels: { 'org.opencontainers.image.base.name': 'node:22-alpine' },
    })
    const { facts } = await ask(await serveFiles(appFiles(configText)), { known: catalogue() })
    assert.deepEqual([facts?.os, facts?.user.uid, facts?.accountsComplete], ['alpine', 1000, false])
  })

  describe('with a login', () => {
    /** Wants a bearer token, which it gives to those that `mayHave` lets. */
    const guarded = (mayHave: (request: IncomingMessage, body: string) => boolean) =>
      serve((request, response) => {
        const host = request.headers.host
        if (request.url?.startsWith('/token')) {
          let body = ''
          request.on('data', (part) => {
            body += part
          })
          request.on('end', () => {
            response.statusCode = mayHave(request, body) ? 200 : 401
            response.end(JSON.stringify({ token: 'good' }))
          })
          return
        }
        if (request.headers.authorization !== 'Bearer good') {
          response.statusCode = 401
          response.setHeader(
            'www-authenticate',
            `Bearer realm="http://${host}/token",service="reg",scope="repository:team/app:pull"`,
          )
          response.end()
          return
        }
        response.end(Object.entries(appFiles()).find(([name]) => request.url?.endsWith(name))?.[1])
      })
    const basic = `Basic ${Buffer.from('me:se:cret').toString('base64')}`
    const configFolder = (content: object) => {
      const made = mkdtempSync(path.join(folder, 'config-'))
      writeFileSync(path.join(made, 'config.json'), JSON.stringify(content))
      return made
    }

    it('fetches a token where everybody may', async () => {
      let query = ''
      const host = await guarded((request) => {
        query = request.url ?? ''
        return request.headers.authorization === undefined
      })
      assert.equal((await ask(host)).facts?.user.uid, 1500)
      assert.equal(query, '/token?service=reg&scope=repository%3Ateam%2Fapp%3Apull')
    })

    it('uses the login of Docker’s config', async () => {
      const host = await guarded((request) => request.headers.authorization === basic)
      const auth = Buffer.from('me:se:cret').toString('base64')
      const dockerConfig = configFolder({ auths: { [host]: { auth } } })
      assert.equal((await ask(host, { dockerConfig })).facts?.user.uid, 1500)
      const { facts, notes } = await ask(host)
      assert.equal(facts, undefined)
      assert.match(notes.join(), /denies access/)
    })

    it('exchanges an identity token', async () => {
      const host = await guarded(
        (request, body) =>
          request.method === 'POST' && new URLSearchParams(body).get('refresh_token') === 'long',
      )
      const dockerConfig = configFolder({ auths: { [host]: { identitytoken: 'long' } } })
      assert.equal((await ask(host, { dockerConfig })).facts?.user.uid, 1500)
    })

    it('asks a credential helper', async function () {
      if (process.platform === 'win32') this.skip()
      const host = await guarded((request) => request.headers.authorization === basic)
      const helper = path.join(folder, 'docker-credential-fake')
      writeFileSync(
        helper,
        `#!/bin/sh\nread server; echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"me\\",\\"Secret\\":\\"se:cret\\"}"\n`,
      )
      chmodSync(helper, 0o755)
      const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
      const dockerConfig = configFolder({ credHelpers: { [host]: 'fake' } })
      assert.equal((await ask(host, { dockerConfig, env })).facts?.user.uid, 1500)
      const hanging = path.join(folder, 'docker-credential-hanging')
      writeFileSync(hanging, '#!/bin/sh\nsleep 60\n')
      chmodSync(hanging, 0o755)
      // Its own time limit is longer than a test should take: disposing stops it as well.
      const slow = createRegistryImages({ dockerConfig: configFolder({ credsStore: 'hanging' }), env })
      slow.images.resolve(`${host}/team/app:1`, undefined)
      await new Promise((resolve) => setTimeout(resolve, 200))
      slow.dispose()
      await slow.settled()
    })

    it('does not send a login to another host without TLS', async () => {
      let asked = 0
      const thief = await serve((_, response) => {
        asked++
        response.end('{"token":"x"}')
      })
      const host = await serve((_, response) => {
        response.statusCode = 401
        response.setHeader(
          'www-authenticate',
          `Bearer realm="http://${thief.replace('127.0.0.1', '127.0.0.2')}/token"`,
        )
        response.end()
      })
      const auth = Buffer.from('me:secret').toString('base64')
      const { facts, notes } = await ask(host, {
        dockerConfig: configFolder({ auths: { [host]: { auth } } }),
      })
      assert.deepEqual([facts, asked], [undefined, 0])
      assert.match(notes.join(), /does not say where its tokens are/)
    })

    it('survives a config that is none', async () => {
      const dockerConfig = mkdtempSync(path.join(folder, 'config-'))
      writeFileSync(path.join(dockerConfig, 'config.json'), '{"auths":')
      const host = await guarded(() => true)
      const { facts, notes } = await ask(host, { dockerConfig })
      assert.equal(facts?.user.uid, 1500)
      assert.match(notes.join(), /is not JSON/)
    })

    it('does not hand the token on to where blobs are kept', async () => {
      const seen: (string | undefined)[] = []
      const store = await serve((request, response) => {
        seen.push(request.headers.authorization)
        response.end(config())
      })
      const host = await serve((request, response) => {
        if (request.headers.authorization === undefined) {
          response.statusCode = 401
          response.setHeader('www-authenticate', 'Basic realm="x"')
        } else if (request.url?.includes('/blobs/')) {
          response.statusCode = 307
          response.setHeader('location', `http://${store}/blob`)
        } else {
          response.write(manifestOf(config()))
        }
        response.end()
      })
      const auth = Buffer.from('me:secret').toString('base64')
      const { facts } = await ask(host, { dockerConfig: configFolder({ auths: { [host]: { auth } } }) })
      assert.equal(facts?.user.uid, 1500)
      assert.deepEqual(seen, [undefined])
    })
  })

  const status =
    (code: number, headers: Record<string, string> = {}): Handler =>
    (_, response) => {
      response.writeHead(code, headers)
      response.end()
    }
  const trouble: readonly (readonly [string, Handler, RegExp])[] = [
    ['wants a login', status(401), /wants a login/],
    [
      'wants a login of a kind unknown to us',
      status(401, { 'www-authenticate': 'Negotiate' }),
      /wants a login/,
    ],
    ['refuses', status(403), /denies access/],
    ['does not have the image', status(404), /does not have this image/],
    ['is asked too often', status(429, { 'retry-after': '120' }), /too many requests/],
    ['is out of order', status(503), /answers 503/],
    ['hangs', () => {}, /did not answer within 1 s/],
    [
      'hangs in the middle',
      (_, response) => {
        response.write('{')
      },
      /did not answer within 1 s/,
    ],
    ['hangs up', (request) => request.socket.destroy(), /hung up/],
    ['answers garbage', (_, response) => response.end('<html>\0'), /not a manifest/],
    ['answers a list', (_, response) => response.end('[1]'), /not a manifest/],
    [
      'answers a manifest of another time',
      (_, response) => response.end('{"fsLayers":[]}'),
      /names no config/,
    ],
    ['answers nothing', (_, response) => response.end(), /not a manifest/],
    [
      'redirects in a circle',
      (request, response) => {
        response.writeHead(302, { location: request.url ?? '/' })
        response.end()
      },
      /redirects more than 5 times/,
    ],
    [
      'redirects to a file',
      (_, response) => {
        response.writeHead(302, { location: 'file:///etc/passwd' })
        response.end()
      },
      /redirects from http to file/,
    ],
    [
      'says that its manifest has a gigabyte',
      (_, response) => {
        response.writeHead(200, { 'content-length': String(1 << 30) })
        response.write('{')
      },
      /larger than 4 MB/,
    ],
    [
      'sends a gigabyte without saying so',
      (request, response) => {
        const part = Buffer.alloc(1 << 20, ' ')
        const more = () => {
          while (!request.socket.destroyed && response.write(part));
        }
        response.on('drain', more)
        more()
      },
      /larger than 4 MB/,
    ],
    [
      'names another digest than that of its answer',
      (_, response) => {
        response.writeHead(200, { 'docker-content-digest': digestOf('other') })
        response.end(manifestOf(config()))
      },
      /another digest/,
    ],
    [
      'gives another config than the manifest names',
      (request, response) =>
        response.end(request.url?.includes('/blobs/') ? config({ User: '0' }) : manifestOf(config())),
      /another digest/,
    ],
  ]
  for (const [what, handler, note] of trouble)
    it(`may be one that ${what}`, async () => {
      const { facts, notes, took } = await ask(await serve(handler))
      assert.equal(facts, undefined)
      assert.equal(notes.length, 1)
      assert.match(notes[0] ?? '', note)
      assert.ok(took < 4000, `${took} ms`)
    })

  it('may be one that is not there', async () => {
    const host = await serve(() => {})
    const server = servers.at(-1) as Server
    await new Promise((resolve) => server.close(resolve))
    const { facts, notes } = await ask(host)
    assert.equal(facts, undefined)
    assert.match(notes.join(), /nothing answers there/)
  })

  it('is left alone after 429', async () => {
    let requests = 0
    const host = await serve((_, response) => {
      requests++
      response.writeHead(429, { 'retry-after': '300' })
      response.end()
    })
    let now = 0
    const { slow, notes } = await ask(host, { now: () => now })
    slow.images.resolve(`${host}/team/other`, undefined)
    await slow.settled()
    assert.equal(requests, 1)
    assert.match(notes[1] ?? '', /left alone for another 300 s/)
    now = 301_000
    slow.images.resolve(`${host}/team/other`, undefined)
    await slow.settled()
    assert.equal(requests, 2)
  })

  it('is asked once for what a digest names', async () => {
    const seen: string[] = []
    const host = await serveFiles(
      {
        [`manifests/${digestOf(manifestOf(config()))}`]: manifestOf(config()),
        [`blobs/${digestOf(config())}`]: config(),
      },
      seen,
    )
    const cacheFolder = path.join(folder, 'cache')
    for (let round = 0; round < 2; round++) {
      const { facts } = await ask(host, { cacheFolder }, `@${digestOf(manifestOf(config()))}`)
      assert.equal(facts?.user.uid, 1500)
    }
    assert.equal(seen.length, 2)
  })

  it('keeps its answer while it is asked again', async () => {
    const files: Record<string, string> = appFiles()
    const host = await serveFiles(files)
    const { slow, reference } = await ask(host)
    let changes = 0
    slow.onChange(() => changes++)
    slow.refresh()
    assert.equal(slow.images.resolve(reference, undefined)?.user.uid, 1500)
    await slow.settled()
    assert.equal(changes, 0)
    Object.assign(files, appFiles(config({ User: '7' })))
    slow.refresh()
    await slow.settled()
    assert.deepEqual([changes, slow.images.resolve(reference, undefined)?.user.uid], [1, 7])
    // Gone offline: the answer stands.
    delete files['manifests/1']
    slow.refresh()
    await slow.settled()
    assert.equal(slow.images.resolve(reference, undefined)?.user.uid, 7)
  })
})
