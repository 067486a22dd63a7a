import type { HardenStep } from '../analysis/index.ts'
import { keywordIn, linesBefore } from '../fixes/index.ts'
import { mayChangeEntries } from '../image/index.ts'
import { knownValue } from '../known.ts'
import { text } from '../l10n/index.ts'
import type { ChosenIdentity } from './identity.ts'
import { userPlace } from './placement.ts'
import type { Subject } from './subject.ts'
import { workloadOf } from './workload.ts'
import type { WrittenPath } from './written-paths.ts'

export interface Home {
  /** A folder to give to the identity. */
  readonly path: WrittenPath | undefined
  readonly step: HardenStep | undefined
}
const none: Home = { path: undefined, step: undefined }

/** A home for workloads that write to one: the account's own where it has one, else HOME is set. A new account brings its own. */
export function homeFor(subject: Subject, chosen: ChosenIdentity): Home {
  const purpose = workloadOf(subject).home
  if (purpose === undefined || chosen.from === 'new') return none
  const { stage, dockerfile } = subject
  const set = stage.final.env.get('HOME')
  const own =
    (set && knownValue(set)) ??
    (subject.profile === 'openshift' ? undefined : knownValue(chosen.identity.home))
  const usable = own?.startsWith('/') && !/^\/(?:$|root|nonexistent|bin|sbin|dev|proc|usr\/sbin)/.test(own)
  const home: string = usable && own !== undefined ? own : `/home/${chosen.name ?? 'app'}`
  const writable = mayChangeEntries(stage.final.files, home, chosen.identity)
  // The base made the account and, as a rule, its home with it.
  const trusted = usable && chosen.from === 'base' && knownValue(writable) !== false
  const path: WrittenPath | undefined =
    trusted || (usable && knownValue(writable) === true && subject.profile !== 'openshift')
      ? undefined
      : { path: home, kind: 'directory', why: text`HOME, for ${purpose}`, temporary: true, from: 'family' }
  if (usable) return { path, step: undefined }
  // The number of its home is not known, but the base made one.
  if (own === undefined && chosen.from === 'base' && subject.profile !== 'openshift') return none
  const before = userPlace(subject, chosen)
  return {
    path,
    step: before
      ? {
          title: text`Set HOME to ${home}`,
          reason: chosen.name
            ? text`\`${chosen.name}\` has no home, and the workload needs one for ${purpose}.`
            : text`A number without an account has no home, and the workload needs one for ${purpose}.`,
          safety: 'suggestion',
          edits: [linesBefore(dockerfile, before, [`${keywordIn(dockerfile, 'ENV')} HOME=${home}`])],
        }
      : undefined,
  }
}
