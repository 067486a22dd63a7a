import { Map as ImmutableMap, List } from 'immutable'
import type { BaseImageFacts } from '../base-images/types.ts'
import type { Known, Origin } from '../known.ts'
import { certain, unknown } from '../known.ts'
import { accountsFromBase } from './accounts.ts'
import { directory, file, link, nothingKnown, put } from './files.ts'
import { resolveUser } from './identity.ts'
import type { FileNode, ImageState, Unlisted } from './types.ts'

const made = new WeakMap<BaseImageFacts, ImageState>()

/** The state that FROM brings. */
export function stateOfBase(facts: BaseImageFacts | undefined, origin: Origin): ImageState {
  const known = facts && made.get(facts)
  if (known) return known
  const state = newState(facts, origin)
  if (facts) made.set(facts, state)
  return state
}

function newState(facts: BaseImageFacts | undefined, origin: Origin): ImageState {
  const accounts = accountsFromBase(facts)
  const base: Origin = facts
    ? { kind: 'base', reference: facts.reference, resolvedBy: facts.resolvedBy }
    : { kind: 'base', reference: '', resolvedBy: 'unknown' }
  const env: ImmutableMap<string, Known<string>> = ImmutableMap(
    [...(facts?.env ?? [])].map(([name, value]) => [name, certain(value, [base])]),
  )
  const files = filesOfBase(facts, base)
  const resolved = resolveUser(facts?.user.user ?? '', { accounts, env }, base)
  const identity = facts
    ? resolved.identity
    : {
        ...resolved.identity,
        uid: unknown<number>([base]),
        gid: unknown<number>([base]),
        groups: unknown<readonly number[]>([base]),
        user: unknown<string | null>([base]),
        group: unknown<string | null>([base]),
        home: unknown<string>([base]),
      }
  return {
    identity,
    identityOrigin: facts ? base : origin,
    identityFailure: facts ? resolved.failure : undefined,
    accounts,
    files,
    env,
    args: ImmutableMap(),
    workdir:
      facts?.workdir != null
        ? certain(facts.workdir, [base])
        : facts && facts.resolvedBy !== 'unknown'
          ? {
              certainty: facts.os === 'scratch' || plainSystems.has(facts.os ?? '') ? 'certain' : 'likely',
              value: '/',
              because: [base],
            }
          : unknown([base]),
    shell: facts?.os === 'windows' ? ['cmd', '/S', '/C'] : ['/bin/sh', '-c'],
    entrypoint: facts?.entrypoint ? { form: 'json', argv: facts.entrypoint, origin: base } : undefined,
    cmd: facts?.cmd ? { form: 'json', argv: facts.cmd, origin: base } : undefined,
    healthcheck: undefined,
    volumes: List(facts?.volumes ?? []).map((path) => ({ path, origin: base })),
    ports: List(facts?.ports ?? []).map((port) => ({ port, origin: base })),
    onbuild: List(),
  }
}

const plainSystems = new Set([
  'debian',
  'ubuntu',
  'alpine',
  'busybox',
  'fedora',
  'rhel',
  'almalinux',
  'rockylinux',
  'amazonlinux',
])

function filesOfBase(facts: BaseImageFacts | undefined, base: Origin): FileNode {
  const likely = (value: number): Known<number> => ({ certainty: 'likely', value, because: [base] })
  // What a system image holds and nobody named is root's, as far as anybody has seen (container-facts/run-base-folders).
  const rest: Unlisted =
    facts && facts.os !== 'windows'
      ? { owner: likely(0), group: likely(0), mode: unknown([base]) }
      : nothingKnown
  const known = (value: number | null | undefined): Known<number> =>
    value == null ? unknown([base]) : { certainty: facts?.certainty ?? 'possible', value, because: [base] }
  const at = (path: string) => facts?.paths.get(path)
  const rootEntry = at('/')
  let root = directory(
    rootEntry
      ? {
          owner: known(rootEntry.uid),
          group: known(rootEntry.gid),
          mode: known(rootEntry.mode),
          because: [base],
        }
      : { owner: rest.owner, group: rest.group, mode: facts ? likely(0o755) : unknown(), because: [base] },
    rootEntry?.complete ? 'none' : rest,
  )
  const entries = [...(facts?.paths ?? [])]
    .filter(([path]) => path !== '/')
    .sort(([a], [b]) => a.length - b.length)
  for (const [path, entry] of entries) {
    const attributes = {
      owner: known(entry.uid),
      group: known(entry.gid),
      mode: known(entry.mode),
      because: [base],
    }
    const exists = facts?.certainty ?? 'possible'
    root = put(
      root,
      path,
      entry.kind === 'directory'
        ? directory(attributes, entry.complete ? 'none' : rest, exists)
        : entry.kind === 'link'
          ? link(attributes, entry.target ?? '/', exists)
          : file(attributes, undefined, exists),
    )
  }
  return root
}
