import assert from 'node:assert/strict'
import type { World } from '../../../server/src/image/commands/model.ts'
import { installPackages } from '../../../server/src/image/programs.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import { become, group, look, passwd, sh, worldOf } from './account-world.ts'

const exit = (world: World, line: string) => {
  const outcome = sh(world, line)
  return outcome.status === 'fail' ? (outcome.exitCode ?? 1) : outcome.status
}

describe('useradd', () => {
  it('takes the next numbers, makes no home', () => {
    const world = worldOf()
    sh(world, 'useradd -u 5000 a && useradd b')
    assert.equal(passwd(world, 'b'), 'b:x:5001:5001::/home/b:/bin/sh')
    assert.equal(look(world, '/home/b'), 'missing')
  })
  it('counts system accounts down from 999', () => {
    const world = worldOf()
    sh(world, 'useradd -r app && useradd -r web')
    assert.equal(passwd(world, 'web'), 'web:x:998:998::/home/web:/bin/sh')
  })
  it('gives the group another number where its own is taken or out of range', () => {
    const world = worldOf()
    sh(world, 'groupadd -g 1500 other && useradd -u 1500 app && useradd -u 100000 big')
    assert.equal(group(world, 'app'), 'app:x:1501:')
    assert.equal(group(world, 'big'), 'big:x:1502:')
  })
  it('makes a home with -m, by UMASK or HOME_MODE', () => {
    const world = worldOf()
    sh(
      world,
      "useradd -m app && useradd -m -K UMASK=077 -c 'The app' b && useradd -m -K HOME_MODE=0750 -d /srv/a/b c",
    )
    assert.equal(look(world, '/home/app'), '1000:1000 0755')
    assert.equal(look(world, '/home/app/.bashrc'), '1000:1000 0644')
    assert.equal(look(world, '/home/b'), '1001:1001 0700')
    assert.equal(look(world, '/srv/a'), '0:0 0755')
    assert.equal(look(world, '/srv/a/b'), '1002:1002 0750')
    assert.equal(passwd(world, 'b'), 'b:x:1001:1001:The app:/home/b:/bin/sh')
  })
  it('stops with its exit codes', () => {
    const world = worldOf()
    sh(world, 'groupadd grp && useradd -u 1500 app')
    assert.equal(exit(world, 'useradd'), 2)
    assert.equal(exit(world, 'useradd -Y x'), 2)
    assert.equal(exit(world, 'useradd -u abc x'), 3)
    assert.equal(exit(world, "useradd 'my app'"), 3)
    assert.equal(exit(world, 'useradd -- -app'), 3)
    assert.equal(exit(world, 'useradd -u 1500 x'), 4)
    assert.equal(exit(world, 'useradd -g ghosts x'), 6)
    assert.equal(exit(world, 'useradd -G tty,ghosts x'), 6)
    assert.equal(exit(world, 'useradd app'), 9)
    assert.equal(exit(world, 'useradd grp'), 9)
    assert.equal(exit(world, 'useradd 1234'), 'ok')
  })
  it('only doubts where the base is not known', () => {
    const world = worldOf('debian', false)
    assert.equal(exit(world, 'useradd -g ghosts app'), 'maybe')
    assert.equal(exit(world, 'useradd -u 1000 b'), 'maybe')
    assert.match(passwd(world, 'b') ?? '', /^b:1000:/)
  })
  it('doubts where a word is unknown', () => {
    const world = worldOf()
    assert.equal(exit(world, 'useradd -u $ID app'), 'maybe')
    assert.equal(passwd(world, 'app'), 'app:?:?:/home/app:/bin/sh')
    assert.equal(exit(world, 'useradd $NAME'), 'maybe')
    assert.equal(world.state.accounts.complete, false)
  })
  it('makes the home without being asked on Fedora, where adduser is another name for it', () => {
    const world = worldOf('fedora')
    assert.equal(exit(world, 'adduser app'), 'ok')
    assert.equal(look(world, '/home/app'), '1000:1000 0700~likely')
  })
  it('is not in Alpine until a package brings it', () => {
    const world = worldOf('alpine')
    assert.equal(exit(world, 'useradd app'), 127)
    installPackages(world, ['shadow'])
    assert.equal(exit(world, 'useradd app'), 'ok')
    const other = worldOf('alpine')
    installPackages(other, ['curl=8.0'])
    assert.equal(exit(other, 'useradd app'), 'ok')
  })
})

