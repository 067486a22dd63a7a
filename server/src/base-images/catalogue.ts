import {
  type CatalogueRecord,
  findRecord,
  isFrozen,
  isWholeNamespace,
  readRecord,
  withoutAlias,
} from './catalogue-data.ts'
import { osAccounts } from './os-accounts.ts'
import { osPaths, readPaths } from './os-paths.ts'
import { osPrograms } from './os-programs.ts'
import { normalVersion, osVersionInTag, systemInName } from './os-version.ts'
import { type PopularImage, popularFor } from './popular.ts'
import { parseReference } from './reference.ts'
import { scratchFacts } from './scratch.ts'
import type { BaseAccount, BaseGroup, BaseImageFacts, BaseImages, BasePath, BaseUser } from './types.ts'
import { nonRootVariant } from './variants.ts'

const cached = new Map<string, BaseImageFacts | undefined>()
const cacheLimit = 2000

/** The built-in knowledge of public images. */
export function catalogue(): BaseImages {
  return {
    resolve(reference, platform) {
      const windows = platform?.startsWith('windows') ?? false
      const key = `${reference}\n${windows}`
      if (cached.has(key)) return cached.get(key)
      const facts = lookUp(reference, windows)
      if (cached.size >= cacheLimit) cached.clear()
      cached.set(key, facts)
      return facts
    },
  }
}

function lookUp(reference: string, windows: boolean): BaseImageFacts | undefined {
  const parsed = parseReference(reference)
  if (!parsed) return undefined
  const repository = withoutAlias(parsed.repository)
  // No tag means latest; a digest alone says nothing about the tag.
  const tag = parsed.tag ?? (parsed.digest === null ? 'latest' : null)
  if (repository === 'docker.io/library/scratch') return { ...scratchFacts(), reference }
  const found = findRecord(repository, tag)
  if (found === undefined) return undefined
  let record = readRecord(found.record)
  // What most images of an organisation do, one of them may do otherwise; some families we know better.
  if (
    found.vague &&
    popularFor(repository, tag, record.os).length === 0 &&
    /^(docker\.io|quay\.io|ghcr\.io)\//.test(repository)
  )
    record = { ...record, certainty: 'possible' }
  record = onNamedSystem(record, repository, tag)
  if (windows && record.os !== 'windows') {
    // A tag shared between systems: the Windows image is that of its servercore tag.
    const other = findRecord(repository, 'windowsservercore')
    if (other === undefined) return undefined
    record = readRecord(other.record)
    if (record.os !== 'windows') return undefined
  }
  return assemble(record, reference, repository, parsed.tag, tag)
}

/**
 * A name that tells another system than the record is an image of its time (`tomcat:9-jre8-alpine`): that system, and
 * the record's user, which is less sure.
 */
function onNamedSystem(record: CatalogueRecord, repository: string, tag: string | null): CatalogueRecord {
  const named = systemInName(repository, tag)
  if (named === null || named === record.os || !distributions.has(record.os)) return record
  const system = findRecord(`docker.io/library/${named}`, named === 'alpine' ? null : tag)
  if (system === undefined) return record
  const { os, osVersion, tools, programs } = readRecord(system.record)
  const likely = record.user.uid === 0 && record.certainty !== 'possible'
  return { ...record, os, osVersion, tools, programs, certainty: likely ? 'likely' : 'possible' }
}
// Others (distroless, chiseled, wolfi) carry the name of what their packages come from.
const distributions: ReadonlySet<string> = new Set(
  'debian ubuntu alpine rhel oraclelinux almalinux rockylinux fedora amazonlinux'.split(' '),
)

function assemble(
  record: CatalogueRecord,
  reference: string,
  repository: string,
  writtenTag: string | null,
  tag: string | null,
): BaseImageFacts {
  const { os } = record
  const popular = popularFor(repository, tag, os)
  const frozen = tag === null || isFrozen(repository, tag)
  const inTag = tag === null ? null : osVersionInTag(os, repository, tag)
  const osVersion = normalVersion(os, inTag ?? (frozen ? null : record.osVersion))
  const known = popular.some((entry) => entry.constant)
  const assumed = isWholeNamespace(repository, tag) && !oneRecipe.test(repository)
  const plain = popular.some((entry) => entry.plain)
  const { accounts, groups, complete } = accountsOf(
    record,
    osVersionForAccounts(os, osVersion, frozen),
    popular,
  )
  const last = <K extends keyof PopularImage>(key: K) =>
    popular.findLast((entry) => entry[key] !== undefined)?.[key] ?? null

  // Chainguard's images are made of Wolfi packages without its tools.
  const bySystem = record.tools.shell === false ? [] : osPrograms(os, plain)
  const programs = new Map([...bySystem, ...record.programs])
  for (const entry of popular) for (const name of entry.programs?.split(' ') ?? []) programs.set(name, true)
  const { adduser } = record.tools
  // The default of today's tag: an older Debian or Ubuntu may have had it.
  const unsureAdduser = frozen && inTag === null && (os === 'debian' || os === 'ubuntu') && adduser === 'none'

  return {
    reference,
    resolvedBy: 'catalogue',
    certainty:
      ((frozen && !known) || assumed) && record.certainty === 'certain' ? 'likely' : record.certainty,
    os,
    osVersion,
    user: userOf(record, accounts),
    accounts,
    groups,
    accountsComplete: complete && popular.some((entry) => entry.complete),
    accountFiles: os === 'scratch' ? 'missing' : os === 'windows' ? null : 'present',
    tools: { ...record.tools, adduser: unsureAdduser ? null : adduser, programs },
    ports: record.ports,
    stepsDown: record.stepsDownBy === null ? null : { by: record.stepsDownBy, to: steppedDownTo(record) },
    mustStartAsRoot: record.mustStartAsRoot,
    nonRootVariant: nonRootVariant(record.nonRootVariant, repository, writtenTag),
    workdir: last('workdir'),
    env: new Map(popular.flatMap((entry) => Object.entries(entry.env ?? {}))),
    entrypoint: last('entrypoint'),
    cmd: last('cmd'),
    volumes: popular.flatMap((entry) => entry.volumes ?? []),
    onbuild: [],
    paths: pathsOf(os, osVersion, plain, popular),
  }
}

