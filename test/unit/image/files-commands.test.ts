import assert from 'node:assert/strict'
import type { World } from '../../../server/src/image/commands/model.ts'
import { find, put } from '../../../server/src/image/files.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import { become, look, sh, smallWorld } from './small-world.ts'

/** Each line of `expected` is what container-facts saw: `/path kind owner:group mode`. */
function sees(world: World, expected: Readonly<Record<string, string>>): void {
  const seen = Object.fromEntries(Object.keys(expected).map((path) => [path, look(world, path)]))
  assert.deepEqual(seen, expected)
}
function fails(world: World, line: string, exitCode = 1, message?: RegExp): void {
  const outcome = sh(world, line)
  assert.equal(outcome.status, 'fail', line)
  assert.equal(outcome.status === 'fail' && outcome.exitCode, exitCode, line)
  const failure = 'failure' in outcome ? outcome.failure : undefined
  assert.equal(failure?.certainty, 'certain', line)
  if (message) assert.match(failure ? inEnglish(failure.message) : '', message)
}
function works(world: World, line: string): void {
  const outcome = sh(world, line)
  assert.equal(outcome.status, 'ok', `${line}: ${JSON.stringify(outcome)}`)
}

describe('file commands as root', () => {
  it('mkdir, touch, umask (run-umask)', () => {
    const world = smallWorld()
    world.umask = 0o077
    works(world, 'touch /a && mkdir /b')
    world.umask = 0o022
    works(world, 'touch /c && mkdir /d && mkdir -p /e/f && mkdir -m 0750 -p /g/h')
    sees(world, {
      '/a': 'file 0:0 0600',
      '/b': 'directory 0:0 0700',
      '/c': 'file 0:0 0644',
      '/d': 'directory 0:0 0755',
      '/e': 'directory 0:0 0755',
      '/e/f': 'directory 0:0 0755',
      '/g': 'directory 0:0 0755',
      '/g/h': 'directory 0:0 0750',
    })
    fails(world, 'mkdir /d', 1, /already exists/)
    fails(world, 'mkdir /nowhere/x', 1, /\/nowhere does not exist/)
  })

  it('chown -R changes links themselves, chown what they point to (run-chown-recursive)', () => {
    const world = smallWorld()
    works(
      world,
      'mkdir -p /srv/app/sub && touch /srv/app/f /srv/app/sub/x /etc/hostname && chmod 0700 /srv/app/sub/x',
    )
    works(world, 'ln -s /etc/hostname /srv/app/link && touch /srv/target && ln -s /srv/target /srv/alias')
    works(world, 'chown -R app:app /srv/app && chmod -R u=rwX,g=rX,o= /srv/app && chown app /srv/alias')
    sees(world, {
      '/srv': 'directory 0:0 0755',
      '/srv/app': 'directory 1500:1500 0750',
      '/srv/app/sub': 'directory 1500:1500 0750',
      '/srv/app/f': 'file 1500:1500 0640',
      '/srv/app/sub/x': 'file 1500:1500 0750',
      '/srv/app/link': 'link 1500:1500 0777',
      '/etc/hostname': 'file 0:0 0644',
      '/srv/alias': 'link 0:0 0777',
      '/srv/target': 'file 1500:0 0644',
    })
  })

  for (const [spec, owner] of [
    ['app:', '1500:1500'],
    [':extra', '5:3000'],
    ['app.extra', '1500:3000'],
    ['app', '1500:6'],
    ['7', '7:6'],
    ['+7:+8', '7:8'],
    ['1500:3000', '1500:3000'],
  ])
    it(`chown ${spec} (chown-form-*)`, () => {
      const world = smallWorld()
      works(world, `touch /f && chown 5:6 /f && chown ${spec} /f`)
      sees(world, { '/f': `file ${owner} 0644` })
    })

  it('chown to nobody fails (chown-form-ghost, chown-form-1500-to-, chown-form-app-to-ghosts)', () => {
    const world = smallWorld()
    sh(world, 'touch /f')
    fails(world, 'chown ghost /f', 1, /There is no user `ghost`/)
    fails(world, 'chown app:ghosts /f', 1, /There is no group `ghosts`/)
    fails(world, 'chown 1500: /f')
    fails(world, 'chown ghost.extra /f')
    fails(world, 'chown app /none')
  })

  it('chown --from, --reference and -h', () => {
    const world = smallWorld()
    works(world, 'touch /f /g && chown 5 /f && ln -s /f /l')
    works(world, 'chown --from=5 app /f && chown --from=5 app /g && chown -h 9 /l')
    sees(world, { '/f': 'file 1500:0 0644', '/g': 'file 0:0 0644', '/l': 'link 9:0 0777' })
    works(world, 'chown --reference=/f /g && chgrp 7 /g')
    sees(world, { '/g': 'file 1500:7 0644' })
  })

  const modes: readonly (readonly [string, string, string, string])[] = [
    ['-w', '0440', '0550', '2511'],
    ['g=u,o=g', '0666', '0777', '2777'],
    ['u+x', '0740', '0750', '2711'],
    ['+x', '0751', '0751', '2711'],
    ['a+rX', '0644', '0755', '2755'],
    ['g=u', '0660', '0770', '2771'],
    ['o-rwx,g+s', '2640', '2750', '2710'],
    ['755', '0755', '0755', '2755'],
    ['a=r,u+w', '0644', '0644', '2644'],
    ['u+s', '4640', '4750', '6711'],
    ['+t', '1640', '1750', '3711'],
    ['u=rwx,go=', '0700', '0700', '2700'],
    ['00755', '0755', '0755', '0755'],
    ['ug+rw-x', '0660', '0660', '2661'],
    ['o=', '0640', '0750', '2710'],
    ['=', '0000', '0000', '2000'],
    ['go-w,a+X', '0640', '0751', '2711'],
  ]
  for (const [mode, file, folder, setgid] of modes)
    it(`chmod ${mode} (chmod-form-*)`, () => {
      const world = smallWorld()
      works(
        world,
        `touch /f && chmod 0640 /f && mkdir -m 0750 /d && mkdir -m 2711 /s && chmod ${mode} /f /d /s`,
      )
      sees(world, {
        '/f': `file 0:0 ${file}`,
        '/d': `directory 0:0 ${folder}`,
        '/s': `directory 0:0 ${setgid}`,
      })
    })

  it('chmod with a wrong mode fails', () => {
    const world = smallWorld()
    sh(world, 'touch /f')
    fails(world, 'chmod 0888 /f', 1, /`0888` is no mode/)
    fails(world, 'chmod u+z /f')
  })

  it('install (run-install)', () => {
    const world = smallWorld()
    works(world, 'touch /bin-true /etc/hostname && chmod 755 /bin-true')
    works(
      world,
      'install -d -o app -g app -m 0750 /p/q/r && install -o app /bin-true /p/t && install -D -m 0644 /etc/hostname /n/e/w/f && install -d /plain/dir',
    )
    sees(world, {
      '/p': 'directory 0:0 0755',
      '/p/q': 'directory 0:0 0755',
      '/p/q/r': 'directory 1500:1500 0750',
      '/p/t': 'file 1500:0 0755',
      '/n': 'directory 0:0 0755',
      '/n/e/w': 'directory 0:0 0755',
      '/n/e/w/f': 'file 0:0 0644',
      '/plain/dir': 'directory 0:0 0755',
    })
    works(world, 'install -m 4755 -o app -t /plain /etc/hostname')
    sees(world, { '/plain/hostname': 'file 1500:0 4755' })
  })

  it('cp and mv (run-cp-mv)', () => {
    const world = smallWorld()
    works(world, 'mkdir /s && touch /s/f && chown -R 5:6 /s && chmod 0711 /s && chmod 4640 /s/f')
    works(
      world,
      'cp /s/f /c1 && cp -p /s/f /c2 && cp -a /s /c3 && cp -r /s /c4 && mkdir /existing && cp -r /s/. /existing',
    )
    works(world, 'touch /over && chmod 0600 /over && chown 9 /over && cp /s/f /over && mv /s/f /moved')
    sees(world, {
      '/c1': 'file 0:0 0640',
      '/c2': 'file 5:6 4640',
      '/c3': 'directory 5:6 0711',
      '/c3/f': 'file 5:6 4640',
      '/c4': 'directory 0:0 0711',
      '/c4/f': 'file 0:0 0640',
      '/existing': 'directory 0:0 0755',
      '/existing/f': 'file 0:0 0640',
      '/over': 'file 9:0 0600',
      '/moved': 'file 5:6 4640',
      '/s/f': 'missing',
    })
  })

  it('cp into a folder, several sources, a glob, onto itself', () => {
    const world = smallWorld()
    works(world, 'mkdir -p /s/sub /t && touch /s/a.conf /s/b.conf /s/c.txt && chown 5:6 /s/a.conf')
    works(world, 'cp -p /s/*.conf /t && cp -r /s /t && cp -a /s/. /u')
    sees(world, {
      '/t/a.conf': 'file 5:6 0644',
      '/t/c.txt': 'missing',
      '/t/s/sub': 'directory 0:0 0755',
      '/t/s/a.conf': 'file 0:0 0644',
      '/u/a.conf': 'file 5:6 0644',
    })
    fails(world, 'cp /s /v', 1, /is a folder/)
    fails(world, 'cp /none /v')
    fails(world, 'cp /s/a.conf /s/b.conf /nofolder', 1, /is no folder/)
  })

  it('cp -a over a folder gives it the owner of the source', () => {
    const world = smallWorld()
    works(world, 'mkdir -p /s/d /t/d && chown -R 5:6 /s && chmod 700 /s/d && cp -a /s/. /t')
    sees(world, { '/t': 'directory 5:6 0755', '/t/d': 'directory 5:6 0700' })
    works(world, 'mkdir -p /r/d && cp -r /s/. /r')
    sees(world, { '/r': 'directory 0:0 0755', '/r/d': 'directory 0:0 0755' })
  })

  it('links', () => {
    const world = smallWorld()
    works(
      world,
      'touch /usr/bin/tool && ln -s /usr/bin/tool /usr/local/bin/ && ln -sf ../tool /usr/local/bin/tool',
    )
    sees(world, { '/usr/local/bin/tool': 'link 0:0 0777' })
    works(world, 'ln -sf /dev/stdout /var/log/access.log && touch /data && ln /data /hard && chown app /hard')
    sees(world, { '/var/log/access.log': 'link 0:0 0777', '/hard': 'file 1500:0~likely 0644~likely' })
    fails(world, 'ln -s /x /data', 1, /already exists/)
  })

  it('rm and rmdir', () => {
    const world = smallWorld()
    works(world, 'mkdir -p /x/y && touch /x/y/f /x/k.tmp /x/l.tmp /x/m && rm -rf /x/y /none && rm /x/*.tmp')
    sees(world, { '/x/y': 'missing', '/x/y/f': 'missing', '/x/k.tmp': 'missing', '/x/m': 'file 0:0 0644' })
    fails(world, 'rm /none', 1, /does not exist/)
    fails(world, 'rm /x')
    fails(world, 'rmdir /x', 1, /is not empty/)
    works(world, 'rm /x/m && rmdir /x')
    sees(world, { '/x': 'missing' })
  })

  it('tee writes what it reads, dd and truncate make files', () => {
    const world = smallWorld()
    assert.equal(sh(world, 'tee -a /etc/x', 'hello\n').output, 'hello\n')
    works(world, 'dd if=/dev/zero of=/etc/y bs=1 && truncate -s 0 /etc/z')
    sees(world, { '/etc/x': 'file 0:0 0644', '/etc/y': 'file 0:0 0644', '/etc/z': 'file 0:0 0644' })
  })
})

