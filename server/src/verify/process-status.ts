import { capabilityNames } from './capabilities.ts'

/** Who a process is, as /proc/PID/status says it. */
export interface ProcessStatus {
  readonly uid: number
  readonly gid: number
  /** `gid` first, then the others in rising order. Undefined, as the rest is, where only `top` could tell. */
  readonly groups: readonly number[] | undefined
  readonly effective: readonly string[] | undefined
  readonly bounding: readonly string[] | undefined
  readonly noNewPrivileges: boolean | undefined
}

/** How ids outside of a user namespace are written inside: lines of /proc/PID/uid_map. */
export type IdMap = readonly { readonly inside: number; readonly outside: number; readonly count: number }[]

/**
 * Reads /proc/PID/status: proc_pid_status(5).
 * @param maps where it was read outside of the process's user namespace
 * @returns undefined for anything else
 */
export function readProcessStatus(
  text: string,
  maps?: { readonly uids: IdMap; readonly gids: IdMap },
): ProcessStatus | undefined {
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(text)?.[1]?.trim()
  const numbers = (name: string) => field(name)?.split(/\s+/).filter(Boolean).map(Number)
  const inside = (id: number | undefined, map: IdMap | undefined) =>
    id === undefined || !Number.isInteger(id) ? undefined : map ? mapped(id, map) : id
  // Real, effective, saved, file system: the effective one decides.
  const uid = inside(numbers('Uid')?.[1], maps?.uids)
  const gid = inside(numbers('Gid')?.[1], maps?.gids)
  if (uid === undefined || gid === undefined) return undefined
  const others = (numbers('Groups') ?? []).flatMap((id) => inside(id, maps?.gids) ?? [])
  const mask = (name: string) => {
    const value = field(name)
    return value !== undefined && /^[0-9a-f]{1,16}$/i.test(value) ? capabilityNames(value) : undefined
  }
  const privileges = field('NoNewPrivs')
  return {
    uid,
    gid,
    groups: [gid, ...[...new Set(others)].filter((id) => id !== gid).sort((a, b) => a - b)],
    effective: mask('CapEff'),
    bounding: mask('CapBnd'),
    noNewPrivileges: privileges === undefined ? undefined : privileges === '1',
  }
}

export function readIdMap(text: string): IdMap {
  return text.split('\n').flatMap((line) => {
    const [inside, outside, count] = line.trim().split(/\s+/).map(Number)
    return inside === undefined || outside === undefined || count === undefined
      ? []
      : [{ inside, outside, count }]
  })
}

/** Undefined: an id that has no place inside. */
function mapped(id: number, map: IdMap): number | undefined {
  const range = map.find(({ outside, count }) => id >= outside && id < outside + count)
  return range && range.inside + (id - range.outside)
}
