import { deepStrictEqual } from 'node:assert'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { catalogue } from '../../server/src/base-images/index.ts'
import { nodeBuildContext } from '../../server/src/build-context/node.ts'
import { parseDockerfile } from '../../server/src/dockerfile/index.ts'
import { evaluate, type Failure, stepsDown, type Timeline } from '../../server/src/image/index.ts'
import { knownValue } from '../../server/src/known.ts'

/** Who runs in the images of the corpus, against the table in its README. */

const folder = import.meta.dirname

type Expectation = 'root' | 'non-root' | 'drops' | 'unknown' | 'windows' | 'broken'

function expectations(): ReadonlyMap<string, Expectation> {
  const rows = readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^\| ([\w.-]+) \|.*\| (\S+) \|$/gm)
  return new Map(
    [...rows].flatMap(([, name = '', expect]) => (isFolder(join(folder, name)) ? [[name, expect as Expectation]] : [])),
  )
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function dockerfileIn(path: string): string {
  const found = readdirSync(path, { recursive: true, encoding: 'utf8' }).find((name) =>
    /(^|\/)(Dockerfile|Containerfile)(\.[^/]+)?$|\.dockerfile$/i.test(name) && !name.endsWith('.dockerignore'),
  )
  if (found === undefined) throw new Error(`no Dockerfile in ${path}`)
  return join(path, found)
}

function evaluateFile(file: string, context: string): Timeline {
  return evaluate(parseDockerfile(readFileSync(file, 'utf8')), {
    context: nodeBuildContext(context, file),
    baseImages: catalogue(),
  })
}

const happens = (failure: Failure | undefined) => failure !== undefined && failure.certainty !== 'possible'

function whoRuns({ dockerfile, stages, needed, target, runtime }: Timeline): Expectation {
  if (dockerfile.problems.some(({ severity }) => severity === 'error') || !target || !runtime) return 'broken'
  const steps = stages.filter(({ stage }) => needed.has(stage.index)).flatMap((stage) => stage.steps)
  if (steps.some(({ failure }) => happens(failure))) return 'broken'
  if (target.base?.os === 'windows') return 'windows'
  if (happens(runtime.failure)) return 'broken'
  if (stepsDown(runtime)) return 'drops'
  const { uid, user } = runtime.state.identity
  const name = knownValue(user)
  // An account that a package brings is not root, whatever number it got.
  if (uid.certainty === 'unknown')
    return typeof name === 'string' && name !== 'root' && user.certainty !== 'possible' ? 'non-root' : 'unknown'
  return uid.value === 0 ? 'root' : 'non-root'
}

/** What the table knows and the product does not. */
const beyondUs: ReadonlyMap<string, string> = new Map([
  ['linuxbrew-user', 'homebrew/brew is not in the catalogue'],
])

describe('Corpus: who runs', () => {
  for (const [name, expected] of expectations()) {
    it(`${name}: ${expected}`, function () {
      if (beyondUs.has(name)) this.skip()
      const path = join(folder, name)
      const file = dockerfileIn(path)
      deepStrictEqual(whoRuns(evaluateFile(file, isFolder(path) ? path : dirname(file))), expected)
    })
  }
})
