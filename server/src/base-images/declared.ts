import picomatch from 'picomatch/posix.js'
import { osAccounts } from './os-accounts.ts'
import { osPaths } from './os-paths.ts'
import { osPrograms } from './os-programs.ts'
import { normalVersion } from './os-version.ts'
import { parseReference } from './reference.ts'
import { scratchFacts } from './scratch.ts'
import type { BaseAccount, BaseGroup, BaseImageFacts, BaseImages, BaseTools, BaseUser } from './types.ts'

/** What `.unroot.json` says about base images; see INTERFACES "Configuration file". */
export interface BaseImageDeclaration {
  /** A known image whose facts hold here as well; the other keys change them. */
  readonly like?: string
  /** Config.User; null or '' for none. */
  readonly user?: string | null
  readonly uid?: number
  readonly gid?: number
  readonly os?: string
  readonly osVersion?: string
  readonly users?: readonly { name: string; uid?: number; gid?: number; home?: string }[]
  readonly groups?: readonly { name: string; gid?: number }[]
  /** Programs that are there, beside those of `like`. */
  readonly tools?: readonly string[]
  readonly ports?: readonly (string | number)[]
  readonly workdir?: string
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}
/** By reference or glob over references: `registry.corp/base/*`. */
export type BaseImageDeclarations = Readonly<Record<string, BaseImageDeclaration>>

interface Declared {
  readonly pattern: string
  readonly declaration: BaseImageDeclaration
  readonly matches: (reference: string) => boolean
}

/**
 * The user's own declarations. An exact reference wins over a glob, a longer glob over a shorter one.
 * @param known answers `like`: the resolvers that come after (the catalogue, an engine)
 */
export function declaredBaseImages(declarations: BaseImageDeclarations, known: BaseImages): BaseImages {
  const declared = Object.entries(declarations)
    .map(([pattern, declaration]): Declared => ({ pattern, declaration, matches: matcher(pattern) }))
    .sort(
      (a, b) => Number(isGlob(a.pattern)) - Number(isGlob(b.pattern)) || b.pattern.length - a.pattern.length,
    )
  const resolve = (
    reference: string,
    platform: string | undefined,
    depth: number,
  ): BaseImageFacts | undefined => {
    const found = declared.find((entry) => entry.matches(reference))
    if (!found) return undefined
    const { like } = found.declaration
    // A declaration may build on another one; a circle of them ends here.
    const base =
      like === undefined
        ? undefined
        : ((depth < 8 && like !== reference ? resolve(like, platform, depth + 1) : undefined) ??
          (like === 'scratch' ? scratchFacts() : known.resolve(like, platform)))
    return apply(found.declaration, base, reference)
  }
  return {
    resolve: (reference, platform) => resolve(reference, platform, 0),
  }
}

