import { Map as ImmutableMap } from 'immutable'
import type { Certainty, Known } from '../../../known.ts'
import { isCertainly, knownValue, unknown } from '../../../known.ts'
import { type Message, text } from '../../../l10n/index.ts'
import { certaintyOfAbsence, readId, userByName, userByUid } from '../../accounts.ts'
import { describeIdentity } from '../../describe.ts'
import { identityOfAccount, resolveUser } from '../../identity.ts'
import { worse } from '../../operations.ts'
import type { Account, FailureReason, Identity, ShellValue } from '../../types.ts'
import { copyOf, variablesFrom } from '../../variables.ts'
import type { Call, Outcome, World } from '../model.ts'
import { maybe } from '../model.ts'

/** What the programs have in common that run a command as somebody else. */

export interface Become {
  readonly identity: Identity
  /** Environment variables that the program sets; the others are handed on unless `clean`. */
  readonly environment?: ReadonlyMap<string, Known<string>>
  readonly clean?: boolean
  readonly cwd?: Known<string>
}

/** Runs something in a world of its own; what it does to the image stays. */
export function runAs(call: Call, become: Become, run: (world: World) => Outcome): Outcome {
  const { world } = call
  const variables = become.clean ? variablesFrom(ImmutableMap()) : copyOf(world.variables)
  // What the caller's environment has of a home is handed on, not looked up anew.
  if (!become.clean && !variables.has('HOME')) variables.set('HOME', world.identity.home)
  for (const [name, value] of become.environment ?? []) variables.set(name, value)
  const inner: World = {
    ...world,
    identity: become.identity,
    variables,
    ...(become.cwd ? { cwd: become.cwd } : {}),
    writes: [],
  }
  const outcome = run(inner)
  world.state = inner.state
  world.writes.push(...inner.writes)
  // An account that only may be there may be the one that is not found.
  const { user } = become.identity
  return user.certainty === 'likely' || user.certainty === 'possible' ? worse(maybe, outcome) : outcome
}

/** HOME, USER, LOGNAME, SHELL of an identity. */
export function environmentOf(identity: Identity, shell?: Known<string>): ReadonlyMap<string, Known<string>> {
  const name: Known<string> =
    identity.user.certainty === 'unknown' || identity.user.value === null
      ? unknown()
      : { ...identity.user, value: identity.user.value }
  return new Map<string, Known<string>>([
    ['HOME', identity.home],
    ['USER', name],
    ['LOGNAME', name],
    ...(shell ? ([['SHELL', shell]] as const) : []),
  ])
}

export function refused(
  call: Call,
  reason: FailureReason,
  exitCode: number,
  certainty: Certainty | 'unknown',
  message: Message,
  at?: ShellValue,
  name?: string,
): Outcome {
  if (certainty === 'unknown') return { status: 'maybe' }
  const failure = {
    reason,
    certainty,
    message,
    range: at?.range ?? call.range,
    because: [],
    exitCode,
    ...(name === undefined ? {} : { name }),
  }
  return certainty === 'certain' ? { status: 'fail', exitCode, failure } : { status: 'maybe', failure }
}

/** Only root may become somebody else: the refusal, where the caller is another. container-facts gosu-as-user. */
export function onlyRoot(call: Call, exitCode: number): Outcome | undefined {
  const { uid } = call.world.identity
  if (isCertainly(uid, 0)) return undefined
  if (uid.certainty === 'unknown' || uid.value === 0) return { status: 'maybe' }
  return refused(
    call,
    'not-permitted',
    exitCode,
    uid.certainty,
    text`\`${call.name}\` cannot switch to another user: it runs as ${describeIdentity(call.world.identity)}, and only root may. Operation not permitted.`,
  )
}

/** An account by name, or by number where the program takes one. */
export function accountNamed(
  call: Call,
  word: ShellValue | undefined,
  exitCode: number,
  numbers: boolean,
): { readonly account: Account | undefined; readonly refusal: Outcome | undefined } {
  const name = word?.text
  if (name === undefined) return { account: undefined, refusal: undefined }
  const { accounts } = call.world.state
  const number = numbers ? readId(name) : undefined
  const account =
    userByName(accounts, name) ?? (number === undefined ? undefined : userByUid(accounts, number))
  if (account) return { account, refusal: undefined }
  if (number !== undefined) return { account: undefined, refusal: undefined }
  const refusal = refused(
    call,
    'user-not-found',
    exitCode,
    certaintyOfAbsence(accounts),
    text`\`${call.name}\` cannot find \`${name}\`: there is no such account in this image at this point.`,
    word,
    name,
  )
  return { account: undefined, refusal: refusal.status === 'fail' ? refusal : undefined }
}

/** Somebody about whom nothing is known but, perhaps, the name. */
export function somebody(world: World, name: string | undefined): Identity {
  const because = [world.origin]
  return {
    uid: unknown(because),
    gid: unknown(because),
    groups: unknown(because),
    user: name === undefined ? unknown(because) : { certainty: 'likely', value: name, because },
    group: unknown(because),
    home: unknown(because),
    spec: name ?? '',
  }
}

export function identityFor(world: World, account: Account | undefined, spec: string | undefined): Identity {
  if (account) return identityOfAccount(account, world.state.accounts, spec ?? account.name)
  if (spec !== undefined && readId(spec) !== undefined)
    return resolveUser(spec, { accounts: world.state.accounts, env: ImmutableMap() }, world.origin).identity
  return somebody(world, spec)
}

/** Is the account's shell one that runs commands? `/usr/sbin/nologin` and `/bin/false` do not. container-facts run-nologin-shell. */
export function refusesLogin(shell: Known<string>): 'yes' | 'no' | 'unknown' {
  const path = knownValue(shell)
  if (path === undefined) return 'unknown'
  return /\/(nologin|false|sync|halt|shutdown)$/.test(path) ? 'yes' : 'no'
}

/** The lesser of what may happen and what does: a doubt before does not make the rest fail. */
export function afterDoubt(doubt: Outcome | undefined, outcome: Outcome): Outcome {
  if (!doubt || outcome.status !== 'ok') return outcome
  return { ...doubt, ...(outcome.output === undefined ? {} : { output: outcome.output }) }
}
