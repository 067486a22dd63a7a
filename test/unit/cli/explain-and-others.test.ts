import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { gzipSync } from 'node:zlib'
import { tarOf } from '../archives/tar.ts'
import { folderWith, scriptPath, unroot } from './run.ts'

const dockerfile = [
  'FROM debian:12 AS build',
  'RUN useradd --uid 1500 --create-home app',
  'USER app',
  'RUN touch /x',
  'FROM python:3.13-slim',
  'WORKDIR /app',
  'VOLUME /data',
  'EXPOSE 8080',
  'CMD ["python3"]',
  '',
].join('\n')

describe('unroot explain', function () {
  this.timeout(30_000)

  it('tells who runs at every instruction, as JSON', async () => {
    const { code, stdout } = await unroot(
      ['explain', '-', '--format', 'json', '--paths', '/app,/etc/passwd,/nope'],
      {
        stdin: dockerfile,
      },
    )
    assert.equal(code, 0)
    const { version, file, stages, runtime, paths } = JSON.parse(stdout)
    assert.equal(version, 1)
    assert.equal(file, '<stdin>')
    assert.deepEqual(
      stages.map(({ index, name, line, base }: never) => [index, name, line, base]),
      [
        [0, 'build', 1, { reference: 'debian:12', resolvedBy: 'catalogue', os: 'debian' }],
        [1, null, 5, { reference: 'python:3.13-slim', resolvedBy: 'catalogue', os: 'debian' }],
      ],
    )
    const run = stages[0].instructions[2]
    assert.equal(run.keyword, 'RUN')
    assert.deepEqual(
      [run.line, run.identity.uid, run.identity.gid, run.identity.user],
      [4, 1500, 1500, 'app'],
    )
    assert.equal(run.identity.home, '/home/app')
    assert.deepEqual(
      stages[0].users.filter(({ line }: { line: number | null }) => line !== null),
      [{ name: 'app', uid: 1500, gid: 1500, home: '/home/app', line: 2 }],
    )
    assert.deepEqual(
      [runtime.stage, runtime.workdir, runtime.cmd, runtime.ports, runtime.volumes],
      [1, '/app', ['python3'], ['8080'], ['/data']],
    )
    assert.equal(runtime.identity.uid, 0)
    assert.equal(runtime.dropsPrivileges, null)
    assert.deepEqual(paths['/app'], {
      kind: 'directory',
      uid: 0,
      gid: 0,
      mode: '0755',
      writable: true,
      certainty: 'certain',
    })
  })

  it('draws a table with an arrow where somebody else takes over', async () => {
    const { stdout } = await unroot(['explain', '-'], { stdin: dockerfile })
    assert.match(stdout, / {4}3 {2}root .*USER app {2}→ app/)
    assert.match(stdout, /^Run time {2}The container runs as root\.$/m)
  })

  it('--line shows one instruction', async () => {
    const { stdout } = await unroot(['explain', '-', '--line', '4', '--format', 'json'], {
      stdin: dockerfile,
    })
    const { stages } = JSON.parse(stdout)
    assert.deepEqual(
      stages.map(({ instructions }: { instructions: { line: number }[] }) =>
        instructions.map(({ line }) => line),
      ),
      [[4]],
    )
  })

  it('takes absolute paths only', async () => {
    const { code, stderr } = await unroot(['explain', '-', '--paths', 'app'], { stdin: dockerfile })
    assert.equal(code, 2)
    assert.match(stderr, /app is not absolute; write it as \/app/)
  })

  it('knows what archives of the build context hold', async () => {
    const archive = gzipSync(tarOf([{ path: 'd/f', mode: 0o640, uid: 7, gid: 8 }]))
    using dir = folderWith({ Dockerfile: 'FROM debian:12\nADD a.tgz /data/\n', 'a.tgz': archive })
    const { stdout } = await unroot(
      ['explain', 'Dockerfile', '--paths', '/data/d/f,/data/none', '--format', 'json'],
      { cwd: dir.folder },
    )
    const { paths } = JSON.parse(stdout)
    assert.deepEqual(
      [paths['/data/d/f'].uid, paths['/data/d/f'].mode, paths['/data/d/f'].certainty],
      [7, '0640', 'certain'],
    )
    assert.equal(paths['/data/none'].kind, 'missing')
  })

  it('wants one file', async () => {
    using dir = folderWith({ 'a/Dockerfile': dockerfile, 'b/Dockerfile': dockerfile })
    const { code, stderr } = await unroot(['explain', '.'], { cwd: dir.folder })
    assert.equal(code, 2)
    assert.match(stderr, /several Dockerfiles/)
  })

  it('evaluates the stage, arguments and context it is told', async () => {
    using dir = folderWith({
      Dockerfile: 'ARG WHO=0\nFROM debian:12 AS a\nARG WHO\nUSER $WHO\nFROM debian:12\n',
    })
    const { stdout } = await unroot(
      ['explain', 'Dockerfile', '--target', 'a', '--build-arg', 'WHO=1234', '--format', 'json'],
      { cwd: dir.folder },
    )
    const { runtime } = JSON.parse(stdout)
    assert.deepEqual([runtime.stage, runtime.identity.uid], [0, 1234])
  })
})

describe('unroot runtime', function () {
  this.timeout(30_000)

  for (const [platform, expected] of [
    ['docker', /docker run/],
    ['compose', /services:|user:|cap_drop/],
    ['kubernetes', /securityContext/],
  ] as const)
    it(`--for ${platform}`, async () => {
      const { code, stdout } = await unroot(['runtime', '-', '--for', platform], { stdin: dockerfile })
      assert.equal(code, 0)
      assert.match(stdout, expected)
    })

  it('as JSON', async () => {
    const { stdout } = await unroot(['runtime', '-', '--format', 'json'], { stdin: dockerfile })
    const guidance = JSON.parse(stdout)
    assert.equal(guidance.version, 1)
    assert.ok(Array.isArray(guidance.capabilities))
  })
})

describe('unroot rules', function () {
  this.timeout(30_000)

  it('lists all rules with their pages', async () => {
    const { stdout } = await unroot(['rules', '--format', 'json'])
    const { rules } = JSON.parse(stdout)
    const rule = rules.find(({ id }: { id: string }) => id === 'runs-as-root')
    assert.equal(rule.severity, 'warning')
    assert.equal(rule.docs, 'https://github.com/unroot-dev/unroot/blob/main/docs/rules/runs-as-root.md')
    assert.deepEqual(
      rules.map(({ id }: { id: string }) => id),
      rules.map(({ id }: { id: string }) => id).toSorted(),
    )
  })
})

describe('unroot lsp', function () {
  this.timeout(30_000)

  it('answers over stdio and ends when told', async () => {
    const child = spawn(process.execPath, [await scriptPath(), 'lsp', '--stdio'], {
      env: { ...process.env, PATH: '', NODE_OPTIONS: '' },
    })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (text.includes('"id":2')) send({ method: 'exit' })
    })
    const send = (body: object) => {
      const text = JSON.stringify({ jsonrpc: '2.0', ...body })
      child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
    }
    send({ id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } })
    send({ method: 'initialized', params: {} })
    send({ id: 2, method: 'shutdown' })
    const code = await new Promise((done) => child.on('close', done))
    assert.equal(code, 0)
    assert.match(stdout, /"codeActionProvider"/)
  })
})
