import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { analyse } from '../../server/src/analysis/index.ts'
import { catalogue } from '../../server/src/base-images/index.ts'
import { nodeBuildContext } from '../../server/src/build-context/node.ts'
import { harden, runtimeGuidance } from '../../server/src/harden/index.ts'
import { type Engine, engine } from '../engine/index.ts'
import { Unavailable } from '../engine/unavailable.ts'
import { type App, type AppImage, allApps } from './app.ts'
import { answers, build, type Seen } from './container.ts'

const baseImages = catalogue()

/** Quick ones of different families; `UNROOT_ENGINE_APPS=all` runs every one, a name only that. */
const sample = [
  'python-http',
  'kubernetes-node',
  'nginx-template',
  'httpd-site',
  'php-apache',
  'ruby-webrick',
  'redis-official',
  'script-writes',
]

const refused = /permission denied|operation not permitted|read-only file system|\bE(?:ACCES|PERM|ROFS)\b/i

/** Applications as written and hardened, built and run by a real engine under the flags that Unroot recommends. */
describe('harden: applications in containers', function () {
  this.timeout(600_000)
  const wanted = process.env.UNROOT_ENGINE_APPS
  let running: Engine
  before(async function () {
    const started = await engine()
    if ('skipped' in started) {
      console.log(`      skipped: ${started.skipped}`)
      this.skip()
    }
    running = started
  })
  after(async () => await running?.close())

  for (const app of allApps())
    for (const image of app.images) {
      if (image.analysedOnly !== undefined) continue
      const isWanted =
        wanted === undefined
          ? sample.includes(app.name)
          : wanted === 'all' || wanted.split(',').includes(app.name)
      if (isWanted)
        it(
          image.dockerfile === 'Dockerfile' ? app.name : `${app.name}/${image.dockerfile}`,
          async function () {
            try {
              await proveOne(running, app, image)
            } catch (error) {
              if (!(error instanceof Unavailable)) throw error
              console.log(`      skipped: ${error.message}`)
              this.skip()
            }
          },
        )
    }
})

async function proveOne(docker: Engine, app: App, image: AppImage): Promise<void> {
  const { folder, options } = app
  const { checks, run } = image
  const { flags = [], args = [] } = run
  assert.ok(checks.length > 0, 'the application has nothing to be asked')
  const file = join(folder, image.dockerfile)
  const text = readFileSync(file, 'utf8')
  const all = { ...options, context: nodeBuildContext(folder, file), baseImages }
  const tag = `unroot-app/${app.name}-${image.dockerfile.toLowerCase().replace(/\W+/g, '-')}`
  const source = { folder, target: options.target }

  await build(docker, `${tag}:written`, { ...source, dockerfile: text })
  await answers(docker, `${tag}:written`, flags, args, image.checksAsWritten ?? checks)

  const plan = harden(analyse(text, all))
  const after = analyse(plan.result, all)
  const hardened = `${tag}:hardened`
  await build(docker, hardened, { ...source, dockerfile: plan.result, contextFiles: plan.contextFiles })
  // What has to start as root is still to work under the flags; where it hands over, nobody is left as root.
  const isHardened = plan.outcome !== 'refused'
  const plain = await answers(docker, hardened, flags, args, checks)
  if (isHardened) noRoot(plain)
  assert.ok(!refused.test(plain.log), `something is refused:\n${plain.log}`)

  const recommended = recommendedFlags(runtimeGuidance(after).docker, tag, run.as)
  const volumes = recommended.flatMap((flag, at) =>
    recommended[at - 1] === '-v' ? [flag.split(':')[0] ?? ''] : [],
  )
  try {
    const seen = await answers(docker, hardened, [...recommended, ...flags], args, checks)
    if (isHardened) noRoot(seen)
    assert.ok(!refused.test(seen.log), `something is refused under ${recommended.join(' ')}:\n${seen.log}`)
    for (const { name, noNewPrivileges } of recommended.includes('--security-opt=no-new-privileges')
      ? seen.processes
      : [])
      assert.ok(noNewPrivileges, `${name} may gain privileges`)
  } finally {
    if (volumes.length > 0) await docker.docker(['volume', 'rm', '--force', ...volumes])
    await docker.remove(`${tag}:written`, hardened)
  }
}

function noRoot({ processes, log }: Seen): void {
  for (const { name, uid, capabilities } of processes) {
    assert.notEqual(uid, 0, `${name} runs as root\n${log}`)
    assert.match(capabilities, /^0+$/, `${name} has capabilities`)
  }
}

/** The recommended line as words; its named volumes get a name of this test. Ports need a network that is not there. */
function recommendedFlags(line: string, tag: string, as: string | undefined): readonly string[] {
  const words = line.replace(/\\\n/g, ' ').trim().split(/\s+/)
  assert.deepEqual([words[0], words[1], words[2], words.at(-1)], ['docker', 'run', '--rm', 'IMAGE'])
  const flags = words.slice(3, -1)
  return flags.flatMap((word, at) => {
    const before = flags[at - 1]
    if (word === '-p' || before === '-p') return []
    if (before === '-v') return [`${tag.replace(/\W+/g, '-')}-${word}`]
    return before === '--user' && as !== undefined ? [as] : [word]
  })
}
