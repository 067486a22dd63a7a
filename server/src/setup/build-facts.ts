import type { Analysis } from '../analysis/index.ts'
import type { BaseImageFacts, BasePath } from '../base-images/index.ts'
import type { FileNode, ImageState, StageTimeline } from '../image/index.ts'
import { parentOf } from '../image/index.ts'
import { knownValue } from '../known.ts'

/** What an image built from this file brings to one that is built on it; undefined where its own base is not known. */
export function factsOfBuild({ timeline }: Analysis, reference: string): BaseImageFacts | undefined {
  const { runtime, target } = timeline
  const base = target && baseOf(target)
  if (runtime === undefined || base === undefined) return undefined
  const { state, dropsPrivileges } = runtime
  return {
    ...base,
    reference,
    user: userOf(state, base),
    accounts: state.accounts.users.map(({ name, uid, gid, home, shell }) => ({
      name,
      uid: knownValue(uid) ?? null,
      gid: knownValue(gid) ?? null,
      home: knownValue(home) ?? null,
      shell: knownValue(shell) ?? null,
    })),
    groups: state.accounts.groups.map(({ name, gid, members }) => ({
      name,
      gid: knownValue(gid) ?? null,
      members,
    })),
    accountsComplete: state.accounts.complete,
    accountFiles: state.accounts.passwd === 'unknown' ? null : state.accounts.passwd,
    ports: [...state.ports].map(({ port }) => port),
    stepsDown: dropsPrivileges
      ? { by: dropsPrivileges.by, to: knownValue(dropsPrivileges.to) ?? null }
      : null,
    nonRootVariant: null,
    workdir: knownValue(state.workdir) ?? null,
    env: new Map([...state.env].flatMap(([name, value]) => pairOf(name, knownValue(value)))),
    entrypoint: state.entrypoint?.argv ?? null,
    cmd: state.cmd?.argv ?? null,
    volumes: [...new Set([...state.volumes].map(({ path }) => path))],
    onbuild: [...state.onbuild].map(({ text }) => text),
    paths: new Map([...base.paths, ...namedPaths(state.files)]),
  }
}

function baseOf({ base, parent }: StageTimeline): BaseImageFacts | undefined {
  return parent ? baseOf(parent) : base
}

function userOf({ identity }: ImageState, base: BaseImageFacts): BaseImageFacts['user'] {
  return {
    user: identity.spec === '' ? base.user.user : identity.spec,
    name: knownValue(identity.user) ?? null,
    uid: knownValue(identity.uid) ?? null,
    gid: knownValue(identity.gid) ?? null,
    explicit: identity.spec !== '' || base.user.explicit,
  }
}

function pairOf(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]]
}

const pathLimit = 500

/** Everything that the build named, with owner and mode; enough to judge what is done on top. */
function namedPaths(root: FileNode): Map<string, BasePath> {
  const found = new Map<string, BasePath>()
  const pending: (readonly [string, FileNode])[] = [['/', root]]
  for (let entry = pending.shift(); entry && found.size < pathLimit; entry = pending.shift()) {
    const [path, { kind, owner, group, mode, target, children }] = entry
    if (parentOf(path) !== path && (kind === 'file' || kind === 'directory' || kind === 'link'))
      found.set(path, {
        kind,
        uid: knownValue(owner) ?? null,
        gid: knownValue(group) ?? null,
        mode: knownValue(mode) ?? null,
        ...(target === undefined ? {} : { target }),
      })
    for (const [name, child] of children) pending.push([path === '/' ? `/${name}` : `${path}/${name}`, child])
  }
  return found
}