/** Publishers that build all their images the same way; of others (goharbor, osixia) what holds for most need not hold for one. */
const oneRecipe =
  /^(docker\.io\/bitnami|gcr\.io\/distroless|cgr\.dev|mcr\.microsoft\.com|registry\.access\.redhat\.com|registry\.redhat\.io|dhi\.io)/

/** A floating tag of Alpine means a current one; tables cover ranges of versions there. */
function osVersionForAccounts(os: string, version: string | null, frozen: boolean): string | null {
  return os === 'alpine' && (version === null || version === '3') && !frozen ? '3.99' : version
}

// Language images add to /usr/local and the like, not here.
const sameTreeFolders: readonly string[] = ['/', '/home', '/srv', '/mnt']

function pathsOf(
  os: string,
  version: string | null,
  plain: boolean,
  popular: readonly PopularImage[],
): ReadonlyMap<string, BasePath> {
  const sameTree = !plain && popular.some((entry) => entry.sameTree)
  const own = popular.filter((entry) => entry.paths !== undefined)
  const system = osPaths(os, version, plain)
  if (!sameTree && own.length === 0) return system
  const paths = new Map([...system, ...own.flatMap((entry) => [...readPaths(entry.paths ?? '')])])
  if (sameTree)
    for (const path of sameTreeFolders) {
      const entry = paths.get(path)
      if (entry && osPaths(os, version, true).get(path)?.complete)
        paths.set(path, { ...entry, complete: true })
    }
  return paths
}

function accountsOf(record: CatalogueRecord, version: string | null, popular: readonly PopularImage[]) {
  const system = osAccounts(record.os, version)
  // Ubuntu's own user is deleted or renamed by some images: the catalogue lists it where it is.
  const renamed = record.os === 'ubuntu' && !record.users.some(({ name }) => name === 'ubuntu')
  const own = new Map(record.users.map((user) => [user.name, user]))
  const accounts: BaseAccount[] = system.accounts.filter(
    ({ name }) => !own.has(name) && !(renamed && name === 'ubuntu'),
  )
  for (const { name, uid, gid, home } of record.users) {
    const before = system.accounts.find((account) => account.name === name)
    accounts.push({
      name,
      uid,
      gid,
      home: home ?? before?.home ?? ownFolder(name, popular),
      shell: before?.shell ?? null,
    })
  }
  let groups: BaseGroup[] = system.groups.map((group) => ({ ...group }))
  if (renamed)
    groups = groups
      .filter(({ name }) => name !== 'ubuntu')
      .map((group) => ({ ...group, members: group.members.filter((name) => name !== 'ubuntu') }))
  for (const { name, gid } of record.users) {
    // A group of the user's name with its gid, unless the system or another user has that number.
    const exists = groups.some((group) => group.name === name || (gid !== null && group.gid === gid))
    if (!exists) groups.push({ name, gid, members: [] })
  }
  if (popular.some((entry) => entry.sshGroup))
    for (const name of sshGroups(record.os, version)) groups.push({ name, gid: null, members: [] })
  return { accounts, groups, complete: system.complete }
}

/** A folder of the image that is called as useradd calls homes, and known to be there for that account. */
function ownFolder(name: string, popular: readonly PopularImage[]): string | null {
  const home = `/home/${name}`
  return popular.some(({ paths = '' }) => paths.split('\n').some((line) => line.startsWith(`${home}/ `)))
    ? home
    : null
}

/** openssh-client.postinst: `ssh` until Debian 11 and Ubuntu 20.04, `_ssh` since. */
function sshGroups(os: string, version: string | null): readonly string[] {
  if (version === null) return ['ssh', '_ssh']
  const since = os === 'ubuntu' ? 22 : 12
  return [Number.parseFloat(version) < since ? 'ssh' : '_ssh']
}

function userOf(record: CatalogueRecord, accounts: readonly BaseAccount[]): BaseUser {
  const { name, uid, gid, written } = record.user
  const account = accounts.find((entry) => (name !== null ? entry.name === name : entry.uid === uid))
  const number = uid ?? account?.uid ?? null
  const group = gid ?? account?.gid ?? null
  return {
    user: written ?? '',
    name: name ?? account?.name ?? null,
    uid: number,
    gid: group,
    explicit: written !== undefined,
  }
}

/** The account that the entrypoint switches to: the image's only one of its own. */
function steppedDownTo(record: CatalogueRecord): string | null {
  const own = record.users.filter(({ name }) => name !== 'ubuntu' && name !== 'root')
  return own.length === 1 ? (own[0]?.name ?? null) : null
}
