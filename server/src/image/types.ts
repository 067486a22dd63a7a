import type { Map as ImmutableMap, Set as ImmutableSet, List } from 'immutable'
import type { BaseImageFacts } from '../base-images/types.ts'
import type { Dockerfile, Instruction, OffsetRange, Stage, Variable } from '../dockerfile/types.ts'
import type { Certainty, Known, Origin } from '../known.ts'
import type { Message } from '../l10n/index.ts'
import type { NameMap } from './name-map.ts'

/** Who a process is. */
export interface Identity {
  readonly uid: Known<number>
  readonly gid: Known<number>
  /** All groups, `gid` first, then the supplementary ones in rising order. */
  readonly groups: Known<readonly number[]>
  /** The account's name; null where the uid has none. */
  readonly user: Known<string | null>
  readonly group: Known<string | null>
  readonly home: Known<string>
  /** As USER wrote it, expanded: `app`, `1000:1000`; '' where no USER was written. */
  readonly spec: string
}

export interface Account {
  readonly name: string
  readonly uid: Known<number>
  readonly gid: Known<number>
  readonly home: Known<string>
  readonly shell: Known<string>
  /** How sure it is that the account exists. */
  readonly certainty: Certainty
  readonly origin: Origin
  /** The name's place in this file, where it was made here. */
  readonly nameRange?: OffsetRange
  /** A password was set in the image, or login is possible without one. */
  readonly password?: 'set' | 'empty'
  /** Its line of /etc/passwd has nothing where others have an `x`. */
  readonly unshadowed?: boolean
  /** A new password is asked of it before anything else (chage -d 0). */
  readonly mustRenew?: boolean
  /** What its line of /etc/passwd has for a password nobody knows. */
  readonly unreadPassword?: boolean
  /** Its line sends those who ask for the password to /etc/shadow, and nobody wrote one there: it was added by hand. */
  readonly lacksShadow?: boolean
  /** The comment (GECOS) field, where it is known and not empty. */
  readonly comment?: string
}
export interface Group {
  readonly name: string
  readonly gid: Known<number>
  readonly members: readonly string[]
  /** Others may be members as well. */
  readonly openMembers?: boolean
  readonly certainty: Certainty
  readonly origin: Origin
}
/** /etc/passwd and /etc/group, in file order. */
export interface Accounts {
  readonly users: readonly Account[]
  readonly groups: readonly Group[]
  /** True: the lists hold everybody. False: there may be others. */
  readonly complete: boolean
  readonly passwd: 'present' | 'missing' | 'unknown'
  readonly group: 'present' | 'missing' | 'unknown'
}

export type FileKind = 'file' | 'directory' | 'link' | 'other'

/** What is known of a path. Nodes are immutable and shared between states. */
export interface FileNode {
  /** `missing`: certainly not there. `unknown`: may be there, of whatever kind. */
  readonly kind: FileKind | 'missing' | 'unknown'
  readonly owner: Known<number>
  readonly group: Known<number>
  /** Permission bits with setuid, setgid, sticky. */
  readonly mode: Known<number>
  /** How sure it is that something (or, for `missing`, nothing) is there. */
  readonly exists: Certainty
  readonly children: NameMap<FileNode>
  /** What is known of entries that `children` does not name; 'none' where there certainly are none. */
  readonly unlisted: 'none' | Unlisted
  /** Target of a link, as written. */
  readonly target?: string
  /** Text of a file, where it is known. */
  readonly content?: string
  /** Entries of a tar archive, where they are known. It is read only if somebody unpacks it. */
  readonly archive?: () => readonly ArchiveEntry[] | undefined
  /** What made or last changed it. */
  readonly because: readonly Origin[]
  /** Marks of special power: file capabilities (setcap), as written. */
  readonly capabilities?: string
  /** On a read-only mount: nobody may write here, root neither. */
  readonly readOnly?: true
  /** A secret that is there only where the build was given it: scripts ask for that. */
  readonly optional?: true
}
export interface Unlisted {
  readonly owner: Known<number>
  readonly group: Known<number>
  readonly mode: Known<number>
}

export type FailureReason =
  | 'user-not-found'
  | 'permission-denied'
  | 'uid-taken'
  | 'gid-taken'
  | 'name-taken'
  | 'group-not-found'
  | 'not-permitted'
  | 'command-not-found'
  /** Given an option that this system's program of the name does not have. */
  | 'unknown-option'
  /** Waits for an answer that nobody gives. */
  | 'asks'
  | 'other'

/** Why a step cannot work. */
export interface Failure {
  readonly reason: FailureReason
  readonly certainty: Certainty
  /** One sentence with the actual user, path and line. */
  readonly message: Message
  /** The place in the file: the word or command at fault. */
  readonly range: OffsetRange
  readonly because: readonly Origin[]
  readonly exitCode?: number
  readonly path?: string
  /** Owner of `path` where the failure is about it. */
  readonly name?: string
}

/** Config of the image so far, with the place of each. */
export interface StartCommand {
  readonly form: 'json' | 'shell'
  /** Exec-form arguments, or the shell and its script. */
  readonly argv: readonly string[]
  readonly origin: Origin
}

/** What package managers have put into the image beyond its base. */
export interface InstalledPrograms {
  /** Names of packages, as the package manager was told. */
  readonly packages: ImmutableSet<string>
  /** Something was installed that we could not read: any program may be there. */
  readonly others: boolean
}

