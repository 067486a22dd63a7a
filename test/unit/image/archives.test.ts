import assert from 'node:assert/strict'
import type { World } from '../../../server/src/image/commands/model.ts'
import { file, find, put } from '../../../server/src/image/files.ts'
import type { ArchiveEntry } from '../../../server/src/image/index.ts'
import { certain } from '../../../server/src/known.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import { growthOf } from '../../bench/growth.ts'
import { processorTime } from '../../processor-time.ts'
import { image } from './built-image.ts'
import { become, look, sh, smallWorld } from './small-world.ts'

/** Every expectation here was seen on Docker 28.5 (BuildKit 0.25), with GNU tar 1.34 and BusyBox 1.35. */

const entry = (
  path: string,
  kind: ArchiveEntry['kind'],
  mode: number,
  uid: number,
  gid: number,
  more: Partial<ArchiveEntry> = {},
): ArchiveEntry => ({ path, kind, mode, uid, gid, user: '', group: '', ...more })

const top: readonly ArchiveEntry[] = [
  entry('top/', 'directory', 0o750, 7, 8),
  entry('top/d/', 'directory', 0o777, 7, 8),
  entry('top/d/f', 'file', 0o666, 7, 8),
  entry('top/s', 'file', 0o4755, 9, 9),
  entry('top/l', 'link', 0o777, 5, 6, { target: 's' }),
  entry('top/h', 'hardlink', 0o4755, 9, 9, { target: 'top/s' }),
  entry('top/imp/g', 'file', 0o664, 3, 4),
]

function sees(world: World, expected: Readonly<Record<string, string>>): void {
  assert.deepEqual(
    Object.fromEntries(Object.keys(expected).map((path) => [path, look(world, path)])),
    expected,
  )
}

