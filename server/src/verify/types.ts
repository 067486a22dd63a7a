import type { Message } from '../l10n/index.ts'
import type { Severity } from '../rules/types.ts'

/**
 * `confirmed`: the engine shows what was predicted. `wrong`: it shows something else. `new`: nothing was predicted, this is
 * what it is. `unchecked`: it could not be observed; the note says why.
 */
export type Verdict = 'confirmed' | 'wrong' | 'new' | 'unchecked'

export type CheckId =
  | 'build'
  | 'image-user'
  | 'image-write'
  | 'process-user'
  | 'capabilities'
  | 'bounding-capabilities'
  | 'no-new-privileges'
  | 'runs'
  | 'write'

/** One prediction beside what was seen. */
export interface Check {
  readonly id: CheckId
  readonly subject: Message
  readonly predicted: Message | undefined
  readonly observed: Message | undefined
  readonly verdict: Verdict
  readonly note?: Message
  /** What engine or container said about it, as it was said. */
  readonly words?: string
  /** What is wrong with the image, or with the prediction. */
  readonly problem?: Problem
}

export interface Problem {
  readonly severity: Severity
  readonly message: Message
}

/** What a verification found out. */
export interface VerifyReport {
  readonly engine: { readonly program: string; readonly version: string }
  /** Flags that the image was started with. */
  readonly flags: readonly string[]
  readonly checks: readonly Check[]
  readonly remarks: readonly Message[]
}

export type VerifyResult =
  | { readonly kind: 'report'; readonly report: VerifyReport }
  /** Nothing could be verified: no engine, nothing to build, out of time. */
  | { readonly kind: 'impossible'; readonly message: Message }
  /** Somebody cancelled it. */
  | { readonly kind: 'stopped' }
