import type { FailureReason, PrivilegeDrop } from '../image/index.ts'
import type { Certainty, Resolver } from '../known.ts'

/** What Unroot knows of a file; the contract of `explain --format json`. A field that is not known is null. */
export interface Explanation {
  readonly version: 1
  readonly file: string
  readonly stages: readonly ExplainedStage[]
  readonly runtime: ExplainedRuntime | null
  readonly paths: Readonly<Record<string, ExplainedPath>>
}
export interface ExplainedStage {
  readonly index: number
  readonly name: string | null
  readonly line: number
  readonly base: { readonly reference: string; readonly resolvedBy: Resolver; readonly os: string | null }
  readonly instructions: readonly ExplainedInstruction[]
  readonly users: readonly ExplainedUser[]
  readonly groups: readonly ExplainedGroup[]
}
export interface ExplainedInstruction {
  readonly line: number
  readonly keyword: string
  /** The one that it runs with, before its own effect. */
  readonly identity: ExplainedIdentity
  readonly workdir: string | null
  readonly fails: ExplainedFailure | null
}
export interface ExplainedIdentity {
  readonly uid: number | null
  readonly gid: number | null
  readonly groups: readonly number[] | null
  readonly user: string | null
  readonly group: string | null
  readonly home: string | null
  readonly certainty: Certainty | 'unknown'
}
export interface ExplainedFailure {
  readonly reason: FailureReason
  readonly certainty: Certainty
  readonly message: string
  readonly line: number
}
export interface ExplainedUser {
  readonly name: string
  readonly uid: number | null
  readonly gid: number | null
  readonly home: string | null
  /** null: it comes with the base image. */
  readonly line: number | null
}
export interface ExplainedGroup {
  readonly name: string
  readonly gid: number | null
  readonly line: number | null
}
export interface ExplainedRuntime {
  readonly stage: number
  readonly identity: ExplainedIdentity
  readonly workdir: string | null
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
  readonly env: Readonly<Record<string, string | null>>
  readonly dropsPrivileges: {
    readonly by: PrivilegeDrop['by']
    readonly to: string | null
    readonly certainty: Certainty
  } | null
  readonly fails: ExplainedFailure | null
}
export interface ExplainedPath {
  readonly kind: 'file' | 'directory' | 'link' | 'other' | 'missing' | null
  readonly uid?: number | null
  readonly gid?: number | null
  readonly mode?: string | null
  /** For the identity at run time. */
  readonly writable?: boolean | null
  readonly certainty?: Certainty | 'unknown'
}
