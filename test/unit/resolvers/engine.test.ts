import assert from 'node:assert/strict'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import { createEngineImages } from '../../../server/src/resolvers/index.ts'
import { type FakeEngine, fakeEngine, inspects, tarOf } from './fake-engine.ts'

const id = `sha256:${'ab'.repeat(32)}`
const passwd =
  'root:x:0:0:root:/root:/bin/sh\napp:x:1500:1600:,,,:/srv/app:/bin/false\n# no account\n+::::::\n'
const group = 'root:x:0:\nwheel:x:10:root,app\napp:x:1600:\n'
const image = (config: object) => ({ Id: id, Os: 'linux', Architecture: 'amd64', Config: config })
const appImage = inspects(
  image({
    User: 'app',
    WorkingDir: '/srv/app',
    Env: ['PATH=/bin', 'A=b=c', '=x'],
    Entrypoint: ['/run.sh'],
    Cmd: null,
    ExposedPorts: { '8080/tcp': {}, '53/udp': {} },
    Volumes: { '/data': {} },
    OnBuild: ['USER root'],
  }),
)
const alpineFiles = {
  '/etc/passwd': tarOf('passwd', passwd),
  '/etc/group': tarOf('group', group),
  '/etc/os-release': tarOf('os-release', '', { type: '2', target: '../usr/lib/os-release' }),
  '/usr/lib/os-release': tarOf('os-release', 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.1\n'),
  '/bin/sh': tarOf('sh', '', { type: '2', target: '/bin/busybox' }),
  '/usr/sbin/adduser': tarOf('adduser', '', { type: '2', target: '/bin/busybox' }),
  '/sbin/su-exec': tarOf('su-exec', 'x'.repeat(20_000)),
}

describe('the engine', function () {
  this.timeout(20_000)
  if (process.platform === 'win32') return
  const folders: string[] = []
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  const engine = (...args: Parameters<typeof fakeEngine>): FakeEngine => {
    const made = fakeEngine(...args)
    folders.push(made.folder)
    return made
  }
  const asking = (
    programs: readonly string[],
    options: { timeout?: number; cacheFolder?: string; now?: () => number } = {},
  ) => {
    const notes: string[] = []
    const slow = createEngineImages({
      engines: programs,
      note: (message) => notes.push(inEnglish(message)),
      ...options,
    })
    return { ...slow, notes }
  }

  it('answers later, with config, accounts and tools', async () => {
    const fake = engine(appImage, alpineFiles)
    const { images, settled, onChange, notes } = asking([fake.program])
    let changes = 0
    onChange(() => changes++)
    assert.equal(images.resolve('corp/app:1', undefined), undefined)
    await settled()
    assert.equal(changes, 1)
    const facts = images.resolve('corp/app:1', undefined)
    assert.ok(facts)
    assert.deepEqual(facts.user, { user: 'app', name: 'app', uid: 1500, gid: 1600, explicit: true })
    assert.deepEqual(
      facts.accounts.map(({ name, uid, home }) => [name, uid, home]),
      [
        ['root', 0, '/root'],
        ['app', 1500, '/srv/app'],
      ],
    )
    assert.deepEqual(facts.groups[1], { name: 'wheel', gid: 10, members: ['root', 'app'] })
    assert.deepEqual(
      [facts.resolvedBy, facts.os, facts.osVersion, facts.accountsComplete, facts.accountFiles],
      ['engine', 'alpine', '3.22.1', true, 'present'],
    )
    assert.deepEqual([facts.tools.useradd, facts.tools.adduser, facts.tools.shell], [false, 'busybox', true])
    assert.equal(facts.tools.programs.get('su-exec'), true)
    assert.deepEqual(
      [...facts.env],
      [
        ['PATH', '/bin'],
        ['A', 'b=c'],
      ],
    )
    assert.deepEqual(
      [facts.workdir, facts.ports, facts.volumes, facts.onbuild, facts.entrypoint, facts.cmd],
      ['/srv/app', ['8080', '53/udp'], ['/data'], ['USER root'], ['/run.sh'], null],
    )
    assert.deepEqual(notes, [])
  })

  it('never pulls or starts anything, and removes the container', async () => {
    const fake = engine(appImage, alpineFiles)
    const { images, settled } = asking([fake.program])
    images.resolve('corp/app', undefined)
    await settled()
    const calls = fake.calls()
    assert.ok(
      calls.every((call) => /^(?:image inspect|create|cp|rm) /.test(call)),
      calls.join('\n'),
    )
    const name = /--name (\S+)/.exec(calls.find((call) => call.startsWith('create')) ?? '')?.[1]
    assert.match(calls.find((call) => call.startsWith('create')) ?? '', /--pull=never --network=none/)
    assert.equal(calls.at(-1), `rm --force ${name}`)
  })

  it('remembers accounts by digest on disk', async () => {
    const fake = engine(appImage, alpineFiles)
    const cacheFolder = path.join(fake.folder, 'cache')
    for (let round = 0; round < 2; round++) {
      const { images, settled } = asking([fake.program], { cacheFolder })
      images.resolve('corp/app', undefined)
      await settled()
      assert.equal(images.resolve('corp/app', undefined)?.accounts.length, 2)
    }
    assert.equal(fake.calls().filter((call) => call.startsWith('create')).length, 1)
  })

  it('does without a damaged or unusable cache', async () => {
    const fake = engine(appImage, alpineFiles)
    const cacheFolder = path.join(fake.folder, 'cache')
    const ask = async () => {
      const { images, settled } = asking([fake.program], { cacheFolder })
      images.resolve('corp/app', undefined)
      await settled()
      return images.resolve('corp/app', undefined)?.accounts.length
    }
    await ask()
    for (const name of readdirSync(cacheFolder)) writeFileSync(path.join(cacheFolder, name), '{"key":')
    assert.equal(await ask(), 2)
    rmSync(cacheFolder, { recursive: true })
    writeFileSync(cacheFolder, 'a file where the folder should be')
    assert.equal(await ask(), 2)
  })

  it('is killed where it hangs, and nobody waits for what it started', async () => {
    const fake = engine('  image) sleep 60 & sleep 60 ;;')
    const { images, settled, notes } = asking([fake.program], { timeout: 300 })
    images.resolve('corp/app', undefined)
    const start = Date.now()
    await settled()
    assert.ok(Date.now() - start < 3000)
    assert.equal(images.resolve('corp/app', undefined), undefined)
    assert.match(notes.join(), /did not answer in time/)
  })

  it('is given up where it is killed in the middle of an answer', async () => {
    const fake = engine(`  image) printf '{"Id":"sha256:' ; kill -9 $$ ;;`)
    const { images, settled, notes } = asking([fake.program])
    images.resolve('corp/app', undefined)
    await settled()
    assert.equal(images.resolve('corp/app', undefined), undefined)
    assert.match(notes.join(), /it was killed/)
  })

  it('loses only the accounts where it dies after inspect', async () => {
    const fake = engine(`${appImage}\n  cp) kill -9 $$ ;;`)
    const { images, settled } = asking([fake.program])
    images.resolve('corp/app', undefined)
    await settled()
    const facts = images.resolve('corp/app', undefined)
    assert.deepEqual(facts?.user, { user: 'app', name: 'app', uid: null, gid: null, explicit: true })
    assert.deepEqual([facts?.accountsComplete, facts?.accounts], [false, []])
    assert.match(fake.calls().at(-1) ?? '', /^rm --force unroot-/)
  })

  it('may answer garbage, or without end', async () => {
    for (const arm of [
      '  image) echo hello ;;',
      '  image) echo "[]" ;;',
      '  image) echo \'{"Id":3}\' ;;',
      '  image) yes "{" ;;',
      '  image) echo "Cannot connect to the Docker daemon" >&2; exit 1 ;;',
    ]) {
      const { images, settled, notes } = asking([engine(arm).program])
      images.resolve('corp/app', undefined)
      await settled()
      assert.equal(images.resolve('corp/app', undefined), undefined, arm)
      assert.equal(notes.length, 1, arm)
    }
  })

  it('is nothing to talk about where there is none, or it has no such image', async () => {
    const without = engine('  image) echo "Error: No such image: corp/app" >&2; exit 1 ;;')
    const { images, settled, notes } = asking([path.join(without.folder, 'nothing-here'), without.program])
    images.resolve('corp/app', undefined)
    await settled()
    assert.deepEqual(notes, [])
    // The same question is not asked at every keystroke.
    images.resolve('corp/app', undefined)
    await settled()
    assert.equal(without.calls().length, 1)
  })

  it('is followed by the next one', async () => {
    const without = engine('  image) echo "Error: No such image: corp/app" >&2; exit 1 ;;')
    const having = engine(appImage, alpineFiles)
    const { images, settled } = asking([without.program, having.program])
    images.resolve('corp/app', undefined)
    await settled()
    assert.equal(images.resolve('corp/app', undefined)?.user.uid, 1500)
  })

  for (const message of [
    'Error response from daemon: Could not find the file /etc/passwd in container x',
    'Error: No such container:path: x:/etc/passwd',
    'Error: "/etc/passwd" could not be found on container x: no such file or directory',
  ])
    it(`knows an image without account files by "${message}"`, async () => {
      const fake = engine(`${inspects(image({ User: '1000' }))}\n  cp) echo '${message}' >&2; exit 1 ;;`)
      const { images, settled } = asking([fake.program])
      images.resolve('corp/static', undefined)
      await settled()
      const facts = images.resolve('corp/static', undefined)
      assert.deepEqual(facts?.user, { user: '1000', name: null, uid: 1000, gid: 0, explicit: true })
      assert.deepEqual(
        [facts?.accountFiles, facts?.accountsComplete, facts?.tools.shell],
        ['missing', true, false],
      )
    })

  it('is left alone for a while after it did not answer', async () => {
    const fake = engine('  image) echo "Cannot connect to the Docker daemon" >&2; exit 1 ;;')
    let now = 0
    const { images, settled, notes } = asking([fake.program], { now: () => now })
    for (const name of ['a', 'b', 'c', 'd']) images.resolve(`corp/${name}`, undefined)
    await settled()
    const before = fake.calls().length
    assert.ok(before <= 2, `${before} calls`)
    now = 31_000
    images.resolve('corp/e', undefined)
    await settled()
    assert.equal(fake.calls().length, before + 1)
    assert.equal(notes.length, 1)
  })

  it('is never given what is no reference', async () => {
    const fake = engine(appImage, alpineFiles)
    const { images, settled } = asking([fake.program])
    for (const text of ['--help', '$(id)', '', 'A B', '-v']) images.resolve(text, undefined)
    await settled()
    assert.deepEqual(fake.calls(), [])
  })

  it('stops at once when it is disposed of', async () => {
    const fake = engine('  image) sleep 60 ;;')
    const { images, settled, dispose, notes } = asking([fake.program], { timeout: 50_000 })
    images.resolve('corp/app', undefined)
    await new Promise((resolve) => setTimeout(resolve, 200))
    dispose()
    await settled()
    images.resolve('corp/other', undefined)
    assert.deepEqual(notes, [])
    assert.equal(fake.calls().length, 1)
  })

  it('does not answer for another system', async () => {
    const fake = engine(appImage, alpineFiles)
    const { images, settled } = asking([fake.program])
    images.resolve('corp/app', 'windows/amd64')
    await settled()
    assert.equal(images.resolve('corp/app', 'windows/amd64'), undefined)
  })
})
