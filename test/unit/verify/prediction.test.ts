import assert from 'node:assert/strict'
import { analyse } from '../../../server/src/analysis/index.ts'
import { catalogue } from '../../../server/src/base-images/index.ts'
import { emptyBuildContext } from '../../../server/src/build-context/index.ts'
import { predict } from '../../../server/src/verify/prediction.ts'

function predicted(text: string) {
  const prediction = predict(analyse(text, { context: emptyBuildContext, baseImages: catalogue() }))
  assert.ok(prediction)
  return prediction
}
const user = 'RUN useradd --uid 1500 --create-home app\n'
const pathIn = (text: string, path: string) => predicted(text).paths.find((one) => one.path === path)

describe('verify: what is predicted', () => {
  it('leaves the user to the image where the image sets one', () => {
    const { flags, givenUser } = predicted(`FROM debian:12\n${user}USER app\nCMD ["sleep", "9"]\n`)
    assert.ok(!flags.includes('--user'), flags.join(' '))
    assert.equal(givenUser, undefined)
  })

  it('gives a user, with that group and no other, where the image runs as root', () => {
    const { flags, givenUser, process, imageUser } = predicted('FROM debian:12\nCMD ["sleep", "9"]\n')
    assert.deepEqual(flags.slice(0, 2), ['--user', givenUser])
    assert.deepEqual([process.uid, process.groups], [10001, [10001]])
    assert.equal(imageUser.uid, 0)
  })

  it('claims nothing where nobody knows who runs', () => {
    const { process, givenUser, paths } = predicted(
      'FROM registry.example.com/x:1\nUSER app\nWORKDIR /srv\nCMD ["a"]\n',
    )
    assert.deepEqual([process.uid, givenUser], [undefined, undefined])
    assert.ok(paths.every(({ inImage }) => inImage === undefined))
  })

  it('tells apart what may be written in the image and under the flags', () => {
    const text = `FROM debian:12\n${user}RUN install -d -o app /var/cache/app /srv/data\nVOLUME /srv/data\nENV CACHE_DIR=/var/cache/app\nWORKDIR /srv/app\nUSER app\nCMD ["sleep", "9"]\n`
    const { flags } = predicted(text)
    assert.ok(flags.includes('--read-only'), flags.join(' '))
    const seen = (path: string) => [pathIn(text, path)?.inImage, pathIn(text, path)?.started]
    assert.deepEqual(seen('/var/cache/app'), [true, true])
    assert.deepEqual(seen('/srv/data'), [true, true])
    assert.deepEqual(seen('/srv/app'), [false, false])
    assert.deepEqual(seen('/home/app'), [true, false])
  })

  it('does not claim that a tmpfs without an owner may be written', () => {
    // Nobody knows the uid.
    const text =
      'FROM debian:12\nRUN useradd --uid $(cat /uid) app\nWORKDIR /srv\nRUN mkdir -p /srv/log\nUSER app\nCMD ["sleep", "9"]\n'
    const { flags } = predicted(text)
    assert.ok(flags.includes('/srv/log'), flags.join(' '))
    assert.equal(pathIn(text, '/srv/log')?.started, undefined)
  })

  it('never names a folder of the host for a volume', () => {
    const { flags } = predicted(
      `FROM debian:12\n${user}VOLUME ["/data:ro", "/etc/passwd:/x", "/plain"]\nUSER app\nCMD ["a"]\n`,
    )
    const volumes = flags.filter((_, index) => flags[index - 1] === '-v')
    assert.deepEqual(volumes, ['/plain'])
  })

  it('knows the first step that fails, and the start that does', () => {
    assert.deepEqual(predicted('FROM debian:12\nUSER 1000\nRUN mkdir /x\nRUN mkdir /y\n').buildFails?.line, 3)
    assert.deepEqual(predicted('FROM debian:12\nRUNN x\n').buildFails?.line, 2)
    assert.match(JSON.stringify(predicted('FROM debian:12\nUSER ghost\nCMD ["a"]\n').startFails), /ghost/)
    assert.equal(predicted('FROM debian:12\n').buildFails, undefined)
  })
})
