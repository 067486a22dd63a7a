import type { Known } from '../../../known.ts'
import { unknown } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import {
  addGroup,
  addMember,
  addUser,
  foundFree,
  groupByName,
  lowestFree,
  readId,
  removeGroup,
  removeMember,
  removeUser,
  takenGids,
  takenUids,
  userByName,
} from '../../accounts.ts'
import { find, nodeAt, parentOf } from '../../files.ts'
import type { ShellValue } from '../../types.ts'
import type { Call, Outcome, World } from '../model.ts'
import {
  given,
  makeHome,
  newAccount,
  newGroup,
  setAccounts,
  somebodyUnknownAdded,
  somebodyUnknownChanged,
} from './effects.ts'
import { findGroup, findUser, gidTaken, groupNameTaken, uidTaken, userNameTaken } from './lookup.ts'
import { isPrimary } from './shadow-groups.ts'
import { removeAccount } from './shadow-users.ts'
import { misused, needsRoot, type Verdict, verdictOf } from './verdict.ts'

/**
 * BusyBox's adduser, addgroup, deluser, delgroup (loginutils/adduser.c, addgroup.c, deluser.c) with Alpine's
 * settings: people from 1000, system accounts from 100. Everything wrong is exit code 1. container-facts busybox-*.
 */

const system = { min: 100, max: 999 }
const people = { min: 1000, max: 256000 }
const nogroup = 65533

export const busyboxAdduserOptions = {
  home: '-h --home DIR',
  comment: '-g --gecos TEXT',
  shell: '-s --shell SHELL',
  group: '-G --ingroup GROUP',
  noPassword: '-D --disabled-password --empty-password',
  system: '-S --system',
  noHome: '-H --no-create-home',
  uid: '-u --uid N',
  skeleton: '-k --skel DIR',
}
export const busyboxAddgroupOptions = { gid: '-g --gid N', system: '-S --system' }
export const busyboxDeluserOptions = { removeHome: '--remove-home' }

export function busyboxAdduser(call: Call): Outcome {
  const { world, options, operands } = call
  const verdict = verdictOf(call)
  if (wrongOption(call, verdict)) return verdict.outcome()
  if (needsRoot(call, verdict, 1)) return verdict.outcome()
  if (options.uncertain) verdict.doubt()
  else if (operands.length === 2) return addToGroup(call, verdict, operands[0], operands[1])
  else if (operands.length !== 1 && misused(call, verdict, 1, text`one or two names are needed`))
    return verdict.outcome()
  const word = operands.find(({ text }) => text !== undefined)
  const name = word?.text
  if (name === undefined) {
    somebodyUnknownAdded(world)
    verdict.doubt()
    return verdict.outcome()
  }
  // -G takes a name only, not a number (busybox-adduser-G-gid).
  const groupText = options.has('group')
    ? options.value('group')
    : options.has('system')
      ? 'nogroup'
      : undefined
  const named = options.has('group') || options.has('system')
  const primary = named
    ? findGroup(world, verdict, options.word('group') ?? word, groupText, call.name, 1, false)
    : undefined
  if (primary?.ends) return verdict.outcome()
  if (userNameTaken(world, verdict, name, call.name, 1, word)) return verdict.outcome()

  const uidText = options.value('uid')
  const uidGiven = uidText === undefined ? undefined : readId(uidText)
  if (
    uidText !== undefined &&
    uidGiven === undefined &&
    misused(call, verdict, 1, text`\`${uidText}\` is not a uid`, options.word('uid'))
  )
    return verdict.outcome()
  if (uidGiven !== undefined) {
    if (uidTaken(world, verdict, uidGiven, call.name, 1, options.word('uid'))) return verdict.outcome()
    // Without -G the group gets the same number: it must be free too (busybox-adduser-gid-taken).
    if (!named && gidTaken(world, verdict, uidGiven, call.name, 1, options.word('uid')))
      return verdict.outcome()
  }
  if (
    !named &&
    groupNameTaken(
      world,
      verdict,
      name,
      call.name,
      1,
      word,
      text`put the account into it with \`-G ${name}\``,
    )
  )
    return verdict.outcome()
  makeAccount(call, name, word, { named, groupText, uidGiven })
  // Without -D or -S it asks for a password and ends with that program's code; the account is there (busybox-adduser-asks).
  if (!options.has('noPassword') && !options.has('system')) {
    if (call.stdin === '') {
      misused(call, verdict, 1, text`it asks for a password and nobody answers; add -D`, undefined, 'asks')
      return verdict.outcome()
    }
    verdict.refuses({
      reason: 'asks',
      exitCode: 1,
      certainty: 'likely',
      message: text`\`adduser\` asks for a password here and ends with exit code 1 where nobody answers; add -D.`,
    })
  }
  return verdict.outcome('')
}