export interface ImageState {
  /** Who the next RUN, or the container, runs as. */
  readonly identity: Identity
  /** What decided the identity: a USER instruction, else the base. */
  readonly identityOrigin: Origin
  /** Set where USER names somebody that the image does not have (yet). */
  readonly identityFailure: Failure | undefined
  readonly accounts: Accounts
  readonly files: FileNode
  readonly env: ImmutableMap<string, Known<string>>
  readonly args: ImmutableMap<string, Variable>
  readonly workdir: Known<string>
  readonly shell: readonly string[]
  readonly entrypoint: StartCommand | undefined
  readonly cmd: StartCommand | undefined
  readonly healthcheck: StartCommand | undefined
  readonly volumes: List<{ readonly path: string; readonly origin: Origin }>
  readonly ports: List<{ readonly port: string; readonly origin: Origin }>
  readonly onbuild: List<{
    readonly instruction: Instruction | undefined
    readonly text: string
    readonly origin: Origin
  }>
  /** Left out: nothing was installed yet. */
  readonly programs?: InstalledPrograms
}

/** One simple command that a RUN (or start script) runs. */
export interface CommandRun {
  /** The command in the file. */
  readonly range: OffsetRange
  /** Words after expansion; undefined where unknown. */
  readonly argv: readonly ShellValue[]
  /** Program name without its folder: `chown`. */
  readonly name: string | undefined
  readonly identity: Identity
  readonly cwd: Known<string>
  /** `certain`: it runs whenever the step runs. `possible`: in a branch, a loop of unknown length or after a command that may fail. */
  readonly reached: Certainty
  readonly failure: Failure | undefined
  /** The failure ends the step. */
  readonly fatal: boolean
  /** What it runs inside of: `sudo`, `su`, `gosu` … from outside in. */
  readonly wrappers: readonly string[]
  readonly writes: readonly string[]
}
export interface ShellValue {
  /** Undefined where it depends on something unknown. */
  readonly text: string | undefined
  /** Holds unquoted glob characters: stands for several paths or none. */
  readonly glob: boolean
  readonly range: OffsetRange
}

export interface Step {
  readonly instruction: Instruction
  readonly before: ImageState
  readonly after: ImageState
  readonly failure: Failure | undefined
  readonly commands: readonly CommandRun[]
  /** False where the success of some command was taken for granted: images are built by their owners. */
  readonly sure: boolean
}

export interface StageTimeline {
  readonly stage: Stage
  /** The expanded reference, or undefined where a variable is unknown. */
  readonly reference: string | undefined
  readonly base: BaseImageFacts | undefined
  /** FROM another stage of this file. */
  readonly parent: StageTimeline | undefined
  readonly initial: ImageState
  /** After the triggers (ONBUILD) of the base. */
  readonly started: ImageState
  readonly steps: readonly Step[]
  readonly final: ImageState
}

export interface PrivilegeDrop {
  readonly by:
    | 'gosu'
    | 'su-exec'
    | 'setpriv'
    | 'su'
    | 'sudo'
    | 'runuser'
    | 's6'
    | 'chpst'
    | 'chroot'
    | 'start-stop-daemon'
    | 'own'
  readonly to: Known<string>
  readonly certainty: Certainty
  readonly because: readonly Origin[]
}

export interface Runtime {
  readonly stage: StageTimeline
  readonly state: ImageState
  /** Program and arguments as the container starts them. */
  readonly argv: readonly string[]
  readonly dropsPrivileges: PrivilegeDrop | undefined
  readonly failure: Failure | undefined
  /** Commands of the start script, as far as it could be read. */
  readonly commands: readonly CommandRun[]
  /** The start script's text and path, where the build context or the file has it. */
  readonly script: { readonly path: string; readonly text: string } | undefined
}

/** The one evaluation that every feature reads. */
export interface Timeline {
  readonly dockerfile: Dockerfile
  readonly stages: readonly StageTimeline[]
  /** The stage that becomes the image; undefined in a file without FROM. */
  readonly target: StageTimeline | undefined
  readonly runtime: Runtime | undefined
  /** Stages that the target is built from, itself included. */
  readonly needed: ReadonlySet<number>
}

export interface ContextEntry {
  readonly kind: 'file' | 'directory' | 'link'
  /** Permission bits; null where the file system does not tell (Windows). */
  readonly mode: number | null
  readonly target?: string
}
/** Files of the build context, .dockerignore applied. Paths are relative, with slashes. */
export interface BuildContext {
  stat(path: string): ContextEntry | 'missing' | 'unknown'
  /** Names in a folder. */
  list(path: string): readonly string[] | 'unknown'
  /** Text of a file (at most 256 KiB); undefined where unknown. */
  read(path: string): string | undefined
  /** What a tar archive holds; 'none' where the file is certainly none that ADD unpacks, undefined where that is unknown. */
  archive?(path: string): readonly ArchiveEntry[] | 'none' | undefined
}

/** An entry of a tar archive. */
export interface ArchiveEntry {
  /** As the archive has it: `./etc/passwd`, `bin/`. */
  readonly path: string
  /** `hardlink`: a further name of the file `target`. `other`: a device or fifo. */
  readonly kind: 'file' | 'directory' | 'link' | 'hardlink' | 'other'
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Names of owner and group; '' where the archive has none. */
  readonly user: string
  readonly group: string
  readonly target?: string
  /** Text of a file that matters: accounts, start scripts. */
  readonly content?: string
}

export type Builder = 'buildkit' | 'classic' | 'kaniko' | 'buildah'
export interface EvaluateOptions {
  readonly context: BuildContext
  readonly baseImages: import('../base-images/types.ts').BaseImages
  readonly builder?: Builder
  readonly target?: string
  readonly platform?: string
  readonly buildArgs?: ReadonlyMap<string, string>
}
