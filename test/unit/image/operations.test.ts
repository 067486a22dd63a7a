import assert from 'node:assert/strict'
import type { Outcome, World } from '../../../server/src/image/commands/model.ts'
import { directory, find, mayBe, put } from '../../../server/src/image/files.ts'
import {
  changeMode,
  changeOwner,
  copyPath,
  makeDirectory,
  makeHardLink,
  makeLink,
  movePath,
  pathIn,
  readable,
  removePath,
  setCapabilities,
  setFiles,
  touchFile,
  worse,
  writeFile,
} from '../../../server/src/image/operations.ts'
import { certain, unknown } from '../../../server/src/known.ts'
import { inEnglish, text } from '../../../server/src/l10n/index.ts'
import { become, look, smallWorld } from './small-world.ts'

const likely = (value: number) => ({ certainty: 'likely' as const, value, because: [] })
/** /app is somebody's whose mode we do not know; entries of /base are root's as far as anybody knows. */
function halfKnown(): World {
  const world = smallWorld()
  const base = directory(
    { owner: certain(0), group: certain(0), mode: certain(0o755), because: [] },
    { owner: likely(0), group: likely(0), mode: unknown() },
  )
  setFiles(world, put(world.state.files, '/base', base))
  return world
}
const failed = (outcome: Outcome) => ('failure' in outcome ? outcome.failure : undefined)
const told = (outcome: Outcome) => inEnglish(failed(outcome)?.message ?? text``)

