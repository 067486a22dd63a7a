// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Dockerfiles have them too
import type { BaseImageDeclarations } from '../../../server/src/base-images/index.ts'
import { createRandom } from '../buildkit/mutate.ts'
import type { Case, ContextFile } from '../containers/cases.ts'
import { memoryContext } from '../containers/memory-context.ts'
import { fill, type Memory, oneIn, type System } from './memory.ts'
import { accountCommand, lines, script, whoAmI } from './shell.ts'

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
/** As a user would declare them. Alpine's files are there, and Alpine's BusyBox. */
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
  const context = contextFor(random.below)
  const memory: Memory = {
    random,
    system: random.pick(systems),
    users: [],
    groups: [],
    folders: [],
    files: [],
    mentioned: new Set(),
    context: sources.filter((source) => !isIgnored(source, context)),
    contextFolders: sourceFolders.filter((source) => !isIgnored(source, context)),
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

const sources = ['src', 'src/a.txt', 'src/run.sh', 'src/sub', 'entry.sh', 'conf/*', 'src/', '.', 'src/sub/deep.txt', 'link', 'files.tar'] // biome-ignore format: a list to look over
const sourceFolders = ['src', 'conf', 'src/sub', '.']

function isIgnored(source: string, context: readonly ContextFile[]): boolean {
  const name = source.replace(/\/\*?$/, '')
  return name !== '.' && memoryContext(context).stat(name) === 'missing'
}

function probed({ mentioned, random }: Memory): readonly string[] {
  const paths = new Set<string>()
  for (const path of mentioned)
    for (let at = path; at.length > 1; at = at.slice(0, at.lastIndexOf('/'))) paths.add(at)
  for (let time = 0; time < 3; time++) paths.add(random.pick(systemFolders))
  return [...paths].filter((path) => !/[*?]/.test(path)).sort()
}

function contextFor(below: (limit: number) => number): readonly ContextFile[] {
  const mode = (modes: readonly string[]) => modes[below(modes.length)] as string
  const files: ContextFile[] = [
    { path: 'src', kind: 'dir', mode: mode(['0755', '0755', '0700', '0775', '0750']) },
    { path: 'src/a.txt', text: 'a', mode: mode(['0644', '0644', '0600', '0664', '0444']) },
    { path: 'src/run.sh', text: '#!/bin/sh\nexec "$@"\n', mode: mode(['0755', '0644', '0744', '0700']) },
    { path: 'src/sub', kind: 'dir', mode: mode(['0755', '0711', '02775']) },
    { path: 'src/sub/deep.txt', text: 'deep', mode: mode(['0644', '0640']) },
    { path: 'conf', kind: 'dir' },
    { path: 'conf/one.conf', text: '1' },
    { path: 'conf/two.ini', text: '2', mode: mode(['0644', '0600']) },
    { path: 'link', kind: 'link', target: 'src/a.txt' },
    {
      path: 'files.tar',
      kind: 'tar',
      entries: [
        { path: 'packed', kind: 'dir', mode: mode(['0755', '0770']), uid: 1500, gid: 3000 },
        {
          path: 'packed/file',
          text: 'p',
          mode: mode(['0644', '0600', '4755']),
          uid: below(2) * 1600,
          gid: 50,
        },
        { path: 'packed/ln', kind: 'link', target: 'file' },
      ],
    },
    {
      path: 'entry.sh',
      text: '#!/bin/sh\nset -e\nexec "$@"\n',
      mode: mode(['0755', '0755', '0644', '0700']),
    },
  ]
  if (below(3) === 0)
    files.push({
      path: '.dockerignore',
      text: mode([
        '*.ini\n',
        'src/sub\n',
        '**/*.txt\n!src/a.txt\n',
        'link\n# x\nfiles.tar\n',
        '*\n!src\n!entry.sh\n',
      ]),
    })
  return files
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

/** Weighted: a kind of line stands here as often as it is to be met. */
const kinds: readonly ((memory: Memory) => string)[] = [
  run, run, run, run, run, run, runLines, runAccounts, runAccounts, runAccounts,
  user, user, user, workdir, workdir, copy, copy, copy, copy, copyFrom, copyFrom, heredoc, add, environment, argument, volume, mount, who, noise, shell,
] // biome-ignore format: a list to look over

const kindsWithoutShell: readonly ((memory: Memory) => string)[] = [
  user, user, workdir, copy, copy, copyFrom, copyFrom, copyFrom, heredoc, add, environment, argument, volume, noise,
] // biome-ignore format: a list to look over

function body(memory: Memory, text: string[], length: number): void {
  for (let line = 0; line < length; line++) {
    const kind = memory.random.pick(memory.system === 'scratch' ? kindsWithoutShell : kinds)
    text.push(kind(memory))
  }
}

function run(memory: Memory): string {
  return `RUN ${script(memory)}${mayFail(memory) ? '' : fill('; echo "«mark»=$?"', memory)}`
}
/** Few lines may end the build: what comes after them would never be seen. */
function mayFail(memory: Memory): boolean {
  return memory.random.below(100) < (memory.asRoot ? 30 : 8)
}
function runLines(memory: Memory): string {
  return `RUN <<EOF\n${mayFail(memory) ? memory.random.pick(['set -e\n', 'set -eux\n']) : ''}${lines(memory).join('\n').replaceAll('\\\n', '')}${mayFail(memory) ? '' : fill('\necho "«mark»=$?"', memory)}\nEOF`
}
function runAccounts(memory: Memory): string {
  return `RUN ${accountCommand(memory)}${mayFail(memory) ? '' : fill('; echo "«mark»=$?"', memory)}`
}
function who(memory: Memory): string {
  return `RUN ${fill(whoAmI, memory)}`
}
function user(memory: Memory): string {
  const spelling = memory.random.pick([
    '«user»',
    '«user»',
    '«uid»',
    '«uid»:«gid»',
    '«user»:«group»',
    'root',
    '0',
    '0:0',
    '${RUNAS:-«user»}',
    '"«user»"',
    '«uid»:«group»',
    '«user»:«gid»',
    'root',
    'root',
  ])
  const said = fill(spelling, memory)
  memory.asRoot = /^(root|0)(:|$)/.test(said)
  return `USER ${said}`
}
function workdir(memory: Memory): string {
  return `WORKDIR ${fill(memory.random.pick(['«folder»', '«new-folder»', '«new-folder»/«word»', '«word»', '${HOME_DIR:-/srv}/«word»', '/tmp']), memory)}`
}
function flags(memory: Memory, from = false): string {
  const some: string[] = []
  const link = oneIn(memory, 8)
  // Beside --link names are refused.
  const owner = link && !oneIn(memory, 8) ? '«uid»:«gid»' : '«copy-owner»'
  if (oneIn(memory, 2)) some.push(`--chown=${fill(owner, memory)}`)
  if (oneIn(memory, 4))
    some.push(
      `--chmod=${memory.random.pick(['0755', '644', '0640', '0555', '2755', 'u=rwX,go=rX', 'g+w', 'a+x'])}`,
    )
  if (link) some.push('--link')
  if (!from && memory.parents && oneIn(memory, 12)) some.push('--parents')
  if (!from && oneIn(memory, 12)) some.push(`--exclude=${memory.random.pick(['*.ini', 'sub', '**/*.sh'])}`)
  return some.map((flag) => `${flag} `).join('')
}
function copy(memory: Memory): string {
  const target = fill(
    memory.random.pick([
      '«folder»/',
      '«new-folder»',
      '«new-folder»/',
      '«new-file»',
      '.',
      './',
      '«word»/',
      '«folder»',
    ]),
    memory,
  )
  const sources = fill(
    memory.random.pick(['«source»', '«source»', '«source-folder»', '«source» «source»']),
    memory,
  )
  const several = sources.includes(' ') || sources.includes('*')
  const folder = several && !target.endsWith('/') && target !== '.' ? `${target}/` : target
  if (target.startsWith('/') && !sources.includes(' '))
    for (const name of ['a.txt', 'sub', 'run.sh', 'src', 'one.conf'])
      if (oneIn(memory, 3)) memory.mentioned.add(`${target.replace(/\/$/, '')}/${name}`)
  return `COPY ${flags(memory)}${sources} ${folder}`
}
function copyFrom(memory: Memory): string {
  const stage = memory.earlierStages[0]
  if (!stage || stage.folders.length === 0) return copy(memory)
  const source = memory.random.pick([...stage.folders, ...stage.files])
  return `COPY --from=${stage.name} ${flags(memory, true)}${source} ${fill(memory.random.pick(['«new-folder»', '«folder»/', '«new-folder»/', source, '/']), memory)}`
}
function heredoc(memory: Memory): string {
  const owner = oneIn(memory, 2) ? `--chown=${fill('«copy-owner»', memory)} ` : ''
  const mode = oneIn(memory, 2) ? `--chmod=${memory.random.pick(['0755', '600', '0750'])} ` : ''
  return fill(`COPY ${owner}${mode}<<EOF «new-file»\nname=value\nEOF`, memory)
}
function add(memory: Memory): string {
  if (!memory.context.includes('files.tar')) return copy(memory)
  const target = fill('«folder»', memory)
  for (const name of ['packed', 'packed/file', 'packed/ln']) memory.mentioned.add(`${target}/${name}`)
  return `ADD ${oneIn(memory, 3) ? `--chown=${fill('«copy-owner»', memory)} ` : ''}files.tar ${target}/`
}
function environment(memory: Memory): string {
  return fill(
    memory.random.pick([
      'ENV HOME=«folder»',
      'ENV HOME_DIR=«new-folder»',
      'ENV RUNAS=«user»',
      'ENV RUNAS=«uid» MODE=1',
      'ENV PATH=/app/bin:$PATH',
    ]),
    memory,
  )
}
function argument(memory: Memory): string {
  return fill(
    memory.random.pick([
      'ARG RUNAS=«user»',
      'ARG RUNAS',
      'ARG HOME_DIR=/opt',
      ...(memory.system === 'scratch' ? [] : ['ARG UID=«uid»\nRUN echo "«mark»=$UID"']),
    ]),
    memory,
  )
}
function volume(memory: Memory): string {
  return fill(memory.random.pick(['VOLUME «folder»', 'VOLUME ["«folder»", "«new-folder»"]']), memory)
}
function mount(memory: Memory): string {
  const owner = memory.random.pick(['', ',uid=1500', ',uid=1600,gid=3000', ',mode=0700', ',uid=1500,gid=1500,mode=0770'])
  const id = `unroot-${memory.random.below(1e9)}`
  return fill(
    memory.random.pick([
      `RUN --mount=type=cache,id=${id},target=/cache/dir${owner} touch /cache/dir/f; echo "«mark»=$?"; echo "«mark»=$(stat -c %u:%g:%a /cache/dir)"`,
      `RUN --mount=type=cache,id=${id},target=«new-folder»/.cache${owner} «»`,
      `RUN --mount=type=secret,id=token${owner} cat /run/secrets/token >/dev/null; echo "«mark»=$?"; echo "«mark»=$(stat -c %u:%g:%a /run/secrets/token)"`,
      `RUN --mount=type=secret,id=token,target=«folder»/token «»`,
      `RUN --mount=type=bind,source=src,target=/bound cp -r /bound «new-folder»; echo "«mark»=$?"`,
      `RUN --mount=type=bind,target=/context touch /context/new; echo "«mark»=$?"`,
      `RUN --mount=type=tmpfs,target=«folder» touch «folder»/f; echo "«mark»=$?"`,
      `RUN --mount=type=tmpfs,target=/scratch touch /scratch/f && mkdir -p «new-folder»`,
    ]),
    memory,
  ).replace('«»', () => script(memory))
} // biome-ignore format: a list to look over
function noise(memory: Memory): string {
  return fill(
    memory.random.pick([
      'LABEL a="b c"',
      'EXPOSE 80 8080/tcp',
      'STOPSIGNAL SIGTERM',
      'HEALTHCHECK CMD test -w «folder»',
      'ONBUILD USER «user»',
      'ONBUILD RUN touch «file»',
      '# «folder» is a folder',
    ]),
    memory,
  )
}
function shell(memory: Memory): string {
  return memory.system === 'busybox'
    ? memory.random.pick(['SHELL ["/bin/sh", "-ec"]', 'SHELL ["/bin/sh", "-c"]'])
    : memory.random.pick([
        'SHELL ["/bin/bash", "-c"]',
        'SHELL ["/bin/bash", "-c"]',
        'SHELL ["/bin/bash", "-o", "pipefail", "-c"]',
        'SHELL ["/bin/bash", "-ec"]',
        'SHELL ["/bin/sh", "-euxc"]',
        'SHELL ["/bin/sh", "-c"]',
      ])
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

const startScripts = [
  ['set -e', 'echo "«mark»=$(id -u):$(id -g):$(id -G | tr \' \' ,)"', 'exec "$@"'],
  ['set -e', 'chown -R «user» «folder»', 'exec gosu «user» "$@"'],
  ['[ "$(id -u)" = 0 ] && exec setpriv --reuid=«user» --regid=«group» --init-groups "$0" "$@"', 'exec "$@"'],
  ['mkdir -p «new-folder»', 'exec su -s /bin/sh «user» -c \'echo "«mark»=$(id -u):$(id -g)"\''],
  ['touch «file» || echo "«mark»=no"', 'exec "$@"'],
]

function end(memory: Memory, text: string[]): void {
  const { random } = memory
  if (!oneIn(memory, 4)) text.push(user(memory))
  if (oneIn(memory, 3)) text.push(workdir(memory))
  const sayWho = fill('echo "«mark»=$(id -u):$(id -g):$(id -G | tr \' \' ,) home=$HOME cwd=$(pwd)"', memory)
  switch (random.below(7)) {
    case 0:
    case 1:
      text.push(
        `COPY --chmod=${random.pick(['0755', '0755', '0555', '0644', '0700'])} <<"EOF" /entry.sh\n#!/bin/sh\n${random
          .pick(startScripts)
          .map((line) => fill(line, memory))
          .join('\n')}\nEOF`,
      )
      text.push('ENTRYPOINT ["/entry.sh"]', `CMD ["sh", "-c", ${JSON.stringify(sayWho)}]`)
      break
    case 2:
      if (!memory.context.includes('entry.sh')) return
      text.push(
        fill(
          `COPY entry.sh ${memory.random.pick(['/entry.sh', '«folder»/entry.sh', '/usr/local/bin/'])}`,
          memory,
        ),
      )
      text.push(
        `ENTRYPOINT ["${/ (\S*entry\.sh)$/.exec(text.at(-1)!)?.[1]?.replace(/^entry\.sh$/, '/entry.sh') ?? '/usr/local/bin/entry.sh'}"]`,
        `CMD ["sh", "-c", ${JSON.stringify(sayWho)}]`,
      )
      break
    case 3:
      text.push(`CMD ${sayWho}`)
      break
    case 4:
      text.push(
        fill(
          random.pick([
            'CMD ["«file»"]',
            'ENTRYPOINT ["sh", "«file»"]',
            'CMD ["nothing-here"]',
            'ENTRYPOINT ["«folder»"]',
          ]),
          memory,
        ),
      )
      break
    default:
      text.push(`ENTRYPOINT ["sh", "-c", ${JSON.stringify(sayWho)}]`)
  }
}
