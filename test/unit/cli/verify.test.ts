import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { eventually } from '../language-server/editor.ts'
import { fakeEngine, inspects, sees } from '../verify/fake-engine.ts'
import { folderWith, scriptPath, unroot } from './run.ts'

const dockerfile = 'FROM node:22\nUSER node\nCMD ["node", "server.js"]\n'
const strings = (env: NodeJS.ProcessEnv) => env as Readonly<Record<string, string>>

describe('unroot verify', function () {
  this.timeout(60_000)

  it('ends with 0 where all is as it should be, and says so as JSON', async () => {
    using engine = fakeEngine()
    using dir = folderWith({ Dockerfile: dockerfile })
    const { code, stdout, stderr } = await unroot(
      ['verify', 'Dockerfile', '--format', 'json', '--wait', '0.1'],
      { cwd: dir.folder, env: strings(engine.env) },
    )
    assert.deepEqual([code, stderr], [0, ''])
    const { version, file, summary, flags } = JSON.parse(stdout)
    assert.deepEqual([version, file, summary.wrong, flags[0]], [1, 'Dockerfile', 0, '--cap-drop=ALL'])
    const build = engine.calls().find((call) => call.startsWith('build --load'))
    assert.ok(build?.endsWith(`--file ${dir.folder}/Dockerfile ${dir.folder}`), build)
  })

  it('ends with 1 at or above --fail-on', async () => {
    using engine = fakeEngine({ probe: sees({ uid: 0 }), exec: sees({ uid: 10001 }) })
    const verify = (...more: string[]) =>
      unroot(['verify', '-', '--wait', '0.1', ...more], {
        stdin: 'FROM python:3.13\nCMD ["python"]\n',
        env: strings(engine.env),
      })
    const found = await verify()
    assert.equal(found.code, 1)
    assert.match(found.stdout, /^warning: The image runs as root;/m)
    assert.equal((await verify('--fail-on', 'error')).code, 0)
    assert.equal((await verify('--fail-on', 'never')).code, 0)
    using broken = fakeEngine({ inspect: inspects({ running: false, exitCode: 3 }) })
    const ended = await unroot(['verify', '-', '--fail-on', 'error'], {
      stdin: dockerfile,
      env: strings(broken.env),
    })
    assert.equal(ended.code, 1)
  })

  it('ends with 2, one sentence on stderr and nothing on stdout where it cannot be done', async () => {
    const { code, stdout, stderr } = await unroot(['verify', '-'], { stdin: dockerfile })
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, /^unroot: <stdin>: Neither docker nor podman is on the PATH\. [^\n]+\n$/)
    for (const wrong of [
      ['--wait', 'long'],
      ['--timeout', '0'],
      ['--engine', 'rkt'],
    ])
      assert.equal((await unroot(['verify', '-', ...wrong], { stdin: dockerfile })).code, 2, wrong.join(' '))
  })

  /** A run whose build has begun. */
  async function begun(folder: string) {
    const mark = `${folder}/begun`
    const engine = fakeEngine({ build: `touch '${mark}'; sleep 30` })
    const child = spawn(process.execPath, [await scriptPath(), 'verify', `${folder}/Dockerfile`], {
      env: { ...engine.env, NODE_OPTIONS: '' },
      stdio: 'ignore',
    })
    const end = new Promise<NodeJS.Signals | null>((done) => child.on('close', (_, signal) => done(signal)))
    const waiting = Date.now() + 20_000
    while (!existsSync(mark) && Date.now() < waiting) await new Promise((done) => setTimeout(done, 20))
    assert.ok(existsSync(mark), 'the build did not begin')
    return { engine, child, end }
  }
  const removals = (calls: readonly string[]) =>
    calls.filter((call) => /^(?:rm|image rm) --force/.test(call)).length

  it('cleans up after Ctrl-C, and ends as a program does that got it', async () => {
    using dir = folderWith({ Dockerfile: dockerfile })
    const { engine, child, end } = await begun(dir.folder)
    using _ = engine
    child.kill('SIGINT')
    assert.equal(await end, 'SIGINT')
    assert.ok(removals(engine.calls()) >= 2)
  })

  it('is cleaned up after when it is killed', async () => {
    using dir = folderWith({ Dockerfile: dockerfile })
    const { engine, child, end } = await begun(dir.folder)
    using _ = engine
    child.kill('SIGKILL')
    assert.equal(await end, 'SIGKILL')
    await eventually(() => removals(engine.calls()) >= 2, 'what it made is removed')
  })
})
