import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { collectingGarbage } from '../garbage.ts'
import { eventually } from '../language-server/editor.ts'
import { fakeEngine, inspects, sees } from './fake-engine.ts'
import { appImage, checkOf, messageOf, nodeImage, verifyText } from './request.ts'

const ownCalls = (calls: readonly string[]) => calls.map((call) => call.replace(/[0-9a-f]{12}/g, 'ID'))

describe('verify: an image that is as predicted', () => {
  it('confirms who runs, with which power, and what may be written', async () => {
    using engine = fakeEngine({
      probe: sees({}, ['no', 'yes']),
      exec: sees({}, ['no', 'yes']),
    })
    const result = await verifyText(appImage, engine.env)
    assert.deepEqual(checkOf(result, 'process-user'), {
      predicted: 'app (1000:1000)',
      observed: '1000:1000',
      verdict: 'confirmed',
      note: undefined,
      words: undefined,
      problem: undefined,
    })
    assert.deepEqual(
      (['build', 'runs', 'capabilities', 'bounding-capabilities', 'no-new-privileges'] as const).map(
        (id) => checkOf(result, id)?.verdict,
      ),
      ['confirmed', 'confirmed', 'confirmed', 'confirmed', 'confirmed'],
    )
    assert.deepEqual(checkOf(result, 'image-write', '/srv/app')?.verdict, 'confirmed')
    assert.deepEqual(checkOf(result, 'image-write', '/home/app')?.verdict, 'confirmed')
  })

  it('builds once, starts under the flags of the guidance, and removes what it made, and nothing else', async () => {
    using engine = fakeEngine()
    await verifyText(nodeImage, engine.env)
    const calls = ownCalls(engine.calls())
    assert.deepEqual(
      calls.filter((call) => /^(?:build --load|run --pull=never --name \S+-start|rm|image)/.test(call)),
      [
        'build --load --progress=plain --tag unroot-verify:ID --label dev.unroot.verify=ID --file /work/Dockerfile /work',
        'run --pull=never --name unroot-verify-ID-start --label dev.unroot.verify=ID --detach --cap-drop=ALL --security-opt=no-new-privileges --read-only --tmpfs /tmp unroot-verify:ID',
        'rm --force --volumes unroot-verify-ID-image unroot-verify-ID-user unroot-verify-ID-start unroot-verify-ID-again unroot-verify-ID-plain',
        'image rm --force unroot-verify:ID',
      ],
    )
  })

  it('hands on what the build and the start were asked for', async () => {
    using engine = fakeEngine()
    await verifyText('FROM node:22 AS a\nUSER node\nCMD ["node"]\nFROM a\n', engine.env, {
      options: { target: 'a', platform: 'linux/arm64', buildArgs: { VERSION: '1 2' } },
      network: 'lab',
      env: ['PASSWORD=secret'],
      path: undefined,
    })
    const calls = ownCalls(engine.calls())
    assert.ok(
      calls.includes(
        'build --load --progress=plain --tag unroot-verify:ID --label dev.unroot.verify=ID --file - --target a --platform linux/arm64 --network lab --build-arg VERSION=1 2 /work',
      ),
      calls.join('\n'),
    )
    const start = calls.find((call) => call.includes('--detach')) ?? ''
    assert.match(start, / --platform linux\/arm64 --env PASSWORD=secret --detach --network lab /)
  })

  it('takes volumes without a name and no port of the host', async () => {
    using engine = fakeEngine()
    const text =
      'FROM node:22\nRUN install -d -o node /data\nVOLUME /data\nEXPOSE 80\nUSER node\nCMD ["node"]\n'
    await verifyText(text, engine.env)
    const start = engine.calls().find((call) => call.includes('--detach')) ?? ''
    assert.match(start, / -v \/data /)
    assert.doesNotMatch(start, / -p | -v [^/]/)
  })

  it('leaves image and container where they are to be kept, and names them', async () => {
    using engine = fakeEngine()
    const result = await verifyText(nodeImage, engine.env, { keep: true })
    assert.ok(result.kind === 'report' && result.report.remarks.length === 1)
    assert.deepEqual(
      engine.calls().filter((call) => /^(?:rm|image rm)/.test(call)),
      [],
    )
  })
})

