import { osPaths } from './os-paths.ts'
import type { BaseImageFacts } from './types.ts'

/** BuildKit: util/system/path.go. The builder gives it to an image that has no config yet. */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

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
