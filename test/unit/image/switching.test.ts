import assert from 'node:assert/strict'
import type { World } from '../../../server/src/image/commands/model.ts'
import { file, put } from '../../../server/src/image/files.ts'
import { certain } from '../../../server/src/known.ts'
import { become, look, sh, worldOf } from './account-world.ts'

const prepared = () => {
  const world = worldOf()
  sh(world, 'useradd -u 1500 -G tty -m app && useradd -r -s /usr/sbin/nologin daemon1')
  return world
}
const status = (world: World, line: string) => sh(world, line).status
const app = '1500:1500:1500,5'

function writes(world: World, path: string, content: string): void {
  const attributes = { owner: certain(0), group: certain(0), mode: certain(0o644), because: [world.origin] }
  world.state = { ...world.state, files: put(world.state.files, path, file(attributes, content)) }
}

describe('from root', () => {
  const output = (line: string) => sh(prepared(), line).output
  it('su, runuser, sudo, gosu: groups and home of the account', () => {
    assert.equal(output("su app -c '@who'"), `${app} /home/app`)
    assert.equal(output("su - app -c '@who'"), `${app} /home/app`)
    assert.equal(output("su -c '@who' app"), `${app} /home/app`)
    assert.equal(output('runuser -u app -- @who'), `${app} /home/app`)
    assert.equal(output('sudo -u app @who'), `${app} /home/app`)
    assert.equal(output('sudo -E -u app @who'), `${app} /root`)
    assert.equal(output('sudo -E -H -u app @who'), `${app} /home/app`)
    assert.equal(output('gosu app @who'), `${app} /home/app`)
    assert.equal(output('gosu 4321 @who'), '4321:0:0 /')
    assert.equal(output('gosu app:tty @who'), '1500:5:5 /home/app')
  })
  it('setpriv, chroot and chpst leave HOME', () => {
    assert.equal(output('setpriv --reuid=app --regid=app --init-groups @who'), `${app} /root`)
    assert.equal(output('setpriv --reuid=1500 --regid=1500 --clear-groups @who'), '1500:1500:1500 /root')
    assert.equal(output('setpriv --reuid 1500 --regid 1500 --groups 5,33 @who'), '1500:1500:1500,5,33 /root')
    assert.equal(output('chroot --userspec=app / @who'), `${app} /root`)
    assert.equal(output('chpst -u app @who'), `${app} /root`)
    assert.equal(status(prepared(), 'setpriv --regid=app true'), 'fail')
  })
  it('start-stop-daemon takes arguments after --', () => {
    assert.equal(output('start-stop-daemon --start --chuid app --exec /bin/@who -- -x'), `${app} /home/app`)
  })
  it('su needs a shell that runs commands; -s gives one, runuser -u needs none', () => {
    const world = prepared()
    assert.equal(status(world, 'su daemon1 -c true'), 'fail')
    assert.equal(status(world, 'su -s /bin/sh daemon1 -c true'), 'ok')
    assert.equal(status(world, 'runuser -u daemon1 -- true'), 'ok')
  })
  it('fails for accounts that do not exist', () => {
    for (const line of [
      'su ghost -c true',
      'sudo -u ghost true',
      'gosu ghost true',
      'setpriv --reuid=ghost true',
      'runuser -u ghost -- true',
    ])
      assert.equal(status(prepared(), line), 'fail', line)
    assert.equal(status(worldOf('debian', false), 'gosu ghost true'), 'maybe')
  })
  it('takes over what the command did', () => {
    const world = prepared()
    sh(world, "sudo sh -c 'useradd -u 1700 web'")
    assert.equal(sh(world, 'id -u web').output, '1700\n')
  })
})

