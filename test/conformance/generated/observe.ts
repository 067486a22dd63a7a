import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Engine, Finished } from '../../engine/index.ts'
import { type Member, tarOf } from '../../unit/archives/tar.ts'
import type { ContextFile, Observed, ObservedPath, TarEntry } from '../containers/cases.ts'
import type { Generated } from './dockerfile.ts'

/** Builds and runs a case, and writes down what is seen: as it starts, who runs, and what it may do with the paths. */
export async function observe(one: Generated, engine: Engine, probe: Probe): Promise<Observed> {
  const folder = mkdtempSync(join(tmpdir(), 'unroot-generated-'))
  const tag = `unroot-test/generated-${process.pid}-${one.seed}`
  try {
    writeContext(folder, one.context ?? [])
    const built = await engine.build(folder, one.dockerfile, tag, { cached: false, secrets: one.secrets })
    const said = saidIn(built.log)
    if (!built.ok) {
      const { line, exitCode } = built.failedStep ?? {}
      return {
        build: {
          ok: false,
          said,
          ...(line === undefined ? {} : { errorLine: line }),
          ...(exitCode === undefined ? {} : { exitCode }),
        },
      }
    }
    return {
      build: { ok: true, said },
      config: await configOf(tag, engine),
      run: await seenInside(one, tag, engine, probe),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await engine.docker(['image', 'rm', '--force', tag])
  }
}

/** The folder with a static busybox that is mounted into containers: images need not have a shell. */
export interface Probe {
  readonly folder: string
}

export async function makeProbe(engine: Engine, busybox: string, folder: string): Promise<Probe> {
  const created = await engine.docker(['create', busybox])
  const id = created.stdout.trim()
  const copied = await engine.docker(['cp', `${id}:/bin/busybox`, join(folder, 'busybox')])
  await engine.docker(['rm', id])
  if (copied.code !== 0) throw new Error(copied.stderr)
  chmodSync(folder, 0o755)
  return { folder }
}

async function configOf(tag: string, engine: Engine): Promise<NonNullable<Observed['config']>> {
  const { stdout } = await engine.docker(['image', 'inspect', '--format', '{{json .Config}}', tag])
  const { User = '', WorkingDir = '', Volumes, OnBuild } = JSON.parse(stdout)
  return {
    user: User,
    workdir: WorkingDir,
    ...(Volumes ? { volumes: Object.keys(Volumes).sort() } : {}),
    ...(OnBuild ? { onbuild: OnBuild } : {}),
  }
}

async function seenInside(
  one: Generated,
  tag: string,
  engine: Engine,
  probe: Probe,
): Promise<NonNullable<Observed['run']>> {
  const ask = async (flags: readonly string[]): Promise<Finished> => {
    for (let time = 0; ; time++) {
      const finished = await engine.run(tag, {
        flags: [...flags, `--volume=${probe.folder}:/.unroot:ro`, '--entrypoint=/.unroot/busybox'],
        command: ['sh', '-c', probeScript, 'probe', ...one.paths],
      })
      // Under load the end of what is printed is sometimes lost.
      if (finished.code !== 0 || finished.stdout.includes('end=1') || time === 3) return finished
    }
  }
  const asked = await ask([])
  if (asked.code !== 0 && !asked.stdout.includes('uid=')) return { started: false, exit: asked.code }
  const { facts, paths } = readProbe(asked.stdout)
  if (Object.values(paths).some(({ kind }) => kind === 'missing')) {
    // What the run-time user cannot even stat, root can.
    const asRoot = readProbe((await ask(['--user=0:0'])).stdout).paths
    for (const [path, { kind }] of Object.entries(paths)) {
      const seen = asRoot[path]
      if (kind === 'missing' && seen && seen.kind !== 'missing')
        paths[path] = { ...seen, readable: false, writable: false, executable: false }
    }
  }
  const gid = Number(facts.gid)
  const others = (facts.groups ?? '')
    .trim()
    .split(/\s+/)
    .filter((text) => text !== '')
    .map(Number)
  const started = await engine.run(tag)
  return {
    started: true,
    uid: Number(facts.uid),
    gid,
    groups: [gid, ...others.filter((other) => other !== gid).sort((one, two) => one - two)],
    home: facts.home === '' ? null : (facts.home ?? null),
    ...(facts.cwd === undefined ? {} : { cwd: facts.cwd }),
    paths,
    exit: started.code,
    said: Object.entries(saidIn(started.output)).map(([name, text]) => `${name}=${text}`),
    output: started.output,
  }
}

/** Under `set -x` what is printed gets between what is traced: `+ echo@@n1=0`. */
const mark = /^(?:#\d+ [\d.]+ )?(?:\+ echo)? *@@(\w+)=(.*)$/

function saidIn(log: string): Readonly<Record<string, string>> {
  const said: Record<string, string> = {}
  for (const line of log.split('\n')) {
    const [, name, text] = mark.exec(line) ?? []
    if (name !== undefined) said[name] = text!.trimEnd()
  }
  return said
}

/** Tried, not asked: `test -w` of busybox looks at the mode alone. */
const probeScript = `
B=/.unroot/busybox
S() { $B grep "^$1:" /proc/self/status | $B cut -f2- ; }
echo "uid=$(S Uid | $B cut -f2)"; echo "gid=$(S Gid | $B cut -f2)"; echo "groups=$(S Groups)"
echo "home=$($B env | $B sed -n 's/^HOME=//p')"; echo "cwd=$($B pwd)"
for p in "$@"; do
  s=$($B stat -c '%F|%u:%g|%a' "$p" 2>/dev/null) || s="missing|-|-"
  a=
  if $B test -d "$p"; then
    ( : < "$p" ) 2>/dev/null && a=r; t="$p/.unroot-$$"; { ( : > "$t" ) 2>/dev/null && $B rm -f "$t"; } && a="\${a}w"; ( cd "$p" ) 2>/dev/null && a="\${a}x"
  elif $B test -f "$p"; then
    ( : < "$p" ) 2>/dev/null && a=r; ( : >> "$p" ) 2>/dev/null && a="\${a}w"; $B test -x "$p" && a="\${a}x"
  else
    $B test -r "$p" && a=r; $B test -w "$p" && a="\${a}w"; $B test -x "$p" && a="\${a}x"
  fi
  echo "path=$p|$s|$a"
done
echo "end=1"`

function readProbe(text: string): {
  readonly facts: Readonly<Record<string, string>>
  readonly paths: Record<string, ObservedPath>
} {
  const facts: Record<string, string> = {}
  const paths: Record<string, ObservedPath> = {}
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? []
    if (name === undefined) continue
    if (name !== 'path') facts[name] = value
    else {
      const [path = '', kind = '', owner = '', mode = '', may = ''] = value.split('|')
      paths[path] =
        kind === 'missing'
          ? { kind }
          : {
              kind: kind.replace(/^regular( empty)? file$/, 'file').replace('symbolic link', 'link'),
              owner,
              mode: mode.padStart(4, '0'),
              readable: may.includes('r'),
              writable: may.includes('w'),
              executable: may.includes('x'),
            }
    }
  }
  return { facts, paths }
}

function writeContext(folder: string, files: readonly ContextFile[]): void {
  for (const file of files) {
    const path = join(folder, file.path)
    mkdirSync(dirname(path), { recursive: true })
    if (file.kind === 'dir') mkdirSync(path, { recursive: true })
    else if (file.kind === 'link') symlinkSync(file.target ?? '', path)
    else
      writeFileSync(path, file.kind === 'tar' ? tarOf((file.entries ?? []).map(memberOf)) : (file.text ?? ''))
  }
  for (const { path, kind, mode } of files)
    if (kind !== 'link')
      chmodSync(join(folder, path), Number.parseInt(mode ?? (kind === 'dir' ? '0755' : '0644'), 8))
}

function memberOf({ path, kind, mode, uid = 0, gid = 0, target = '', text = '' }: TarEntry): Member {
  return {
    path: kind === 'dir' ? `${path}/` : path,
    kind: kind === 'dir' ? 'directory' : (kind ?? 'file'),
    ...(mode === undefined ? {} : { mode: Number.parseInt(mode, 8) }),
    uid,
    gid,
    target,
    text,
  }
}
