import assert from 'node:assert/strict'
import { configCandidates, findConfig } from '../../../server/src/config/index.ts'

describe('the configuration file', () => {
  it('is looked for up the tree', () => {
    assert.deepEqual(configCandidates('/a/b'), ['/a/b/.unroot.json', '/a/.unroot.json', '/.unroot.json'])
    assert.deepEqual(configCandidates('/a/'), ['/a/.unroot.json', '/.unroot.json'])
    assert.deepEqual(configCandidates('/'), ['/.unroot.json'])
    assert.deepEqual(configCandidates('C:\\w\\x'), [
      'C:\\w\\x\\.unroot.json',
      'C:\\w\\.unroot.json',
      'C:\\.unroot.json',
    ])
    assert.deepEqual(configCandidates('w'), ['w/.unroot.json'])
  })

  it('is the nearest one', () => {
    const there = new Set(['/.unroot.json', '/a/.unroot.json'])
    const files = { isFile: (path: string) => there.has(path) }
    assert.equal(findConfig('/a/b/c', files), '/a/.unroot.json')
    assert.equal(findConfig('/x', files), '/.unroot.json')
    assert.equal(findConfig('/x', { isFile: () => false }), undefined)
  })
})
