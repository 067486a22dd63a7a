import type { BaseImageDeclarations } from '../base-images/index.ts'
import type { Builder } from '../image/types.ts'
import type { Message } from '../l10n/index.ts'
import type { NewUser, Profile, Severity } from '../rules/types.ts'

/** `.unroot.json` as it was read: only what it says. See `defaultConfig` for the rest. */
export interface UnrootConfig {
  readonly profile?: Profile
  readonly builder?: Builder
  readonly rules?: Readonly<Record<string, Severity | 'off'>>
  readonly failOn?: Severity | 'never'
  readonly baseImages?: BaseImageDeclarations
  readonly newUser?: Partial<NewUser>
  /** Stages that become images, by glob over Dockerfiles; `**` for all. */
  readonly targets?: Readonly<Record<string, readonly string[]>>
  /** Globs of files and folders that are not looked at. */
  readonly ignore?: readonly string[]
  readonly buildArgs?: Readonly<Record<string, string>>
  readonly resolve?: { readonly engine?: boolean; readonly registry?: boolean }
}

/** What is wrong in a configuration file, and where. */
export interface ConfigProblem {
  readonly message: Message
  /** 1-based; columns in UTF-16 units, ends exclusive. */
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  readonly start: number
  readonly end: number
}

export interface ParsedConfig {
  /** The file's name, as given. */
  readonly file: string
  /** What could be understood. */
  readonly config: UnrootConfig
  /** In order of position; empty where all is well. */
  readonly problems: readonly ConfigProblem[]
}