describe('file commands as a user', () => {
  const asApp = () => become(smallWorld(), 1500, 1500, [1500, 3000])

  it('may not touch what is root’s (run-as-user-*)', () => {
    const world = smallWorld()
    sh(world, 'touch /etc/hostname /usr/bin/true && chmod 755 /usr/bin/true')
    become(world, 1500)
    fails(
      world,
      'mkdir /data',
      1,
      /^Cannot make \/data as app \(1500:1500\): \/ belongs to root:root with mode 0755\. Permission denied\.$/,
    )
    fails(world, 'mkdir -p /usr/local/lib/node_modules')
    fails(world, 'touch /var/log/app.log')
    fails(world, 'chmod 777 /opt', 1, /only its owner or root may/)
    fails(world, 'rm -f /etc/hostname')
    fails(world, 'cp /usr/bin/true /usr/local/bin/t')
    fails(world, 'tee /etc/x')
    fails(world, 'chown -R app:app /srv', 1, /Cannot change the owner of \/srv/)
    fails(world, 'ln -s /bin/true /usr/local/bin/t')
    fails(world, 'touch /root/x', 1, /\/root belongs to root:root with mode 0700/)
    works(world, 'touch /tmp/f && mkdir /tmp/d')
    fails(world, 'chown 0 /tmp/f')
    fails(world, 'chgrp tty /tmp/f')
    sees(world, { '/tmp/f': 'file 1500:1500 0644' })
  })

  it('may change its own (run-chown-own)', () => {
    const world = asApp()
    works(
      world,
      'touch /home/app/f && chgrp extra /home/app/f && chown app:app /home/app/f && chown app:extra /home/app/f',
    )
    fails(world, 'chown root /home/app/f')
    works(world, 'chmod 4777 /home/app/f')
    sees(world, { '/home/app/f': 'file 1500:3000 4777' })
  })

  it('loses setgid of a foreign group (run-chmod-setgid-foreign-group)', () => {
    const world = smallWorld()
    sh(world, 'touch /f && chown 1500:3000 /f')
    works(become(world, 1500), 'chmod 2775 /f')
    sees(world, { '/f': 'file 1500:3000 0775' })
  })

  it('gets the group of a setgid folder (run-setgid-folder)', () => {
    const world = smallWorld()
    sh(world, 'mkdir /s && chgrp 3000 /s && chmod 2777 /s && touch /usr/bin/true && chmod 755 /usr/bin/true')
    works(become(world, 1500), 'mkdir -p /s/a/b && touch /s/f /s/a/g && cp /usr/bin/true /s/t')
    sees(world, {
      '/s': 'directory 0:3000 2777',
      '/s/a': 'directory 1500:3000 2755',
      '/s/a/b': 'directory 1500:3000 2755',
      '/s/f': 'file 1500:3000 0644',
      '/s/a/g': 'file 1500:3000 0644',
      '/s/t': 'file 1500:3000 0755',
    })
  })

  it('cannot remove or move another’s file from /tmp (run-sticky)', () => {
    const world = smallWorld()
    sh(world, 'touch /tmp/rootfile && chmod 0777 /tmp/rootfile')
    become(world, 1500)
    fails(world, 'rm -f /tmp/rootfile', 1, /sticky/)
    fails(world, 'mv /tmp/rootfile /tmp/other')
  })

  it('cannot remove a folder whose content is another’s', () => {
    const world = smallWorld()
    sh(world, 'mkdir -p /open/d && touch /open/d/f && chmod 777 /open')
    become(world, 1500)
    fails(world, 'rm -rf /open/d', 1, /\/open\/d belongs to root:root/)
    works(world, 'mkdir /open/mine && touch /open/mine/f && rm -r /open/mine')
  })

  it('cp -p keeps the mode, not the owner', () => {
    const world = smallWorld()
    sh(world, 'mkdir /s && touch /s/f && chmod 4755 /s/f')
    works(become(world, 1500), 'cp -p /s/f /tmp/f && cp -a /s /tmp/s')
    sees(world, {
      '/tmp/f': 'file 1500:1500 0755',
      '/tmp/s': 'directory 1500:1500 0755',
      '/tmp/s/f': 'file 1500:1500 0755',
    })
  })
})

