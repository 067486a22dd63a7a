import { isCertainly, knownValue } from '../known.ts'
import { takenGids, takenUids, userByName } from './accounts.ts'
import type {
  Account,
  Accounts,
  Identity,
  ImageState,
  PrivilegeDrop,
  Runtime,
  StageTimeline,
  Step,
} from './types.ts'

/** Questions that several rules and fixes ask of a timeline. */

/** The stage and those it is built FROM in this file, the oldest first. */
export function lineageOf(stage: StageTimeline): readonly StageTimeline[] {
  const chain: StageTimeline[] = []
  for (let at: StageTimeline | undefined = stage; at; at = at.parent) chain.unshift(at)
  return chain
}

const stepsKnown = new WeakMap<StageTimeline, readonly Step[]>()

/** All steps that made the image, in order. */
export function stepsOf(stage: StageTimeline): readonly Step[] {
  if (!stage.parent) return stage.steps
  const known = stepsKnown.get(stage)
  if (known) return known
  const steps = lineageOf(stage).flatMap((one) => one.steps)
  stepsKnown.set(stage, steps)
  return steps
}

/** Accounts of the image that this file made for people or programs to run as: not root's, not a package's. */
export function accountsMadeHere(state: ImageState): readonly Account[] {
  return state.accounts.users.filter(
    (account) =>
      account.origin.kind === 'instruction' &&
      account.nameRange !== undefined &&
      account.certainty !== 'possible' &&
      !isCertainly(account.uid, 0),
  )
}

/** Accounts that the base brings to run as: `node`, `app`, `nonroot`, not those of the system. */
export function accountsOfBase(
  stage: StageTimeline,
): readonly { readonly name: string; readonly uid: number; readonly gid: number | null }[] {
  const { base } = stage
  if (!base) return []
  const likely = base.accounts.flatMap(({ name, uid, gid }) => {
    if (uid === null || uid === 0) return []
    if (!workloadNames.has(name) && (uid < 500 || uid >= 65534 || systemNames.has(name))) return []
    if (systemNames.has(name)) return []
    return [{ name, uid, gid }]
  })
  const preferred = likely.filter(({ name }) => workloadNames.has(name))
  return preferred.length > 0 ? preferred : []
}
const systemNames = new Set([
  'nobody',
  'guest',
  'ntp',
  'ubuntu',
  'operator',
  'systemd-network',
  'systemd-resolve',
  'postgres',
])
const workloadNames = new Set([
  'node',
  'app',
  'nonroot',
  'bun',
  'deno',
  'gradle',
  'jovyan',
  'nginx',
  'pwuser',
  'chrome',
  'seluser',
  'jenkins',
  'grafana',
  'prometheus',
  'default',
  'runner',
  'vscode',
])

/** An id that is free in the image: the wanted one, or the next above it. */
export function freeIdIn(accounts: Accounts, wanted: number): number {
  const uids = takenUids(accounts)
  const gids = takenGids(accounts)
  let id = wanted
  while (uids.has(id) || gids.has(id)) id++
  return id
}

/** A name that no account or group of the image has: the wanted one, or with a number behind it. */
export function freeNameIn(accounts: Accounts, wanted: string): string {
  const taken = (name: string) =>
    userByName(accounts, name) !== undefined || accounts.groups.some((group) => group.name === name)
  if (!taken(wanted)) return wanted
  let number = 2
  while (taken(`${wanted}${number}`)) number++
  return `${wanted}${number}`
}

/** The last USER that acts on the image, with its stage. */
export function lastUserOf(
  stage: StageTimeline,
): { readonly step: Step; readonly stage: StageTimeline } | undefined {
  for (const one of lineageOf(stage).toReversed()) {
    const step = one.steps.findLast(({ instruction }) => instruction.keyword === 'USER')
    if (step) return { step, stage: one }
  }
  return undefined
}

/** A drop that leaves no process of root's behind: gosu and its kin, not a server that keeps a root master. */
export function stepsDown(runtime: Runtime): PrivilegeDrop | undefined {
  const drop = runtime.dropsPrivileges
  return drop && drop.by !== 'own' ? drop : undefined
}

/** `0`, `root`: certainly or as far as anybody has seen. */
export function isRoot(identity: Identity): boolean {
  return knownValue(identity.uid) === 0 && identity.uid.certainty !== 'possible'
}
