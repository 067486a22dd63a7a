import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import { createRegistryImages } from '../../../server/src/resolvers/index.ts'
import { tarOf } from '../archives/tar.ts'

/** Debian's package docker-registry; elsewhere its path in UNROOT_DOCKER_REGISTRY. */
function registryProgram(): string | undefined {
  const program = process.env.UNROOT_DOCKER_REGISTRY ?? 'docker-registry'
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return program
  } catch {
    return undefined
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

const digestOf = (text: string | Buffer) => `sha256:${createHash('sha256').update(text).digest('hex')}`

describe('a real registry', function () {
  this.timeout(30_000)
  const folder = mkdtempSync(path.join(tmpdir(), 'unroot-distribution-'))
  let child: ChildProcess | undefined
  let host = ''

  before(async function () {
    const program = registryProgram()
    if (program === undefined) {
      console.log('      skipped: docker-registry is not on this machine')
      return this.skip()
    }
    host = `127.0.0.1:${await freePort()}`
    const config = path.join(folder, 'config.yml')
    writeFileSync(
      config,
      `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${folder}/data } }\nhttp: { addr: "${host}" }\n`,
    )
    child = spawn(program, ['serve', config], { stdio: 'ignore' })
    for (let round = 0; round < 100; round++) {
      if (
        await fetch(`http://${host}/v2/`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    assert.fail('docker-registry did not start')
  })
  after(() => {
    child?.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  const pushBlob = async (text: string | Buffer) => {
    const started = await fetch(`http://${host}/v2/team/app/blobs/uploads/`, { method: 'POST' })
    const place = new URL(started.headers.get('location') ?? '', `http://${host}`)
    place.searchParams.set('digest', digestOf(text))
    const done = await fetch(place, {
      method: 'PUT',
      body: new Uint8Array(Buffer.from(text)),
      headers: { 'content-type': 'application/octet-stream' },
    })
    assert.equal(done.status, 201)
    return { digest: digestOf(text), size: Buffer.byteLength(text) }
  }
  const pushManifest = async (reference: string, type: string, content: object) => {
    const body = JSON.stringify({ schemaVersion: 2, mediaType: type, ...content })
    const done = await fetch(`http://${host}/v2/team/app/manifests/${reference}`, {
      method: 'PUT',
      body,
      headers: { 'content-type': type },
    })
    assert.equal(done.status, 201, await done.text())
    return { mediaType: type, digest: digestOf(body), size: Buffer.byteLength(body) }
  }

  it('is read through an index, by tag and by digest', async () => {
    const pushImage = async (user: string) => {
      const config = await pushBlob(
        JSON.stringify({
          os: 'linux',
          architecture: 'amd64',
          rootfs: { type: 'layers', diff_ids: [] },
          config: { User: user },
        }),
      )
      const type = 'application/vnd.oci.image.manifest.v1+json'
      const described = { mediaType: 'application/vnd.oci.image.config.v1+json', ...config }
      return pushManifest(user, type, { config: described, layers: [] })
    }
    const [arm, amd] = [await pushImage('1001'), await pushImage('1002')]
    const index = await pushManifest('1', 'application/vnd.oci.image.index.v1+json', {
      manifests: [
        { ...arm, platform: { os: 'linux', architecture: 'arm64' } },
        { ...amd, platform: { os: 'linux', architecture: 'amd64' } },
      ],
    })
    const notes: string[] = []
    const { images, settled } = createRegistryImages({
      dockerConfig: folder,
      note: (message) => notes.push(inEnglish(message)),
    })
    const ask = async (tag: string, platform: string) => {
      images.resolve(`${host}/team/app${tag}`, platform)
      await settled()
      return images.resolve(`${host}/team/app${tag}`, platform)?.user.uid
    }
    assert.equal(await ask(':1', 'linux/arm64'), 1001)
    assert.equal(await ask(`@${index.digest}`, 'linux/amd64'), 1002)
    assert.equal(await ask(':1002', 'linux/amd64'), 1002)
    assert.deepEqual(notes, [])
    assert.equal(await ask(':missing', 'linux/amd64'), undefined)
    assert.match(notes.join(), /does not have this image/)
  })

  it('gives layers, and with them accounts', async () => {
    const type = 'application/vnd.oci.image.manifest.v1+json'
    const layers = await Promise.all(
      [
        [
          { path: 'etc/passwd', text: 'root:x:0:0::/root:/bin/sh\n' },
          { path: 'etc/group', text: 'root:x:0:\nweb:x:1600:\n' },
          { path: 'etc/os-release', text: 'ID=debian\nVERSION_ID="12"\n' },
        ],
        [{ path: 'etc/passwd', text: 'root:x:0:0::/root:/bin/sh\nweb:x:1500:1600::/home/web:\n' }],
      ].map(async (members) => ({
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        ...(await pushBlob(gzipSync(tarOf(members)))),
      })),
    )
    const config = await pushBlob(JSON.stringify({ os: 'linux', config: { User: 'web' } }))
    await pushManifest('web', type, {
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers,
    })
    const notes: string[] = []
    const { images, settled } = createRegistryImages({
      dockerConfig: folder,
      note: (message) => notes.push(inEnglish(message)),
    })
    images.resolve(`${host}/team/app:web`, undefined)
    await settled()
    const facts = images.resolve(`${host}/team/app:web`, undefined)
    assert.deepEqual(notes, [])
    assert.deepEqual(facts?.user, { user: 'web', name: 'web', uid: 1500, gid: 1600, explicit: true })
    assert.deepEqual([facts?.os, facts?.accountsComplete], ['debian', true])
  })
})
