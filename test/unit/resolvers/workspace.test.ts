import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type BaseImageFacts, type BaseImages, scratchFacts } from '../../../server/src/base-images/index.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import { readBakeHcl, readBakeJson } from '../../../server/src/resolvers/bake.ts'
import { readCompose } from '../../../server/src/resolvers/compose.ts'
import { createWorkspaceImages } from '../../../server/src/resolvers/index.ts'

const env = new Map([['TAG', '7']])

describe('a Compose file', () => {
  it('names the images that it builds', () => {
    const builds = readCompose(
      `
x-args: &args { UID: 1500 }
services:
  base:
    image: corp/base:\${TAG}
    build: ./base
  api:
    image: "corp/api:\${MISSING:-latest}$$"
    build:
      context: services/api
      dockerfile: ../Dockerfile.api
      target: prod
      args: { <<: *args, DEBUG: false, NAME: app }
      tags: ["corp/api:\${TAG}", "corp/api:\${TAG:+set}"]
      additional_contexts: ["base=service:base", "cfg=./config"]
  db: { image: "postgres:16" }
  odd: 3
`,
      env,
    )
    assert.deepEqual(builds, [
      {
        name: 'base',
        references: ['corp/base:7'],
        context: './base',
        dockerfile: undefined,
        target: undefined,
        args: {},
        contexts: {},
      },
      {
        name: 'api',
        references: ['corp/api:latest$', 'corp/api:7', 'corp/api:set'],
        context: 'services/api',
        dockerfile: '../Dockerfile.api',
        target: 'prod',
        args: { UID: '1500', DEBUG: 'false', NAME: 'app' },
        contexts: { base: 'service:base', cfg: './config' },
      },
    ])
  })

  it('may be none, or hostile', () => {
    for (const text of ['', 'services: [', '- a', 'a: 1', '\0'])
      assert.equal(readCompose(text, env), undefined, JSON.stringify(text))
    const laughs = Array.from(
      { length: 30 },
      (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]`,
    ).join('\n')
    assert.equal(readCompose(`a0: &a0 [x]\n${laughs}\nservices: { s: { build: . } }`, env), undefined)
  })
})

describe('a bake file', () => {
  const wanted = [
    {
      name: '_common',
      references: [],
      context: '.',
      dockerfile: undefined,
      target: undefined,
      args: { UID: '1500' },
      contexts: {},
    },
    {
      name: 'app',
      references: ['corp/app:7'],
      context: 'app',
      dockerfile: 'Containerfile',
      target: 'prod',
      args: { UID: '1500', A: 'b' },
      contexts: { base: 'target:base' },
    },
  ]

  it('is read as JSON', () => {
    const text = JSON.stringify({
      target: {
        _common: { args: { UID: '1500' } },
        app: {
          inherits: ['_common'],
          context: 'app',
          dockerfile: 'Containerfile',
          target: 'prod',
          tags: ['corp/app:7'],
          args: { A: 'b' },
          contexts: { base: 'target:base' },
        },
      },
    })
    assert.deepEqual(readBakeJson(text), wanted)
    assert.equal(readBakeJson('{'), undefined)
    assert.equal(readBakeJson('[]'), undefined)
  })

  it('is read as HCL, as far as it is simple', () => {
    const text = `
# comment
variable "TAG" { default = "latest" }
variable "REG" {
  default = "corp"  // who
}
function "up" { params = [x]
  result = upper(x) }
group "default" { targets = ["app"] }
target "_common" {
  args = { UID = "1500" }
}
target "app" {
  inherits   = ["_common"]
  context    = "app"
  dockerfile = "Containerfile"
  target     = "prod"
  tags       = [
    "\${REG}/app:\${TAG}",
    up("x"), /* not understood */
    "\${lower(REG)}/x",
  ]
  args = {
    A = "b"
    C = TAG == "" ? "x" : "y"
  }
  contexts = { base : "target:base" }
  attest = [{ type = "provenance" }]
  matrix = { v = ["1", "2"] }
}
`
    assert.deepEqual(readBakeHcl(text, env), wanted)
  })

  it('may inherit in a circle, or not end', () => {
    const circle = readBakeJson('{"target":{"a":{"inherits":["b"]},"b":{"inherits":["a"],"context":"x"}}}')
    assert.deepEqual(
      circle?.map(({ context }) => context),
      ['x', 'x'],
    )
    assert.equal(readBakeHcl('target "a" {', env), undefined)
    assert.equal(readBakeHcl('target "a', env), undefined)
    assert.deepEqual(readBakeHcl('}}} = ]', env), [])
    const start = Date.now()
    readBakeHcl(`target "a" { x = ${'['.repeat(20_000)}${']'.repeat(20_000)} }`, env)
    readBakeHcl('/*'.repeat(50_000), env)
    assert.ok(Date.now() - start < 2000)
  })
})

describe('images of the workspace', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'unroot-workspace-'))
  const put = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  after(() => rmSync(folder, { recursive: true, force: true }))
  /** Says which Dockerfile and stage it was asked for, in the place of the user. */
  const named = (name: string): BaseImageFacts => ({
    ...scratchFacts(),
    user: { user: name, name, uid: null, gid: null, explicit: true },
  })
  const others: BaseImages = {
    resolve: (reference) => (reference === 'debian:12' ? named('debian') : undefined),
  }

  it('are found by the names that Compose and bake give them', async () => {
    put(
      'compose.yaml',
      `services:
  base: { image: "corp/base", build: { context: base, target: prod } }
  app:
    image: corp/app:1
    build: { context: app, additional_contexts: { base: "service:base", os: "docker-image://debian:12", cfg: ./cfg } }
  remote: { image: corp/remote, build: "https://example.com/x.git" }
  twice1: { image: corp/twice, build: a }
  twice2: { image: corp/twice, build: b }
`,
    )
    put('sub/docker-bake.hcl', 'target "tool" { context = "../tool"\n tags = ["corp/tool:2"] }')
    put('node_modules/x/compose.yaml', 'services: { x: { image: corp/hidden, build: . } }')
    put('broken/compose.yaml', 'services: [')
    const notes: string[] = []
    const slow = createWorkspaceImages({
      folders: [folder],
      evaluate: (build) => named(`${path.relative(folder, build.dockerfile)} ${build.target ?? ''}`),
      others,
      note: (message) => notes.push(inEnglish(message)),
    })
    let changes = 0
    slow.onChange(() => changes++)
    assert.equal(slow.images.resolve('corp/base', undefined), undefined)
    await slow.settled()
    assert.equal(changes, 1)
    const who = (reference: string, images = slow.images) => images.resolve(reference, undefined)?.user.user
    assert.equal(who('corp/base:latest'), `${path.join('base', 'Dockerfile')} prod`)
    assert.equal(who('docker.io/corp/app:1'), `${path.join('app', 'Dockerfile')} `)
    assert.equal(who('corp/tool:2'), `${path.join('tool', 'Dockerfile')} `)
    assert.equal(slow.images.resolve('corp/base', undefined)?.resolvedBy, 'workspace')
    for (const unknown of [
      'corp/app',
      'corp/remote',
      'corp/hidden',
      'corp/twice',
      'base',
      `corp/base@sha256:${'a'.repeat(64)}`,
    ])
      assert.equal(who(unknown), undefined, unknown)
    assert.match(notes.join(), /broken.compose\.yaml could not be read/)

    const inApp = slow.imagesFor(path.join(folder, 'app', 'Dockerfile'))
    assert.equal(who('base', inApp), `${path.join('base', 'Dockerfile')} prod`)
    assert.equal(who('os', inApp), 'debian')
    assert.equal(inApp.resolve('os', undefined)?.reference, 'os')
    assert.equal(who('cfg', inApp), undefined)
    assert.equal(who('debian:12', inApp), 'debian')

    put('compose.yaml', 'services: { n: { image: corp/new, build: . } }')
    slow.refresh()
    await slow.settled()
    assert.deepEqual([changes, who('corp/base'), who('corp/new')], [2, undefined, 'Dockerfile '])
    slow.refresh()
    await slow.settled()
    assert.equal(changes, 2)
    slow.dispose()
  })

  it('may need each other in a circle', async () => {
    put('circle/compose.yaml', 'services: { a: { image: x/a, build: a }, b: { image: x/b, build: b } }')
    const slow = createWorkspaceImages({
      folders: [path.join(folder, 'circle')],
      // a is FROM x/b, b is FROM x/a
      evaluate: (build, images) =>
        images.resolve(build.name === 'a' ? 'x/b' : 'x/a', undefined) ?? named(build.name),
    })
    await slow.settled()
    assert.equal(slow.images.resolve('x/a', undefined)?.user.user, 'b')
    assert.equal(slow.images.resolve('x/b', undefined)?.user.user, 'a')
  })

  it('are none in a folder that is not there', async () => {
    const slow = createWorkspaceImages({
      folders: [path.join(folder, 'nowhere')],
      evaluate: () => named('x'),
    })
    await slow.settled()
    assert.deepEqual(slow.builds(), [])
  })
})
