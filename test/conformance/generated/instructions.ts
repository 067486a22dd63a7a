// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Dockerfiles have them too
import { fill, type Memory, oneIn } from './memory.ts'
import { accountCommand, lines, script, whoAmI } from './shell.ts'

/** Lines of a Dockerfile. */

/** Weighted: a kind of line stands here as often as it is to be met. */
const kinds: readonly ((memory: Memory) => string)[] = [
  run, run, run, run, run, run, runLines, runAccounts, runAccounts, runAccounts,
  user, user, user, workdir, workdir, copy, copy, copy, copy, copyFrom, copyFrom, heredoc, add, environment, argument, volume, mount, who, noise, shell,
] // biome-ignore format: a list to look over

const kindsWithoutShell: readonly ((memory: Memory) => string)[] = [
  user, user, workdir, copy, copy, copyFrom, copyFrom, copyFrom, heredoc, add, environment, argument, volume, noise,
] // biome-ignore format: a list to look over

export function body(memory: Memory, text: string[], length: number): void {
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
export function user(memory: Memory): string {
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
export function workdir(memory: Memory): string {
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