describe('verify: an image that is not as predicted', () => {
  it('says who runs instead, and judges nothing by the wrong user', async () => {
    using engine = fakeEngine({
      probe: sees({ uid: 0 }, ['yes', 'yes']),
      exec: sees({ uid: 0 }, ['no', 'no']),
    })
    const result = await verifyText(appImage, engine.env)
    const user = checkOf(result, 'process-user')
    assert.equal(user?.verdict, 'wrong')
    assert.equal(
      user?.problem,
      "error: It runs as 0:0, not as app (1000:1000): Unroot's picture of this image is wrong.",
    )
    assert.equal(checkOf(result, 'image-write'), undefined)
  })

  it('tells other groups', async () => {
    using engine = fakeEngine({ exec: sees({ groups: [1000, 44] }) })
    const user = checkOf(await verifyText(nodeImage, engine.env), 'process-user')
    assert.deepEqual([user?.observed, user?.verdict], ['1000:1000, groups 44', 'wrong'])
  })

  it('tells a path that may be written against the prediction, and one that may not', async () => {
    using engine = fakeEngine({ probe: sees({}, ['yes', 'no']) })
    const result = await verifyText(appImage, engine.env)
    assert.equal(
      checkOf(result, 'image-write', '/srv/app')?.problem,
      'error: /srv/app can be written, though Unroot says that it cannot.',
    )
    assert.equal(
      checkOf(result, 'image-write', '/home/app')?.problem,
      'error: /home/app cannot be written, though Unroot says that it can.',
    )
  })

  it('tells capabilities and privileges that the flags should have taken', async () => {
    using engine = fakeEngine({
      exec: sees({ effective: '0000000000000400', bounding: '00000000a80425fb', noNewPrivileges: 0 }),
    })
    const result = await verifyText(nodeImage, engine.env)
    assert.deepEqual(
      [checkOf(result, 'capabilities')?.observed, checkOf(result, 'capabilities')?.verdict],
      ['NET_BIND_SERVICE', 'wrong'],
    )
    assert.match(
      checkOf(result, 'bounding-capabilities')?.observed ?? '',
      /^AUDIT_WRITE, CHOWN, .*SYS_CHROOT$/,
    )
    assert.equal(checkOf(result, 'no-new-privileges')?.verdict, 'wrong')
  })

  it('warns of a path that is written at run time and cannot be', async () => {
    using engine = fakeEngine({ probe: sees({}, ['no']), exec: sees({}, ['no']) })
    const text = 'FROM node:22\nRUN mkdir /data\nVOLUME /data\nUSER node\nCMD ["node"]\n'
    const check = checkOf(await verifyText(text, engine.env), 'write', '/data')
    assert.equal(check?.verdict, 'confirmed')
    assert.equal(
      check?.problem,
      'warning: /data cannot be written, and it is written at run time: VOLUME in line 3. Give it to the user who runs.',
    )
  })
})

describe('verify: an image that runs as root', () => {
  it('warns, though the flags start it as somebody else', async () => {
    using engine = fakeEngine({
      probe: `case " $* " in *' --user '*) ${sees({ uid: 10001 })} ;; *) ${sees({ uid: 0 })} ;; esac`,
      exec: sees({ uid: 10001 }),
    })
    const result = await verifyText('FROM python:3.13\nCMD ["python"]\n', engine.env)
    assert.deepEqual(checkOf(result, 'image-user'), {
      predicted: 'root (0:0)',
      observed: '0:0',
      verdict: 'confirmed',
      note: undefined,
      words: undefined,
      problem:
        'warning: The image runs as root; only --user 10001:10001 keeps root away. Harden it, or never start it without.',
    })
    assert.equal(checkOf(result, 'process-user')?.observed, '10001:10001')
  })

  it('looks at who has taken over where the start hands over, and tries paths as that user', async () => {
    using engine = fakeEngine({ exec: sees({ uid: 999 }, ['yes']) })
    const result = await verifyText('FROM redis:8\n', engine.env)
    const user = checkOf(result, 'process-user')
    assert.deepEqual([user?.observed, user?.problem], ['999:999', undefined])
    assert.ok(
      engine.calls().some((call) => /^exec --user 999:999 /.test(call)),
      engine.calls().join('\n'),
    )
  })

  it('reports a start that was to hand over and did not', async () => {
    using engine = fakeEngine({ exec: sees({ uid: 0 }) })
    const user = checkOf(await verifyText('FROM redis:8\n', engine.env), 'process-user')
    assert.equal(user?.verdict, 'wrong')
  })
})

