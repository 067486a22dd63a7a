import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { folderWith, scriptPath, unroot } from './run.ts'

const rootful = 'FROM python:3.13-slim\nCMD ["python3"]\n'
const rootless = 'FROM scratch\nUSER 65532:65532\nCMD ["/app"]\n'

interface Report {
  readonly files: readonly {
    file: string
    findings: readonly { rule: string; line: number; column: number }[]
    problems: unknown[]
  }[]
  readonly summary: { files: number; errors: number; warnings: number; information: number; hints: number }
}
const read = (stdout: string) => JSON.parse(stdout) as Report

describe('unroot check', function () {
  this.timeout(30_000)

  it('finds an image that runs as root, and says where', async () => {
    using dir = folderWith({ Dockerfile: rootful })
    const { code, stdout, stderr } = await unroot(['check', '.'], { cwd: dir.folder })
    assert.equal(code, 1)
    assert.match(stdout, /^Dockerfile:1:6: warning: .*python:3\.13-slim.* \[runs-as-root\]$/m)
    assert.match(stdout, / {4}1 │ FROM python:3\.13-slim\n {6}│ {6}\^{16}/)
    assert.equal(stderr, '')
  })

  it('has nothing to say about an image that runs as somebody else', async () => {
    using dir = folderWith({ Dockerfile: rootless })
    const { code, stdout } = await unroot(['check', 'Dockerfile', '--fail-on', 'warning'], {
      cwd: dir.folder,
    })
    assert.equal(code, 0)
    assert.doesNotMatch(stdout, /warning|error/)
  })

  it('says it in Chinese where that is asked for, and JSON in English still', async () => {
    using dir = folderWith({ Dockerfile: rootful })
    const { code, stdout } = await unroot(['check', '--lang', 'zh-cn', '.'], { cwd: dir.folder })
    assert.equal(code, 1)
    assert.match(stdout, /^Dockerfile:1:6: warning: `python:3\.13-slim` 没有设置用户.* \[runs-as-root\]$/m)
    assert.match(stdout, /^1 个文件：1 个警告。$/m)
    const json = await unroot(['check', '--lang', 'zh-cn', '--format', 'json', '.'], { cwd: dir.folder })
    assert.doesNotMatch(json.stdout, /\p{Script=Han}/u)
  })

  it('writes the JSON of the contract', async () => {
    using dir = folderWith({ 'a/Dockerfile': rootful, 'b/Dockerfile': rootless })
    const { code, stdout } = await unroot(['check', '--format', 'json', '.'], { cwd: dir.folder })
    assert.equal(code, 1)
    const { files, summary } = read(stdout)
    assert.deepEqual(
      files.map(({ file }) => file),
      ['a/Dockerfile', 'b/Dockerfile'],
    )
    const finding = files[0]?.findings.find(({ rule }) => rule === 'runs-as-root')
    assert.deepEqual([finding?.line, finding?.column], [1, 6])
    assert.equal(summary.files, 2)
    assert.ok(summary.warnings >= 1)
  })

  it('says the same twice', async () => {
    using dir = folderWith({ 'a/Dockerfile': rootful, 'b/api.dockerfile': rootful, Containerfile: rootful })
    const runs = await Promise.all(
      [1, 2].map(() => unroot(['check', '--format', 'json'], { cwd: dir.folder })),
    )
    assert.equal(runs[0]?.stdout, runs[1]?.stdout)
  })

  it('reads stdin, under the name it is given', async () => {
    const { code, stdout } = await unroot(['check', '-', '--stdin-filename', 'x/Dockerfile'], {
      stdin: rootful,
    })
    assert.equal(code, 1)
    assert.match(stdout, /^x\/Dockerfile:1:6: /)
  })

  it('counts lines and columns as an editor does, also behind a byte order mark and with CRLF', async () => {
    const { stdout } = await unroot(['check', '-', '--format', 'json'], {
      stdin: `\uFEFF# comment\r\n${rootful.replaceAll('\n', '\r\n')}`,
    })
    const finding = read(stdout).files[0]?.findings.find(({ rule }) => rule === 'runs-as-root')
    assert.deepEqual([finding?.line, finding?.column], [2, 6])
  })

  for (const [failOn, expected] of [
    ['error', 0],
    ['warning', 1],
    ['hint', 1],
    ['never', 0],
  ] as const)
    it(`--fail-on ${failOn} ends with ${expected} where there is a warning`, async () => {
      const { code } = await unroot(['check', '-', '--fail-on', failOn], { stdin: rootful })
      assert.equal(code, expected)
    })

  it('--quiet prints one line a finding and no summary', async () => {
    const { stdout } = await unroot(['check', '-', '--quiet'], { stdin: rootful })
    assert.match(stdout, /^(<stdin>:\d+:\d+: .*\n)+$/)
  })

  it('colours only where asked', async () => {
    const plain = await unroot(['check', '-'], { stdin: rootful })
    const colored = await unroot(['check', '-', '--color', 'always'], { stdin: rootful })
    assert.ok(!plain.stdout.includes('\u001b'))
    assert.ok(colored.stdout.includes('\u001b[33m'))
  })

  it('shows control characters of a file as what they are not', async () => {
    const { stdout } = await unroot(['check', '-'], { stdin: 'FROM python:3.13 \u001b[2J\u009b1m\n' })
    for (const control of ['\u001b', '\u009b']) assert.ok(!stdout.includes(control))
  })

  describe('which files', () => {
    it('are those with a Dockerfile name, in any case, below the folder', async () => {
      using dir = folderWith({
        'a/Dockerfile': rootful,
        'b/dockerfile': rootful,
        'c/Dockerfile.prod': rootful,
        'd/api.Dockerfile': rootful,
        'e/Containerfile': rootful,
        'f/Containerfile.dev': rootful,
        'g/Dockerfile.dockerignore': 'x',
        'h/Dockerfile.md': '# x',
        'i/Dockerfile.j2': '{{ x }}',
        'j/Dockerfiles': 'x',
        'node_modules/x/Dockerfile': rootful,
        '.git/x/Dockerfile': rootful,
      })
      const { stdout } = await unroot(['check', '.', '--format', 'json'], { cwd: dir.folder })
      assert.deepEqual(
        read(stdout).files.map(({ file }) => file),
        [
          'a/Dockerfile',
          'b/dockerfile',
          'c/Dockerfile.prod',
          'd/api.Dockerfile',
          'e/Containerfile',
          'f/Containerfile.dev',
        ],
      )
    })

    it('respect .gitignore, nested ones and those above', async () => {
      using dir = folderWith({
        '.git/HEAD': 'ref: refs/heads/main\n',
        '.gitignore': 'build/\n*.dockerfile\n',
        'sub/.gitignore': '!kept.dockerfile\n/local\n',
        'sub/Dockerfile': rootful,
        'sub/kept.dockerfile': rootful,
        'sub/gone.dockerfile': rootful,
        'sub/local/Dockerfile': rootful,
        'sub/build/Dockerfile': rootful,
      })
      const { stdout } = await unroot(['check', 'sub', '--format', 'json'], { cwd: dir.folder })
      assert.deepEqual(
        read(stdout).files.map(({ file }) => file),
        ['sub/Dockerfile', 'sub/kept.dockerfile'],
      )
    })

    it('are taken as given where they are named, and each once', async () => {
      using dir = folderWith({ '.git/HEAD': '', '.gitignore': 'x.txt\n', 'x.txt': rootful })
      const { stdout } = await unroot(['check', 'x.txt', './x.txt', '--format', 'json'], { cwd: dir.folder })
      assert.equal(read(stdout).files.length, 1)
    })

    it('are left out where .unroot.json ignores them', async () => {
      using dir = folderWith({
        '.unroot.json': '{ "ignore": ["legacy/**", "*.dev"] }',
        'legacy/Dockerfile': rootful,
        'Dockerfile.dev': rootful,
        Dockerfile: rootful,
      })
      const { stdout } = await unroot(['check', '.', '--format', 'json'], { cwd: dir.folder })
      assert.deepEqual(
        read(stdout).files.map(({ file }) => file),
        ['Dockerfile'],
      )
    })
  })

  describe('configuration', () => {
    const off = '{ // not here\n "rules": { "runs-as-root": "off" } }'

    it('is the nearest .unroot.json', async () => {
      using dir = folderWith({
        '.unroot.json': off,
        'a/Dockerfile': rootful,
        'b/.unroot.json': '{}',
        'b/Dockerfile': rootful,
      })
      const { stdout } = await unroot(['check', '--quiet'], { cwd: dir.folder })
      assert.doesNotMatch(stdout, /^a\/.*runs-as-root/m)
      assert.match(stdout, /^b\/.*runs-as-root/m)
    })

    it('is another file with --config, and none with --no-config', async () => {
      using dir = folderWith({ '.unroot.json': '{}', 'other.json': off, Dockerfile: rootful })
      const other = await unroot(['check', '--config', 'other.json', '--quiet'], { cwd: dir.folder })
      assert.doesNotMatch(other.stdout, /runs-as-root/)
      using plain = folderWith({ '.unroot.json': off, Dockerfile: rootful })
      const none = await unroot(['check', '--no-config', '--quiet'], { cwd: plain.folder })
      assert.match(none.stdout, /runs-as-root/)
    })

    it('declares base images', async () => {
      using dir = folderWith({
        '.unroot.json':
          '{ "baseImages": { "registry.corp/*": { "like": "debian:12", "user": "app", "uid": 1500, "gid": 1500 } } }',
        Dockerfile: 'FROM registry.corp/base:1\n',
      })
      const { stdout } = await unroot(['explain', 'Dockerfile', '--format', 'json'], { cwd: dir.folder })
      const { stages, runtime } = JSON.parse(stdout)
      assert.equal(stages[0].base.resolvedBy, 'declared')
      assert.equal(runtime.identity.uid, 1500)
    })

    it('sets the limit for the exit code, and the flag goes before it', async () => {
      using dir = folderWith({ '.unroot.json': '{ "failOn": "never" }', Dockerfile: rootful })
      assert.equal((await unroot(['check'], { cwd: dir.folder })).code, 0)
      assert.equal((await unroot(['check', '--fail-on', 'warning'], { cwd: dir.folder })).code, 1)
    })
  })

  describe('bad input ends with 2 and a word on stderr:', () => {
    const cases: Readonly<
      Record<string, { tree?: Parameters<typeof folderWith>[0]; args: string[]; says: RegExp }>
    > = {
      'a missing path': { args: ['check', 'nope'], says: /nope: no such file or directory/ },
      'a folder without Dockerfiles': {
        tree: { empty: undefined },
        args: ['check', 'empty'],
        says: /empty: no Dockerfile in this directory/,
      },
      'a binary file': {
        tree: { Dockerfile: new Uint8Array([70, 0, 1, 2]) },
        args: ['check'],
        says: /Dockerfile: is a binary file/,
      },
      'UTF-16': {
        tree: { Dockerfile: Buffer.from('\uFEFFFROM x\n', 'utf16le') },
        args: ['check'],
        says: /is a binary file/,
      },
      'a huge file': {
        tree: { Dockerfile: Buffer.alloc(17 * 1024 * 1024, 35) },
        args: ['check'],
        says: /is too large for a Dockerfile/,
      },
      'a broken configuration': {
        tree: { '.unroot.json': '{ "rules": ', Dockerfile: rootful },
        args: ['check'],
        says: /\.unroot\.json:1:\d+: /,
      },
      'an unknown key': {
        tree: { '.unroot.json': '{ "rulez": {} }', Dockerfile: rootful },
        args: ['check'],
        says: /1:3: .*`rulez`.*`rules`/,
      },
      'an unknown rule': {
        tree: { '.unroot.json': '{ "rules": { "runs-as-rot": "off" } }', Dockerfile: rootful },
        args: ['check'],
        says: /`runs-as-rot`.*`runs-as-root`/,
      },
      'a missing configuration': {
        tree: { Dockerfile: rootful },
        args: ['check', '--config', 'none.json'],
        says: /none\.json: no such file/,
      },
      'a missing context': {
        tree: { Dockerfile: rootful },
        args: ['check', '--context', 'nope'],
        says: /--context nope: no such directory/,
      },
      'an unknown option': { args: ['check', '--frobnicate'], says: /unknown option '--frobnicate'/ },
      'an unknown command': { args: ['chekc'], says: /unknown command 'chekc'/ },
      'no command': { args: [], says: /Usage: unroot/ },
      'an unknown format': {
        args: ['check', '--format', 'toml'],
        says: /Allowed choices are text, json, sarif/,
      },
      'a bad severity': { args: ['check', '--fail-on', 'fatal'], says: /Allowed choices/ },
      'a bad build argument': { args: ['check', '--build-arg', '=x'], says: /NAME=VALUE/ },
    }
    for (const [name, { tree, args, says }] of Object.entries(cases))
      it(name, async () => {
        using dir = folderWith(tree ?? {})
        const { code, stderr } = await unroot(args, { cwd: dir.folder })
        assert.equal(code, 2, stderr)
        assert.match(stderr, says)
      })

    it('a file that may not be read', async function () {
      if (process.getuid?.() === 0) this.skip()
      using dir = folderWith({ Dockerfile: rootful })
      chmodSync(`${dir.folder}/Dockerfile`, 0)
      const { code, stderr } = await unroot(['check'], { cwd: dir.folder })
      assert.equal(code, 2)
      assert.match(stderr, /permission denied/)
    })

    it('but the other files are still judged', async () => {
      using dir = folderWith({ Dockerfile: rootful })
      const { code, stdout, stderr } = await unroot(['check', 'nope', 'Dockerfile', '--format', 'json'], {
        cwd: dir.folder,
      })
      assert.equal(code, 2)
      assert.match(stderr, /nope/)
      const { files } = read(stdout)
      assert.equal(files.find(({ file }) => file === 'nope')?.problems.length, 1)
      assert.ok(files.find(({ file }) => file === 'Dockerfile')?.findings.length)
    })
  })

  it('takes an empty file for an error, not for a crash', async () => {
    const { code, stderr } = await unroot(['check', '-'], { stdin: '' })
    assert.notEqual(code, 3, stderr)
  })

  it('gets through a line of a megabyte', async () => {
    const { code, stdout, stderr } = await unroot(['check', '-'], {
      stdin: `FROM python:3.13\nRUN echo ${'x'.repeat(1_000_000)}\n`,
    })
    assert.equal(code, 1, stderr)
    assert.ok(stdout.length < 5_000)
  })

  it('ends quietly when nobody reads on', async () => {
    using dir = folderWith(
      Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`${n}/Dockerfile`, rootful])),
    )
    const child = spawn(process.execPath, [await scriptPath(), 'check', '--format', 'json'], {
      cwd: dir.folder,
      env: { ...process.env, PATH: '', NODE_OPTIONS: '' },
    })
    let stderr = ''
    child.stderr.on('data', (text) => {
      stderr += text
    })
    child.stdout.destroy()
    await new Promise((done) => child.on('close', done))
    assert.equal(stderr, '')
  })

  it('prints version and help on stdout, with 0', async () => {
    const version = await unroot(['--version'])
    assert.equal(version.code, 0)
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/)
    const help = await unroot(['check', '--help'])
    assert.equal(help.code, 0)
    assert.match(help.stdout, /--fail-on/)
  })
})
