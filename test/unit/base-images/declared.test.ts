import assert from 'node:assert/strict'
import {
  type BaseImageDeclarations,
  catalogue,
  declaredBaseImages,
} from '../../../server/src/base-images/index.ts'

const known = catalogue()
const declare = (declarations: BaseImageDeclarations) => {
  const images = declaredBaseImages(declarations, known)
  return (reference: string) => images.resolve(reference, undefined)
}

describe('a declared base image', () => {
  it('has all facts of the image that it is like', () => {
    const facts = declare({ 'corp/base:12': { like: 'debian:12' } })('corp/base:12')
    assert.deepEqual(facts, {
      ...known.resolve('debian:12', undefined),
      reference: 'corp/base:12',
      resolvedBy: 'declared',
    })
  })

  it('differs where it says so', () => {
    const facts = declare({
      'registry.corp/base/*': {
        like: 'nginx',
        user: 'app',
        uid: 1000,
        gid: 1001,
        tools: ['gosu'],
        env: { A: 'b' },
      },
    })('registry.corp/base/web:7')
    assert.ok(facts)
    assert.deepEqual(facts.user, { user: 'app', name: 'app', uid: 1000, gid: 1001, explicit: true })
    assert.deepEqual(facts.accounts.at(-1), { name: 'app', uid: 1000, gid: 1001, home: null, shell: null })
    assert.deepEqual(facts.groups.at(-1), { name: 'app', gid: 1001, members: [] })
    assert.deepEqual([facts.stepsDown, facts.mustStartAsRoot, facts.nonRootVariant], [null, false, null])
    assert.deepEqual(
      [facts.tools.programs.get('gosu'), facts.tools.useradd, facts.env.get('A')],
      [true, true, 'b'],
    )
    assert.deepEqual([facts.cmd, facts.ports], [['nginx', '-g', 'daemon off;'], ['80']])
  })

  it('may add accounts to those of the system', () => {
    const facts = declare({
      'a/b': {
        os: 'alpine',
        osVersion: '3.22',
        user: 'svc',
        users: [{ name: 'svc', uid: 1500, home: '/srv' }],
      },
    })('a/b')
    assert.deepEqual(facts?.user, { user: 'svc', name: 'svc', uid: 1500, gid: 1500, explicit: true })
    assert.equal(facts?.accounts.find(({ name }) => name === 'guest')?.uid, 405)
    assert.equal(facts?.accountsComplete, true)
  })

  it('may be an empty one with a shell', () => {
    const facts = declare({
      'a/scratch': { os: 'scratch', user: null, uid: 0, gid: 0, users: [], groups: [], tools: ['sh'] },
    })('a/scratch')
    assert.ok(facts)
    assert.deepEqual([facts.user.user, facts.user.uid, facts.user.explicit], ['', 0, false])
    assert.deepEqual(
      [facts.accounts, facts.groups, facts.accountFiles, facts.accountsComplete],
      [[], [], 'missing', true],
    )
    assert.deepEqual(
      [facts.tools.shell, facts.paths.get('/')?.complete, facts.paths.has('/bin')],
      [true, true, true],
    )
  })

  for (const [declaration, user] of [
    [{ user: '1001' }, { user: '1001', name: null, uid: 1001, gid: 0, explicit: true }],
    [{ user: '1001:5' }, { user: '1001:5', name: null, uid: 1001, gid: 5, explicit: true }],
    [{ uid: 1001 }, { user: '1001', name: null, uid: 1001, gid: 0, explicit: true }],
    [{ uid: 33 }, { user: '33', name: 'www-data', uid: 33, gid: 33, explicit: true }],
    [
      { uid: 1001, gid: 7 },
      { user: '1001:7', name: null, uid: 1001, gid: 7, explicit: true },
    ],
    [{ user: 'www-data' }, { user: 'www-data', name: 'www-data', uid: 33, gid: 33, explicit: true }],
    [{ user: 'new' }, { user: 'new', name: 'new', uid: null, gid: null, explicit: true }],
    [{ user: null }, { user: '', name: 'root', uid: 0, gid: 0, explicit: false }],
    [{ user: '' }, { user: '', name: 'root', uid: 0, gid: 0, explicit: false }],
  ] as const)
    it(`reads ${JSON.stringify(declaration)}`, () => {
      assert.deepEqual(declare({ x: { like: 'debian:12', ...declaration } })('x')?.user, user)
    })

  it('is found by name, tag and glob, the closest first', () => {
    const resolve = declare({
      'registry.corp/**': { user: 'any' },
      'registry.corp/base/*': { user: 'glob' },
      'registry.corp/base/exact:1': { user: 'exact' },
      python: { user: 'mine' },
      'team/*:2': { user: 'two' },
    })
    const user = (reference: string) => resolve(reference)?.user.name
    assert.equal(user('registry.corp/base/exact:1'), 'exact')
    assert.equal(user('registry.corp/base/exact:2'), 'glob')
    assert.equal(user('registry.corp/base/deep/er:2'), 'any')
    assert.equal(user('docker.io/library/python:3.13'), 'mine')
    assert.equal(user('team/x:2'), 'two')
    assert.equal(user('team/x'), undefined)
    assert.equal(user('other/x'), undefined)
  })

  it('may be like another declared one, but not in a circle', () => {
    const resolve = declare({
      a: { like: 'b', uid: 5 },
      b: { like: 'debian:12', workdir: '/w' },
      c: { like: 'd' },
      d: { like: 'c' },
    })
    assert.deepEqual([resolve('a')?.workdir, resolve('a')?.os, resolve('a')?.user.uid], ['/w', 'debian', 5])
    assert.equal(resolve('c')?.resolvedBy, 'declared')
    assert.equal(declare({ python: { like: 'python', user: 'me' } })('python')?.os, 'debian')
  })

  it('is not sure of more than the image that it is like', () => {
    assert.equal(declare({ x: { like: 'elasticsearch:7.1' } })('x')?.certainty, 'likely')
    assert.equal(declare({ x: { like: 'nobody/knows' } })('x')?.os, null)
    assert.equal(declare({ x: { like: 'nobody/knows' } })('x')?.accountsComplete, false)
  })
})
