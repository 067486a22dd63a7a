import data from './data/os-accounts.json' with { type: 'json' }
import type { BaseAccount, BaseGroup } from './types.ts'

/** What a system ships in /etc/passwd and /etc/group before anybody adds to it. */
export interface OsAccounts {
  readonly accounts: readonly BaseAccount[]
  readonly groups: readonly BaseGroup[]
  /** Read from the system's packages or images, not recalled: nobody else is there. */
  readonly complete: boolean
}

interface System {
  readonly os: string
  readonly version: string | null
  readonly confidence: string
  readonly passwd: readonly string[]
  readonly group: readonly string[]
}
const systems: readonly System[] = data.systems

/** Which table holds for a family and version; the first that fits. `null` stands for an unknown version. */
const tables: readonly { os: string; table: string | null; fits: (version: number) => boolean }[] = [
  { os: 'debian', table: '11', fits: (v) => v <= 11 },
  { os: 'debian', table: '12', fits: (v) => v === 12 },
  { os: 'debian', table: '13', fits: (v) => v === 13 },
  { os: 'debian', table: '14', fits: (v) => v >= 14 },
  { os: 'ubuntu', table: '20.04', fits: (v) => v < 22 },
  { os: 'ubuntu', table: '22.04', fits: (v) => v < 23 },
  { os: 'ubuntu', table: '24.04', fits: (v) => v < 26 },
  { os: 'ubuntu', table: '26.04', fits: () => true },
  // Alpine 3.10 is a number below 3.9: compared by its minor version.
  { os: 'alpine', table: '3.8-', fits: (v) => v <= 8 },
  { os: 'alpine', table: '3.9-3.19', fits: (v) => v <= 19 },
  { os: 'alpine', table: '3.20+', fits: () => true },
  { os: 'rhel', table: 'centos7/amazonlinux2', fits: (v) => v <= 7 },
  { os: 'rhel', table: 'ubi8', fits: (v) => v === 8 },
  { os: 'rhel', table: 'ubi9', fits: (v) => v === 9 },
  { os: 'rhel', table: 'ubi10', fits: () => true },
  { os: 'amazonlinux', table: '2023', fits: (v) => v >= 2022 },
  { os: 'wolfi', table: 'wolfi-base', fits: () => true },
  { os: 'distroless', table: 'debian12/13', fits: () => true },
  { os: 'busybox', table: '1.x', fits: () => true },
  { os: 'scratch', table: null, fits: () => true },
  { os: 'windows', table: 'nanoserver/servercore', fits: () => true },
]

// Families that take another one's table (package `setup` is theirs in common).
const sameAs: Readonly<Record<string, string>> = {
  fedora: 'rhel',
  almalinux: 'rhel',
  rockylinux: 'rhel',
  oraclelinux: 'rhel',
  centos: 'rhel',
}

// Tables so old that a floating tag cannot mean them.
const retired: ReadonlySet<string> = new Set(['alpine 3.8-', 'rhel centos7/amazonlinux2'])

/**
 * Members of groups. Alpine: aports main/alpine-baselayout/group; what `id` prints for root there is proven by
 * container-facts/user-none-busybox. BusyBox's root is in wheel. Ubuntu: cloud-init's default user, as `id ubuntu` prints.
 */
const members: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  alpine: {
    root: 'root',
    bin: 'root bin daemon',
    daemon: 'root bin daemon',
    sys: 'root bin',
    adm: 'root adm daemon',
    disk: 'root',
    lp: 'lp',
    wheel: 'root',
    floppy: 'root',
    mail: 'mail',
    news: 'news',
    uucp: 'uucp',
    man: 'man',
    cron: 'cron',
    dialout: 'root',
    at: 'at',
    squid: 'squid',
    xfs: 'xfs',
    tape: 'root',
    video: 'root',
    kvm: 'kvm',
    vpopmail: 'vpopmail',
    smmsp: 'smmsp',
    users: 'games',
  },
  busybox: { wheel: 'root' },
  ubuntu: {
    adm: 'ubuntu',
    dialout: 'ubuntu',
    cdrom: 'ubuntu',
    floppy: 'ubuntu',
    sudo: 'ubuntu',
    audio: 'ubuntu',
    dip: 'ubuntu',
    video: 'ubuntu',
    plugdev: 'ubuntu',
  },
}