function makeAccount(
  call: Call,
  name: string,
  word: ShellValue | undefined,
  chosen: { named: boolean; groupText: string | undefined; uidGiven: number | undefined },
): void {
  const { world, options } = call
  const { accounts } = world.state
  const range = options.has('system') ? system : people
  const taken = chosen.named ? takenUids(accounts) : new Set([...takenUids(accounts), ...takenGids(accounts)])
  const uid = options.has('uid')
    ? given(world, chosen.uidGiven)
    : foundFree(accounts, lowestFree(taken, range), [world.origin])
  let next = userByName(accounts, name) ? removeUser(accounts, name) : accounts
  let gid: Known<number>
  if (chosen.named) {
    const group = chosen.groupText === undefined ? undefined : groupByName(accounts, chosen.groupText)
    gid = group?.gid ?? (chosen.groupText === 'nogroup' ? given(world, nogroup) : unknown([world.origin]))
    // The account is also listed as a member (busybox-adduser-S-G).
    if (group) next = addMember(next, group.name, name)
  } else {
    gid = uid
    next = addGroup(groupByName(next, name) ? removeGroup(next, name) : next, newGroup(world, name, gid))
  }
  const home = options.has('home') ? options.value('home') : `/home/${name}`
  const comment = options.has('comment') ? options.value('comment') : 'Linux User,,,'
  setAccounts(
    world,
    addUser(
      next,
      newAccount(
        world,
        {
          name,
          uid,
          gid,
          home: given(world, home),
          shell: options.has('shell')
            ? given(world, options.value('shell'))
            : defaultShell(world, options.has('system')),
          ...(comment ? { comment } : {}),
          ...(options.has('noPassword') || options.has('system') ? {} : { password: 'set' as const }),
        },
        word,
      ),
    ),
  )
  if (home !== undefined && !options.has('noHome')) takeHome(world, home, uid, gid)
}

/** $SHELL, else root's own shell: /bin/sh or /bin/ash, as the release has it. */
function defaultShell(world: World, systemAccount: boolean): Known<string> {
  if (systemAccount) return given(world, '/bin/false')
  const shell = world.variables.get('SHELL') ?? userByName(world.state.accounts, 'root')?.shell
  return shell && shell.certainty !== 'unknown' ? { ...shell, certainty: 'likely' } : unknown([world.origin])
}

/** Made with mkdir(2), not with its parents; whatever folder is there becomes the account's, 2755 (busybox-adduser-home-existing). */
function takeHome(world: World, home: string, owner: Known<number>, group: Known<number>): void {
  const { node } = find(world.state.files, home)
  if (node.kind === 'file' || home === '/') return
  const above = nodeAt(world.state.files, parentOf(home))
  const systemFolder = node.kind === 'unknown' && above.kind === 'directory' && above.exists === 'certain'
  makeHome(world, home, {
    owner,
    group,
    mode: given(world, 0o2755),
    skeleton: 'none',
    existing: 'taken-over',
    onlyLast: !systemFolder,
  })
}

function wrongOption(call: Call, verdict: Verdict): boolean {
  const wrong = call.options.unknown[0]
  return (
    wrong !== undefined &&
    misused(
      call,
      verdict,
      1,
      text`this is BusyBox's ${call.name}, which has no option ${wrong.text?.split('=')[0] ?? ''}, or a value is missing`,
      wrong,
      'unknown-option',
    )
  )
}

