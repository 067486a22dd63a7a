import type { BaseImages } from '../base-images/types.ts'
import type { Dockerfile } from '../dockerfile/types.ts'
import type { Fix, Offer, TextEdit } from '../fixes/types.ts'
import type { BuildContext, Builder, Timeline } from '../image/types.ts'
import type { Message } from '../l10n/index.ts'
import type { Finding, NewUser, Profile, Severity } from '../rules/types.ts'

/** What an analysis needs beside the text; the same for editor and command line. */
export interface AnalysisOptions {
  readonly context: BuildContext
  readonly baseImages: BaseImages
  readonly profile?: Profile
  readonly builder?: Builder
  /** Severity, or off, of a rule by its id. */
  readonly rules?: Readonly<Record<string, Severity | 'off'>>
  readonly newUser?: Partial<NewUser>
  readonly target?: string
  /** Other stages that become images too: what rules find in them is found as well. */
  readonly otherTargets?: readonly string[]
  readonly platform?: string
  readonly buildArgs?: Readonly<Record<string, string>>
}

/** One text, analysed once; every feature reads from here. */
export interface Analysis {
  readonly text: string
  readonly options: AnalysisOptions
  readonly dockerfile: Dockerfile
  readonly timeline: Timeline
  /** Sorted by position, then rule; suppressed ones left out. */
  readonly findings: readonly Finding[]
  readonly suppressed: number
  /** Repairs of a finding that were checked by analysing again, best first, and offers. */
  fixesFor(finding: Finding): readonly (Fix | Offer)[]
}

/** One step of a harden plan. */
export interface HardenStep {
  readonly title: Message
  /** Why, in one or two sentences. */
  readonly reason: Message
  readonly safety: Fix['safety']
  readonly edits: readonly TextEdit[]
  /** What it changes beside the Dockerfile. */
  readonly contextEdits?: readonly ContextEdits[]
}
/** Edits of a file of the build context, in offsets of its text as `BuildContext.read` gives it. */
export interface ContextEdits {
  /** Relative to the context, with slashes. */
  readonly path: string
  readonly edits: readonly TextEdit[]
}
/** A file of the build context that a plan changes. */
export interface ContextFile {
  readonly path: string
  readonly text: string
  readonly result: string
}
export interface HardenPlan {
  /** In order; empty where nothing is to do. */
  readonly steps: readonly HardenStep[]
  /** All edits of the steps, sorted, not overlapping. */
  readonly edits: readonly TextEdit[]
  readonly result: string
  /** Files of the build context that change with it, sorted by path. */
  readonly contextFiles: readonly ContextFile[]
  /** `hardened`: no root left. `decisions`: edits made, something is left for a person. `nothing`: already fine. `refused`: see `refusals`. */
  readonly outcome: 'hardened' | 'decisions' | 'nothing' | 'refused'
  readonly refusals: readonly Message[]
  /** What a person must decide or check. */
  readonly remaining: readonly Message[]
}

/** How to run this image with as little power as it needs. */
export interface RuntimeGuidance {
  readonly docker: string
  readonly compose: string
  readonly kubernetes: string
  /** The whole as Markdown, with user namespaces, SELinux, AppArmor and how to check. */
  readonly markdown: string
  readonly user: string | null
  readonly capabilities: readonly string[]
  readonly readOnly: boolean
  readonly tmpfs: readonly string[]
  readonly volumes: readonly string[]
  readonly ports: readonly string[]
  readonly notes: readonly string[]
}