describe('from somebody else', () => {
  const user = () => become(prepared(), 'app')
  it('gosu, setpriv, runuser and chroot do not work', () => {
    for (const line of [
      'gosu nobody true',
      'setpriv --reuid=0 true',
      'runuser -u root -- true',
      'chroot / true',
    ])
      assert.equal(status(user(), line), 'fail', line)
  })
  it('su asks for a password, unless there is none', () => {
    const world = user()
    assert.equal(status(world, 'su -c true'), 'fail')
    sh(become(world, 'root'), 'passwd -d root')
    assert.equal(sh(become(world, 'app'), "su -c '@who'").output, '0:0:0 /root')
  })
  it('sudo works where sudoers says NOPASSWD', () => {
    const world = user()
    assert.equal(status(world, 'sudo true'), 'fail')
    writes(world, '/etc/sudoers.d/app', 'app ALL=(ALL) NOPASSWD: ALL\n')
    assert.equal(sh(world, 'sudo @who').output, '0:0:0 /root')
    writes(world, '/etc/sudoers.d/app', '%tty ALL=(ALL:ALL) NOPASSWD:ALL\n')
    assert.equal(status(world, 'sudo true'), 'ok')
    writes(world, '/etc/sudoers.d/app', 'other ALL=(ALL) NOPASSWD: ALL\n')
    assert.equal(status(world, 'sudo true'), 'fail')
    writes(world, '/etc/sudoers.d/app', 'app ALL=NOPASSWD: /bin/mount\n')
    assert.equal(status(world, 'sudo true'), 'fail')
  })
})

describe('wrappers', () => {
  const output = (line: string, stdin?: string) => sh(prepared(), line, stdin).output
  it('run their operands', () => {
    for (const line of [
      'nohup id -u',
      'nice -n 5 id -u',
      'timeout -s KILL 5 id -u',
      'exec id -u',
      'dumb-init -- id -u',
      'tini -g -- id -u',
      'command id -u',
      'stdbuf -oL id -u',
      'env -u X A=b id -u',
    ])
      assert.equal(output(line), '0\n', line)
  })
  it('env sets HOME', () => {
    assert.equal(output('env HOME=/x @who'), '0:0:0 /x')
  })
  it('xargs passes what it reads', () => {
    assert.equal(output('xargs echo', 'a b\nc\n'), 'a b c\n')
    assert.equal(output('xargs -n1 echo', 'a b\n'), 'a\nb\n')
    assert.equal(output('xargs -I {} echo x{}', 'a\nb\n'), 'xa\nxb\n')
    assert.equal(output('xargs -r echo', ''), '')
  })
  it('sh runs what it is given, and scripts whose text is known', () => {
    const world = prepared()
    assert.equal(sh(world, "sh -euc 'id -u'").output, '0\n')
    writes(world, '/srv/x.sh', 'id -u')
    assert.equal(sh(world, 'sh -e /srv/x.sh').output, '0\n')
    assert.equal(status(world, 'bash /srv/missing.sh'), 'fail')
    assert.equal(world.state.accounts.complete, true)
    sh(world, 'sh $SCRIPT')
    assert.equal(world.state.accounts.complete, false)
  })
})

describe('conditions', () => {
  const world = prepared()
  writes(world, '/srv/f', 'text')
  const cases: readonly (readonly [string, 'ok' | 'fail' | 'maybe'])[] = [
    ['[ 0 = 0 ]', 'ok'],
    ['[ 0 -eq 00 ]', 'ok'],
    ['[ a != a ]', 'fail'],
    ['[ -z "" ]', 'ok'],
    ['[ -n $X ]', 'maybe'],
    ['[ -d /srv ]', 'ok'],
    ['[ -f /srv/f -a ! -x /srv/g ]', 'ok'],
    ['[ -e /srv/g -o -s /srv/f ]', 'ok'],
    ['[ ! -d /srv ]', 'fail'],
    ['[ -w /srv/f ]', 'ok'],
    ['[ $X = a ]', 'maybe'],
    ['[ ( a = a ) ]', 'ok'],
    ['test -L /srv/f', 'fail'],
    ['test', 'fail'],
  ]
  for (const [line, expected] of cases) it(line, () => assert.equal(status(world, line), expected))
  it('access depends on who asks', () => {
    assert.equal(look(world, '/srv/f'), '0:0 0644')
    assert.equal(status(become(world, 'app'), '[ -r /srv/f ]'), 'ok')
    assert.equal(status(world, '[ -w /srv/f ]'), 'fail')
  })
})
