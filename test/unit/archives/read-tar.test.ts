import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { compressionOf, isTarHeader, readTar, type TarLimits } from '../../../server/src/archives/index.ts'
import { tarOf } from './tar.ts'

const limits: TarLimits = {
  bytes: 1 << 20,
  members: 100,
  signal: new AbortController().signal,
  contentOf: () => 0,
}
const read = (bytes: Buffer, more: Partial<TarLimits> = {}) =>
  readTar(Readable.from([bytes]), compressionOf(bytes), { ...limits, ...more })

/** `a.tar.xz` of one file `d/f`, 0640, 7:8, with the text "x". */
const xz = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4Cf/AGpdADILyMAOUCcI/OcAo4BJssHEPfLg1zDHl26nmchRMj2XBKAXyT4CeazDLSnjyAesaPIBUbB1EsMtlP85Xk68TOUDEusKqzqNqc5+B5w4taFP6UmrG03d8YBtL1tXIYDaaFnWN1trtSrKTQAAAABwss+e/+A4IgABhgGAUAAAI5I5t7HEZ/sCAAAAAARZWg==',
  'base64',
)
const archive = tarOf([
  { path: 'd/', kind: 'directory', mode: 0o750, uid: 7, gid: 8 },
  { path: 'd/f', mode: 0o4755, uid: 9, gid: 10, user: 'web', text: 'content' },
  { path: 'd/l', kind: 'link', target: 'f' },
  { path: 'd/h', kind: 'hardlink', target: 'd/f' },
  { path: 'd/p', kind: 'fifo' },
])

describe('a tar archive', () => {
  it('is read member by member', async () => {
    const result = await read(archive, { contentOf: (path) => (path === 'd/f' ? 4 : 0) })
    assert.ok(result.kind === 'members')
    assert.deepEqual(
      result.members.map(({ path, kind, mode, uid, gid, target }) => [path, kind, mode, uid, gid, target]),
      [
        ['d/', 'directory', 0o750, 7, 8, undefined],
        ['d/f', 'file', 0o4755, 9, 10, undefined],
        ['d/l', 'link', 0o644, 0, 0, 'f'],
        ['d/h', 'hardlink', 0o644, 0, 0, 'd/f'],
        ['d/p', 'other', 0o644, 0, 0, undefined],
      ],
    )
    assert.equal(result.members[1]?.user, 'web')
    assert.equal(result.members[1]?.content?.toString(), 'cont')
  })

  it('may be compressed with gzip or xz; bzip2 is only told', async () => {
    assert.equal((await read(gzipSync(archive))).kind, 'members')
    const result = await read(xz)
    assert.ok(result.kind === 'members')
    assert.deepEqual(
      result.members.map(({ path, mode, uid, gid }) => [path, mode, uid, gid]),
      [['d/f', 0o640, 7, 8]],
    )
    assert.equal((await read(Buffer.from('BZh91AY&SY'))).kind, 'unreadable')
  })

  it('is told from what is none, as the builder does', async () => {
    assert.equal((await read(Buffer.from('only text\n'.repeat(100)))).kind, 'none')
    assert.equal((await read(Buffer.alloc(0))).kind, 'empty')
    assert.equal((await read(tarOf([]))).kind, 'empty')
    assert.ok(isTarHeader(archive) && !isTarHeader(tarOf([])) && !isTarHeader(Buffer.from('x')))
  })

  it('that breaks off or is damaged is not half believed', async () => {
    assert.equal((await read(archive.subarray(0, 1200))).kind, 'damaged')
    assert.equal((await read(gzipSync(archive).subarray(0, 100))).kind, 'damaged')
    const spoilt = Buffer.from(archive)
    spoilt.fill(0xff, 512, 1024)
    assert.equal((await read(spoilt)).kind, 'damaged')
    const broken = new Readable({
      read() {
        this.destroy(new Error('disk'))
      },
    })
    assert.equal((await readTar(broken, 'gzip', limits)).kind, 'damaged')
  })

  it('is read within limits of bytes, members and time', async () => {
    assert.equal((await read(gzipSync(Buffer.alloc(2 << 20)))).kind, 'too-large')
    const many = tarOf(Array.from({ length: 101 }, (_, index) => ({ path: `f${index}` })))
    assert.equal((await read(many)).kind, 'too-large')
    assert.equal((await read(archive, { signal: AbortSignal.abort() })).kind, 'stopped')
    const endless = new Readable({ read() {} })
    endless.push(archive.subarray(0, 512))
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 20)
    assert.equal((await readTar(endless, 'none', { ...limits, signal: stop.signal })).kind, 'stopped')
    assert.ok(endless.destroyed)
  })
})
