// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the files have them too
import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { type BaseImageFacts, scratchFacts } from '../../../server/src/base-images/index.ts'
import { emptyBuildContext } from '../../../server/src/build-context/index.ts'
import { parseDockerfile } from '../../../server/src/dockerfile/index.ts'
import { evaluate, type ImageState } from '../../../server/src/image/index.ts'
import { createRandom, mutate } from './mutate.ts'
import type { ImageAnswer } from './oracle.ts'
import { seedTexts } from './seeds.ts'
import { useOracle } from './use-oracle.ts'

const mutations = Number(process.env.UNROOT_MUTATIONS ?? 1000)
const firstSeed = Number(process.env.UNROOT_SEED ?? 1)

/** What the oracle has for every image that is not built in the file (oracle/build.go). */
function everyImage(reference: string): BaseImageFacts {
  return {
    ...scratchFacts(),
    reference,
    resolvedBy: 'engine',
    os: 'debian',
    accountsComplete: false,
    accountFiles: 'present',
    workdir: '/',
    env: new Map([['PATH', '/usr/bin:/bin']]),
  }
}

function imageOf(text: string): ImageState | undefined {
  const timeline = evaluate(parseDockerfile(text), {
    context: emptyBuildContext,
    baseImages: { resolve: everyImage },
    platform: 'linux/amd64',
  })
  return timeline.runtime?.state
}

/** Where what we hold for certain differs from the config that BuildKit gives the image. */
function differences(ours: ImageState, theirs: ImageAnswer): readonly string[] {
  const found: string[] = []
  const same = (what: string, one: unknown, other: unknown) => {
    const [a, b] = [JSON.stringify(one), JSON.stringify(other)]
    if (a !== b) found.push(`${what}: ours ${a}, BuildKit ${b}`)
  }
  const { identity, workdir, env } = ours
  same('user', identity.spec, theirs.User ?? '')
  if (workdir.certainty !== 'unknown') same('workdir', workdir.value, normal(theirs.WorkingDir ?? ''))
  same('names of variables', [...env.keys()].sort(), (theirs.Env ?? []).map(nameOf).sort())
  for (const variable of theirs.Env ?? []) {
    const known = env.get(nameOf(variable))
    if (known !== undefined && known.certainty !== 'unknown')
      same(nameOf(variable), known.value, variable.slice(nameOf(variable).length + 1))
  }
  same('entrypoint', ours.entrypoint?.argv ?? [], theirs.Entrypoint ?? [])
  same('cmd', ours.cmd?.argv ?? [], theirs.Cmd ?? [])
  const ports = new Set([...ours.ports].flatMap(({ port }) => eachPort(port)))
  same('ports', [...ports].sort(), Object.keys(theirs.ExposedPorts ?? {}).sort())
  const volumes = [...ours.volumes].map(({ path }) => normal(path))
  same('volumes', unique(volumes), unique(Object.keys(theirs.Volumes ?? {}).map(normal)))
  return found
}

function nameOf(variable: string): string {
  return variable.slice(0, variable.indexOf('='))
}

/** We keep paths absolute and without a slash at their end; BuildKit keeps those of VOLUME and of `WORKDIR /a/` as written. */
function normal(path: string): string {
  return posix.join('/', path, '.')
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort()
}

/** BuildKit writes `8000-8001` as two ports, and the protocol behind each. */
function eachPort(port: string): readonly string[] {
  const [range = '', protocol = 'tcp'] = port.split('/')
  const [first = 0, last = first] = range.split('-').map(Number)
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol}`)
}

describe('The image that BuildKit would make', function () {
  this.timeout(1_800_000)
  const oracle = useOracle()

  async function compare(text: string): Promise<readonly string[] | undefined> {
    const { image } = await oracle().file(text, { build: true })
    if (image === null) return undefined
    const ours = imageOf(text)
    return ours === undefined ? ['we see no image'] : differences(ours, image)
  }

  it('is noticed where it differs', async () => {
    const text = 'FROM a\nENV b=c\nUSER d\nWORKDIR /e\nEXPOSE 80\nVOLUME /f\nENTRYPOINT g\nCMD ["h"]\n'
    const { image } = await oracle().file(text, { build: true })
    assert.ok(image !== null)
    assert.deepEqual(await compare(text), [])
    for (const [right, wrong] of [
      ['b=c', 'b=x'],
      ['b=c', 'x=c'],
      ['USER d', 'USER x'],
      ['/e', '/x'],
      ['80', '81'],
      ['/f', '/x'],
      ['POINT g', 'POINT x'],
      ['"h"', '"x"'],
    ] as const) {
      const ours = imageOf(text.replace(right, wrong))
      assert.equal(ours && differences(ours, image).length > 0, true, wrong)
    }
  })

  it('is ours, over ARG and ENV of all stages', async () => {
    for (const text of [
      'ARG A=1\nFROM b AS c\nARG A\nENV D=$A E=$D\nFROM c\nARG A=2\nENV F=$A$D\nUSER $F\n',
      'FROM a AS b\nARG X=1\nFROM b\nENV Y=x$X\n',
      'FROM a\nARG TARGETARCH\nENV Y=$TARGETARCH Z=$TARGETOS\n',
      'FROM a\nENV Y=$TARGETARCH\n',
      'FROM a\nENV X=1\nARG X=2\nENV Y=$X\nENV X=3\nENV Z=$X\n',
      'FROM a AS b\nENV X=1\nONBUILD ENV X=2 Y=$X\nFROM b\nENV Z=$X\nWORKDIR $Z\nWORKDIR ..\nWORKDIR c/./d/\n',
      'FROM scratch\nENV PATH=$PATH:/a\n',
      'FROM a\nENV P=/a/b/c Q=${P#*/} R=${P##*/} S=${P%/*} T=${P/b/x}\nENV U=${P#*/}${P%%/*}${P//\\//-} $P=1\n',
      'FROM a\nENTRYPOINT ["b"]\nCMD c\nFROM a AS d\nCMD c\nENTRYPOINT ["b"]\nFROM d\nENTRYPOINT ["e"]\n',
      'FROM a\nSHELL ["/b", "-c"]\nCMD d\nEXPOSE 80-82/UDP 53 $NONE\nVOLUME ["/x y", "/z"]\n',
    ]) {
      assert.deepEqual(await compare(text), [], text)
    }
  })

  it(`is ours, over real files and ${mutations} mutated ones`, async () => {
    const texts = seedTexts()
    const found: string[] = []
    let compared = 0
    const note = async (name: string, text: string) => {
      const different = await compare(text)
      if (different === undefined) return
      compared++
      for (const difference of different) found.push(`${name}: ${difference}`)
    }
    for (const [index, text] of texts.entries()) await note(`file ${index}`, text)
    for (let index = 0; index < mutations; index++) {
      const seed = firstSeed + index
      await note(`seed ${seed}`, mutate(texts, createRandom(seed)))
    }
    assert.ok(compared > texts.length / 2)
    assert.deepEqual(found, [])
  })
})
