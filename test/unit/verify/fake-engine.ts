import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** What the fake does, as shell commands; what is left out goes well. */
export interface FakeEngineParts {
  readonly name?: 'docker' | 'podman'
  readonly version?: string
  readonly build?: string
  /** A program of the image in the place of its own; `$*` is the whole command line. */
  readonly probe?: string
  /** The image's own start. */
  readonly start?: string
  readonly exec?: string
  readonly inspect?: string
  readonly logs?: string
  readonly top?: string
}

export interface FakeEngine {
  readonly folder: string
  /** For processes that are to find this engine and no other. */
  readonly env: NodeJS.ProcessEnv
  /** Command lines that it got, in order, without scripts. */
  calls(): string[]
  [Symbol.dispose](): void
}

export const containerId = 'c0ffee'.padEnd(64, '0')

export interface FakeProcess {
  readonly uid?: number
  readonly gid?: number
  readonly groups?: readonly number[]
  readonly effective?: string
  readonly bounding?: string
  readonly noNewPrivileges?: 0 | 1
}

/** What a prober prints: who the first process is, and `yes` or `no` for each path in turn. */
export function sees(process: FakeProcess = {}, writable: readonly ('yes' | 'no')[] = []): string {
  const { uid = 1000, gid = uid, groups = [gid], noNewPrivileges = 1 } = process
  const { effective = '0000000000000000', bounding = effective } = process
  return `cat <<'END'
status Uid:	${uid}	${uid}	${uid}	${uid}
status Gid:	${gid}	${gid}	${gid}	${gid}
status Groups:	${groups.join(' ')} 
status CapEff:	${effective}
status CapBnd:	${bounding}
status NoNewPrivs:	${noNewPrivileges}
${writable.map((may, index) => `path ${index} directory ${may}`).join('\n')}
end
END
`
}

/** What `container inspect` prints. */
export function inspects(state: { running: boolean; exitCode?: number; user?: string }): string {
  const said = {
    Id: containerId,
    Config: { User: state.user ?? '' },
    State: { Running: state.running, Pid: state.running ? 1 : 0, ExitCode: state.exitCode ?? 0 },
  }
  return `echo '${JSON.stringify(said)}'`
}

/** An engine that is a shell script, alone with the tools of the system. */
export function fakeEngine(parts: FakeEngineParts = {}): FakeEngine {
  const folder = mkdtempSync(path.join(tmpdir(), 'unroot-verify-'))
  const log = path.join(folder, 'calls')
  writeFileSync(log, '')
  const notFound = 'echo "exec: not found" >&2; exit 127'
  const program = path.join(folder, parts.name ?? 'docker')
  writeFileSync(
    program,
    `#!/bin/sh
printf '%s\\n' "$*" | tr '\\n' ' ' | sed 's/ -[ce] .*//' >> '${log}'
echo >> '${log}'
case "$1" in
  version) ${parts.version ?? `echo '{"Client":{"Version":"27.0"},"Server":{"Version":"27.1"}}'`} ;;
  build)
    if [ "$2" = --help ]; then echo '  --load'; echo '  --progress string'; exit 0; fi
    ${parts.build ?? 'true'} ;;
  run)
    case " $* " in
      *' --detach '*) ${parts.start ?? `echo ${containerId}`} ;;
      *' --entrypoint /bin/sh '*) ${parts.probe ?? sees()} ;;
      *) ${notFound} ;;
    esac ;;
  exec)
    case " $* " in
      *' /bin/sh '*) ${parts.exec ?? sees()} ;;
      *) ${notFound} ;;
    esac ;;
  container) ${parts.inspect ?? inspects({ running: true })} ;;
  logs) ${parts.logs ?? 'true'} ;;
  top) ${parts.top ?? 'exit 1'} ;;
esac
`,
  )
  chmodSync(program, 0o755)
  return {
    folder,
    env: { PATH: `${folder}:/usr/bin:/bin`, HOME: folder },
    calls: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    [Symbol.dispose]: () => removed(folder),
  }
}

/** A guard may still be calling the engine, which writes it down meanwhile. */
function removed(folder: string): void {
  for (let attempt = 1; existsSync(folder); attempt++)
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch (error) {
      if (attempt === 20) throw error
    }
}
