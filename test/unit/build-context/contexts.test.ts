import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type FileRequests, remoteBuildContext } from '../../../server/src/build-context/index.ts'
import { archivesRead, nodeBuildContext } from '../../../server/src/build-context/node.ts'
import { tarOf } from '../archives/tar.ts'

describe('a build context on disk', () => {
  let top: string
  let folder: string
  const write = (path: string, content: string | Uint8Array) => writeFileSync(join(folder, path), content)
  beforeEach(() => {
    top = mkdtempSync(join(tmpdir(), 'unroot-context-'))
    folder = join(top, 'context')
    mkdirSync(join(folder, 'sub'), { recursive: true })
    writeFileSync(join(top, 'secret'), 'outside')
    write('start.sh', '#!/bin/sh\n')
    chmodSync(join(folder, 'start.sh'), 0o755)
    write('sub/a', 'a')
  })
  afterEach(() => rmSync(top, { recursive: true, force: true }))

  it('tells kind and mode, lists and reads', () => {
    const context = nodeBuildContext(folder)
    assert.deepEqual(context.stat('start.sh'), { kind: 'file', mode: 0o755 })
    assert.equal((context.stat('./sub/') as { kind: string }).kind, 'directory')
    assert.equal(context.stat('nope'), 'missing')
    assert.equal(context.stat('nope/deeper'), 'missing')
    assert.deepEqual(context.list(''), ['start.sh', 'sub'])
    assert.deepEqual(context.list('.'), ['start.sh', 'sub'])
    assert.equal(context.list('start.sh'), 'unknown')
    assert.equal(context.read('start.sh'), '#!/bin/sh\n')
    assert.equal(context.read('sub'), undefined)
  })

  it('never answers from outside', () => {
    symlinkSync('../secret', join(folder, 'link'))
    symlinkSync('..', join(folder, 'up'))
    symlinkSync('/etc/passwd', join(folder, 'absolute'))
    symlinkSync('sub', join(folder, 'inside'))
    symlinkSync('self', join(folder, 'self'))
    const context = nodeBuildContext(folder)
    assert.equal(context.read('link'), undefined)
    assert.equal(context.read('up/secret'), undefined)
    assert.equal(context.read('absolute'), undefined)
    assert.equal(context.read('../secret'), undefined)
    assert.equal(context.stat('../secret'), 'unknown')
    assert.equal(context.stat('up/secret'), 'unknown')
    assert.equal(context.list('up'), 'unknown')
    assert.equal(context.read('self'), undefined)
    const link = context.stat('link')
    assert.ok(typeof link === 'object' && link.kind === 'link' && link.target === '../secret')
    assert.equal(context.read('inside/a'), 'a')
  })

  it('reads small texts only', () => {
    write('large', 'x'.repeat(256 * 1024 + 1))
    write('binary', new Uint8Array([0x7f, 0x45, 0, 1]))
    const context = nodeBuildContext(folder)
    assert.equal(context.read('large'), undefined)
    assert.equal(context.read('binary'), undefined)
  })

  it("hides what .dockerignore hides, and the Dockerfile's own file goes first", () => {
    write('.dockerignore', 'sub\n')
    assert.equal(nodeBuildContext(folder).stat('sub'), 'missing')
    assert.equal(nodeBuildContext(folder).read('sub/a'), undefined)
    write('api.Dockerfile.dockerignore', '*.sh\n')
    const context = nodeBuildContext(folder, join(folder, 'api.Dockerfile'))
    assert.equal(context.read('sub/a'), 'a')
    assert.equal(context.stat('start.sh'), 'missing')
    assert.ok(!context.list('').includes('start.sh'))
  })

  it('shows an ignored folder only for what lies in it and is not ignored', () => {
    mkdirSync(join(folder, 'sub/deep'))
    mkdirSync(join(folder, 'empty'))
    write('sub/deep/keep.sh', '')
    write('sub/deep/other', '')
    write('top.txt', '')
    write('.dockerignore', '*\n!**/*.sh\n')
    const context = nodeBuildContext(folder)
    for (const path of ['top.txt', 'empty', 'sub/a', 'sub/deep/other', '.dockerignore'])
      assert.equal(context.stat(path), 'missing', path)
    assert.deepEqual(context.list(''), ['start.sh', 'sub'])
    assert.deepEqual(context.list('sub'), ['deep'])
    assert.deepEqual(context.list('sub/deep'), ['keep.sh'])
  })

  it('keeps its answers until it is told to forget them', () => {
    const context = nodeBuildContext(folder)
    assert.equal(context.stat('new'), 'missing')
    write('new', '')
    assert.equal(context.stat('new'), 'missing')
    context.invalidate()
    assert.equal((context.stat('new') as { kind: string }).kind, 'file')
  })

  it('reads archives later, tells when it knows, and sees that one has changed', async () => {
    write('a.tgz', gzipSync(tarOf([{ path: 'etc/passwd', uid: 7, text: 'root:x:0:0::/:' }, { path: 'b' }])))
    let changes = 0
    const context = nodeBuildContext(folder, undefined, () => changes++)
    assert.equal(context.archive?.('a.tgz'), undefined)
    assert.equal(context.archive?.('a.tgz'), undefined)
    assert.equal(await archivesRead(), true)
    const entries = context.archive?.('a.tgz')
    assert.ok(Array.isArray(entries))
    assert.deepEqual(
      entries.map(({ path, uid, content }) => [path, uid, content]),
      [
        ['etc/passwd', 7, 'root:x:0:0::/:'],
        ['b', 0, undefined],
      ],
    )
    assert.ok(changes >= 1)
    assert.equal(nodeBuildContext(folder).archive?.('a.tgz'), entries, 'one reading for all contexts')
    assert.equal(await archivesRead(), false, 'no news')
    write('a.tgz', 'another file by now')
    assert.equal(context.archive?.('a.tgz'), 'none')
  })

  it('says at once of most files that they are no archives, and nothing of damaged or hidden ones', async () => {
    write('text.tar', 'text')
    write('damaged.tar', tarOf([{ path: 'a' }, { path: 'b' }]).subarray(0, 700))
    write('b.tar', tarOf([{ path: 'a' }]))
    writeFileSync(join(top, 'outside.tar'), tarOf([{ path: 'a' }]))
    symlinkSync('../outside.tar', join(folder, 'out.tar'))
    symlinkSync('b.tar', join(folder, 'in.tar'))
    write('.dockerignore', 'hidden.tar\n')
    write('hidden.tar', tarOf([{ path: 'a' }]))
    const context = nodeBuildContext(folder)
    assert.equal(context.archive?.('text.tar'), 'none')
    assert.equal(context.archive?.('start.sh'), 'none')
    for (const path of ['damaged.tar', 'out.tar', 'hidden.tar', 'sub', 'gone', '../outside.tar', 'in.tar'])
      assert.equal(context.archive?.(path), undefined, path)
    await archivesRead()
    assert.equal(context.archive?.('in.tar')?.length, 1)
    for (const path of ['damaged.tar', 'out.tar', 'hidden.tar', '../outside.tar'])
      assert.equal(context.archive?.(path), undefined, path)
  })

  it('knows nothing of a folder that is not there', () => {
    const context = nodeBuildContext(join(folder, 'gone'))
    assert.equal(context.stat('x'), 'unknown')
    assert.equal(context.list(''), 'unknown')
    assert.equal(context.read('x'), undefined)
  })
})

