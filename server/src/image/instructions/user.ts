import { expandWord } from '../../dockerfile/index.ts'
import type { Word } from '../../dockerfile/types.ts'
import type { Origin } from '../../known.ts'
import { certain, lowered, unknown } from '../../known.ts'
import { resolveUser } from '../identity.ts'
import type { Failure, Identity } from '../types.ts'
import { isOpen, type Progress, variable } from './progress.ts'

/** USER. */
export function switchUser(progress: Progress, word: Word | undefined): void {
  if (!word) return
  const { state, foreign } = progress
  const identityOrigin: Origin = foreign ?? { kind: 'instruction', range: word.range }
  const { identity, failure } = named(progress, word, identityOrigin)
  progress.state = { ...state, identity, identityOrigin, identityFailure: failure }
}

function named(
  progress: Progress,
  word: Word,
  at: Origin,
): { identity: Identity; failure?: Failure | undefined } {
  const { state, base, evaluation } = progress
  const { dockerfile, builder } = evaluation
  const expanded = expandWord(word.raw, (name) => variable(progress, name), { escape: dockerfile.escape })
  if (expanded.kind !== 'known') return { identity: unknownIdentity(word.raw, at) }
  if (base?.os === 'windows')
    return { identity: { ...unknownIdentity(expanded.value, at), user: certain(expanded.value, [at]) } }
  const resolved = resolveUser(expanded.value, state, at, { at: 'start', builder })
  // Where an ARG without default decides, the build may say otherwise.
  return isOpen(progress, word, expanded.unset)
    ? { ...resolved, identity: doubtful(resolved.identity) }
    : resolved
}

function unknownIdentity(spec: string, at: Origin): Identity {
  const because = [at]
  return {
    uid: unknown(because),
    gid: unknown(because),
    groups: unknown(because),
    user: unknown(because),
    group: unknown(because),
    home: unknown(because),
    spec,
  }
}

function doubtful(identity: Identity): Identity {
  return {
    ...identity,
    uid: lowered(identity.uid),
    gid: lowered(identity.gid),
    groups: lowered(identity.groups),
    user: lowered(identity.user),
    group: lowered(identity.group),
    home: lowered(identity.home),
  }
}

/** Accounts or HOME changed: the same USER may now be somebody else. */
export function refreshIdentity(progress: Progress): void {
  const { state } = progress
  if (state.identity.uid.certainty === 'unknown' && state.identity.spec === '') return
  if (progress.base?.os === 'windows' || /\$/.test(state.identity.spec)) return
  const resolved = resolveUser(state.identity.spec, state, state.identityOrigin, {
    at: 'start',
    builder: progress.evaluation.builder,
  })
  progress.state = { ...state, identity: resolved.identity, identityFailure: resolved.failure }
}
