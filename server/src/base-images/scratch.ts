import { defaultPath } from './default-path.ts'
import { osPaths } from './os-paths.ts'
import type { BaseImageFacts } from './types.ts'

/** `FROM scratch`: nothing at all. container-facts/user-scratch-*: even `root` is unknown there, `0` is not. */
export function scratchFacts(): BaseImageFacts {
  return {
    reference: 'scratch',
    resolvedBy: 'catalogue',
    certainty: 'certain',
    os: 'scratch',
    osVersion: null,
    user: { user: '', name: null, uid: 0, gid: 0, explicit: false },
    accounts: [],
    groups: [],
    accountsComplete: true,
    accountFiles: 'missing',
    tools: { useradd: false, adduser: 'none', shell: false, programs: new Map() },
    ports: [],
    stepsDown: null,
    mustStartAsRoot: false,
    nonRootVariant: null,
    workdir: null,
    env: new Map([['PATH', defaultPath]]),
    entrypoint: null,
    cmd: null,
    volumes: [],
    onbuild: [],
    paths: osPaths('scratch', null, true),
  }
}
