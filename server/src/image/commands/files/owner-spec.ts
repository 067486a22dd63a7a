import type { Certainty, Known } from '../../../known.ts'
import { certain, knownValue, lowered, unknown } from '../../../known.ts'
import { type Message, text } from '../../../l10n/index.ts'
import { certaintyOfAbsence, groupByName, readId, userByName } from '../../accounts.ts'
import type { Ownership } from '../../operations.ts'
import type { Accounts, Failure, ShellValue } from '../../types.ts'
import type { World } from '../model.ts'

/** `user`, `user:group`, `user:`, `:group`, `user.group`, as chown reads them. container-facts chown-form-*. */
export interface OwnerSpec extends Ownership {
  readonly failure?: Failure
  /** A name in it may not be there. */
  readonly doubtful?: boolean
}

type Id =
  | { readonly id: Known<number>; readonly doubtful?: boolean }
  | { readonly absent: Certainty | 'unknown' }

export function readOwnerSpec(world: World, word: ShellValue): OwnerSpec {
  const written = word.text
  if (written === undefined) return { owner: unknown([world.origin]), group: unknown([world.origin]) }
  const { accounts } = world.state
  const colon = written.indexOf(':')
  // The old syntax with a dot counts where no account has that name.
  const dot =
    colon < 0 && !userByName(accounts, written) && !/^[0-9]+$/.test(written) ? written.lastIndexOf('.') : -1
  const cut = colon >= 0 ? colon : dot
  const userPart = cut < 0 ? written : written.slice(0, cut)
  const groupPart = cut < 0 ? undefined : written.slice(cut + 1)
  let spec: OwnerSpec = {}
  if (userPart !== '') {
    const user = lookUpUser(userPart, accounts)
    if ('absent' in user) return nobodyOf(world, word, 'user', userPart, user.absent)
    spec = { owner: because(user.id, world), ...doubtOf(user) }
    if (groupPart === '') {
      const account = userByName(accounts, userPart)
      // A number has no login group: `1500:` is refused (chown-form-1500-to-).
      if (!account && readId(userPart) !== undefined)
        return {
          ...spec,
          failure: refused(
            world,
            word,
            text`\`${written}\` is no owner: after a number, chown wants the group's number or name.`,
          ),
        }
      return { ...spec, group: because(account ? account.gid : unknown(), world) }
    }
  }
  if (groupPart === undefined || groupPart === '') return spec
  const group = lookUpGroup(groupPart, accounts)
  if ('absent' in group) return nobodyOf(world, word, 'group', groupPart, group.absent)
  return { ...spec, group: because(group.id, world), ...doubtOf(group) }
}

export function readGroupSpec(world: World, word: ShellValue): OwnerSpec {
  if (word.text === undefined) return { group: unknown([world.origin]) }
  if (word.text === '') return {}
  const group = lookUpGroup(word.text.replace(/^:/, ''), world.state.accounts)
  return 'absent' in group
    ? nobodyOf(world, word, 'group', word.text, group.absent)
    : { group: because(group.id, world), ...doubtOf(group) }
}

/** A name wins over a number; `+5` is always a number. */
function lookUpUser(text: string, accounts: Accounts): Id {
  const account = text.startsWith('+') ? undefined : userByName(accounts, text)
  if (account)
    return { id: lowered(account.uid, account.certainty), doubtful: account.certainty !== 'certain' }
  const number = readId(text.replace(/^\+/, ''))
  return number === undefined ? { absent: certaintyOfAbsence(accounts) } : { id: certain(number) }
}
function lookUpGroup(text: string, accounts: Accounts): Id {
  const entry = text.startsWith('+') ? undefined : groupByName(accounts, text)
  if (entry) return { id: lowered(entry.gid, entry.certainty), doubtful: entry.certainty !== 'certain' }
  const number = readId(text.replace(/^\+/, ''))
  return number === undefined ? { absent: certaintyOfAbsence(accounts) } : { id: certain(number) }
}

function doubtOf({ doubtful }: { readonly doubtful?: boolean }): Pick<OwnerSpec, 'doubtful'> {
  return doubtful ? { doubtful } : {}
}

function because(known: Known<number>, world: World): Known<number> {
  return { ...known, because: [world.origin] }
}

function nobodyOf(
  world: World,
  word: ShellValue,
  what: 'user' | 'group',
  name: string,
  absence: Certainty | 'unknown',
): OwnerSpec {
  const unseen: OwnerSpec =
    what === 'user'
      ? { owner: unknown([world.origin]), group: unknown([world.origin]) }
      : { group: unknown([world.origin]) }
  if (absence === 'unknown') return { ...unseen, doubtful: true }
  return {
    ...unseen,
    failure: {
      reason: what === 'user' ? 'user-not-found' : 'group-not-found',
      certainty: absence,
      message:
        what === 'user'
          ? text`There is no user \`${name}\` in this image at this point. Create it before, or use a number.`
          : text`There is no group \`${name}\` in this image at this point. Create it before, or use a number.`,
      range: word.range,
      because: [],
      exitCode: 1,
      name,
    },
  }
}

function refused(world: World, word: ShellValue, message: Message): Failure {
  return {
    reason: 'other',
    certainty: 'certain',
    message,
    range: word.range,
    because: [world.origin],
    exitCode: 1,
  }
}

/** The numbers of a spec as `--from` compares them. */
export function numbersOf(spec: OwnerSpec): { owner?: number; group?: number } {
  const owner = spec.owner && knownValue(spec.owner)
  const group = spec.group && knownValue(spec.group)
  return { ...(owner === undefined ? {} : { owner }), ...(group === undefined ? {} : { group }) }
}
