import type { BaseAccount, BaseGroup, BaseImageFacts, BaseTools, BaseUser } from '../base-images/index.ts'
import { osPaths, osPrograms } from '../base-images/index.ts'

/** Config of an image as engines and registries give it (OCI image-spec, config.md; both spellings of Docker). */
export interface ImageConfig {
  readonly user: string
  readonly workdir: string | null
  readonly env: ReadonlyMap<string, string>
  readonly entrypoint: readonly string[] | null
  readonly cmd: readonly string[] | null
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
  readonly onbuild: readonly string[]
  readonly labels: ReadonlyMap<string, string>
  /** `linux`, `windows` */
  readonly platformOs: string
}

type Json = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads the config part of an untrusted answer; whatever is of another type is left out. */
export function readImageConfig(image: Json): ImageConfig {
  const config = [image.Config, image.config].find(isJsonObject) ?? {}
  const platformOs = [image.Os, image.os].find((value) => typeof value === 'string') ?? 'linux'
  return {
    user: typeof config.User === 'string' ? config.User : '',
    workdir: typeof config.WorkingDir === 'string' && config.WorkingDir !== '' ? config.WorkingDir : '/',
    env: environment(config.Env),
    entrypoint: texts(config.Entrypoint),
    cmd: texts(config.Cmd),
    ports: keys(config.ExposedPorts).map((port) => port.replace(/\/tcp$/, '')),
    volumes: keys(config.Volumes),
    onbuild: texts(config.OnBuild) ?? [],
    labels: new Map(
      Object.entries(isJsonObject(config.Labels) ? config.Labels : {}).flatMap(([key, value]) =>
        typeof value === 'string' ? [[key, value] as const] : [],
      ),
    ),
    platformOs,
  }
}

function environment(value: unknown): Map<string, string> {
  return new Map(
    (texts(value) ?? []).flatMap((entry) => {
      const at = entry.indexOf('=')
      return at <= 0 ? [] : [[entry.slice(0, at), entry.slice(at + 1)] as const]
    }),
  )
}

function texts(value: unknown): string[] | null {
  if (!Array.isArray(value)) return null
  return value.filter((entry) => typeof entry === 'string')
}

function keys(value: unknown): string[] {
  return isJsonObject(value) ? Object.keys(value) : []
}

/** What was found in the image's files; undefined where nobody looked. */
export interface ImageFiles {
  readonly os: string | null
  readonly osVersion: string | null
  readonly accounts: readonly BaseAccount[]
  readonly groups: readonly BaseGroup[]
  readonly accountFiles: 'present' | 'missing'
  readonly tools: Omit<BaseTools, 'programs'>
  readonly programs: readonly (readonly [string, boolean])[]
}

export function factsOf(
  reference: string,
  resolvedBy: 'engine' | 'registry',
  config: ImageConfig,
  files: ImageFiles | undefined,
): BaseImageFacts {
  const windows = config.platformOs === 'windows'
  const os = windows ? 'windows' : (files?.os ?? null)
  const noTools: Omit<BaseTools, 'programs'> = { useradd: null, adduser: null, shell: null }
  return {
    reference,
    resolvedBy,
    certainty: 'certain',
    os,
    osVersion: files?.osVersion ?? null,
    user: userOf(config.user, files),
    accounts: files?.accounts ?? [],
    groups: files?.groups ?? [],
    accountsComplete: files !== undefined,
    accountFiles: files?.accountFiles ?? null,
    tools: {
      ...(files?.tools ?? noTools),
      programs: new Map([...osPrograms(os, false), ...(files?.programs ?? [])]),
    },
    ports: config.ports,
    stepsDown: null,
    mustStartAsRoot: false,
    nonRootVariant: null,
    workdir: config.workdir,
    env: config.env,
    entrypoint: config.entrypoint,
    cmd: config.cmd,
    volumes: config.volumes,
    onbuild: config.onbuild,
    paths: osPaths(os, files?.osVersion ?? null, false),
  }
}

/** What USER means in this image: runc's GetExecUser, container-facts/user-*. */
export function userOf(user: string, files: Pick<ImageFiles, 'accounts' | 'groups'> | undefined): BaseUser {
  const [who = '', groupName] = user.split(':')
  const explicit = user !== ''
  const number = (text: string) => (/^\d+$/.test(text) ? Number(text) : null)
  const uid = who === '' ? 0 : number(who)
  const account = files?.accounts.find((entry) => (uid === null ? entry.name === who : entry.uid === uid))
  const givenGid = groupName ? number(groupName) : null
  const group = files?.groups.find(({ name }) => name === groupName)
  const gid = groupName
    ? (givenGid ?? group?.gid ?? null)
    : (account?.gid ?? (uid === null ? null : noAccountGid(uid, files)))
  const name = account?.name ?? (uid === null ? who : uid === 0 ? 'root' : null)
  return { user, name, uid: uid ?? account?.uid ?? (who === 'root' ? 0 : null), gid, explicit }
}

/** A number without account has group 0; where the accounts are not known only root's is. */
function noAccountGid(uid: number, files: object | undefined): number | null {
  return files || uid === 0 ? 0 : null
}