describe('a build context at the other end of a connection', () => {
  const settled = () => new Promise((done) => setTimeout(done, 5))
  const requests = (files: Readonly<Record<string, string>>, asked: string[] = []): FileRequests => ({
    read: async (path) => {
      asked.push(`read ${path}`)
      return files[path] ?? null
    },
    stat: async (path) => {
      asked.push(`stat ${path}`)
      return files[path] === undefined ? null : { kind: 'file', mode: null }
    },
    list: async () => Object.keys(files),
  })
  const ignoreFiles = ['Dockerfile.dockerignore', '.dockerignore']

  it('says unknown first, asks once, and tells when it knows', async () => {
    let changes = 0
    const asked: string[] = []
    const context = remoteBuildContext(requests({ a: 'text' }, asked), ignoreFiles, () => changes++)
    assert.equal(context.stat('a'), 'unknown')
    await settled()
    for (const _ of [1, 2]) {
      assert.equal(context.stat('a'), 'unknown')
      assert.equal(context.read('a'), undefined)
      assert.equal(context.list(''), 'unknown')
    }
    await settled()
    assert.deepEqual(context.stat('a'), { kind: 'file', mode: null })
    assert.equal(context.read('a'), 'text')
    assert.deepEqual(context.list(''), ['a'])
    assert.equal(asked.filter((request) => request === 'stat a').length, 1)
    assert.ok(changes >= 4)
  })

  it('waits for the ignore file before it says anything', async () => {
    const context = remoteBuildContext(
      requests({ '.dockerignore': 'a', a: 'x', b: 'y' }),
      ignoreFiles,
      () => {},
    )
    context.stat('a')
    await settled()
    assert.equal(context.stat('a'), 'missing')
    context.stat('b')
    await settled()
    assert.deepEqual(context.stat('b'), { kind: 'file', mode: null })
    assert.equal(context.stat('../b'), 'unknown')
  })

  it('shows an ignored folder that something is taken back from, not an ignored file', async () => {
    const kinds: Readonly<Record<string, 'file' | 'directory'>> = {
      d: 'directory',
      f: 'file',
      'd/a.sh': 'file',
    }
    const context = remoteBuildContext(
      {
        read: async (path) => (path === '.dockerignore' ? '*\n!**/*.sh' : null),
        stat: async (path) => (kinds[path] ? { kind: kinds[path], mode: null } : null),
        list: async (path) => (path === '' ? ['d', 'f'] : ['a.sh', 'b']),
      },
      ignoreFiles,
      () => {},
    )
    const all = () => [context.stat('d'), context.stat('f'), context.list(''), context.list('d')]
    for (let round = 0; round < 5; round++) {
      all()
      await settled()
    }
    assert.deepEqual(all(), [{ kind: 'directory', mode: null }, 'missing', ['d'], ['a.sh']])
  })

  it('lives with requests that fail, and with answers that come too late', async () => {
    let changes = 0
    const failing: FileRequests = {
      read: async (path) => (path.includes('ignore') ? null : Promise.reject(new Error('no'))),
      stat: () => Promise.reject(new Error('no')),
      list: () => Promise.reject(new Error('no')),
    }
    const context = remoteBuildContext(failing, ignoreFiles, () => changes++)
    context.stat('a')
    await settled()
    context.stat('a')
    context.read('a')
    await settled()
    assert.equal(context.stat('a'), 'unknown')
    const before = changes
    context.invalidate()
    context.stat('a')
    context.invalidate()
    await settled()
    assert.equal(changes, before)
  })
})
