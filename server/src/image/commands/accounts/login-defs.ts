import type { Certainty } from '../../../known.ts'
import type { IdRange } from '../../accounts.ts'
import type { ShellValue } from '../../types.ts'
import type { World } from '../model.ts'

/**
 * What /etc/login.defs and /etc/default/useradd say in the images of a family.
 * Debian 12: read from the package `passwd`; container-facts useradd-*. RHEL and Fedora: package shadow-utils.
 */
export interface LoginDefs {
  readonly users: IdRange
  readonly systemUsers: IdRange
  readonly groups: IdRange
  readonly systemGroups: IdRange
  /** useradd makes the home without -m. */
  readonly makesHome: boolean | undefined
  /** HOME_MODE, or what UMASK leaves of 0777. */
  readonly homeMode: number | undefined
  /** HOME_MODE is set: UMASK says nothing about homes. */
  readonly homeModeSet: boolean
  readonly shell: string | undefined
  /** Primary group without a group of one's own (-N). */
  readonly defaultGroup: number | undefined
  readonly skeleton: 'debian' | 'rhel' | 'unknown'
  /** How sure these are for this image. */
  readonly certainty: Certainty
  /** Names that useradd accepts: Debian takes almost everything, others less. */
  readonly names: 'debian' | 'strict'
}

const ranges = {
  users: { min: 1000, max: 60000 },
  systemUsers: { min: 101, max: 999 },
  groups: { min: 1000, max: 60000 },
  systemGroups: { min: 101, max: 999 },
}
const debian: LoginDefs = {
  ...ranges,
  makesHome: false,
  homeMode: 0o755,
  homeModeSet: false,
  shell: '/bin/sh',
  defaultGroup: 100,
  skeleton: 'debian',
  certainty: 'certain',
  names: 'debian',
}
const rhel: LoginDefs = {
  ...debian,
  systemUsers: { min: 201, max: 999 },
  systemGroups: { min: 201, max: 999 },
  makesHome: true,
  homeMode: 0o700,
  homeModeSet: true,
  shell: '/bin/bash',
  skeleton: 'rhel',
  certainty: 'likely',
  names: 'strict',
}
const elsewhere: LoginDefs = {
  ...ranges,
  makesHome: undefined,
  homeMode: undefined,
  homeModeSet: false,
  shell: undefined,
  defaultGroup: undefined,
  skeleton: 'unknown',
  certainty: 'likely',
  names: 'strict',
}

const rhelFamily: ReadonlySet<string> = new Set([
  'rhel',
  'fedora',
  'centos',
  'almalinux',
  'rockylinux',
  'oraclelinux',
  'amazonlinux',
  'azurelinux',
])

export type Family = 'debian' | 'ubuntu' | 'rhel' | 'alpine' | 'other'

export function familyOf(world: World): Family {
  const os = world.base?.os
  if (os === 'debian' || os === 'ubuntu') return os
  if (os && rhelFamily.has(os)) return 'rhel'
  return os === 'alpine' || os === 'wolfi' || os === 'busybox' ? 'alpine' : 'other'
}

/** The release as a number: `12`, `24.04`; undefined where it is not known. */
function release(world: World): number | undefined {
  const version = Number.parseFloat(world.base?.osVersion ?? '')
  return Number.isNaN(version) ? undefined : version
}

function defsOf(world: World): LoginDefs {
  const version = release(world)
  switch (familyOf(world)) {
    case 'debian':
      // HOME_MODE was given a value after Debian 12.
      return version !== undefined && version <= 12 ? debian : { ...debian, homeMode: undefined }
    case 'ubuntu':
      // Ubuntu 21.04 set HOME_MODE 0750.
      if (version === undefined) return { ...debian, homeMode: undefined }
      return version < 21 ? debian : { ...debian, homeMode: 0o750, homeModeSet: true }
    case 'rhel':
      return rhel
    case 'alpine':
      return { ...elsewhere, makesHome: false, homeMode: 0o755, skeleton: 'unknown' }
    default:
      return elsewhere
  }
}

/** The settings with `-K KEY=VALUE` applied; undefined where a key is not one that we know. */
export function loginDefs(world: World, keys: readonly ShellValue[]): LoginDefs {
  let defs = defsOf(world)
  for (const { text } of keys) {
    const [, key, value] = /^([A-Z_]+)=(.*)$/.exec(text ?? '') ?? []
    if (key === undefined || value === undefined) continue
    const number = Number.parseInt(value, /^0[0-7]/.test(value) ? 8 : 10)
    if (Number.isNaN(number)) {
      if (key === 'CREATE_HOME') defs = { ...defs, makesHome: value === 'yes' }
      continue
    }
    if (key === 'HOME_MODE') defs = { ...defs, homeMode: number, homeModeSet: true }
    else if (key === 'UMASK' && !defs.homeModeSet) defs = { ...defs, homeMode: 0o777 & ~number }
    else {
      const field = rangeKeys[key]
      if (field) defs = { ...defs, [field[0]]: { ...defs[field[0]], [field[1]]: number } }
    }
  }
  return defs
}

const rangeKeys: Readonly<
  Record<string, readonly ['users' | 'systemUsers' | 'groups' | 'systemGroups', 'min' | 'max']>
> = {
  UID_MIN: ['users', 'min'],
  UID_MAX: ['users', 'max'],
  GID_MIN: ['groups', 'min'],
  GID_MAX: ['groups', 'max'],
  SYS_UID_MIN: ['systemUsers', 'min'],
  SYS_UID_MAX: ['systemUsers', 'max'],
  SYS_GID_MIN: ['systemGroups', 'min'],
  SYS_GID_MAX: ['systemGroups', 'max'],
}

/** shadow's own judgement of a name: `no` is exit code 3. */
export function nameAllowed(name: string, defs: LoginDefs): 'yes' | 'no' | 'unknown' {
  if (name === '' || name.length > 32 || /^[-+~]|[:,/\s]/.test(name)) return 'no'
  if (defs.names === 'debian') return 'yes'
  return /^[a-z_][a-z0-9_-]*\$?$/.test(name) ? 'yes' : 'unknown'
}