const nothing: OsAccounts = {
  accounts: [{ name: 'root', uid: 0, gid: 0, home: '/root', shell: null }],
  groups: [{ name: 'root', gid: 0, members: [] }],
  complete: false,
}

const cache = new Map<string, OsAccounts>()

/**
 * Accounts of a system. For an unknown version all that its versions may have, with numbers where they agree:
 * so a name that is not listed is certainly free.
 */
export function osAccounts(os: string | null, version: string | null): OsAccounts {
  const key = `${os} ${version}`
  const known = cache.get(key)
  if (known) return known
  const result = os === null ? nothing : readAccounts(os, version)
  cache.set(key, result)
  return result
}

function readAccounts(os: string, version: string | null): OsAccounts {
  const family = sameAs[os] ?? os
  const candidates = tables.filter((entry) => entry.os === family)
  const [only] = candidates
  if (!only) return nothing
  const number = version === null ? null : versionNumber(family, version)
  if (number === null && candidates.length > 1) {
    const likely = candidates.filter((entry) => !retired.has(`${entry.os} ${entry.table}`))
    return union(likely.map((entry) => fromTable(family, entry.table)))
  }
  const match = number === null ? only : candidates.find((entry) => entry.fits(number))
  return match ? fromTable(family, match.table) : nothing
}

function versionNumber(family: string, version: string): number | null {
  const number = family === 'alpine' ? /^3\.(\d+)/.exec(version)?.[1] : /^\d+(?:\.\d+)?/.exec(version)?.[0]
  return number === undefined ? null : Math.floor(Number(number))
}

function fromTable(family: string, version: string | null): OsAccounts {
  const system = systems.find((entry) => entry.os === family && entry.version === version)
  if (!system) return nothing
  const accounts = system.passwd.map(readAccount)
  const names = new Set(accounts.map(({ name }) => name))
  const groups = system.group.map((line): BaseGroup => {
    const [name = '', gid = ''] = line.split(':')
    const listed = members[family]?.[name]?.split(' ').filter((member) => names.has(member)) ?? []
    return { name, gid: numberOrNull(gid), members: listed }
  })
  return { accounts, groups, complete: system.confidence !== 'assumed' }
}

function readAccount(line: string): BaseAccount {
  const [name = '', uid = '', gid = '', home = '', shell = ''] = line.split(':')
  return { name, uid: numberOrNull(uid), gid: numberOrNull(gid), home: home || null, shell: shell || null }
}

function numberOrNull(text: string): number | null {
  return text === '' ? null : Number(text)
}

function union(all: readonly OsAccounts[]): OsAccounts {
  const agree = <T>(values: readonly (T | null | undefined)[]): T | null =>
    values.every((value) => value === values[0]) ? (values[0] ?? null) : null
  const namesOf = (lists: readonly (readonly { name: string }[])[]) => [
    ...new Set(lists.flatMap((list) => list.map(({ name }) => name))),
  ]
  const accounts = namesOf(all.map((one) => one.accounts)).map((name): BaseAccount => {
    const found = all.map((one) => one.accounts.find((account) => account.name === name))
    return {
      name,
      uid: agree(found.map((account) => account?.uid)),
      gid: agree(found.map((account) => account?.gid)),
      home: agree(found.map((account) => account?.home)),
      shell: agree(found.map((account) => account?.shell)),
    }
  })
  const groups = namesOf(all.map((one) => one.groups)).map((name): BaseGroup => {
    const found = all.map((one) => one.groups.find((group) => group.name === name))
    const listed = found.map((group) => group?.members.join(' '))
    return {
      name,
      gid: agree(found.map((group) => group?.gid)),
      members: agree(listed)?.split(' ').filter(Boolean) ?? [],
    }
  })
  return { accounts, groups, complete: all.every((one) => one.complete) }
}