describe('verify: an image that does not stay up', () => {
  const ended = (exitCode: number) => ({ inspect: inspects({ running: false, exitCode, user: 'node' }) })

  it('looks at another program of the image where its own is a job that ends well', async () => {
    using engine = fakeEngine(ended(0))
    const result = await verifyText(nodeImage, engine.env)
    assert.deepEqual(
      [checkOf(result, 'runs')?.observed, checkOf(result, 'runs')?.problem],
      ['ends with exit code 0', undefined],
    )
    assert.equal(
      checkOf(result, 'process-user')?.note,
      'Seen on another program of the image: its own had ended.',
    )
    assert.ok(!engine.calls().some((call) => call.includes('-plain --label')))
  })

  it('says what the container said, and that it ends without the flags too', async () => {
    using engine = fakeEngine({ ...ended(1), logs: 'echo "no DATABASE_URL" >&2' })
    const runs = checkOf(await verifyText(nodeImage, engine.env), 'runs')
    assert.deepEqual(
      [runs?.observed, runs?.words, runs?.verdict, runs?.problem],
      [
        'ends with exit code 1',
        'no DATABASE_URL',
        'new',
        'error: It does not stay up, with the recommended flags or without them (exit code 1). It may need variables or arguments: give them with `unroot verify --env`.',
      ],
    )
  })

  it('says that the flags take away what it needs, where it stays up without them', async () => {
    const inspect = `case "$*" in *-plain) ${inspects({ running: true })} ;; *) ${inspects({ running: false, exitCode: 1 })} ;; esac`
    using engine = fakeEngine({ inspect })
    const runs = checkOf(await verifyText(nodeImage, engine.env), 'runs')
    assert.match(
      runs?.problem ?? '',
      /^error: It does not stay up under the recommended flags \(exit code 1\), but does without them/,
    )
  })

  it('tells what the engine refuses to start from what ends by itself', async () => {
    using engine = fakeEngine({ start: 'echo "exec: \\"node\\": not found" >&2; exit 127' })
    const runs = checkOf(await verifyText(nodeImage, engine.env), 'runs')
    assert.deepEqual(
      [runs?.observed, runs?.words, runs?.problem],
      ['refused', 'exec: "node": not found', 'error: The engine does not start it (exit code 127).'],
    )
  })

  it('names an image without a command', async () => {
    using engine = fakeEngine({
      start: 'echo "docker: Error response from daemon: no command specified." >&2; exit 125',
    })
    const runs = checkOf(await verifyText('FROM scratch\nCOPY app /\nUSER 1000:1000\n', engine.env), 'runs')
    assert.deepEqual(
      [runs?.verdict, runs?.problem],
      ['confirmed', 'error: The image has no CMD and no ENTRYPOINT: there is nothing to start. Add a CMD.'],
    )
  })

  it('confirms a start that was foreseen to fail', async () => {
    using engine = fakeEngine({ start: 'echo "unable to find user ghost" >&2; exit 125' })
    const result = await verifyText('FROM debian:12\nUSER ghost\nCMD ["sleep", "1"]\n', engine.env)
    const runs = checkOf(result, 'runs')
    assert.deepEqual(
      [runs?.observed, runs?.verdict, runs?.words],
      ['refused', 'confirmed', 'unable to find user ghost'],
    )
    assert.match(runs?.problem ?? '', /as foreseen: .*ghost/)
  })
})

describe('verify: an image with no program that could tell', () => {
  const notFound = 'echo "exec: not found" >&2; exit 127'
  const bare = 'FROM scratch\nCOPY app /\nUSER 1000:1000\nVOLUME /data\nENTRYPOINT ["/app"]\n'

  it('asks the engine who runs, and says that writing was not tried', async () => {
    using engine = fakeEngine({
      probe: notFound,
      exec: notFound,
      top: 'echo "PID UID GID"; echo "1 1000 1000"',
    })
    const result = await verifyText(bare, engine.env)
    assert.deepEqual(
      [checkOf(result, 'process-user')?.observed, checkOf(result, 'process-user')?.verdict],
      ['1000:1000', 'confirmed'],
    )
    assert.equal(checkOf(result, 'capabilities'), undefined)
    assert.deepEqual(
      [checkOf(result, 'write', '/data')?.verdict, checkOf(result, 'write', '/data')?.note],
      ['unchecked', 'The image has no shell and no interpreter to try it with.'],
    )
  })

  it('does not take another process of this machine for the container', async () => {
    // Process 1 is here, and is in no control group of that container.
    using engine = fakeEngine({ probe: notFound, exec: notFound })
    const user = checkOf(await verifyText(bare, engine.env), 'process-user')
    assert.deepEqual(
      [user?.observed, user?.verdict, user?.note],
      [undefined, 'unchecked', 'Nothing in the image can tell, and it could not be seen from outside.'],
    )
  })

  it('says what the engine was told where it ended at once', async () => {
    using engine = fakeEngine({
      probe: notFound,
      exec: notFound,
      inspect: inspects({ running: false, user: '1000:1000' }),
    })
    assert.equal(
      checkOf(await verifyText(bare, engine.env), 'process-user')?.note,
      'It had ended before it could be looked at; the engine was told to run it as 1000:1000.',
    )
  })

  it('asks again where the end of an answer was lost', async () => {
    using engine = fakeEngine()
    using flaky = fakeEngine({
      exec: `if [ -e '${engine.folder}/asked' ]; then ${sees({})}\nelse touch '${engine.folder}/asked'; echo "status Uid:"; fi`,
    })
    assert.equal(checkOf(await verifyText(nodeImage, flaky.env), 'process-user')?.verdict, 'confirmed')
  })
})

