import type { Analysis } from '../analysis/index.ts'
import { defaultNewUser } from '../analysis/index.ts'
import type { BaseImageFacts } from '../base-images/index.ts'
import type { Dockerfile } from '../dockerfile/index.ts'
import { lineageOf } from '../image/index.ts'
import type { Builder, Runtime, StageTimeline, Timeline } from '../image/types.ts'
import type { NewUser, Profile } from '../rules/index.ts'

/** What a plan is about: the stage that becomes the image, how it starts, and what the user wants. */
export interface Subject {
  readonly analysis: Analysis
  readonly dockerfile: Dockerfile
  readonly timeline: Timeline
  /** The stage that becomes the image. */
  readonly stage: StageTimeline
  readonly runtime: Runtime
  /** What the oldest stage of the lineage is built FROM. */
  readonly base: BaseImageFacts | undefined
  readonly baseReference: string | undefined
  readonly windows: boolean
  readonly profile: Profile
  readonly builder: Builder
  readonly newUser: NewUser
}

/** Undefined for a file that makes no image. */
export function subjectOf(analysis: Analysis): Subject | undefined {
  const { timeline, dockerfile, options } = analysis
  const { target, runtime } = timeline
  if (!target || !runtime) return undefined
  const oldest = lineageOf(target)[0] ?? target
  const uid = options.newUser?.uid ?? defaultNewUser.uid
  return {
    analysis,
    dockerfile,
    timeline,
    stage: target,
    runtime,
    base: oldest.base ?? target.base,
    baseReference: oldest.reference,
    windows: isWindows(analysis, oldest.base ?? target.base, oldest.reference),
    profile: options.profile ?? 'docker',
    builder: options.builder ?? 'buildkit',
    newUser: {
      name: options.newUser?.name ?? defaultNewUser.name,
      uid,
      gid: options.newUser?.gid ?? options.newUser?.uid ?? defaultNewUser.gid,
    },
  }
}

/** By what is known of the base, else by its name and by what the file says as only files for Windows do. */
function isWindows(
  { dockerfile, text }: Analysis,
  base: BaseImageFacts | undefined,
  reference: string | undefined,
): boolean {
  if (base) return base.os === 'windows'
  return (
    /windows|nanoserver|servercore/i.test(reference ?? '') ||
    (dockerfile.escape === '`' && dockerfile.directives.some(({ name }) => name === 'escape')) ||
    /^\s*SHELL\s*\[\s*"(?:powershell|pwsh|cmd)/im.test(text) ||
    /^\s*(?:VOLUME|WORKDIR|COPY|ADD)\b.*\b[A-Z]:[\\/]/m.test(text) ||
    /^\s*RUN\s+(?:choco|powershell|iwr)\b/im.test(text)
  )
}
