import assert from 'node:assert/strict'
import type { World } from '../../../server/src/image/commands/model.ts'
import { certain } from '../../../server/src/known.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import { become, look, sh, smallWorld } from './small-world.ts'

/** `certain`, `likely`, `possible` failures with their exit code; `works` where nothing speaks against it. */
function verdict(world: World, line: string): string {
  const outcome = sh(world, line)
  const failure = 'failure' in outcome ? outcome.failure : undefined
  return failure
    ? `${failure.certainty} ${failure.reason} ${failure.exitCode}`
    : outcome.status === 'fail'
      ? 'fails'
      : 'works'
}
const asApp = () => become(smallWorld(), 1500)
function inApp(uid: number): World {
  const world = smallWorld()
  sh(world, 'mkdir /app')
  world.cwd = certain('/app')
  return become(world, uid)
}

describe('package managers', () => {
  for (const [line, expected] of [
    ['apt-get update', 'certain permission-denied 100'],
    ['apt-get install -y curl', 'certain permission-denied 100'],
    ['apt-get --version', 'works'],
    ['apt-get download curl', 'works'],
    ['apt list --installed', 'works'],
    ['dpkg --configure -a', 'certain permission-denied 2'],
    ['dpkg -l', 'works'],
    ['dpkg -i /tmp/x.deb', 'certain permission-denied 2'],
    ['apk add --no-cache curl', 'certain permission-denied 99'],
    ['apk info', 'works'],
    ['dnf install -y curl', 'certain permission-denied 1'],
    ['microdnf install curl', 'certain permission-denied 1'],
    ['rpm -qa', 'works'],
    ['rpm -ivh /tmp/x.rpm', 'certain permission-denied 1'],
    ['zypper in curl', 'certain permission-denied 5'],
    ['pacman -Syu curl', 'certain permission-denied 1'],
    ['pacman -Qs curl', 'works'],
  ] as const)
    it(`${line} as a user: ${expected}`, () => assert.equal(verdict(asApp(), line), expected))

  it('says who needs root (run-as-user-apt-get-update)', () => {
    const outcome = sh(asApp(), 'apt-get update')
    assert.equal(
      'failure' in outcome && outcome.failure && inEnglish(outcome.failure.message),
      '`apt-get update` needs root, but runs as app (1500:1500): it cannot lock /var/lib/apt and /var/lib/dpkg.',
    )
  })

  it('tells what is installed, and which accounts came along', () => {
    const world = smallWorld()
    assert.equal(verdict(world, 'apt-get install -y --no-install-recommends curl postgresql=15.*'), 'works')
    assert.deepEqual([...(world.state.programs?.packages ?? [])].sort(), ['curl', 'postgresql'])
    const account = world.state.accounts.users.find(({ name }) => name === 'postgres')
    assert.equal(account?.uid.certainty, 'unknown')
    assert.equal(account?.certainty, 'likely')
    assert.equal(world.state.accounts.complete, false)
  })

  it('keeps the list of accounts whole where the packages have none', () => {
    const world = smallWorld()
    sh(world, 'apt-get update && apt-get install -y curl ca-certificates libpq-dev python3-pip')
    assert.equal(world.state.accounts.complete, true)
  })

  it('knows numbers that are fixed', () => {
    const world = smallWorld('alpine')
    sh(world, 'apk add --no-cache --virtual .deps postgresql16 nginx')
    const uid = (name: string) => world.state.accounts.users.find((user) => user.name === name)?.uid
    assert.deepEqual(uid('postgres'), { certainty: 'likely', value: 70, because: [world.origin] })
    assert.equal(uid('nginx')?.certainty, 'unknown')
    assert.equal([...(world.state.programs?.packages ?? [])].includes('.deps'), false)
  })

  it('does not touch what the Dockerfile made', () => {
    const world = inApp(0)
    sh(world, 'apt-get install -y nginx')
    assert.equal(look(world, '/app'), 'directory 0:0 0755')
    assert.equal(look(world, '/usr/bin/nginx'), 'unknown~possible 0~likely:0~likely ?')
  })
})

