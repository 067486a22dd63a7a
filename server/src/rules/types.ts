import type { OffsetRange } from '../dockerfile/types.ts'
import type { Fix, Offer } from '../fixes/types.ts'
import type { Builder, Timeline } from '../image/types.ts'
import type { Certainty } from '../known.ts'
import type { Message } from '../l10n/index.ts'

export type Severity = 'error' | 'warning' | 'information' | 'hint'
export type Profile = 'docker' | 'kubernetes' | 'openshift'
export type Category = 'identity' | 'breakage' | 'power' | 'style' | 'syntax' | 'suppression'

/** The check ids of other tools that mean the same; their suppression comments are honoured for our rule. */
export interface Equivalents {
  readonly hadolint?: readonly string[]
  readonly trivy?: readonly string[]
  readonly checkov?: readonly string[]
  readonly kics?: readonly string[]
  readonly semgrep?: readonly string[]
  readonly sonar?: readonly string[]
  readonly docker?: readonly string[]
  readonly tally?: readonly string[]
  readonly dockle?: readonly string[]
  readonly terrascan?: readonly string[]
}

export interface RuleSettings {
  readonly profile: Profile
  readonly builder: Builder
  readonly newUser: NewUser
}
/** How a user made by a fix is called and numbered, and how USER names it. */
export interface NewUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

export interface RuleInput {
  readonly timeline: Timeline
  readonly settings: RuleSettings
}

export interface Related {
  readonly range: OffsetRange
  readonly message: Message
}

export interface Report {
  readonly at: OffsetRange
  readonly message: Message
  /** Else the rule's own. */
  readonly severity?: Severity
  readonly certainty?: Certainty
  readonly related?: readonly Related[]
  /** Best first; made when somebody asks for them. */
  readonly fixes?: () => readonly (Fix | Offer)[]
}

export interface Rule {
  /** Kebab-case and permanent. */
  readonly id: string
  readonly category: Category
  readonly severity: Severity
  /** One sentence: what it reports. */
  readonly summary: string
  /** Why it matters, in one or two sentences. */
  readonly why: string
  /** What to do. */
  readonly remedy: string
  readonly equivalents?: Equivalents
  readonly references?: readonly string[]
  /** Profiles in which it is on; left out: in all. */
  readonly profiles?: readonly Profile[]
  check(input: RuleInput, report: (report: Report) => void): void
}

export interface Finding {
  readonly rule: Rule
  readonly severity: Severity
  readonly range: OffsetRange
  readonly message: Message
  readonly certainty: Certainty
  readonly related: readonly Related[]
  /** Unchecked; `Analysis.fixesFor` gives those that hold. */
  readonly fixes: () => readonly (Fix | Offer)[]
}

export function defineRule(rule: Rule): Rule {
  return rule
}
