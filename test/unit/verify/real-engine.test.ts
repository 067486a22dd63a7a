import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AnalysisOptions, analyse } from '../../../server/src/analysis/index.ts'
import { catalogue, combine, declaredBaseImages } from '../../../server/src/base-images/index.ts'
import { nodeBuildContext } from '../../../server/src/build-context/node.ts'
import { type VerifyControl, verifyImage } from '../../../server/src/verify/node.ts'
import { type Engine, engine } from '../../engine/index.ts'
import { places } from '../../engine/places.ts'
import { eventually } from '../language-server/editor.ts'
import { checkOf } from './request.ts'

describe('verify with a real engine', function () {
  this.timeout(120_000)
  let docker: Engine
  let folder: string
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DOCKER_HOST: `unix://${places.socket}`,
    DOCKER_CONFIG: places.config,
  }

  before(async function () {
    this.timeout(600_000)
    const found = await engine()
    if ('skipped' in found) {
      console.log(`      skipped: ${found.skipped}`)
      return this.skip()
    }
    docker = found
    folder = mkdtempSync(join(tmpdir(), 'unroot-verify-'))
    // The engine's own program, which also writes down how it is called.
    mkdirSync(join(folder, 'bin'))
    const program = join(places.programs, 'usr/bin/docker')
    const script = `#!/bin/sh\nprintf '%s\\n' "$*" >> '${folder}/calls'\nexec '${program}' "$@"\n`
    writeFileSync(join(folder, 'bin/docker'), script, { mode: 0o755 })
    env.PATH = `${join(folder, 'bin')}:${process.env.PATH}`
    for (const [base, tag] of [
      ['debian', 'debian:12'],
      ['debian-tools', 'unroot-test/debian-tools'],
      ['scratch-busybox', 'unroot-test/scratch-busybox'],
    ] as const) {
      const image = await docker.base(base, tag)
      assert.ok('image' in image, JSON.stringify(image))
    }
  })
  beforeEach(() => writeFileSync(join(folder, 'calls'), ''))
  after(async () => {
    if (!docker) return
    rmSync(folder, { recursive: true, force: true })
    await docker.close()
  })

  /** What the verifications of this test have made and left; others may be going on with the same engine. */
  const left = async (kind: 'containers' | 'images') => {
    const list = kind === 'containers' ? ['ps', '--all'] : ['images']
    const asked = labels().map((label) => docker.docker([...list, '--quiet', `--filter=label=${label}`]))
    return (await Promise.all(asked)).map(({ stdout }) => stdout.trim()).filter((ids) => ids !== '')
  }
  const labels = () => [
    ...new Set(readFileSync(join(folder, 'calls'), 'utf8').match(/dev\.unroot\.verify=[0-9a-f]{12}/g)),
  ]
  /** Volumes of its containers, as long as these are there. */
  const volumesNow = () => {
    const ask = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8', env }).trim()
    return labels()
      .flatMap((label) => ask('ps', '--all', '--quiet', `--filter=label=${label}`).split('\n'))
      .filter((id) => id !== '')
      .flatMap((id) => ask('inspect', '--format', '{{range .Mounts}}{{.Name}} {{end}}', id).split(' '))
      .filter((name) => name !== '')
  }

  const verify = (
    text: string,
    options: Partial<AnalysisOptions> = {},
    control: Partial<VerifyControl> = {},
  ) => {
    const path = join(folder, 'Dockerfile')
    writeFileSync(path, text)
    const analysis = analyse(text, {
      context: nodeBuildContext(folder, path),
      baseImages: catalogue(),
      ...options,
    })
    return verifyImage(
      { analysis, path, context: folder, network: 'none', wait: 1 },
      { signal: new AbortController().signal, progress: () => {}, env, ...control },
    )
  }
  const problems = (result: Awaited<ReturnType<typeof verify>>) =>
    result.kind === 'report' ? result.report.checks.flatMap(({ problem }) => problem ?? []) : [result]
  const verdicts = (result: Awaited<ReturnType<typeof verify>>) =>
    result.kind === 'report'
      ? result.report.checks.map(({ id, verdict }) => `${id} ${verdict}`)
      : [result.kind]

  it('finds nothing wrong with an image that runs as somebody, and leaves nothing behind', async () => {
    const volumes: string[] = []
    const text = `FROM debian:12
RUN groupadd --gid 1600 web && useradd --uid 1500 --gid web --groups games --create-home web
WORKDIR /app
RUN install -d -o web -g web /app/uploads && install -d /app/cache
VOLUME /app/uploads
USER web
CMD ["sleep", "1000"]
`
    const result = await verify(
      text,
      {},
      {
        progress: ({ english }) => {
          if (/^Cleaning/.test(english[0] ?? '')) volumes.push(...volumesNow())
        },
      },
    )
    assert.deepEqual(problems(result), [])
    assert.deepEqual(
      [checkOf(result, 'process-user')?.observed, checkOf(result, 'process-user')?.verdict],
      ['1500:1600, groups 60', 'confirmed'],
    )
    assert.deepEqual(
      (['/app in', '/app/uploads in', '/app/cache in', '/home/web in'] as const).map(
        (path) => checkOf(result, 'image-write', path)?.observed,
      ),
      ['refused', 'allowed', 'refused', 'allowed'],
    )
    assert.equal(checkOf(result, 'write', '/app/uploads')?.observed, 'allowed')
    assert.ok(!verdicts(result).some((one) => /wrong|unchecked/.test(one)), verdicts(result).join('\n'))
    assert.deepEqual([labels().length, await left('containers'), await left('images')], [1, [], []])
    assert.equal(volumes.length, 1)
    const kept = await docker.docker(['volume', 'inspect', ...volumes])
    assert.match(kept.stderr, /no such volume/i)
  })

  it('reports an image that runs as root, which the flags start as somebody else', async () => {
    const result = await verify('FROM debian:12\nCMD ["sleep", "1000"]\n')
    assert.deepEqual(
      [checkOf(result, 'image-user')?.observed, checkOf(result, 'process-user')?.observed],
      ['0:0', '10001:10001'],
    )
    assert.match(checkOf(result, 'image-user')?.problem ?? '', /^warning: The image runs as root/)
  })

  it('reports a prediction that rests on a wrong declaration', async () => {
    const lie = declaredBaseImages(
      { 'unroot-test/debian-tools': { like: 'debian:12', user: 'app', uid: 1000, gid: 1000 } },
      catalogue(),
    )
    const result = await verify('FROM unroot-test/debian-tools\nCMD ["sleep", "1000"]\n', {
      baseImages: combine(lie, catalogue()),
    })
    assert.equal(checkOf(result, 'process-user')?.verdict, 'wrong')
    assert.match(
      checkOf(result, 'process-user')?.problem ?? '',
      /^error: It runs as 0:0, not as app \(1000:1000\)/,
    )
  })

  it('looks from outside at an image with nothing but a static program', async () => {
    const result = await verify(`FROM unroot-test/scratch-busybox AS tools
FROM scratch
COPY --from=tools /bin/busybox /busybox
USER 1234:4321
ENTRYPOINT ["/busybox", "sleep", "1000"]
`)
    assert.deepEqual(problems(result), [])
    assert.deepEqual(
      (['process-user', 'capabilities', 'bounding-capabilities', 'no-new-privileges'] as const).map(
        (id) => checkOf(result, id)?.observed,
      ),
      ['1234:4321', 'none', 'none', 'set'],
    )
  })

  it('waits for a start that hands over, and tries what that user may write', async () => {
    writeFileSync(join(folder, 'start.sh'), '#!/bin/sh\nset -e\nchown svc /data\nexec gosu svc "$@"\n')
    const result = await verify(
      `FROM unroot-test/debian-tools
RUN useradd --uid 1700 svc && mkdir /data
COPY --chmod=0755 start.sh /start.sh
VOLUME /data
ENTRYPOINT ["/start.sh"]
CMD ["sleep", "1000"]
`,
      {
        baseImages: combine(
          declaredBaseImages(
            { 'unroot-test/debian-tools': { like: 'debian:12', tools: ['gosu'] } },
            catalogue(),
          ),
          catalogue(),
        ),
      },
    )
    assert.deepEqual(problems(result), [])
    assert.equal(checkOf(result, 'process-user')?.observed, '1700:1700')
    assert.equal(checkOf(result, 'write', '/data')?.observed, 'allowed')
    assert.match(checkOf(result, 'bounding-capabilities')?.observed ?? '', /CHOWN.*SETGID, SETUID/)
  })

  it('says which line of the build fails, and whether that was foreseen', async () => {
    const foreseen = await verify('FROM debian:12\nUSER 1000:1000\nRUN echo in && mkdir /opt/x\n')
    assert.deepEqual(
      [checkOf(foreseen, 'build')?.observed, checkOf(foreseen, 'build')?.verdict],
      ['fails in line 3', 'confirmed'],
    )
    assert.match(
      checkOf(foreseen, 'build')?.words ?? '',
      /mkdir: cannot create directory .*Permission denied/,
    )
    const news = await verify('FROM debian:12\nRUN dpkg-deb --info /etc/passwd\n')
    assert.deepEqual(
      [checkOf(news, 'build')?.observed, checkOf(news, 'build')?.verdict],
      ['fails in line 2', 'new'],
    )
  })

  it('says what a program said that did not stay up', async () => {
    const result = await verify(
      'FROM debian:12\nUSER 1000:1000\nCMD ["sh", "-c", "echo no licence; exit 4"]\n',
    )
    assert.deepEqual(
      [checkOf(result, 'runs')?.observed, checkOf(result, 'runs')?.words],
      ['ends with exit code 4', 'no licence'],
    )
    assert.equal(checkOf(result, 'process-user')?.observed, '1000:1000')
  })

  it('has nothing to start where there is no command', async () => {
    const result = await verify('FROM scratch\nCOPY Dockerfile /\nUSER 1000:1000\n')
    assert.match(checkOf(result, 'runs')?.problem ?? '', /has no CMD and no ENTRYPOINT/)
  })

  for (const [when, at, text] of [
    [
      'the build',
      /^Building/,
      'FROM debian:12\nRUN echo unroot-verify-cancel && sleep 100\nUSER 1000:1000\n',
    ],
    ['the start', /^Starting/, 'FROM debian:12\nUSER 1000:1000\nCMD ["sleep", "1000"]\n'],
  ] as const)
    it(`leaves nothing behind when it is cancelled during ${when}`, async () => {
      const stop = new AbortController()
      let reached = false
      const result = verify(
        text,
        {},
        {
          signal: stop.signal,
          progress: ({ english, args }) => {
            reached ||=
              at.test(english[0] ?? '') && (when === 'the start' || /sleep 100/.test(String(args[0])))
            if (reached) setTimeout(() => stop.abort(), 500)
          },
        },
      )
      assert.deepEqual(await result, { kind: 'stopped' })
      assert.ok(reached)
      assert.deepEqual([labels().length, await left('containers'), await left('images')], [1, [], []])
      // The builder has let go of the step too.
      await eventually(() => !hasProcess('unroot-verify-cancel'), 'no step is left running')
    })
})

/** A process of this machine with that in its command line. */
function hasProcess(words: string): boolean {
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(words)
    } catch {
      return false
    }
  })
}
