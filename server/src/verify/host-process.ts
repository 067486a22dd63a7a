import { readFileSync } from 'node:fs'
import { type ProcessStatus, readIdMap, readProcessStatus } from './process-status.ts'

/**
 * Who a container's first process is, read from this machine's /proc: works without anything in the image, where the engine
 * runs on this very kernel. Undefined where it does not, as in Docker Desktop's machine.
 * @param pid as `inspect` says it
 * @param container the full id, which the process's control group must name: the number may be another process here
 */
export function readHostProcess(pid: number, container: string): ProcessStatus | undefined {
  if (!Number.isInteger(pid) || pid <= 0 || !/^[0-9a-f]{64}$/.test(container)) return undefined
  try {
    const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'utf8')
    if (!read('cgroup').includes(container)) return undefined
    return readProcessStatus(read('status'), {
      uids: readIdMap(read('uid_map')),
      gids: readIdMap(read('gid_map')),
    })
  } catch {
    return undefined // no /proc here, or the process has ended
  }
}
