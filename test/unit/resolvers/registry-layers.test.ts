import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { catalogue } from '../../../server/src/base-images/index.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import { createRegistryImages, type RegistryOptions } from '../../../server/src/resolvers/index.ts'
import { type Member, tarOf } from '../archives/tar.ts'
import { collectingGarbage } from '../garbage.ts'

const digestOf = (bytes: string | Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const layerOf = (members: readonly Member[]) => gzipSync(tarOf(members))

const bottom: readonly Member[] = [
  { path: 'bin', kind: 'link', target: 'usr/bin' },
  { path: 'etc/', kind: 'directory' },
  { path: 'etc/passwd', text: 'root:x:0:0::/root:/bin/sh\nold:x:1:1::/:\n' },
  { path: 'etc/group', text: 'root:x:0:\nold:x:1:\n' },
  { path: 'etc/os-release', kind: 'link', target: '../usr/lib/os-release' },
  { path: 'usr/lib/os-release', text: 'ID=debian\nVERSION_ID="12"\n' },
  { path: 'usr/bin/sh', kind: 'link', target: 'dash' },
  { path: 'usr/sbin/useradd', text: 'elf' },
  { path: 'usr/sbin/adduser', text: '#!/usr/bin/perl -w\n' },
]
const users: readonly Member[] = [
  { path: './etc/passwd', text: 'root:x:0:0::/root:/bin/sh\nweb:x:1500:1600::/home/web:\n' },
  { path: './etc/group', text: 'root:x:0:\nweb:x:1600:\nextra:x:7:web\n' },
]

type Handler = (request: IncomingMessage, response: ServerResponse) => void

describe('layers of a registry’s image', function () {
  this.timeout(30_000)
  const servers: Server[] = []
  const folder = mkdtempSync(path.join(tmpdir(), 'unroot-layers-'))
  after(() => {
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
    rmSync(folder, { recursive: true, force: true })
  })

  /** An image of these layers, the lowest first; `special` answers for layers instead. */
  const serve = async (
    layers: readonly Buffer[],
    {
      user = 'web',
      labels = {},
      sizes = {},
      special,
    }: {
      readonly user?: string
      readonly labels?: object
      readonly sizes?: Readonly<Record<number, number>>
      readonly special?: Handler
    } = {},
  ) => {
    const config = JSON.stringify({ os: 'linux', config: { User: user, Labels: labels } })
    const manifest = JSON.stringify({
      config: { digest: digestOf(config) },
      layers: layers.map((layer, index) => ({
        digest: digestOf(layer),
        size: sizes[index] ?? layer.length,
      })),
    })
    const asked: number[] = []
    const server = createServer((request, response) => {
      const name = (request.url ?? '').replace('/v2/team/app/', '')
      const index = layers.findIndex((layer) => name === `blobs/${digestOf(layer)}`)
      if (index >= 0) asked.push(index)
      if (name === 'manifests/1') response.end(manifest)
      else if (name === `blobs/${digestOf(config)}`) response.end(config)
      else if (special) special(request, response)
      else if (index >= 0) response.end(layers[index])
      else response.writeHead(404).end()
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
  }
  const ask = async (host: string, options: RegistryOptions = {}) => {
    const notes: string[] = []
    const { images, settled } = createRegistryImages({
      dockerConfig: folder,
      timeout: 250,
      note: (message) => notes.push(inEnglish(message)),
      ...options,
    })
    images.resolve(`${host}/team/app:1`, undefined)
    const begun = performance.now()
    await settled()
    return {
      facts: images.resolve(`${host}/team/app:1`, undefined),
      notes,
      took: performance.now() - begun,
    }
  }

  it('tell accounts, system and tools, as an engine does', async () => {
    const { host, asked } = await serve([layerOf(bottom), layerOf([{ path: 'srv/x' }]), layerOf(users)])
    const { facts, notes } = await ask(host)
    assert.deepEqual(notes, [])
    assert.deepEqual(asked, [2, 1, 0])
    assert.deepEqual(
      facts?.accounts.map(({ name, uid, gid, home }) => [name, uid, gid, home]),
      [
        ['root', 0, 0, '/root'],
        ['web', 1500, 1600, '/home/web'],
      ],
    )
    assert.deepEqual(facts?.groups.at(-1), { name: 'extra', gid: 7, members: ['web'] })
    assert.deepEqual(facts?.user, { user: 'web', name: 'web', uid: 1500, gid: 1600, explicit: true })
    assert.deepEqual(
      [facts?.os, facts?.osVersion, facts?.accountsComplete, facts?.accountFiles],
      ['debian', '12', true, 'present'],
    )
    const { useradd, adduser, shell, programs } = facts!.tools
    assert.deepEqual([useradd, adduser, shell, programs.get('setpriv')], [true, 'debian', true, false])
  })

  it('are read from the top, and no further than needed', async () => {
    const release = [{ path: 'etc/os-release', text: 'ID=alpine\n' }]
    const { host, asked } = await serve([layerOf(bottom), layerOf([...users, ...release])])
    const { facts } = await ask(host)
    assert.deepEqual(asked, [1])
    assert.deepEqual([facts?.os, facts?.accounts.length, facts?.tools.useradd], ['alpine', 2, null])
  })

  it('take away what lower ones have', async () => {
    for (const gone of ['etc/.wh.passwd', '.wh.etc', 'etc/.wh..wh..opq', '.wh..wh..opq']) {
      const { host } = await serve([layerOf(bottom), layerOf([{ path: gone }])], { user: '0' })
      const { facts } = await ask(host)
      assert.deepEqual([facts?.accountFiles, facts?.accounts], ['missing', []], gone)
    }
    // Not in the layer that puts it there anew.
    const { host } = await serve([layerOf(bottom), layerOf([{ path: '.wh..wh..opq' }, ...users])])
    assert.equal((await ask(host)).facts?.user.uid, 1500)
  })

  it('may have no accounts at all', async () => {
    const { host } = await serve([layerOf([{ path: 'app' }]), gzipSync(tarOf([]))], { user: '' })
    const { facts, notes } = await ask(host)
    assert.deepEqual([facts?.accountFiles, facts?.accountsComplete, notes], ['missing', true, []])
  })

  it('are asked for once, and kept on disk', async () => {
    const { host, asked } = await serve([layerOf(bottom), layerOf(users)])
    const cacheFolder = path.join(folder, 'cache')
    for (let round = 0; round < 2; round++)
      assert.equal((await ask(host, { cacheFolder })).facts?.accounts.length, 2)
    assert.equal(asked.length, 2)
  })

  it('that are too large are not asked for; the system is then that of the label', async () => {
    const { host, asked } = await serve([layerOf(bottom), layerOf(users)], {
      sizes: { 0: 900 << 20 },
      labels: { 'org.opencontainers.image.base.name': 'debian:12' },
    })
    const { facts, notes } = await ask(host, { known: catalogue() })
    assert.deepEqual(asked, [1])
    assert.deepEqual([facts?.user.uid, facts?.accounts.length, facts?.os], [1500, 2, 'debian'])
    assert.deepEqual(notes, [])
  })

  const plain = layerOf(users)
  const trouble: readonly (readonly [string, Handler, RegExp, (readonly Buffer[])?])[] = [
    ['hang', () => {}, /did not come within 1 s/],
    ['hang in the middle', (_, response) => response.write(plain.subarray(0, 20)), /did not come within 1 s/],
    ['are not there', (_, response) => response.writeHead(404).end(), /answers 404 for a layer/],
    ['are forbidden', (_, response) => response.writeHead(403).end(), /answers 403 for a layer/],
    ['hang up', (request) => request.socket.destroy(), /hung up/],
    ['are garbage', (_, response) => response.end('<html>'), /a layer is damaged/],
    ['are others', (_, response) => response.end(layerOf(bottom)), /another digest/],
    ['break off', (_, response) => response.end(plain.subarray(0, 60)), /damaged/],
    [
      'redirect in a circle',
      (request, response) => response.writeHead(302, { location: request.url }).end(),
      /redirects more than 5 times/,
    ],
    [
      'say that they have a gigabyte',
      (_, response) => {
        response.writeHead(200, { 'content-length': String(1 << 30) })
        response.write('x')
      },
      /larger than 64 MB/,
    ],
    [
      'send a gigabyte without saying so',
      (request, response) => {
        const part = tarOf([{ path: 'x', text: 'x'.repeat(1 << 20) }]).subarray(0, -1024)
        const more = () => {
          while (!request.socket.destroyed && response.write(part));
        }
        response.on('drain', more)
        more()
      },
      /larger than 64 MB/,
    ],
    [
      'are packed in a way that is not read',
      (_, response) => response.end('BZh91AY&SY and so on'),
      /packed in a way/,
      [Buffer.from('BZh91AY&SY and so on')],
    ],
    [
      'are no archives',
      (_, response) => response.end('text'.repeat(500)),
      /a layer is damaged/,
      [Buffer.from('text'.repeat(500))],
    ],
    [
      'have accounts behind a link',
      (_, response) => response.end(layerOf([{ path: 'etc', kind: 'link', target: 'other' }])),
      /something else than a folder at \/etc/,
      [layerOf([{ path: 'etc', kind: 'link', target: 'other' }])],
    ],
  ]
  for (const [what, special, note, layers = [plain]] of trouble)
    it(`may be such that ${what}: the config still counts`, async () => {
      const { host } = await serve(layers, { special, user: '1500' })
      using _ = collectingGarbage()
      // Only who hangs is waited for.
      const { facts, notes, took } = await ask(host, {
        timeout: what.startsWith('hang ') || what === 'hang' ? 250 : 5000,
      })
      assert.deepEqual([facts?.user.uid, facts?.accountsComplete, facts?.accounts], [1500, false, []])
      assert.equal(notes.length, 1)
      assert.match(notes[0] ?? '', note)
      assert.match(notes[0] ?? '', /They stay unknown/)
      assert.ok(took < 15_000, `${took} ms`)
    })

  it('are given up when nobody wants them any more', async () => {
    const { host } = await serve([plain], { special: () => {} })
    const slow = createRegistryImages({ dockerConfig: folder, timeout: 20_000 })
    slow.images.resolve(`${host}/team/app:1`, undefined)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const begun = performance.now()
    slow.dispose()
    await slow.settled()
    assert.ok(performance.now() - begun < 1000)
  })
})