describe('tar -x of an archive whose members are known', () => {
  /** /a.tar, and a folder /r. */
  const withArchive = (entries = top, os?: 'debian' | 'alpine') => {
    const world = smallWorld(os)
    const root = { owner: certain(0), group: certain(0), mode: certain(0o644), because: [] }
    for (const path of ['/a.tar', '/a.tgz'])
      world.state = {
        ...world.state,
        files: put(world.state.files, path, { ...file(root), archive: () => entries }),
      }
    sh(world, 'mkdir -m 0711 /r')
    return world
  }
  const works = (world: World, line: string) =>
    assert.equal(sh(world, line).status, 'ok', `${line}: ${JSON.stringify(sh(world, line))}`)
  const fails = (world: World, line: string, exitCode: number, message: RegExp) => {
    const outcome = sh(world, line)
    assert.ok(outcome.status === 'fail', line)
    assert.equal(outcome.failure?.exitCode ?? outcome.exitCode, exitCode)
    assert.match(outcome.failure ? inEnglish(outcome.failure.message) : '', message)
  }

  it('root keeps owners and modes; folders that the archive only implies are his own', () => {
    const world = withArchive()
    works(world, 'tar -C /r -xf /a.tar')
    sees(world, {
      '/r': 'directory 0:0 0711',
      '/r/top': 'directory 7:8 0750',
      '/r/top/d': 'directory 7:8 0777',
      '/r/top/d/f': 'file 7:8 0666',
      '/r/top/s': 'file 9:9 4755',
      '/r/top/l': 'link 5:6 0777',
      '/r/top/h': 'file 9:9 4755',
      '/r/top/imp': 'directory 0:0 0755',
      '/r/top/imp/g': 'file 3:4 0664',
      '/r/top/none': 'missing',
    })
  })

  it('BusyBox gives links to whoever unpacks', () => {
    const world = withArchive(top, 'alpine')
    works(world, 'tar -C /r -xf /a.tar')
    sees(world, { '/r/top/l': 'link 0:0 0777', '/r/top/d/f': 'file 7:8 0666' })
  })

  it('--no-same-owner and -o: modes stay, owners do not', () => {
    for (const flag of ['--no-same-owner', '-o']) {
      const world = withArchive()
      works(world, `tar -C /r ${flag} -xf /a.tar`)
      sees(world, { '/r/top/s': 'file 0:0 4755', '/r/top': 'directory 0:0 0750' })
    }
  })

  it('a user gets his own files, less umask and without setuid; -p keeps modes with GNU tar only', () => {
    const world = withArchive()
    sh(world, 'chmod 0777 /r')
    become(world, 1500, 3000).umask = 0o027
    works(world, 'tar -C /r -xf /a.tar')
    sees(world, {
      '/r/top/d': 'directory 1500:3000 0750',
      '/r/top/d/f': 'file 1500:3000 0640',
      '/r/top/s': 'file 1500:3000 0750',
      '/r/top/imp': 'directory 1500:3000 0750',
    })
    for (const [os, mode] of [
      ['debian', '4755'],
      ['alpine', '0755'],
    ] as const) {
      const other = withArchive(top, os)
      sh(other, 'chmod 0777 /r')
      become(other, 1500, 3000)
      works(other, 'tar -C /r -xpf /a.tar')
      sees(other, { '/r/top/s': `file 1500:3000 ${mode}` })
    }
  })

  it('--strip-components takes names apart, `./` is one', () => {
    const world = withArchive()
    works(world, 'tar -C /r -xzf /a.tgz --strip-components=1')
    sees(world, { '/r/d/f': 'file 7:8 0666', '/r/h': 'file 9:9 4755', '/r/top': 'missing' })
    const dotted = withArchive([
      entry('./', 'directory', 0o700, 5, 6),
      entry('./d/', 'directory', 0o750, 7, 7),
      entry('./d/f', 'file', 0o600, 6, 6),
      entry('g', 'file', 0o644, 6, 6),
    ])
    works(dotted, 'tar -C /r -xf /a.tar --strip 1')
    sees(dotted, {
      '/r': 'directory 0:0 0711',
      '/r/d/f': 'file 6:6 0600',
      '/r/g': 'missing',
    })
  })

  it('members that are named come with what lies in them; one that is not there is a failure', () => {
    const world = withArchive()
    works(world, 'tar -C /r -xf /a.tar top/d')
    sees(world, { '/r/top': 'directory 0:0 0755', '/r/top/d/f': 'file 7:8 0666', '/r/top/s': 'missing' })
    fails(world, 'tar -C /r -xf /a.tar nope', 2, /has no nope/)
    fails(withArchive(top, 'alpine'), 'tar -C /r -xf /a.tar nope', 1, /has no nope/)
  })

  it('folders that are there take what the archive says, those that it implies stay', () => {
    const world = withArchive()
    sh(world, 'mkdir -p /r/top/imp && chown -R 33:33 /r && chmod 0700 /r/top /r/top/imp && touch /r/top/s')
    works(world, 'tar -C /r -xf /a.tar')
    sees(world, {
      '/r': 'directory 33:33 0711',
      '/r/top': 'directory 7:8 0750',
      '/r/top/s': 'file 9:9 4755',
      '/r/top/imp': 'directory 33:33 0700',
    })
  })

  it('a user’s own folder takes the mode with GNU tar, and stays as it is with BusyBox', () => {
    for (const [os, mode] of [
      ['debian', '0750'],
      ['alpine', '0700'],
    ] as const) {
      const world = withArchive(top, os)
      sh(world, 'mkdir /r/top && chown -R 1500:3000 /r && chmod 0700 /r/top')
      become(world, 1500, 3000)
      works(world, 'tar -C /r -xf /a.tar')
      sees(world, { '/r/top': `directory 1500:3000 ${mode}` })
    }
  })

  it('`./` is the folder itself, and GNU tar fails where it belongs to somebody else', () => {
    const dot = [entry('./', 'directory', 0o700, 5, 6), entry('./f', 'file', 0o600, 6, 6)]
    const world = withArchive(dot)
    works(world, 'tar -C /r -xf /a.tar')
    sees(world, { '/r': 'directory 5:6 0700', '/r/f': 'file 6:6 0600' })
    const user = withArchive(dot)
    sh(user, 'chmod 0777 /r')
    fails(become(user, 1500), 'tar -C /r -xf /a.tar', 2, /belongs to somebody else/)
  })

  it('a link in place of a folder is replaced by GNU tar and followed by BusyBox', () => {
    for (const [os, kind, real] of [
      ['debian', 'directory 7:8 0750', 'missing'],
      ['alpine', 'link 0:0 0777', 'file 7:8 0666'],
    ] as const) {
      const world = withArchive(top, os)
      sh(world, 'mkdir -p /real/d && ln -s /real /r/top')
      works(world, 'tar -C /r -xf /a.tar')
      sees(world, { '/r/top': kind, '/real/d/f': real })
      assert.equal(find(world.state.files, '/r/top/d/f').node.kind, 'file')
    }
  })

  it('names of owners count before numbers (run-tar-names)', () => {
    const named = [entry('f', 'file', 0o644, 1000, 1000, { user: 'app', group: 'app' })]
    const world = withArchive(named)
    works(world, 'mkdir /n && tar -C /r -xf /a.tar && tar -C /n --numeric-owner -xf /a.tar')
    sees(world, { '/r/f': 'file 1500:1500 0644', '/n/f': 'file 1000:1000 0644' })
  })

  it('what cannot be followed leaves nothing certainly missing', () => {
    for (const flags of ['--exclude=x', '--transform=s,a,b,', '-k']) {
      const world = withArchive()
      sh(world, 'mkdir -p /r/top')
      assert.equal(sh(world, `tar -C /r ${flags} -xf /a.tar`).status, 'maybe')
      assert.equal(look(world, '/r/top/d'), 'unknown~possible ?:? ?', flags)
    }
  })

  it('a file that was written anew is that archive no more', () => {
    const world = withArchive()
    sh(world, 'truncate -s 0 /a.tar')
    assert.equal(find(world.state.files, '/a.tar').node.archive, undefined)
    sh(world, 'touch /plain && cp /plain /a.tgz')
    assert.equal(find(world.state.files, '/a.tgz').node.archive, undefined)
  })

  it('may be named by a pattern, if that means one file', () => {
    const world = withArchive()
    works(world, 'tar -C /r -xf /a.t?r')
    sees(world, { '/r/top/d/f': 'file 7:8 0666' })
    const other = withArchive()
    assert.equal(sh(other, 'tar -C /r -xf /a.t*').status, 'maybe')
    sees(other, { '/r/top': 'unknown~possible ?:? ?' })
  })

  it('goes with its file', () => {
    const world = withArchive()
    works(world, 'mv /a.tar /b.tar && cp /b.tar /c.tar && tar -C /r -xf /c.tar')
    sees(world, { '/r/top/d/f': 'file 7:8 0666' })
  })
})