function addToGroup(
  call: Call,
  verdict: Verdict,
  userWord: ShellValue | undefined,
  groupWord: ShellValue | undefined,
): Outcome {
  const { world } = call
  const { ends, user } = findUser(world, verdict, userWord, call.name, 1)
  if (ends) return verdict.outcome()
  const found = findGroup(world, verdict, groupWord, groupWord?.text, call.name, 1, false)
  if (found.ends) return verdict.outcome()
  if (user && found.group) setAccounts(world, addMember(world.state.accounts, found.group.name, user.name))
  return verdict.outcome('')
}

/** container-facts busybox-addgroup-*. */
export function busyboxAddgroup(call: Call): Outcome {
  const { world, options, operands } = call
  const verdict = verdictOf(call)
  if (wrongOption(call, verdict) || needsRoot(call, verdict, 1)) return verdict.outcome()
  if (options.uncertain) verdict.doubt()
  else if (operands.length === 2) return addToGroup(call, verdict, operands[0], operands[1])
  else if (operands.length !== 1 && misused(call, verdict, 1, text`one or two names are needed`))
    return verdict.outcome()
  const word = operands.find(({ text }) => text !== undefined)
  const name = word?.text
  if (name === undefined) {
    somebodyUnknownAdded(world)
    verdict.doubt()
    return verdict.outcome()
  }
  const gidText = options.value('gid')
  const gidGiven = gidText === undefined ? undefined : readId(gidText)
  if (
    gidText !== undefined &&
    gidGiven === undefined &&
    misused(call, verdict, 1, text`\`${gidText}\` is not a gid`, options.word('gid'))
  )
    return verdict.outcome()
  if (groupNameTaken(world, verdict, name, call.name, 1, word, text`use the group as it is, or another name`))
    return verdict.outcome()
  if (gidGiven !== undefined && gidTaken(world, verdict, gidGiven, call.name, 1, options.word('gid')))
    return verdict.outcome()
  const { accounts } = world.state
  const gid = options.has('gid')
    ? given(world, gidGiven)
    : foundFree(accounts, lowestFree(takenGids(accounts), options.has('system') ? system : people), [
        world.origin,
      ])
  setAccounts(
    world,
    addGroup(
      groupByName(accounts, name) ? removeGroup(accounts, name) : accounts,
      newGroup(world, name, gid),
    ),
  )
  return verdict.outcome('')
}

/** container-facts busybox-deluser. */
export function busyboxDeluser(call: Call): Outcome {
  const { world, operands, options } = call
  const verdict = verdictOf(call)
  if (wrongOption(call, verdict) || needsRoot(call, verdict, 1)) return verdict.outcome()
  const [first, second] = operands
  if (second) {
    if (call.name === 'deluser') {
      misused(call, verdict, 1, text`it takes one name`)
      return verdict.outcome()
    }
    // deluser.c looks for the group, not for who leaves it.
    const found = findGroup(world, verdict, second, second.text, call.name, 1, false)
    if (found.ends) return verdict.outcome()
    if (first?.text === undefined) somebodyUnknownChanged(world)
    else if (found.group) setAccounts(world, removeMember(world.state.accounts, found.group.name, first.text))
    return verdict.outcome('')
  }
  if (first && first.text === undefined) somebodyUnknownChanged(world)
  if (call.name === 'delgroup') {
    const { ends, group } = findGroup(world, verdict, first, first?.text, call.name, 1, false)
    if (ends || (group && isPrimary(world, verdict, group, call.name, 1))) return verdict.outcome()
    if (group) setAccounts(world, removeGroup(world.state.accounts, group.name))
    return verdict.outcome('')
  }
  const { ends, user } = findUser(world, verdict, first, call.name, 1)
  if (ends) return verdict.outcome()
  if (!user) return verdict.outcome('')
  removeAccount(world, user, options.has('removeHome'), false)
  // deluser.c: then delgroup of the same name, which somebody else's primary group refuses.
  const own = groupByName(world.state.accounts, user.name)
  if (own && isPrimary(world, verdict, own, call.name, 1)) return verdict.outcome()
  if (own) setAccounts(world, removeGroup(world.state.accounts, own.name))
  return verdict.outcome('')
}
