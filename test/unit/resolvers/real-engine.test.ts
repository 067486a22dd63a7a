import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import { createEngineImages } from '../../../server/src/resolvers/index.ts'
import { tarOf } from './fake-engine.ts'

/** A program whose engine may be given two tiny images for the time of the test, e.g. `docker`. */
const engine = process.env.UNROOT_TEST_ENGINE

describe('a real engine', function () {
  this.timeout(60_000)
  const name = `unroot-test/accounts:${process.pid}`
  const empty = `unroot-test/empty:${process.pid}`
  const run = (args: readonly string[], input?: Buffer) =>
    execFileSync(engine as string, args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] })
  /** One entry of an archive that goes on. */
  const entry = (...args: Parameters<typeof tarOf>) => tarOf(...args).subarray(0, -1024)

  before(function () {
    if (engine === undefined) {
      console.log('      skipped: UNROOT_TEST_ENGINE is not set')
      this.skip()
    }
    const files = [
      entry('etc/passwd', 'root:x:0:0::/root:/bin/sh\napp:x:1500:1600::/srv:/bin/sh\n'),
      entry('etc/group', 'root:x:0:\napp:x:1600:\n'),
      entry('etc/os-release', '', { type: '2', target: '../usr/lib/os-release' }),
      entry('usr/lib/os-release', 'ID=alpine\nVERSION_ID=3.22.0\n'),
      entry('bin/busybox', 'x'.repeat(200_000)),
      entry('bin/sh', '', { type: '2', target: '/bin/busybox' }),
      entry('usr/sbin/adduser', '', { type: '2', target: '/bin/busybox' }),
      Buffer.alloc(1024),
    ]
    run(['import', '-c', 'USER app', '-c', 'EXPOSE 8080', '-', name], Buffer.concat(files))
    run(['import', '-c', 'USER 1000', '-', empty], Buffer.concat([entry('data', 'x'), Buffer.alloc(1024)]))
  })
  after(() => {
    if (engine !== undefined) run(['image', 'rm', '--force', name, empty])
  })

  it('gives accounts and leaves no container behind', async () => {
    const containers = () => run(['ps', '--all', '--quiet'])
    const before = containers()
    const notes: string[] = []
    const { images, settled } = createEngineImages({
      engines: [engine as string],
      note: (message) => notes.push(inEnglish(message)),
    })
    for (const reference of [name, empty, 'unroot-test/nothing:1']) images.resolve(reference, undefined)
    await settled()
    const facts = images.resolve(name, undefined)
    assert.deepEqual(facts?.user, { user: 'app', name: 'app', uid: 1500, gid: 1600, explicit: true })
    assert.deepEqual([facts?.os, facts?.osVersion, facts?.ports], ['alpine', '3.22.0', ['8080']])
    assert.deepEqual(
      [facts?.tools.adduser, facts?.tools.useradd, facts?.tools.shell],
      ['busybox', false, true],
    )
    const nobody = images.resolve(empty, undefined)
    assert.deepEqual([nobody?.user.gid, nobody?.accountFiles, nobody?.tools.shell], [0, 'missing', false])
    assert.equal(images.resolve('unroot-test/nothing:1', undefined), undefined)
    assert.deepEqual(notes, [])
    assert.equal(containers(), before)
  })
})
