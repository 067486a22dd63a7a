import type { Resolver } from '../known.ts'

export interface BaseAccount {
  readonly name: string
  /** null: the image does not fix the number. */
  readonly uid: number | null
  readonly gid: number | null
  readonly home: string | null
  readonly shell: string | null
}
export interface BaseGroup {
  readonly name: string
  readonly gid: number | null
  readonly members: readonly string[]
}
/** What the base's config says about who runs. */
export interface BaseUser {
  /** As USER would be written: `node`, `1001`, `65532:65532`; '' for none (root). */
  readonly user: string
  readonly name: string | null
  readonly uid: number | null
  readonly gid: number | null
  /** False where the base has no USER of its own. */
  readonly explicit: boolean
}
export interface BaseTools {
  /** useradd and groupadd of shadow; null: not known. */
  readonly useradd: boolean | null
  /** `debian` (Perl script), `busybox`, `shadow-alias` (a link to useradd), `none`; null: not known. */
  readonly adduser: 'debian' | 'busybox' | 'shadow-alias' | 'none' | null
  readonly shell: boolean | null
  /** Other programs known to be there (true) or not to be (false): gosu, su-exec, setpriv, sudo … */
  readonly programs: ReadonlyMap<string, boolean>
}
export type OsFamily = string // debian ubuntu alpine rhel fedora amazonlinux azurelinux wolfi distroless busybox scratch windows …
export type StepDown =
  | 'gosu'
  | 'su-exec'
  | 'setpriv'
  | 'su'
  | 'runuser'
  | 's6'
  | 'chroot'
  | 'chpst'
  | 'start-stop-daemon'
  | 'sudo'
  | 'own'

/** What FROM brings, as far as it is known. */
export interface BaseImageFacts {
  /** As written in FROM, expanded. */
  readonly reference: string
  readonly resolvedBy: Resolver
  /** `certain` for sources read, `likely` for documented, `possible` for assumed entries. */
  readonly certainty: 'certain' | 'likely' | 'possible'
  readonly os: OsFamily | null
  readonly osVersion: string | null
  readonly user: BaseUser
  readonly accounts: readonly BaseAccount[]
  readonly groups: readonly BaseGroup[]
  /** True where accounts and groups are all that the image has: another name or id is certainly free. */
  readonly accountsComplete: boolean
  /** Whether /etc/passwd and /etc/group are there (scratch has neither); null: not known. */
  readonly accountFiles: 'present' | 'missing' | null
  readonly tools: BaseTools
  /** `8080`, `53/udp`. */
  readonly ports: readonly string[]
  /** Where its entrypoint starts as root and steps down by itself. */
  readonly stepsDown: { readonly by: StepDown; readonly to: string | null } | null
  /** The stock configuration does not start under another uid. */
  readonly mustStartAsRoot: boolean
  /** What to move to, as text for people, and as a reference where it is one. */
  readonly nonRootVariant: { readonly text: string; readonly reference: string | null } | null
  /** Config of the image where it is known (engine, registry, declared). */
  readonly workdir: string | null
  readonly env: ReadonlyMap<string, string>
  readonly entrypoint: readonly string[] | null
  readonly cmd: readonly string[] | null
  readonly volumes: readonly string[]
  /** Instructions that act in a child. */
  readonly onbuild: readonly string[]
  /** Well-known directories and files with their owner. */
  readonly paths: ReadonlyMap<string, BasePath>
}
export interface BasePath {
  readonly kind: 'file' | 'directory' | 'link'
  readonly uid: number | null
  readonly gid: number | null
  readonly mode: number | null
  readonly target?: string
  /** A folder with nothing in it but what `paths` names: another entry is certainly not there. */
  readonly complete?: true
}

/** Where the core asks for base images. Pure and synchronous: slow resolvers answer later and the analysis runs again. */
export interface BaseImages {
  /** @param platform `linux/amd64`, `windows/amd64`; undefined for the default. */
  resolve(reference: string, platform: string | undefined): BaseImageFacts | undefined
}

export interface ImageReference {
  /** Normalised: `docker.io/library/python`. */
  readonly repository: string
  readonly tag: string | null
  readonly digest: string | null
  /** The repository as people write it, without tag: `python`, `bitnami/redis`, `gcr.io/distroless/static`. */
  readonly familiar: string
}