describe('verify: a build that fails', () => {
  const failed = (line: number) => `cat >&2 <<'END'
#5 [2/2] RUN ./configure
#5 ERROR: process "/bin/sh -c ./configure" did not complete successfully: exit code: 2
------
 > [2/2] RUN ./configure:
0.123 checking for gcc... no
0.124 error: no compiler
------
Dockerfile:${line}
--------------------
   1 |     FROM node:22
   ${line} | >>> RUN ./configure
--------------------
ERROR: failed to solve: process "/bin/sh -c ./configure" did not complete successfully: exit code: 2
END
exit 1`

  it('names the line and the engine’s words, and starts nothing', async () => {
    using engine = fakeEngine({ build: failed(2) })
    const build = checkOf(await verifyText('FROM node:22\nRUN ./configure\n', engine.env), 'build')
    assert.deepEqual(build, {
      predicted: undefined,
      observed: 'fails in line 2',
      verdict: 'new',
      note: undefined,
      words:
        'checking for gcc... no\nerror: no compiler\nERROR: failed to solve: process "/bin/sh -c ./configure" did not complete successfully: exit code: 2',
      problem: 'error: The build fails in line 2. Unroot did not foresee it.',
    })
    assert.ok(!engine.calls().some((call) => call.startsWith('run')))
    assert.match(engine.calls().at(-1) ?? '', /^image rm --force unroot-verify:/)
  })

  const foreseen = 'FROM node:22\nUSER node\nRUN mkdir /opt/x\n'
  it('says that it was foreseen', async () => {
    using engine = fakeEngine({ build: failed(3) })
    const build = checkOf(await verifyText(foreseen, engine.env), 'build')
    assert.deepEqual(
      [build?.verdict, build?.problem],
      ['confirmed', 'error: The build fails in line 3. Unroot foresaw it.'],
    )
  })

  it('that fails earlier says nothing about what was foreseen', async () => {
    using engine = fakeEngine({ build: failed(1) })
    const build = checkOf(await verifyText(foreseen, engine.env), 'build')
    assert.deepEqual(
      [build?.verdict, build?.problem],
      ['unchecked', 'error: The build fails in line 1. Unroot foresaw it for line 3.'],
    )
  })

  it('was foreseen and does not: the prediction is wrong', async () => {
    using engine = fakeEngine()
    const build = checkOf(await verifyText(foreseen, engine.env), 'build')
    assert.equal(build?.verdict, 'wrong')
    assert.match(build?.problem ?? '', /Unroot takes line 3 to fail, and it does not\.$/)
  })
})