describe('system calls', () => {
  it('take relative paths from the working directory', () => {
    const world = smallWorld()
    world.cwd = certain('/srv')
    assert.equal(pathIn(world, '../x/./y'), '/x/y')
    assert.equal(pathIn(world, ''), undefined)
    world.cwd = unknown()
    assert.equal(pathIn(world, 'x'), undefined)
    assert.equal(pathIn(world, '/x'), '/x')
  })

  it('take no path that is longer than the kernel takes', () => {
    const world = smallWorld()
    assert.equal(pathIn(world, `/${'d/'.repeat(2047)}`)?.length, 4094)
    assert.equal(pathIn(world, `/${'d/'.repeat(2100)}`), undefined)
    world.cwd = certain(`/${'d/'.repeat(2000)}`)
    assert.equal(pathIn(world, 'd/'.repeat(60)), undefined)
  })

  it('mkdir -p makes what one mkdir after the other makes', () => {
    const starts = [
      { name: 'as root', world: () => smallWorld(), from: '/srv' },
      { name: 'in a home', world: () => become(smallWorld(), 1500), from: '/home/app' },
      { name: 'as a user, refused', world: () => become(smallWorld(), 1500), from: '/srv' },
      { name: 'where entries are unknown', world: halfKnown, from: '/base' },
      { name: 'as a user where entries are unknown', world: () => become(halfKnown(), 1500), from: '/base' },
      {
        name: 'in a setgid folder',
        world: () => {
          const world = smallWorld()
          makeDirectory(world, '/srv/team', { mode: 0o2775, group: certain(3000) })
          return become(world, 1500, 3000)
        },
        from: '/srv/team',
      },
      {
        name: 'behind a link',
        world: () => {
          const world = smallWorld()
          makeLink(world, '/srv/to', '../opt')
          return world
        },
        from: '/srv/to',
      },
      {
        name: 'behind a link to nothing',
        world: () => {
          const world = smallWorld()
          makeLink(world, '/srv/to', '/a/b')
          return world
        },
        from: '/srv/to',
      },
      {
        name: 'behind a link to nothing of the same name',
        world: () => {
          const world = smallWorld()
          makeLink(world, '/srv/to', '/opt/to')
          return world
        },
        from: '/srv/to',
      },
      {
        name: 'under umask 777',
        world: () => Object.assign(become(smallWorld(), 1500), { umask: 0o777 }),
        from: '/home/app',
      },
    ]
    for (const { name, world: start, from } of starts) {
      const [whole, stepwise] = [start(), start()]
      const parts = ['a', 'b', 'c', 'd']
      const outcome = makeDirectory(whole, `${from}/${parts.join('/')}`, { parents: true, mode: 0o750 })
      let last: Outcome = { status: 'ok' }
      for (const [index, part] of parts.entries()) {
        const path = `${from}/${[...parts.slice(0, index), part].join('/')}`
        const mode = index === parts.length - 1 ? 0o750 : (0o777 & ~stepwise.umask) | 0o300
        if (last.status !== 'fail') last = worse(last, makeDirectory(stepwise, path, { parents: true, mode }))
      }
      assert.equal(outcome.status, last.status, name)
      assert.deepEqual(failed(outcome)?.path, failed(last)?.path, name)
      assert.deepEqual([...whole.writes], [...stepwise.writes], name)
      for (const path of ['/a', '/a/b', '/a/b/c', '/a/b/c/d'])
        assert.equal(look(whole, from + path), look(stepwise, from + path), `${name}: ${path}`)
    }
  })

  it('mkdir on what may be there leaves the owner likely', () => {
    const world = halfKnown()
    assert.equal(makeDirectory(world, '/base/x', { parents: true }).status, 'ok')
    assert.equal(look(world, '/base/x'), 'directory 0~likely:0~likely 0755~likely')
    assert.equal(makeDirectory(world, '/base/y').status, 'maybe')
    assert.equal(look(world, '/base/y'), 'directory 0:0 0755')
  })

  it('mkdir as a user in a folder of root’s with unknown entries: likely refused', () => {
    const outcome = makeDirectory(become(halfKnown(), 1500), '/base/x', { parents: true })
    assert.equal(failed(outcome)?.certainty, 'likely')
    assert.equal(failed(outcome)?.reason, 'permission-denied')
  })

  it('a file in the way of a folder', () => {
    const world = smallWorld()
    writeFile(world, '/f')
    assert.match(told(makeDirectory(world, '/f', { parents: true })), /is there already and is no folder/)
    assert.match(told(makeDirectory(world, '/f/x', { parents: true })), /^\/f is a file, not a folder/)
    assert.equal(writeFile(world, '/f/x').status, 'fail')
  })

  it('writing keeps owner and mode, drops setuid for others than root, and capabilities for all', () => {
    const world = smallWorld()
    writeFile(world, '/p', { content: 'a\n' })
    changeMode(world, '/p', () => 0o6777, { absolute: 0o6777 })
    setCapabilities(world, '/p', 'cap_net_bind_service=ep')
    writeFile(world, '/p', { content: 'b\n', append: true })
    assert.equal(look(world, '/p'), 'file 0:0 6777')
    assert.equal(find(world.state.files, '/p').node.content, 'a\nb\n')
    assert.equal(find(world.state.files, '/p').node.capabilities, undefined)
    writeFile(become(world, 1500), '/p', { append: true })
    assert.equal(look(world, '/p'), 'file 0:0 0777')
    assert.equal(find(world.state.files, '/p').node.content, undefined)
  })

  it('devices take anything', () => {
    const world = become(smallWorld(), 1500)
    assert.equal(writeFile(world, '/dev/null').status, 'ok')
    assert.equal(world.writes.length, 0)
  })

  it('a dangling link is written through', () => {
    const world = smallWorld()
    makeLink(world, '/l', '/var/log/real')
    writeFile(world, '/l')
    assert.equal(look(world, '/var/log/real'), 'file 0:0 0644')
  })

  it('touch needs to own the file or to write it', () => {
    const world = smallWorld()
    writeFile(world, '/f')
    makeDirectory(world, '/d')
    assert.equal(touchFile(become(world, 1500), '/f').status, 'fail')
    assert.equal(touchFile(world, '/d').status, 'fail')
    assert.equal(touchFile(become(world, 0), '/d').status, 'ok')
    assert.equal(touchFile(world, '/none', false).status, 'ok')
    assert.equal(look(world, '/none'), 'missing')
  })

  it('chown clears setuid and capabilities of files, not setgid of folders', () => {
    const world = smallWorld()
    writeFile(world, '/f')
    makeDirectory(world, '/d')
    for (const path of ['/f', '/d']) changeMode(world, path, () => 0o6755, { absolute: 0o6755 })
    setCapabilities(world, '/f', 'cap_chown=ep')
    for (const path of ['/f', '/d']) changeOwner(world, path, { owner: certain(5) })
    assert.equal(look(world, '/f'), 'file 5:0 0755')
    assert.equal(find(world.state.files, '/f').node.capabilities, undefined)
    assert.equal(look(world, '/d'), 'directory 5:0 6755')
  })

  it('chown -R as a user is refused where one entry is another’s', () => {
    const world = smallWorld()
    writeFile(world, '/home/app/theirs')
    const outcome = changeOwner(
      become(world, 1500),
      '/home/app',
      { owner: certain(1500) },
      { recursive: true },
    )
    assert.match(told(outcome), /^Cannot change the owner of \/home\/app\/theirs as app/)
  })

  it('chmod of an unknown mode: certain where nothing of the old one stays', () => {
    const world = smallWorld()
    const node = {
      ...mayBe({ owner: certain(0), group: certain(0), mode: unknown(), because: [] }),
      kind: 'file' as const,
      exists: 'certain' as const,
    }
    setFiles(world, put(world.state.files, '/f', node))
    changeMode(world, '/f', (old) => old | 0o111)
    assert.equal(look(world, '/f'), 'file 0:0 0755~possible')
    setFiles(world, put(world.state.files, '/f', node))
    changeMode(world, '/f', () => 0o640, { absolute: 0o640 })
    assert.equal(look(world, '/f'), 'file 0:0 0640')
  })

  it('capabilities are root’s to give', () => {
    const world = smallWorld()
    writeFile(world, '/f')
    setCapabilities(world, '/f', 'cap_chown=ep')
    assert.equal(find(world.state.files, '/f').node.capabilities, 'cap_chown=ep')
    assert.equal(failed(setCapabilities(become(world, 1500), '/f', 'x'))?.reason, 'not-permitted')
  })

  it('a copy has no capabilities and is not on the mount of its source', () => {
    const world = smallWorld()
    writeFile(world, '/f')
    setCapabilities(world, '/f', 'cap_chown=ep')
    setFiles(
      world,
      put(world.state.files, '/m', {
        ...directory({ owner: certain(0), group: certain(0), mode: certain(0o755), because: [] }),
        readOnly: true,
      }),
    )
    copyPath(world, '/f', '/g')
    copyPath(world, '/m', '/n', { recursive: true, preserve: true })
    assert.equal(find(world.state.files, '/g').node.capabilities, undefined)
    assert.equal(writeFile(world, '/n/x').status, 'ok')
    assert.equal(told(writeFile(world, '/m/x')), 'Cannot write /m/x: /m is mounted read-only.')
  })

  it('a folder cannot be moved into itself or over one that holds something', () => {
    const world = smallWorld()
    makeDirectory(world, '/a/b', { parents: true })
    makeDirectory(world, '/c/a/x', { parents: true })
    assert.match(told(movePath(world, '/a', '/a/b')), /into itself/)
    assert.match(told(movePath(world, '/a', '/c')), /not empty/)
  })

  it('a user moves no folder of root’s to another place', () => {
    const world = smallWorld()
    makeDirectory(world, '/open/d', { parents: true })
    changeMode(world, '/open', () => 0o777)
    assert.equal(movePath(become(world, 1500), '/open/d', '/open/e').status, 'ok')
    assert.equal(movePath(world, '/open/e', '/tmp/e').status, 'fail')
  })

  it('reading what may be missing is only doubtful', () => {
    const world = halfKnown()
    assert.equal(readable(world, '/base/x').status, 'maybe')
    assert.equal(failed(readable(world, '/none'))?.certainty, 'certain')
    assert.equal(
      told(readable(become(world, 1500), '/root/x')),
      'Cannot read /root/x as app (1500:1500): /root belongs to root:root with mode 0700. Permission denied.',
    )
  })

  it('rm of what may be missing, or in a way that may not be searched', () => {
    const world = halfKnown()
    assert.equal(removePath(world, '/base/x').status, 'maybe')
    assert.equal(removePath(world, '/base/x', { force: true }).status, 'ok')
    assert.equal(failed(removePath(become(world, 1500), '/root/x', { force: true }))?.certainty, 'certain')
    assert.equal(failed(removePath(world, '/base/y', { force: true }))?.certainty, 'possible')
  })

  it('a hard link is the same file', () => {
    const world = smallWorld()
    writeFile(world, '/f', { content: 'x' })
    makeHardLink(world, '/g', '/f')
    assert.equal(find(world.state.files, '/g').node.content, 'x')
    assert.equal(makeHardLink(world, '/h', '/srv').status, 'fail')
  })

  it('somebody unknown: nothing is refused, nothing is granted', () => {
    const world = smallWorld()
    world.identity = { ...world.identity, uid: unknown(), gid: unknown(), groups: unknown() }
    assert.deepEqual(makeDirectory(world, '/x'), { status: 'maybe' })
    assert.equal(look(world, '/x'), 'directory ?:? 0755')
  })

  it('worse keeps the first failure', () => {
    const fail: Outcome = { status: 'fail', exitCode: 3 }
    assert.equal(worse({ status: 'ok' }, fail), fail)
    assert.equal(worse(fail, { status: 'fail', exitCode: 4 }), fail)
    assert.equal(worse({ status: 'maybe' }, { status: 'ok' }).status, 'maybe')
  })
})