describe('usermod, userdel and the groups', () => {
  it('usermod -u takes the home along, -g its group', () => {
    const world = worldOf()
    sh(world, 'groupadd -g 3000 grp && useradd -u 1500 -m app && usermod -u 1600 app && usermod -g grp app')
    assert.equal(look(world, '/home/app'), '1600:3000 0755')
    assert.equal(look(world, '/home/app/.bashrc'), '1600:3000 0644')
    assert.equal(group(world, 'app'), 'app:x:1500:')
  })
  it('usermod -aG adds, -G replaces, -l renames', () => {
    const world = worldOf()
    sh(world, 'useradd app && usermod -aG tty app && usermod -aG users app && usermod -l web app')
    assert.equal(group(world, 'tty'), 'tty:x:5:web')
    sh(world, 'usermod -G users web')
    assert.equal(group(world, 'tty'), 'tty:x:5:')
    assert.equal(group(world, 'users'), 'users:x:100:web')
  })
  it('userdel removes the group of the name; the home only with -r', () => {
    const world = worldOf()
    sh(world, 'useradd -m a && useradd -m b && userdel a && userdel -r b')
    assert.equal(passwd(world, 'a'), undefined)
    assert.equal(group(world, 'a'), undefined)
    assert.equal(look(world, '/home/a'), '1000:1000 0755')
    assert.equal(look(world, '/home/b'), 'missing')
  })
  it('userdel -r leaves a home that is not its own and ends with 12; -f takes it along', () => {
    const world = worldOf()
    assert.equal(exit(world, 'useradd -d /srv app && userdel -r app'), 12)
    assert.equal(passwd(world, 'app'), undefined)
    assert.equal(look(world, '/srv'), '0:0 0755')
    assert.equal(exit(world, 'useradd -d /srv app && userdel -rf app'), 'ok')
    assert.equal(look(world, '/srv'), 'missing')
    assert.equal(exit(world, 'useradd -d /nowhere app && userdel -r app'), 'ok')
    assert.equal(exit(worldOf('debian', false), 'userdel -r www-data'), 'ok')
  })
  it('adduser of Debian makes the folders above a home with the umask, useradd does not', () => {
    const world = worldOf()
    world.umask = 0o077
    sh(world, "adduser --disabled-password --gecos '' --home /srv/a/b app && useradd -m -d /srv/c/d web")
    assert.equal(look(world, '/srv/a'), '0:0 0700')
    assert.equal(look(world, '/srv/c'), '0:0 0755')
    sh(world, 'groupmod -g 1500 root && useradd -m -d /srv/e/f two')
    become(world, '0')
    sh(world, 'useradd -m -d /srv/g/h three')
    assert.equal(look(world, '/srv/g'), '0:0 0755')
  })
  it('gpasswd asks for the one to add, then for the group, then who calls', () => {
    const world = become(worldOf(), '33')
    assert.equal(exit(world, 'gpasswd -a ghost tty'), 3)
    assert.equal(exit(world, 'gpasswd -a www-data ghost'), 3)
    assert.equal(exit(world, 'gpasswd -d ghost tty'), 1)
    assert.equal(exit(become(world, '4000'), 'gpasswd -a ghost tty'), 1)
  })
  it('passwd writes no /etc/passwd: its mode stays, and the x of its lines', () => {
    const world = worldOf()
    sh(world, 'useradd app')
    const changed = world.state.files
    sh(world, 'passwd -d app')
    assert.equal(world.state.files, changed)
    assert.equal(passwd(world, 'app'), 'app:x:1000:1000::/home/app:/bin/sh')
  })
  it('groupmod -g changes accounts, not files', () => {
    const world = worldOf()
    sh(world, 'useradd -u 1500 -m app && groupmod -g 1555 app')
    assert.equal(passwd(world, 'app'), 'app:x:1500:1555::/home/app:/bin/sh')
    assert.equal(look(world, '/home/app'), '1500:1500 0755')
  })
  it('stop with their exit codes', () => {
    const world = worldOf()
    sh(world, 'groupadd -g 3000 a && useradd -g a app')
    assert.equal(exit(world, 'usermod -aG tty ghost'), 6)
    assert.equal(exit(world, 'usermod -u 33 app'), 4)
    assert.equal(exit(world, 'usermod -a app'), 2)
    assert.equal(exit(world, 'groupadd a'), 9)
    assert.equal(exit(world, 'groupadd -g 3000 b'), 4)
    assert.equal(exit(world, 'groupdel a'), 8)
    assert.equal(exit(world, 'groupadd -f a && groupadd -f -g 3000 b'), 'ok')
    assert.equal(group(world, 'b'), 'b:x:3001:')
  })
})

describe("Debian's adduser", () => {
  it('makes an account for a person with a private home', () => {
    const world = worldOf()
    sh(world, 'adduser --disabled-password --gecos "" app')
    assert.equal(passwd(world, 'app'), 'app:x:1000:1000:,,,:/home/app:/bin/bash')
    assert.equal(look(world, '/home/app'), '1000:1000 0700')
    assert.equal(group(world, 'users'), 'users:x:100:app')
  })
  it('makes system accounts without home, with a group when asked', () => {
    const world = worldOf()
    sh(world, 'adduser --system app && adduser --system --group web && addgroup --system sys')
    assert.equal(passwd(world, 'app'), 'app:x:100:65534::/nonexistent:/usr/sbin/nologin')
    assert.equal(passwd(world, 'web'), 'web:x:101:101::/nonexistent:/usr/sbin/nologin')
    assert.equal(group(world, 'sys'), 'sys:x:102:')
    assert.equal(exit(world, 'adduser --system app'), 'ok')
  })
  it('adds an account to a group', () => {
    const world = worldOf()
    sh(world, 'useradd app && groupadd grp && adduser app grp')
    assert.equal(group(world, 'grp'), 'grp:x:1001:app')
  })
  it("does not know BusyBox's options", () => {
    const outcome = sh(worldOf(), 'adduser -D app')
    assert.equal(outcome.status, 'fail')
    assert.match(
      outcome.status === 'fail' && outcome.failure ? inEnglish(outcome.failure.message) : '',
      /BusyBox/,
    )
  })
})

