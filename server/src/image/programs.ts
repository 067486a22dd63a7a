import { Set as ImmutableSet } from 'immutable'
import { defaultPath } from '../base-images/index.ts'
import { isCertainly, type Known } from '../known.ts'
import type { World } from './commands/model.ts'
import { find } from './files.ts'
import type { ImageState, InstalledPrograms } from './types.ts'

/** Is a program there? From the base's facts, what package managers installed since, and the files we know. */

const shadow =
  'useradd usermod userdel groupadd groupmod groupdel gpasswd chpasswd chage newusers passwd vipw groupmems'

/** Programs that a package brings which Dockerfiles look for. Package names of apt, apk, dnf and zypper. */
const packages: Readonly<Record<string, string>> = {
  adduser: 'adduser addgroup deluser delgroup',
  passwd: shadow,
  shadow,
  'shadow-utils': `${shadow} adduser`,
  sudo: 'sudo visudo',
  gosu: 'gosu',
  'su-exec': 'su-exec',
  doas: 'doas',
  opendoas: 'doas',
  setpriv: 'setpriv',
  runuser: 'runuser',
  'util-linux': 'setpriv runuser su mount flock',
  s6: 's6-setuidgid',
  runit: 'chpst runsv',
  daemontools: 'setuidgid',
  tini: 'tini',
  'dumb-init': 'dumb-init',
  catatonit: 'catatonit',
  bash: 'bash',
  dash: 'dash',
  zsh: 'zsh',
  coreutils: 'install stat stdbuf chroot',
  findutils: 'find xargs',
  'libcap2-bin': 'setcap getcap capsh',
  libcap: 'setcap getcap capsh',
  'libcap-utils': 'setcap getcap capsh',
  'libcap-setcap': 'setcap',
  acl: 'setfacl getfacl',
  curl: 'curl',
  wget: 'wget',
  git: 'git',
  tar: 'tar',
  unzip: 'unzip',
  xz: 'xz',
  'xz-utils': 'xz',
  python3: 'python3',
  perl: 'perl',
  procps: 'ps pgrep pkill top free',
  'procps-ng': 'ps pgrep pkill top free',
  cron: 'crontab cron',
  which: 'which',
  'ca-certificates': 'update-ca-certificates',
  make: 'make',
  gcc: 'gcc',
}
const broughtBy = new Map<string, string[]>()
for (const [name, programs] of Object.entries(packages)) {
  for (const program of programs.split(' ')) {
    const list = broughtBy.get(program)
    if (list) list.push(name)
    else broughtBy.set(program, [name])
  }
}

/** No other package pulls these in: absent until they are asked for. */
const neverDependencies: ReadonlySet<string> = new Set(['gosu', 'su-exec'])

const shadowPrograms: ReadonlySet<string> = new Set(shadow.split(' '))
const adduserPrograms: ReadonlySet<string> = new Set(['adduser', 'addgroup', 'deluser', 'delgroup'])

export type Presence = 'present' | 'absent' | 'unknown'

export function readProgram(world: World, name: string): Presence {
  if (programFile(world, name) !== undefined) return 'present'
  const presence = readInstalled(world, name)
  return presence === 'absent' && mayBeInFiles(world, name) ? 'unknown' : presence
}

function readInstalled(world: World, name: string): Presence {
  const installed = world.state.programs
  if (installed && broughtBy.get(name)?.some((brings) => installed.packages.has(brings))) return 'present'
  const inBase = readBase(world, name)
  if (inBase !== 'absent' || !installed) return inBase
  if (installed.others) return 'unknown'
  return neverDependencies.has(name) ? 'absent' : 'unknown'
}

function readBase(world: World, name: string): Presence {
  const tools = world.base?.tools
  if (!tools) return 'unknown'
  const known = tools.programs.get(name)
  if (known !== undefined) return known ? 'present' : 'absent'
  if (shadowPrograms.has(name) && tools.useradd !== null) {
    // busybox has passwd and chpasswd of its own.
    if (!tools.useradd && (name === 'passwd' || name === 'chpasswd')) return 'unknown'
    return tools.useradd ? 'present' : 'absent'
  }
  if (adduserPrograms.has(name) && tools.adduser !== null) {
    if (tools.adduser === 'none') return 'absent'
    return tools.adduser === 'shadow-alias' && name !== 'adduser' ? 'absent' : 'present'
  }
  return 'unknown'
}

/** The path of a program that the tree knows, as PATH finds it. */
export function programFile({ variables, state }: World, name: string): string | undefined {
  return fileOnPath(state.files, variables.get('PATH'), name)
}

/** This file may have put it there. */
function mayBeInFiles({ variables, state }: World, name: string): boolean {
  return placesOnPath(variables.get('PATH'), name).some((place) => {
    const { kind, exists, because } = find(state.files, place).node
    return (kind !== 'missing' || exists !== 'certain') && because.some((one) => one.kind === 'instruction')
  })
}

/** The first file of that name in the folders of PATH, or of the usual ones where PATH is not known. */
export function fileOnPath(
  files: ImageState['files'],
  path: Known<string> | undefined,
  name: string,
): string | undefined {
  return placesOnPath(path, name).find((place) => {
    const { node } = find(files, place)
    return (node.kind === 'file' || node.kind === 'link') && node.exists === 'certain'
  })
}

function placesOnPath(path: Known<string> | undefined, name: string): readonly string[] {
  const folders = path && path.certainty !== 'unknown' ? path.value : defaultPath
  return folders
    .split(':')
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => `${folder.replace(/\/+$/, '')}/${name}`)
}

/** A package manager installed these; `'unknown'`: something that we could not read. */
export function installPackages(world: World, names: readonly string[] | 'unknown'): void {
  const before = world.state.programs ?? { packages: ImmutableSet<string>(), others: false }
  const programs: InstalledPrograms =
    names === 'unknown'
      ? { ...before, others: true }
      : { ...before, packages: before.packages.union(names.map(withoutVersion)) }
  world.state = { ...world.state, programs }
}

/** Programs that nobody knows came into the image otherwise: with a file system that was copied. */
export function installUnknown(state: ImageState): ImageState {
  const before = state.programs ?? { packages: ImmutableSet<string>(), others: false }
  return before.others ? state : { ...state, programs: { ...before, others: true } }
}

/** `sudo=1.9*`, `shadow@edge`, `curl>=8`, `libc6:amd64` → the name. */
const withoutVersion = (name: string) => name.replace(/[=@<>~:].*$/, '')

/** What may be installed after either of two ways was taken. */
export function joinPrograms(
  a: InstalledPrograms | undefined,
  b: InstalledPrograms | undefined,
): InstalledPrograms | undefined {
  if (a === b) return a
  if (!a || !b) return { packages: ImmutableSet<string>(), others: true }
  const packagesOfBoth = a.packages.intersect(b.packages)
  return {
    packages: packagesOfBoth,
    others: a.others || b.others || packagesOfBoth.size < Math.max(a.packages.size, b.packages.size),
  }
}

/**
 * A program ran about which we know nothing. As root it may have made accounts and installed programs, so that
 * nothing is certainly missing from here on.
 */
export function unseenProgramRan(world: World): void {
  const { uid } = world.identity
  if (uid.certainty === 'certain' && !isCertainly(uid, 0)) return
  if (world.state.accounts.complete)
    world.state = { ...world.state, accounts: { ...world.state.accounts, complete: false } }
  if (!world.state.programs?.others) installPackages(world, 'unknown')
}
