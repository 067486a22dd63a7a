import type { BaseImageDeclarations } from '../../../server/src/base-images/index.ts'
import { createRandom } from '../buildkit/mutate.ts'
import type { Case } from '../containers/cases.ts'
import { contextFor, sourcesIn } from './context.ts'
import { body } from './instructions.ts'
import { type Memory, oneIn, type System } from './memory.ts'
import { end } from './start.ts'

/** A Dockerfile with its build context, the same for the same seed, over what the image model covers. */
export interface Generated extends Case {
  readonly seed: number
  readonly paths: readonly string[]
  readonly secrets: Readonly<Record<string, string>>
}

export const bases: Readonly<Record<System, string>> = {
  debian: 'unroot-test/debian:12',
  tools: 'unroot-test/debian-tools:12',
  busybox: 'unroot-test/busybox:1',
  scratch: 'unroot-test/scratch-busybox:latest',
}
/** As a user would declare them. Accounts and settings of the BusyBox are those of Alpine. */
const declared: BaseImageDeclarations = {
  [bases.debian]: { like: 'debian:12' },
  [bases.tools]: {
    like: 'debian:12',
    tools: ['gosu', 'sudo', 'setcap', 'getcap', 'python3', 'nc', 'setfacl'],
  },
  [bases.busybox]: { like: 'alpine:3.22' },
  [bases.scratch]: { os: 'scratch', user: null, uid: 0, gid: 0, users: [], groups: [], tools: ['sh'] },
}
const systems: readonly System[] = [
  'debian',
  'debian',
  'debian',
  'debian',
  'tools',
  'tools',
  'busybox',
  'busybox',
  'scratch',
]
const systemFolders = [
  '/',
  '/tmp',
  '/opt',
  '/srv',
  '/home',
  '/etc',
  '/var/lib',
  '/usr/local/bin',
  '/run',
  '/root',
  '/etc/passwd',
  '/etc/shadow',
]

/** @param parents the engine's builder knows `COPY --parents` */
export function generate(seed: number, parents = false): Generated {
  const random = createRandom(seed * 7919)
  const context = contextFor(random)
  const { sources, folders } = sourcesIn(context)
  const memory: Memory = {
    random,
    system: random.pick(systems),
    users: [],
    groups: [],
    folders: [],
    files: [],
    mentioned: new Set(),
    context: sources,
    contextFolders: folders,
    earlierStages: [],
    parents,
    asRoot: true,
    printed: 0,
  }
  const text: string[] = []
  if (oneIn(memory, 6)) text.push('ARG VARIANT=12')
  if (oneIn(memory, 3)) earlierStage(memory, text)
  const [earlier] = memory.earlierStages
  if (earlier && memory.system !== 'scratch' && oneIn(memory, 3)) {
    text.push(`FROM ${earlier.name}`)
  } else {
    for (const list of [memory.users, memory.groups, memory.folders, memory.files]) list.length = 0
    text.push(`FROM ${bases[memory.system]}`)
  }
  body(memory, text, 5 + random.below(9))
  if (memory.system !== 'scratch') text.push(`RUN ${accounts(memory)}`)
  end(memory, text)
  return {
    seed,
    id: `seed ${seed}`,
    title: '',
    dockerfile: `${text.join('\n')}\n`,
    context,
    buildkit: true,
    baseImages: declared,
    probe: {},
    observed: { build: { ok: true } },
    paths: probed(memory),
    secrets: { token: 'secret' },
  }
}

function probed({ mentioned, random }: Memory): readonly string[] {
  const paths = new Set<string>()
  for (const path of mentioned)
    for (let at = path; at.length > 1; at = at.slice(0, at.lastIndexOf('/'))) paths.add(at)
  for (let time = 0; time < 3; time++) paths.add(random.pick(systemFolders))
  return [...paths].filter((path) => !/[*?]/.test(path)).sort()
}

function earlierStage(memory: Memory, text: string[]): void {
  const name = memory.random.pick(['build', 'assets'])
  const { system } = memory
  // Nothing is made in an image without a shell.
  if (system === 'scratch') memory.system = 'busybox'
  text.push(`FROM ${bases[memory.system]} AS ${name}`)
  body(memory, text, 2 + memory.random.below(4))
  memory.system = system
  memory.earlierStages.push({ name, folders: [...memory.folders], files: [...memory.files] })
  memory.asRoot = true
}

/** What the accounts of the file look like in the end. */
function accounts({ users, groups, printed }: Memory): string {
  const quiet = 'true'
  const asked = [
    ...users
      .slice(0, 4)
      .map((name, index) => `echo "@@pw_${printed}_${index}=$(grep ^${name}: /etc/passwd)"`),
    ...[...users, ...groups]
      .slice(0, 4)
      .map((name, index) => `echo "@@gr_${printed}_${index}=$(grep ^${name}: /etc/group)"`),
  ]
  return asked.length > 0 ? asked.join('; ') : quiet
}