function isGlob(pattern: string): boolean {
  return /[*?[{!]/.test(pattern)
}

/** Patterns are held against the reference as written, in full and in short, with its tag and without. */
function matcher(pattern: string): (reference: string) => boolean {
  const wanted = isGlob(pattern) ? undefined : parseReference(pattern)
  const glob = isGlob(pattern) ? picomatch(pattern, { dot: true }) : undefined
  return (reference) => {
    if (reference === pattern) return true
    const given = parseReference(reference)
    if (wanted) {
      if (!given || given.repository !== wanted.repository) return false
      // A declaration without tag means every tag.
      if (wanted.digest !== null) return given.digest === wanted.digest
      return wanted.tag === null || (given.tag ?? (given.digest === null ? 'latest' : null)) === wanted.tag
    }
    if (!glob) return false
    if (glob(reference)) return true
    if (!given) return false
    const tag = given.tag ?? 'latest'
    const { repository, familiar } = given
    return [repository, familiar, `${repository}:${tag}`, `${familiar}:${tag}`].some((name) => glob(name))
  }
}

function apply(
  declaration: BaseImageDeclaration,
  base: BaseImageFacts | undefined,
  reference: string,
): BaseImageFacts {
  const start = base ?? factsOfSystem(declaration)
  const accounts = declaredAccounts(declaration, start.accounts)
  const saysUser = declaration.user !== undefined || declaration.uid !== undefined
  const sameSystem = declaration.os === undefined || declaration.os === start.os
  return {
    ...start,
    reference,
    resolvedBy: 'declared',
    certainty: saysUser ? 'certain' : start.certainty,
    os: declaration.os ?? start.os,
    osVersion: declaration.osVersion ?? (sameSystem ? start.osVersion : null),
    user: saysUser ? declaredUser(declaration, accounts) : start.user,
    accounts,
    groups: declaredGroups(declaration, start.groups, accounts),
    accountsComplete: start.accountsComplete && sameSystem,
    tools: declaredTools(declaration.tools ?? [], start.tools),
    ports: declaration.ports?.map(String) ?? start.ports,
    workdir: declaration.workdir ?? start.workdir,
    entrypoint: declaration.entrypoint ?? start.entrypoint,
    cmd: declaration.cmd ?? start.cmd,
    env: declaration.env ? new Map([...start.env, ...Object.entries(declaration.env)]) : start.env,
    // Who is told to run as somebody else no longer runs as the image it is like.
    ...(saysUser && declaration.uid !== start.user.uid
      ? { stepsDown: null, mustStartAsRoot: false, nonRootVariant: null }
      : {}),
  }
}

/** Without `like`: what the system brings. */
function factsOfSystem(declaration: BaseImageDeclaration): BaseImageFacts {
  const { os = null, osVersion = null, users, tools = [] } = declaration
  const version = os === null ? null : normalVersion(os, osVersion)
  const system = osAccounts(os, version)
  const scratch = os === 'scratch'
  const known = scratch ? 'missing' : os === null || os === 'windows' ? null : 'present'
  return {
    ...scratchFacts(),
    certainty: 'likely',
    os,
    osVersion: version,
    accounts: system.accounts,
    groups: system.groups,
    accountsComplete: system.complete && (scratch || users !== undefined),
    accountFiles: known,
    tools: {
      useradd: null,
      adduser: null,
      shell: os === null ? null : true,
      programs: osPrograms(os, false),
    },
    paths: scratch ? scratchPaths(tools) : osPaths(os, version, false),
    ...(scratch
      ? {
          tools: {
            useradd: null,
            adduser: null,
            shell: tools.length === 0 ? false : null,
            programs: new Map(),
          },
        }
      : {}),
  }
}

/** An empty image with a shell has /bin; with other programs, nobody knows where they lie. */
function scratchPaths(tools: readonly string[]): BaseImageFacts['paths'] {
  const paths = new Map(osPaths('scratch', null, true))
  if (tools.some((name) => name !== 'sh')) paths.set('/', { kind: 'directory', uid: 0, gid: 0, mode: 0o755 })
  if (tools.includes('sh')) paths.set('/bin', { kind: 'directory', uid: 0, gid: 0, mode: 0o755 })
  return paths
}

function declaredAccounts(
  declaration: BaseImageDeclaration,
  before: readonly BaseAccount[],
): readonly BaseAccount[] {
  const own = (declaration.users ?? []).map(
    ({ name, uid, gid, home }): BaseAccount => ({
      name,
      uid: uid ?? null,
      gid: gid ?? uid ?? null,
      home: home ?? null,
      shell: null,
    }),
  )
  const accounts = [...before.filter((account) => !own.some(({ name }) => name === account.name)), ...own]
  const { name } = readUser(declaration.user)
  // Whoever is said to be the default user exists.
  if (name !== null && !accounts.some((account) => account.name === name) && declaration.os !== 'windows') {
    const uid = declaration.uid ?? null
    accounts.push({ name, uid, gid: declaration.gid ?? uid, home: null, shell: null })
  }
  return accounts.length === before.length && own.length === 0 ? before : accounts
}

function declaredGroups(
  declaration: BaseImageDeclaration,
  before: readonly BaseGroup[],
  accounts: readonly BaseAccount[],
): readonly BaseGroup[] {
  const own = (declaration.groups ?? []).map(
    ({ name, gid }): BaseGroup => ({ name, gid: gid ?? null, members: [] }),
  )
  const groups = [...before.filter((group) => !own.some(({ name }) => name === group.name)), ...own]
  // Nobody lists the group of the same name that useradd makes.
  for (const { name, gid } of accounts)
    if (gid !== null && !groups.some((group) => group.gid === gid || group.name === name))
      groups.push({ name, gid, members: [] })
  return groups
}

/** USER's forms: `app`, `1000`, `app:group`, `1000:1000`. */
function readUser(user: string | null | undefined): {
  name: string | null
  uid: number | null
  gid: number | null
} {
  const [who = '', group = ''] = (user ?? '').split(':')
  const number = (text: string) => (/^\d+$/.test(text) ? Number(text) : null)
  return { name: who === '' || number(who) !== null ? null : who, uid: number(who), gid: number(group) }
}

function declaredUser(declaration: BaseImageDeclaration, accounts: readonly BaseAccount[]): BaseUser {
  const { user } = declaration
  const written = readUser(user)
  const explicit = user === undefined ? declaration.uid !== undefined : user !== null && user !== ''
  const wanted = declaration.uid ?? written.uid ?? (explicit ? null : 0)
  const account = accounts.find((entry) =>
    written.name === null ? entry.uid === wanted : entry.name === written.name,
  )
  const uid = wanted ?? account?.uid ?? null
  // A bare number that no account has gets group 0 (container-facts/user-uid-unknown-debian).
  const gid = declaration.gid ?? written.gid ?? (account ? account.gid : 0)
  const spec = user ?? (declaration.gid === undefined ? `${uid}` : `${uid}:${gid}`)
  return { user: explicit ? spec : '', name: written.name ?? account?.name ?? null, uid, gid, explicit }
}

/** Declared programs are there, beside those of the image that it is like. */
function declaredTools(declared: readonly string[], before: BaseTools): BaseTools {
  if (declared.length === 0) return before
  const programs = new Map(before.programs)
  for (const name of declared) programs.set(name, true)
  const has = (name: string) => declared.includes(name)
  return {
    useradd: has('useradd') || before.useradd,
    adduser: has('adduser') && (before.adduser === null || before.adduser === 'none') ? null : before.adduser,
    shell: has('sh') || has('bash') || before.shell,
    programs,
  }
}