describe("BusyBox's adduser", () => {
  it('has a delgroup that does not ask who leaves a group', () => {
    const world = worldOf('alpine')
    assert.equal(exit(world, 'delgroup ghost users'), 'ok')
    assert.equal(exit(world, 'delgroup games users'), 'ok')
    assert.equal(group(world, 'users'), 'users:x:100:')
    assert.equal(exit(world, 'delgroup games ghosts'), 1)
    assert.equal(exit(world, 'deluser games users'), 1)
  })
  it('makes a home 2755, in a folder that is there as well', () => {
    const world = worldOf('alpine')
    sh(world, 'adduser -D app')
    assert.match(passwd(world, 'app') ?? '', /^app:1000:1000:\/home\/app:/)
    assert.equal(look(world, '/home/app'), '1000:1000 2755')
    sh(world, 'adduser -D -h /srv b')
    assert.equal(look(world, '/srv'), '1001:1001 2755')
  })
  it('-S starts at 100 with nogroup, -G takes a name', () => {
    const world = worldOf('alpine')
    sh(world, 'adduser -S one && addgroup -S app && adduser -S -G app -H app')
    assert.equal(passwd(world, 'one'), 'one:x:100:65533:Linux User,,,:/home/one:/bin/false')
    assert.equal(passwd(world, 'app'), 'app:x:101:101:Linux User,,,:/home/app:/bin/false')
    assert.equal(group(world, 'app'), 'app:x:101:app')
    assert.equal(look(world, '/home/app'), 'missing')
  })
  it('passes over numbers that a user or a group has', () => {
    const world = worldOf('alpine')
    sh(world, 'addgroup -g 1000 other && adduser -D app')
    assert.match(passwd(world, 'app') ?? '', /^app:1001:1001:/)
  })
  it('ends with 1 for everything wrong', () => {
    const world = worldOf('alpine')
    sh(world, 'addgroup -g 1500 other && addgroup -g 3000 app && adduser -D -u 1600 a')
    for (const line of [
      'adduser -D -u 1600 b',
      'adduser -D a',
      'adduser -D -G ghosts b',
      'adduser -D -G 3000 b',
      'adduser -D -u 1500 b',
      'adduser -D app',
      'addgroup -g 100 b',
      'addgroup a ghosts',
    ])
      assert.equal(exit(world, line), 1, line)
  })
})

describe('questions about accounts', () => {
  it('id prints who runs, and fails for nobody', () => {
    const world = worldOf()
    sh(world, 'useradd -u 1500 -G tty app')
    assert.equal(sh(world, 'id -u app').output, '1500\n')
    assert.equal(sh(world, 'id app').output, 'uid=1500(app) gid=1500(app) groups=1500(app),5(tty)\n')
    assert.equal(sh(world, 'id -un').output, 'root\n')
    assert.equal(exit(world, 'id ghost'), 1)
    assert.equal(exit(worldOf('debian', false), 'id ghost'), 'maybe')
  })
  it('getent and grep find lines', () => {
    const world = worldOf()
    sh(world, 'useradd -u 1500 -G tty app')
    assert.equal(sh(world, 'getent passwd app').output, 'app:x:1500:1500::/home/app:/bin/sh\n')
    assert.equal(exit(world, 'getent group ghosts'), 2)
    assert.equal(sh(world, 'grep ^app: /etc/passwd').output, 'app:x:1500:1500::/home/app:/bin/sh\n')
    assert.equal(exit(world, "grep -q '^ghost:' /etc/passwd"), 1)
    assert.equal(exit(world, "grep -q '^www-data:' /etc/passwd"), 'ok')
    assert.equal(sh(world, "grep -E '[:,]app(,|$)' /etc/group").output, 'tty:x:5:app\n')
    assert.equal(exit(world, "grep -E '((a*)*)*b' /etc/group"), 'maybe')
  })
  it('filters print what they make of a known input', () => {
    const world = worldOf()
    assert.equal(sh(world, 'cut -d: -f1,3', 'a:b:c\nd:e:f\n').output, 'a:c\nd:f\n')
    assert.equal(sh(world, 'tr a-z A-Z', 'abc').output, 'ABC')
    assert.equal(sh(world, "awk -F: '{print $3}'", 'a:b:c\n').output, 'c\n')
    assert.equal(sh(world, 'head -n 1', 'a\nb\n').output, 'a\n')
  })
})