describe('verify: an engine that is not there', () => {
  const cannotConnect =
    'echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" >&2; exit 1'

  for (const [what, version, env, message] of [
    [
      'does not run',
      cannotConnect,
      {},
      /^Docker is installed, but nothing answers at unix:\/\/\/var\/run\/docker\.sock\. Start it/,
    ],
    [
      'may not be talked to',
      'echo "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get x: dial unix /var/run/docker.sock: connect: permission denied" >&2; exit 1',
      {},
      /^You may not talk to Docker at unix:\/\/\/var\/run\/docker\.sock\. Join the group docker/,
    ],
    [
      'is of a context that does not exist',
      `echo 'Failed to initialize: unable to resolve docker endpoint: context "lab": context not found: open /x' >&2; exit 1`,
      { DOCKER_CONTEXT: 'lab' },
      /^The Docker context lab does not exist\. `docker context ls`/,
    ],
    ['says something else', 'echo "exploded" >&2; exit 1', {}, /^docker does not answer: exploded$/],
  ] as const)
    it(what, async () => {
      using engine = fakeEngine({ version })
      assert.match(
        messageOf(await verifyText(nodeImage, { ...engine.env, ...env }, { engine: 'docker' })),
        message,
      )
      assert.equal(engine.calls().length, 1)
    })

  it('is not installed', async () => {
    const nowhere = { PATH: '/nonexistent' }
    assert.match(
      messageOf(await verifyText(nodeImage, nowhere)),
      /^Neither docker nor podman is on the PATH\./,
    )
    assert.match(
      messageOf(await verifyText(nodeImage, nowhere, { engine: 'podman' })),
      /^podman is not on the PATH\./,
    )
    assert.match(
      messageOf(await verifyText(nodeImage, { ...nowhere, DOCKER_HOST: 'ssh://there' })),
      /^docker is not on the PATH, though DOCKER_HOST/,
    )
  })

  it('gives way to podman, whose builder is another', async () => {
    using docker = fakeEngine({ version: cannotConnect })
    using podman = fakeEngine({ name: 'podman', probe: sees({}, ['no']) })
    const env = { ...podman.env, PATH: `${docker.folder}:${podman.env.PATH}` }
    const result = await verifyText('FROM node:22\nUSER node\nWORKDIR /new\nCMD ["node"]\n', env)
    assert.ok(result.kind === 'report')
    assert.equal(result.report.engine.program, 'podman')
    // buildah makes a WORKDIR as root, BuildKit as the user.
    assert.equal(checkOf(result, 'image-write', '/new')?.predicted, 'refused')
    assert.equal(docker.calls().length, 1)
    // podman removes nothing where one of the names is missing, and waits before it kills.
    assert.ok(podman.calls().some((call) => /^rm --force --volumes --ignore --time 0 /.test(call)))
  })

  it('is not replaced by another where the user says which', async () => {
    using docker = fakeEngine({ version: cannotConnect })
    using podman = fakeEngine({ name: 'podman' })
    const env = {
      ...podman.env,
      PATH: `${docker.folder}:${podman.env.PATH}`,
      DOCKER_HOST: 'tcp://10.0.0.1:2375',
    }
    assert.match(messageOf(await verifyText(nodeImage, env)), /^Docker is installed, but nothing answers/)
    assert.deepEqual(podman.calls(), [])
  })
})

describe('verify: what cannot be verified', () => {
  it('asks no engine', async () => {
    using engine = fakeEngine()
    assert.match(messageOf(await verifyText('# nothing\n', engine.env)), /^The file makes no image/)
    const windows = 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nCMD ["cmd"]\n'
    assert.match(messageOf(await verifyText(windows, engine.env)), /^Windows images are not verified/)
    assert.deepEqual(engine.calls(), [])
  })
})

describe('verify: when it is stopped', () => {
  it('by a person: the build ends and what it made is removed', async () => {
    using engine = fakeEngine()
    using slow = fakeEngine({
      build: `trap 'echo ended > "${engine.folder}/build"; exit 1' TERM; touch '${engine.folder}/begun'; sleep 30 & wait`,
    })
    const stop = new AbortController()
    const progress: string[] = []
    const result = verifyText(nodeImage, slow.env, {
      control: {
        signal: stop.signal,
        progress: ({ english }) => {
          progress.push(english.join('…'))
        },
      },
    })
    await eventually(() => existsSync(`${engine.folder}/begun`), 'the build begins')
    stop.abort()
    assert.deepEqual(await result, { kind: 'stopped' })
    assert.ok(existsSync(`${engine.folder}/build`), 'the build was not asked to end')
    assert.deepEqual(
      slow
        .calls()
        .slice(-2)
        .map((call) => call.split(' ').slice(0, 2).join(' ')),
      ['rm --force', 'image rm'],
    )
    assert.equal(progress.at(-1), 'Cleaning up')
  })

  it('by its time limit: it says so', async () => {
    using engine = fakeEngine({ start: 'sleep 30' })
    using _ = collectingGarbage()
    const message = messageOf(await verifyText(nodeImage, engine.env, { timeout: 1 }))
    assert.match(message, /^It was not done within 1 seconds\. Allow more/)
    assert.match(engine.calls().at(-1) ?? '', /^image rm --force/)
  })

  it('while the container runs: nothing is kept, whatever was asked', async () => {
    using engine = fakeEngine()
    const stop = new AbortController()
    const result = verifyText(nodeImage, engine.env, {
      wait: 30,
      keep: true,
      control: {
        signal: stop.signal,
        progress: ({ english }) => {
          if (/Starting/.test(english[0] ?? '')) setTimeout(() => stop.abort(), 300)
        },
      },
    })
    assert.deepEqual(await result, { kind: 'stopped' })
    assert.match(engine.calls().at(-1) ?? '', /^image rm --force/)
  })
})
