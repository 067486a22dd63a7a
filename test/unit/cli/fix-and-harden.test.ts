import assert from 'node:assert/strict'
import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { folderWith, unroot } from './run.ts'

const rootful = 'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nCMD ["python3", "app.py"]\n'

describe('unroot fix', function () {
  this.timeout(30_000)

  it('writes suggestions where they are asked for, and the finding is gone', async () => {
    using dir = folderWith({ Dockerfile: rootful })
    const { stdout, stderr } = await unroot(['fix', '--suggestions', '--rule', 'runs-as-root'], {
      cwd: dir.folder,
    })
    assert.match(stdout, /Dockerfile:1: .* \[runs-as-root\]\n1 fix in 1 file/, stderr)
    const after = await unroot(['check', '--quiet'], { cwd: dir.folder })
    assert.doesNotMatch(after.stdout, /runs-as-root/)
  })

  it('leaves everything else byte for byte: CRLF, tabs, no line break at the end, byte order mark, mode', async () => {
    const text = `\uFEFF${rootful.replaceAll('\n', '\r\n').replace('WORKDIR', '\tWORKDIR').trimEnd()}`
    using dir = folderWith({ Dockerfile: text })
    const path = join(dir.folder, 'Dockerfile')
    chmodSync(path, 0o640)
    await unroot(['fix', '--suggestions'], { cwd: dir.folder })
    const after = readFileSync(path, 'utf8')
    assert.notEqual(after, text)
    assert.ok(after.startsWith('\uFEFFFROM python:3.13-slim\r\n'))
    assert.doesNotMatch(after, /[^\r]\n/)
    for (const line of text.split('\r\n')) assert.ok(after.includes(line), line)
    assert.equal(statSync(path).mode & 0o777, 0o640)
    assert.deepEqual(readdirSync(dir.folder), ['Dockerfile'])
  })

  it('--diff prints and writes nothing', async () => {
    using dir = folderWith({ Dockerfile: rootful })
    const { stdout } = await unroot(['fix', '--suggestions', '--diff'], { cwd: dir.folder })
    assert.match(stdout, /^--- a\/Dockerfile\n\+\+\+ b\/Dockerfile\n@@ /)
    assert.match(stdout, /^\+USER /m)
    assert.equal(readFileSync(join(dir.folder, 'Dockerfile'), 'utf8'), rootful)
  })

  it('turns stdin into stdout', async () => {
    const { stdout } = await unroot(['fix', '-', '--suggestions'], { stdin: rootful })
    assert.match(stdout, /^USER /m)
    assert.ok(stdout.startsWith('FROM python:3.13-slim\n'))
  })

  it('keeps a link a link', async () => {
    using dir = folderWith({ 'real/Dockerfile': rootful })
    symlinkSync('real/Dockerfile', join(dir.folder, 'Dockerfile'))
    await unroot(['fix', '--suggestions', 'Dockerfile'], { cwd: dir.folder })
    assert.ok(lstatSync(join(dir.folder, 'Dockerfile')).isSymbolicLink())
    assert.notEqual(readFileSync(join(dir.folder, 'real/Dockerfile'), 'utf8'), rootful)
  })

  it('writes nothing at all where one file cannot be read', async () => {
    using dir = folderWith({ Dockerfile: rootful, 'Dockerfile.bin': new Uint8Array([0, 1]) })
    const { code, stdout, stderr } = await unroot(['fix', '--suggestions'], { cwd: dir.folder })
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /Dockerfile\.bin: is a binary file/)
    assert.equal(readFileSync(join(dir.folder, 'Dockerfile'), 'utf8'), rootful)
  })

  it('writes nothing back that it could not read exactly', async () => {
    const bytes = Buffer.concat([Buffer.from(rootful), Buffer.from([0x23, 0x20, 0xe9, 0x0a])])
    using dir = folderWith({ Dockerfile: bytes })
    const { code, stderr } = await unroot(['fix', '--suggestions'], { cwd: dir.folder })
    assert.equal(code, 2)
    assert.match(stderr, /not valid UTF-8/)
    assert.deepEqual(readFileSync(join(dir.folder, 'Dockerfile')), bytes)
  })

  it('knows its rules', async () => {
    const { code, stderr } = await unroot(['fix', '-', '--rule', 'runs-as-rot'], { stdin: rootful })
    assert.equal(code, 2)
    assert.match(stderr, /no rule runs-as-rot; did you mean runs-as-root\?/)
  })

  it('reports as JSON', async () => {
    using dir = folderWith({ Dockerfile: rootful })
    const { stdout } = await unroot(['fix', '--suggestions', '--format', 'json'], { cwd: dir.folder })
    const { version, files } = JSON.parse(stdout)
    assert.equal(version, 1)
    assert.equal(files[0].file, 'Dockerfile')
    assert.ok(files[0].applied.length >= 1)
  })
})