describe('ADD of an archive', () => {
  const add = (line: string, entries: readonly ArchiveEntry[] | 'none' | undefined, before = '') =>
    image(`FROM debian:12\n${before}\n${line}`, {
      stat: (path) => (path === 'a.tar' ? { kind: 'file', mode: 0o644 } : 'missing'),
      list: () => ['a.tar'],
      read: () => undefined,
      archive: () => entries,
    })
  const simple = [entry('d/', 'directory', 0o750, 7, 8), entry('d/f', 'file', 0o640, 7, 8)]

  it('has the archive’s numbers; `./` does not change the target', () => {
    const built = add(
      'ADD a.tar /y/',
      [entry('./', 'directory', 0o700, 5, 5), entry('./f', 'file', 0o600, 6, 6)],
      'RUN mkdir -m 0750 /y && chown 3:3 /y',
    )
    built.sees({ '/y': 'directory 3:3 0750', '/y/f': 'file 6:6 0600', '/y/none': 'missing' })
  })

  it('takes the folder for its root: links lead nowhere else, and give way to folders', () => {
    const built = add(
      'ADD a.tar /x/',
      [
        entry('l/f', 'file', 0o600, 7, 7),
        entry('m/g', 'file', 0o640, 8, 8),
        entry('n/', 'directory', 0o750, 9, 9),
      ],
      'RUN mkdir -p /real /x/real2 && ln -s /real /x/l && ln -s real2 /x/m && ln -s /real /x/n',
    )
    built.sees({
      '/real/f': 'missing',
      '/x/real': 'directory 0:0 0755',
      '/x/real/f': 'file 7:7 0600',
      '/x/m': 'link 0:0 0777',
      '/x/real2/g': 'file 8:8 0640',
      '/x/n': 'directory 9:9 0750',
    })
  })

  it('replaces what is there; folders take owner and mode', () => {
    const built = add(
      'ADD a.tar /x/',
      [
        entry('fd', 'file', 0o640, 7, 7),
        entry('df/', 'directory', 0o750, 7, 7),
        entry('sl', 'file', 0o600, 8, 8),
        entry('keep', 'link', 0o777, 5, 5, { target: '/t' }),
        entry('sub/new', 'file', 0o644, 6, 6),
      ],
      'RUN mkdir -p /x/fd /x/sub && touch /x/fd/in /x/df /t && ln -s /t /x/sl && touch /x/keep && chmod 0711 /x/sub && chown 3 /x/sub',
    )
    built.sees({
      '/x/fd': 'file 7:7 0640',
      '/x/df': 'directory 7:7 0750',
      '/x/sl': 'file 8:8 0600',
      '/t': 'file 0:0 0644',
      '/x/keep': 'link 5:5 0777',
      '/x/sub': 'directory 3:0 0711',
    })
  })

  it('--chmod changes nothing; --chown goes to entries and folders that ADD makes, not to implied ones', () => {
    const entries = [...simple, entry('i/g', 'file', 0o644, 9, 9)]
    add('ADD --chmod=0500 a.tar /x/z/', entries).sees({
      '/x': 'directory 0:0 0755',
      '/x/z': 'directory 0:0 0755',
      '/x/z/d/f': 'file 7:8 0640',
    })
    add('ADD --chown=3:4 a.tar /y/', entries).sees({
      '/y': 'directory 3:4 0755',
      '/y/d': 'directory 3:4 0750',
      '/y/i': 'directory 0:0 0755',
      '/y/i/g': 'file 3:4 0644',
    })
  })

  it('--unpack=false, COPY, and what is no archive: a file like others', () => {
    const file = { '/x/a.tar': 'file 0:0 0644', '/x/d': 'missing' }
    add('ADD --unpack=false a.tar /x/', simple).sees(file)
    add('COPY a.tar /x/', simple).sees(file)
    add('ADD a.tar /x/', 'none').sees(file)
    add('ADD --unpack a.tar /x/', simple).sees({ '/x/a.tar': 'missing', '/x/d/f': 'file 7:8 0640' })
  })

  it('of unknown entries leaves nothing certainly missing, and the folder as it is', () => {
    const built = add('ADD a.tar /y/', undefined, 'RUN mkdir -m 0750 /y && chown 3:3 /y')
    built.sees({ '/y': 'directory 3:3 0750', '/y/d': 'unknown~possible ?:? ?' })
  })

  it('brings accounts where their text is known', () => {
    const system = [
      entry('etc/passwd', 'file', 0o644, 0, 0, {
        content: 'root:x:0:0::/root:/bin/sh\nweb:x:700:701::/w:\n',
      }),
      entry('etc/group', 'file', 0o644, 0, 0, { content: 'root:x:0:\nweb:x:701:\n' }),
    ]
    const built = image('FROM scratch\nADD a.tar /\nUSER web\n', {
      stat: () => ({ kind: 'file', mode: 0o644 }),
      list: () => ['a.tar'],
      read: () => undefined,
      archive: () => system,
    })
    assert.deepEqual(built.runsAs(), '700:701 /w')
  })

  it('follows no archive that goes deeper, or in more circles, than files do', () => {
    const deep = `${'a/'.repeat(100_000)}f`
    add('ADD a.tar /x/', [entry(deep, 'file', 0o644, 0, 0), entry('b', 'file', 0o644, 0, 0)]).sees({
      '/x/b': 'unknown~possible ?:? ?',
    })
    const down = 'd/'.repeat(200)
    const spiral = Array.from({ length: 2_000 }, (_, index) =>
      entry(`${'l/'.repeat(index % 30)}l`, 'link', 0o777, 0, 0, { target: down }),
    )
    const loop = ['', '/', '.', '..', '../..', 'l', 'l/l'].flatMap((path) => [
      entry(path, 'link', 0o777, 0, 0, { target: 'l' }),
      entry(`${path}/x`, 'hardlink', 0o644, 0, 0, { target: path }),
      entry(path, 'directory', 0o755, 0, 0),
    ])
    const took = processorTime(() => {
      add('ADD a.tar /x/', [...spiral, ...loop])
      add('ADD a.tar /', loop)
    })
    assert.ok(took < 5000, `${took} ms`)
  })

  it('takes time in proportion to the number of entries', function () {
    this.timeout(20_000)
    const entries = (count: number) =>
      Array.from({ length: count }, (_, index) => entry(`usr/d${index % 500}/f${index}`, 'file', 0o644, 0, 0))
    const jobs = [2_000, 20_000].map((size) => {
      const list = entries(size)
      return { size, times: 1, run: () => void add('ADD a.tar /x/', list) }
    })
    const { exponent } = growthOf(jobs, 3)
    assert.ok(exponent < 1.5, `${exponent}`)
  })
})