describe('languages’ tools', () => {
  it('npm ci in a folder of root’s fails, and says why', () => {
    const world = inApp(1500)
    const outcome = sh(world, 'npm ci --omit=dev')
    assert.equal(outcome.status, 'fail')
    assert.equal(
      'failure' in outcome && outcome.failure && inEnglish(outcome.failure.message),
      '`npm ci` writes to /app, which belongs to root:root with mode 0755, but runs as app (1500:1500): permission denied.',
    )
    assert.equal('exitCode' in outcome && outcome.exitCode, 243)
  })

  it('npm ci as root makes node_modules for root', () => {
    const world = inApp(0)
    assert.equal(verdict(world, 'npm ci'), 'works')
    assert.equal(look(world, '/app/node_modules'), 'directory 0:0 0755')
    assert.equal(look(world, '/app/node_modules/x'), 'unknown~possible 0:0 ?')
    assert.equal(look(world, '/app'), 'directory 0:0 0755')
    assert.ok(world.writes.includes('/app/node_modules'))
    sh(world, 'chown -R app /app')
    assert.equal(look(world, '/app/node_modules/x'), 'unknown~possible 1500:0 ?')
  })

  it('npm ci in a folder of one’s own works', () => {
    const world = inApp(0)
    sh(world, 'chown app /app')
    become(world, 1500)
    assert.equal(verdict(world, 'npm ci'), 'works')
    assert.equal(look(world, '/app/node_modules'), 'directory 1500:1500 0755')
  })

  for (const [line, expected] of [
    ['yarn install --frozen-lockfile', 'certain permission-denied 1'],
    ['yarn', 'certain permission-denied 1'],
    ['pnpm i', 'certain permission-denied 1'],
    ['npm install -g typescript', 'likely permission-denied 243'],
    ['npm run build', 'possible permission-denied 1'],
    ['npm --version', 'works'],
    ['corepack enable', 'likely permission-denied 1'],
    ['composer install', 'likely permission-denied 1'],
    ['pip install flask', 'works'],
    ['python -m pip install flask', 'works'],
    ['pip install --target=/app/lib flask', 'certain permission-denied 1'],
    ['python3 -m venv /opt/venv', 'certain permission-denied 1'],
    ['python3 -m venv /home/app/venv', 'works'],
    ['cargo build --release', 'likely permission-denied 101'],
    ['go build -o /usr/local/bin/server ./cmd/server', 'certain permission-denied 1'],
    ['ldconfig', 'certain permission-denied 1'],
    ['ldconfig -p', 'works'],
    ['bundle install', 'possible permission-denied 1'],
    ['git clone https://host/x/y.git', 'certain permission-denied 128'],
    ['git clone https://host/x/y.git /home/app/y', 'works'],
    ['curl -fsSL https://host/x -o /etc/x', 'certain permission-denied 23'],
    ['curl -fsSL https://host/x -o /tmp/x', 'works'],
    ['wget -q -O - https://host/x', 'works'],
    ['wget https://host/dir/x.tgz', 'certain permission-denied 3'],
    ['tar xzf /tmp/x.tgz', 'certain other 2'],
    ['sed -i s/a/b/ /etc/x', 'certain permission-denied 4'],
    ['ls /root', 'certain permission-denied 2'],
    ['cat /root/x', 'certain permission-denied 1'],
  ] as const)
    it(`${line} as a user in root’s /app: ${expected}`, () => {
      const world = inApp(0)
      sh(world, 'touch /etc/x')
      assert.equal(verdict(become(world, 1500), line), expected)
    })

  it('a user without a home cannot fill npm’s cache', () => {
    const world = inApp(0)
    sh(world, 'chown 1234 /app')
    assert.equal(verdict(become(world, 1234), 'npm ci'), 'likely permission-denied 243')
  })

  it('go build makes the file, with parents', () => {
    const world = inApp(0)
    assert.equal(verdict(world, 'go build -o /out/server .'), 'works')
    assert.equal(look(world, '/out/server'), 'file 0:0 0755')
  })

  it('dotnet publish makes its folder', () => {
    const world = inApp(0)
    sh(world, 'dotnet publish -c Release -o /out')
    assert.equal(look(world, '/out'), 'directory 0:0 0755')
  })

  it('a virtual environment is a folder of one’s own', () => {
    const world = inApp(0)
    sh(world, 'python3 -m venv /opt/venv')
    assert.equal(look(world, '/opt/venv/bin'), 'directory 0:0 0755~likely')
  })
})