describe('unroot harden', function () {
  this.timeout(30_000)

  it('prints a diff and changes nothing', async () => {
    using dir = folderWith({ Dockerfile: rootful })
    const { code, stdout } = await unroot(['harden'], { cwd: dir.folder })
    assert.equal(code, 0)
    assert.match(stdout, /^--- a\/Dockerfile\n/)
    assert.match(stdout, /^\+USER /m)
    assert.equal(readFileSync(join(dir.folder, 'Dockerfile'), 'utf8'), rootful)
  })

  it('--write changes the file, and a second time nothing', async () => {
    using dir = folderWith({ Dockerfile: rootful })
    const path = join(dir.folder, 'Dockerfile')
    await unroot(['harden', '--write'], { cwd: dir.folder })
    const once = readFileSync(path, 'utf8')
    assert.match(once, /^USER /m)
    const second = await unroot(['harden', '--write'], { cwd: dir.folder })
    assert.equal(readFileSync(path, 'utf8'), once)
    assert.equal(second.code, 0)
    const check = await unroot(['check', '--quiet'], { cwd: dir.folder })
    assert.doesNotMatch(check.stdout, /runs-as-root/)
  })

  it('changes files of the context with the Dockerfile', async () => {
    const text = 'FROM httpd:2.4\nCOPY my.conf /usr/local/apache2/conf/httpd.conf\nEXPOSE 80\n'
    using dir = folderWith({ 'web/Dockerfile': text, 'web/my.conf': 'Listen 80\n' })
    const config = join(dir.folder, 'web/my.conf')
    const kubernetes = ['harden', 'web', '--profile', 'kubernetes']
    const diff = await unroot(kubernetes, { cwd: dir.folder })
    assert.match(diff.stdout, /^\+\+\+ b\/web\/my\.conf\n.*\n-Listen 80\n\+Listen 8080$/m)
    assert.equal(readFileSync(config, 'utf8'), 'Listen 80\n')
    const whole = await unroot([...kubernetes, '--stdout'], { cwd: dir.folder })
    assert.match(whole.stderr, /web\/my\.conf has to change with it/)
    await unroot([...kubernetes, '--write'], { cwd: dir.folder })
    assert.equal(readFileSync(config, 'utf8'), 'Listen 8080\n')
    const again = await unroot(kubernetes, { cwd: dir.folder })
    assert.equal(again.stdout, '')
  })

  it('--stdout prints the whole file, also of stdin', async () => {
    const { stdout } = await unroot(['harden', '-', '--stdout'], { stdin: rootful })
    assert.ok(stdout.startsWith('FROM python:3.13-slim\n'))
    assert.match(stdout, /^USER /m)
  })

  it('--report adds the guidance', async () => {
    const { stdout } = await unroot(['harden', '-', '--report'], { stdin: rootful })
    assert.match(stdout, /^#/m)
  })

  it('wants one way of delivery', async () => {
    const { code, stderr } = await unroot(['harden', '-', '--write', '--stdout'], { stdin: rootful })
    assert.equal(code, 2)
    assert.match(stderr, /exclude each other/)
  })

  it('reports as JSON', async () => {
    const { stdout } = await unroot(['harden', '-', '--format', 'json'], { stdin: rootful })
    const { files } = JSON.parse(stdout)
    assert.match(files[0].result, /^USER /m)
    assert.ok(files[0].steps.length >= 1)
  })
})