describe('what is not known', () => {
  it('an unknown path makes application folders doubtful, not those of the system', () => {
    const world = smallWorld()
    sh(world, 'mkdir /app')
    assert.equal(sh(world, 'chown -R app $DIR').status, 'maybe')
    sees(world, { '/app': 'directory 0~possible:0 0755', '/usr/bin': 'directory 0:0 0755' })
  })

  it('an unknown owner leaves the owner unknown', () => {
    const world = smallWorld()
    sh(world, 'mkdir /app && chown $WHO /app')
    sees(world, { '/app': 'directory ?:? 0755' })
  })

  it('a glob without a match is taken as it is written', () => {
    const world = smallWorld()
    sh(world, 'mkdir /empty')
    assert.equal(sh(world, 'chmod 700 /empty/*').status, 'fail')
    assert.equal(sh(world, 'rm -rf /empty/*').status, 'ok')
  })

  it('busybox chmod clears setgid of folders', () => {
    const world = smallWorld('alpine')
    works(world, 'mkdir /d && chmod 2755 /d && chmod 755 /d')
    sees(world, { '/d': 'directory 0:0 0755' })
  })
})

describe('globs', () => {
  it('meet what the tree names, hidden entries only where the dot is written', () => {
    const world = smallWorld()
    works(
      world,
      'mkdir -p /x/a/d /x/b/d && touch /x/a/d/f /x/b/d/f /x/.h && chown 5 /x/*/d/[e-g] && chown 6 /x/*',
    )
    sees(world, {
      '/x/a': 'directory 6:0 0755',
      '/x/a/d': 'directory 0:0 0755',
      '/x/b/d/f': 'file 5:0 0644',
      '/x/.h': 'file 0:0 0644',
    })
    works(world, 'chown 7 /x/.?')
    sees(world, { '/x/.h': 'file 7:0 0644', '/x/a': 'directory 6:0 0755' })
  })

  it('may meet entries that the tree does not name, in the middle as well', () => {
    const world = smallWorld()
    sh(world, 'mkdir /x && tar -xf - -C /x')
    assert.equal(sh(world, 'chmod 700 /x/*/bin/tool').status, 'maybe')
    assert.equal(sh(world, 'rm /x/*.txt').status, 'maybe')
  })
})

describe('cp and mv of what is only likely gone', () => {
  it('may make their target', () => {
    for (const command of ['cp', 'mv']) {
      const world = smallWorld()
      const { files } = world.state
      const gone = { ...find(files, '/srv/x').node, exists: 'likely' } as const
      world.state = { ...world.state, files: put(files, '/srv/x', gone) }
      const outcome = sh(world, `${command} /srv/x /srv/y`)
      assert.equal(outcome.status, 'maybe', command)
      assert.notEqual(find(world.state.files, '/srv/y').node.kind, 'missing', command)
    }
  })
})

describe('what is only likely gone', () => {
  it('may keep what it held and whose it was', () => {
    const world = smallWorld()
    const { files } = world.state
    for (const path of ['/srv/x', '/srv/y'])
      world.state = {
        ...world.state,
        files: put(world.state.files, path, { ...find(files, path).node, exists: 'likely' }),
      }
    sh(world, 'mkdir -p /srv/x')
    sh(world, 'touch /srv/y')
    assert.notEqual(find(world.state.files, '/srv/x/in').node.kind, 'missing')
    assert.equal(find(world.state.files, '/srv/y').node.owner.certainty, 'likely')
  })
})
