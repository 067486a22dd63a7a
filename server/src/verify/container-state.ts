import type { ProcessStatus } from './process-status.ts'

/** What an engine says of a container. */
export interface ContainerState {
  readonly id: string
  readonly running: boolean
  readonly pid: number
  readonly exitCode: number
  readonly user: string
}

/** Reads `container inspect --format '{{json .}}'`. */
export function readState(text: string): ContainerState | undefined {
  try {
    const read = JSON.parse(text) as Inspected | readonly Inspected[]
    // podman gives a list.
    const inspected = Array.isArray(read) ? read[0] : (read as Inspected)
    const { Running, Pid, ExitCode } = inspected.State
    return {
      id: inspected.Id,
      running: Running === true,
      pid: Pid,
      exitCode: ExitCode,
      user: inspected.Config?.User ?? '',
    }
  } catch {
    return undefined
  }
}

/** What is read of `container inspect`. */
interface Inspected {
  readonly Id: string
  readonly Config?: { readonly User?: string }
  readonly State: { readonly Running: boolean; readonly Pid: number; readonly ExitCode: number }
}

/** Reads `top -eo pid,uid,gid`: ids alone. */
export function readTop(text: string, pid: number): ProcessStatus | undefined {
  for (const line of text.split('\n')) {
    const [process, uid, gid] = line.trim().split(/\s+/).map(Number)
    if (process !== pid || uid === undefined || gid === undefined) continue
    if (!Number.isInteger(uid) || !Number.isInteger(gid)) continue
    return {
      uid,
      gid,
      groups: undefined,
      effective: undefined,
      bounding: undefined,
      noNewPrivileges: undefined,
    }
  }
  return undefined
}