describe('downloads and archives', () => {
  it('make what they name', () => {
    const world = inApp(0)
    sh(
      world,
      'curl -sSLo /a https://host/x && curl -O https://host/d/b.txt?x=1 && wget -P /opt/w https://host/c && wget -O/d https://host/q',
    )
    for (const path of ['/a', '/app/b.txt', '/opt/w/c', '/d'])
      assert.equal(look(world, path), 'file 0:0 0644', path)
    sh(world, 'git clone --depth 1 -b main https://host/x/tool.git && git clone https://host/x/tool.git /src')
    assert.equal(look(world, '/app/tool'), 'directory 0:0 0755')
    assert.equal(look(world, '/src/README'), 'unknown~possible 0:0 ?')
  })

  it('tar gives the archive’s owners as root, one’s own as a user (run-tar-owner)', () => {
    const world = smallWorld()
    sh(
      world,
      'touch /a.tar && mkdir /r /n && mkdir -m 0777 /u && tar -C /r -xf /a.tar && tar xf /a.tar -C /n --no-same-owner',
    )
    assert.equal(look(world, '/r/d'), 'unknown~possible ?:? ?')
    assert.equal(look(world, '/n/d'), 'unknown~possible 0:0 ?')
    become(world, 1500, 0)
    sh(world, 'tar -C /u -xf /a.tar')
    assert.equal(look(world, '/u/d/f'), 'unknown~possible 1500:0 ?')
  })
})

describe('find', () => {
  it('runs chown and chmod on what it meets', () => {
    const world = smallWorld()
    sh(world, 'mkdir -p /app/d && touch /app/f /app/d/g.sh')
    sh(world, 'find /app -type d -exec chmod 0750 {} +')
    sh(world, 'find /app -type f -exec chmod 0640 {} ;')
    sh(world, 'find /app -name *.sh -exec chown app {} +')
    assert.equal(look(world, '/app/d'), 'directory 0:0 0750')
    assert.equal(look(world, '/app/f'), 'file 0:0 0640')
    assert.equal(look(world, '/app/d/g.sh'), 'file 1500:0 0640')
    sh(world, 'find /app -mindepth 1 -delete')
    assert.equal(look(world, '/app/d'), 'missing')
    assert.equal(look(world, '/app'), 'directory 0:0 0750')
  })

  it('what may be met may be changed', () => {
    const world = smallWorld()
    sh(world, 'mkdir /app && touch /app/f && find /app -newer /x -exec chown app {} +')
    assert.equal(look(world, '/app/f'), 'file ?:0 0644')
  })

  it('gives unnamed entries what chown gives', () => {
    const world = smallWorld()
    sh(world, 'git clone https://host/x /src && find /src -exec chown app:app {} +')
    assert.equal(look(world, '/src/README'), 'unknown~possible 1500:1500 ?')
  })
})

describe('a program that nobody described', () => {
  it('may change what it is told of and what lies around it, nothing else', () => {
    const world = inApp(0)
    sh(world, 'mkdir /data /other && touch /app/f')
    assert.equal(sh(world, 'frobnicate --into=/data /new').status, 'maybe')
    assert.equal(look(world, '/data'), 'directory~possible 0~possible:0~possible 0755~possible')
    assert.equal(look(world, '/new'), 'unknown~possible 0:0 ?')
    assert.equal(look(world, '/other'), 'directory 0:0 0755')
    assert.equal(look(world, '/app'), 'directory 0:0 0755')
    assert.equal(look(world, '/app/f'), 'file 0:0 0644')
    assert.equal(look(world, '/app/g'), 'unknown~possible 0:0 ?')
  })

  it('cannot change what its identity may not write', () => {
    const world = inApp(0)
    sh(world, 'mkdir /data')
    sh(become(world, 1500), 'frobnicate /data /new')
    assert.equal(look(world, '/data'), 'directory 0:0 0755')
    assert.equal(look(world, '/new'), 'missing')
    assert.equal(look(world, '/app/g'), 'missing')
  })
})

describe('an installation to where nobody sees', () => {
  it('may have filled any folder', () => {
    const world = smallWorld()
    sh(
      world,
      'mkdir -p /tmp/out && cmake -DCMAKE_INSTALL_PREFIX=/tmp/out . && cmake --build . --target install',
    )
    assert.equal(verdict(world, 'cp /tmp/out/module.so /'), 'works')
    const other = smallWorld()
    sh(other, 'mkdir -p /tmp/out && make')
    assert.match(verdict(other, 'cp /tmp/out/module.so /'), /^certain/)
  })
})
