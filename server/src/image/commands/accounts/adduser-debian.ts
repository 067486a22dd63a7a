import type { Known } from '../../../known.ts'
import { knownValue, unknown } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import {
  addGroup,
  addMember,
  addUser,
  foundFree,
  groupByGid,
  groupByName,
  type IdRange,
  lowestFree,
  readId,
  removeGroup,
  removeMember,
  takenGids,
  takenUids,
  userByName,
} from '../../accounts.ts'
import { find, joinTrees } from '../../files.ts'
import type { Group, ShellValue } from '../../types.ts'
import type { Call, Outcome } from '../model.ts'
import { ok } from '../model.ts'
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
 * Debian's adduser, addgroup, deluser, delgroup: Perl scripts around shadow's programs.
 * Read from adduser 3.134 (Debian 12); container-facts adduser-*, account-build-fails-adduser-S.
 */

const people: IdRange = { min: 1000, max: 59999 }
const system: IdRange = { min: 100, max: 999 }
const nogroup = 65534

export const adduserOptions = {
  addExtraGroups: '--add-extra-groups --add_extra_groups',
  allowAllNames: '--allow-all-names --allow-badname --allow-bad-names --force-badname',
  comment: '--comment --gecos TEXT',
  conf: '--conf -c FILE',
  debug: '--debug',
  disabledLogin: '--disabled-login',
  disabledPassword: '--disabled-password',
  firstGid: '--firstgid N',
  firstUid: '--firstuid N',
  gid: '--gid N',
  group: '--group',
  help: '--help -h',
  home: '--home DIR',
  ingroup: '--ingroup GROUP',
  lastGid: '--lastgid N',
  lastUid: '--lastuid N',
  noHome: '--no-create-home',
  quiet: '--quiet -q',
  shell: '--shell SHELL',
  system: '--system',
  uid: '--uid N',
  verbose: '--verbose',
  version: '--version -v',
}

export const deluserOptions = {
  quiet: '--quiet -q',
  debug: '--debug',
  verbose: '--verbose',
  version: '--version -v',
  help: '--help -h',
  group: '--group',
  conf: '--conf -c FILE',
  system: '--system',
  onlyIfEmpty: '--only-if-empty',
  removeHome: '--remove-home',
  removeAllFiles: '--remove-all-files',
  backup: '--backup',
  backupTo: '--backup-to DIR',
  backupSuffix: '--backup-suffix TEXT',
  noPreserveRoot: '--no-preserve-root',
}

export function debianAdduser(call: Call): Outcome {
  const { options } = call
  const verdict = verdictOf(call)
  if (options.has('help') || options.has('version')) return ok
  if (wrongOption(call, verdict)) return verdict.outcome()
  if (needsRoot(call, verdict, 1)) return verdict.outcome()
  if (options.uncertain) verdict.doubt()
  if (call.operands.length === 2 && !options.uncertain) return addToGroup(call, verdict)
  const name = nameOf(call, verdict)
  if (name === 'ends') return verdict.outcome()
  if (call.name === 'addgroup' || (options.has('group') && !options.has('system')))
    return makeGroup(call, verdict, name)
  const chosen = [options.has('group'), options.has('ingroup'), options.has('gid')].filter(Boolean)
  if (
    chosen.length > 1 &&
    misused(call, verdict, 1, text`--group, --ingroup and --gid are mutually exclusive`)
  )
    return verdict.outcome()
  const home = options.value('home')
  if (
    home !== undefined &&
    !home.startsWith('/') &&
    misused(call, verdict, 1, text`the home must be an absolute path`, options.word('home'))
  )
    return verdict.outcome()
  if (name === undefined) {
    somebodyUnknownAdded(call.world)
    verdict.doubt()
    return verdict.outcome()
  }
  return options.has('system') ? makeSystemUser(call, verdict, name) : makeUser(call, verdict, name)
}

function wrongOption(call: Call, verdict: Verdict): boolean {
  const wrong = call.options.unknown[0]
  if (!wrong) return false
  const busybox = /^-[DSHG]/.test(wrong.text ?? '')
  return misused(
    call,
    verdict,
    1,
    busybox
      ? text`this is Debian's ${call.name}, which has no option ${wrong.text ?? ''}. That is BusyBox (Alpine); write \`useradd\` or the long options here`
      : text`it has no option ${wrong.text ?? ''}, or a value is missing`,
    wrong,
    'unknown-option',
  )
}

/** adduser's NAME_REGEX refuses capitals and names of digits. */
const plainName = /^[a-z][-a-z0-9_]*\$?$/

function nameOf(call: Call, verdict: Verdict): string | undefined | 'ends' {
  const { operands, options } = call
  if (!options.uncertain && operands.length !== 1)
    return misused(call, verdict, 1, text`one or two names are needed`) ? 'ends' : undefined
  const word = operands.length === 1 ? operands[0] : operands.find(({ text }) => text !== undefined)
  const name = word?.text
  if (name === undefined) return undefined
  const never = /^\d+$/.test(name) || name.length > 32 || !/^[^-+~:,\s/][^:,\s/]*$/.test(name)
  if (never) return misused(call, verdict, 1, text`\`${name}\` is not a valid name`, word) ? 'ends' : name
  // The configured pattern has changed between releases, and system accounts have another one.
  if (!plainName.test(name) && !options.has('allowAllNames')) verdict.doubt()
  return name
}

function wordOf(call: Call): ShellValue | undefined {
  return call.operands.find(({ text }) => text !== undefined)
}

/** `adduser user group`: container-facts adduser-to-group. */
function addToGroup(call: Call, verdict: Verdict): Outcome {
  const { world, operands } = call
  const [userWord, groupWord] = operands
  if (
    call.name === 'addgroup' &&
    misused(call, verdict, 1, text`addgroup takes one name; use \`adduser user group\``)
  )
    return verdict.outcome()
  const { ends, user } = findUser(world, verdict, userWord, call.name, 1)
  if (ends) return verdict.outcome()
  const found = findGroup(world, verdict, groupWord, groupWord?.text, call.name, 1, false)
  if (found.ends) return verdict.outcome()
  if (user && found.group) setAccounts(world, addMember(world.state.accounts, found.group.name, user.name))
  return verdict.outcome('')
}

function rangeGiven(call: Call, kind: 'Uid' | 'Gid', range: IdRange): IdRange {
  return {
    min: readId(call.options.value(`first${kind}`) ?? '') ?? range.min,
    max: readId(call.options.value(`last${kind}`) ?? '') ?? range.max,
  }
}

/** container-facts adduser-addgroup. A system group that exists is no error, another one is. */
function makeGroup(call: Call, verdict: Verdict, name: string | undefined): Outcome {
  const { world, options } = call
  const { accounts } = world.state
  if (name === undefined) {
    somebodyUnknownAdded(world)
    verdict.doubt()
    return verdict.outcome()
  }
  const existing = groupByName(accounts, name)
  const gid = existing && knownValue(existing.gid)
  if (options.has('system') && existing && gid !== undefined && gid >= system.min && gid <= system.max) {
    if (existing.certainty !== 'certain') verdict.doubt()
    return verdict.outcome('')
  }
  if (
    groupNameTaken(
      world,
      verdict,
      name,
      call.name,
      1,
      wordOf(call),
      text`use the group as it is, or another name`,
    )
  )
    return verdict.outcome()
  const gidGiven = options.has('gid') ? readId(options.value('gid') ?? '') : undefined
  if (gidGiven !== undefined && gidTaken(world, verdict, gidGiven, call.name, 1, options.word('gid')))
    return verdict.outcome()
  const range = rangeGiven(call, 'Gid', options.has('system') ? system : people)
  const number = options.has('gid')
    ? given(world, gidGiven)
    : foundFree(accounts, lowestFree(takenGids(accounts), range), [world.origin])
  setAccounts(
    world,
    addGroup(existing ? removeGroup(accounts, name) : accounts, newGroup(world, name, number)),
  )
  return verdict.outcome()
}

/** `--system`: uid from 100, nogroup unless told otherwise, no home unless told. container-facts adduser-system-*. */
function makeSystemUser(call: Call, verdict: Verdict, name: string): Outcome {
  const { world, options } = call
  const existing = userByName(world.state.accounts, name)
  if (existing) {
    const uid = knownValue(existing.uid)
    const wanted = options.has('uid') ? readId(options.value('uid') ?? '') : uid
    if (uid !== undefined && uid >= system.min && uid <= system.max && wanted === uid) {
      if (existing.certainty !== 'certain') verdict.doubt()
      return verdict.outcome()
    }
    if (userNameTaken(world, verdict, name, call.name, 1, wordOf(call))) return verdict.outcome()
  } else if (!world.state.accounts.complete) verdict.doubt()
  const uidGiven = options.has('uid') ? readId(options.value('uid') ?? '') : undefined
  if (uidGiven !== undefined && uidTaken(world, verdict, uidGiven, call.name, 1, options.word('uid')))
    return verdict.outcome()
  const chosen = groupChosen(call, verdict)
  if (chosen === 'ends') return verdict.outcome()
  const { accounts } = world.state
  const uid = options.has('uid')
    ? given(world, uidGiven)
    : foundFree(accounts, lowestFree(takenUids(accounts), rangeGiven(call, 'Uid', system)), [world.origin])
  let gid: Known<number>
  let next = accounts
  if (chosen) gid = chosen.gid
  else if (options.has('group')) {
    const own = groupByName(accounts, name)
    if (own) gid = own.gid
    else {
      // With --uid the group gets that number, else the lowest free one of its own.
      if (uidGiven !== undefined && gidTaken(world, verdict, uidGiven, call.name, 1, options.word('uid')))
        return verdict.outcome()
      gid = options.has('uid')
        ? uid
        : foundFree(accounts, lowestFree(takenGids(accounts), rangeGiven(call, 'Gid', system)), [
            world.origin,
          ])
      next = addGroup(next, newGroup(world, name, gid))
    }
  } else gid = groupByName(accounts, 'nogroup')?.gid ?? given(world, nogroup)
  const older = isOlder(world)
  const home = options.has('home')
    ? given(world, options.value('home'))
    : older === undefined
      ? unknown<string>([world.origin])
      : given(world, older ? `/home/${name}` : '/nonexistent')
  const comment = options.value('comment')
  const account = newAccount(
    world,
    {
      name,
      uid,
      gid,
      home,
      shell: given(world, options.has('shell') ? options.value('shell') : '/usr/sbin/nologin'),
      ...(comment ? { comment } : {}),
    },
    wordOf(call),
  )
  setAccounts(
    world,
    addUser(existing ? { ...next, users: next.users.filter((user) => user !== existing) } : next, account),
  )
  const before = world.state
  createHome(call, older === undefined ? `/home/${name}` : knownValue(home), uid, gid, 0o755, false)
  if (older === undefined && !options.has('home'))
    world.state = { ...world.state, files: joinTrees(before.files, world.state.files) }
  return verdict.outcome()
}

/** Until adduser 3.122 (Debian 11, Ubuntu 22.04) system accounts got a home of their own; undefined: nobody knows. */
function isOlder({ base }: Call['world']): boolean | undefined {
  const version = Number.parseFloat(base?.osVersion ?? '')
  if (Number.isNaN(version)) return undefined
  return version < (base?.os === 'ubuntu' ? 22.1 : 12)
}

/** The group of --ingroup or --gid. */
function groupChosen(call: Call, verdict: Verdict): Group | undefined | 'ends' {
  const { world, options } = call
  const key = options.has('ingroup') ? 'ingroup' : options.has('gid') ? 'gid' : undefined
  if (key === undefined) return undefined
  const { ends, group } = findGroup(
    world,
    verdict,
    options.word(key),
    options.value(key),
    call.name,
    1,
    key === 'gid',
  )
  if (ends) return 'ends'
  const text = options.value(key)
  return (
    group ??
    newGroup(world, text ?? '', key === 'gid' && text !== undefined ? given(world, readId(text)) : unknown())
  )
}

/** An account for a person: home 0700 with skel, bash, also in `users`. container-facts adduser-disabled-password, adduser-gid, adduser-asks. */
function makeUser(call: Call, verdict: Verdict, name: string): Outcome {
  const { world, options } = call
  if (userNameTaken(world, verdict, name, call.name, 1, wordOf(call))) return verdict.outcome()
  const uidGiven = options.has('uid') ? readId(options.value('uid') ?? '') : undefined
  if (uidGiven !== undefined && uidTaken(world, verdict, uidGiven, call.name, 1, options.word('uid')))
    return verdict.outcome()
  const chosen = groupChosen(call, verdict)
  if (chosen === 'ends') return verdict.outcome()
  if (!chosen) {
    if (
      groupNameTaken(
        world,
        verdict,
        name,
        call.name,
        1,
        wordOf(call),
        text`put the account into it with \`--ingroup ${name}\``,
      )
    )
      return verdict.outcome()
    if (uidGiven !== undefined && gidTaken(world, verdict, uidGiven, call.name, 1, options.word('uid')))
      return verdict.outcome()
  }
  const { accounts } = world.state
  const range = rangeGiven(call, 'Uid', people)
  const taken = options.has('ingroup')
    ? takenUids(accounts)
    : new Set([...takenUids(accounts), ...takenGids(accounts)])
  const uid = options.has('uid')
    ? given(world, uidGiven)
    : foundFree(accounts, lowestFree(taken, range), [world.origin])
  const gid = chosen ? chosen.gid : uid
  let next = accounts
  if (!chosen)
    next = addGroup(groupByName(next, name) ? removeGroup(next, name) : next, newGroup(world, name, gid))
  const home = options.has('home') ? options.value('home') : `/home/${name}`
  const noLogin = options.has('disabledLogin')
  const comment = options.has('comment') ? options.value('comment') || ',,,' : ',,,'
  const account = newAccount(
    world,
    {
      name,
      uid,
      gid,
      home: given(world, home),
      shell: given(
        world,
        options.has('shell') ? options.value('shell') : noLogin ? '/usr/sbin/nologin' : '/bin/bash',
      ),
      comment: comment.includes(',') ? comment : `${comment},,,`,
    },
    wordOf(call),
  )
  next = addUser(
    userByName(next, name) ? { ...next, users: next.users.filter((user) => user.name !== name) } : next,
    account,
  )
  if (groupByName(next, 'users')) next = addMember(next, 'users', name)
  setAccounts(world, next)
  createHome(call, home, uid, gid, 0o700, true)
  // It asks for a password and a name: an end of input is an answer.
  return verdict.outcome()
}

function createHome(
  call: Call,
  home: string | undefined,
  owner: Known<number>,
  group: Known<number>,
  mode: number,
  withSkeleton: boolean,
): void {
  const { world, options } = call
  if (home === undefined || options.has('noHome') || /^\/+nonexistent(\/|$)/.test(home)) return
  // Whatever is there already is left alone.
  if (find(world.state.files, home).node.kind === 'file') return
  makeHome(world, home, {
    owner,
    group,
    mode: homeMode(call, mode),
    skeleton: withSkeleton ? 'debian' : 'none',
    existing: 'stays',
    umask: world.umask,
  })
}

/** DIR_MODE is 0700 since Debian 12; Ubuntu has 0750, older releases 0755. */
function homeMode(call: Call, mode: number): Known<number> {
  const { world } = call
  if (call.options.has('system')) return given(world, mode)
  const version = Number.parseFloat(world.base?.osVersion ?? '')
  if (Number.isNaN(version)) return { certainty: 'possible', value: mode, because: [world.origin] }
  if (world.base?.os === 'ubuntu') return given(world, version >= 21 ? 0o750 : 0o755)
  return given(world, version >= 12 ? mode : 0o755)
}

/** deluser, delgroup. Exit codes: 2 no such account, 3 no such group, 6 not a member, 7 primary group, 9 root. */
export function debianDeluser(call: Call): Outcome {
  const { world, options, operands } = call
  const verdict = verdictOf(call)
  if (options.has('help') || options.has('version')) return ok
  if (wrongOption(call, verdict) || needsRoot(call, verdict, 1)) return verdict.outcome()
  if (options.uncertain) verdict.doubt()
  const [first, second] = operands
  if (second) return removeFromGroup(call, verdict, first, second)
  if (first && first.text === undefined) somebodyUnknownChanged(world)
  if (call.name === 'delgroup' || options.has('group')) {
    if (
      first?.text !== undefined &&
      options.has('system') &&
      !groupByName(world.state.accounts, first.text)
    ) {
      if (!world.state.accounts.complete) verdict.doubt()
      return verdict.outcome('')
    }
    const { ends, group } = findGroup(world, verdict, first, first?.text, call.name, 3, false)
    if (ends) return verdict.outcome()
    if (group && isPrimary(world, verdict, group, call.name, 1)) return verdict.outcome()
    if (group) setAccounts(world, removeGroup(world.state.accounts, group.name))
    return verdict.outcome('')
  }
  if (first?.text !== undefined && options.has('system') && !userByName(world.state.accounts, first.text)) {
    if (!world.state.accounts.complete) verdict.doubt()
    return verdict.outcome('')
  }
  const { ends, user } = findUser(world, verdict, first, call.name, 2)
  if (ends) return verdict.outcome()
  if (!user) return verdict.outcome('')
  if (
    knownValue(user.uid) === 0 &&
    !options.has('noPreserveRoot') &&
    misused(call, verdict, 9, text`it does not delete root`, first)
  )
    return verdict.outcome()
  const withHome = options.has('removeHome') || options.has('removeAllFiles')
  // --remove-home needs the whole of Perl, which the base image does not have.
  if (withHome) verdict.doubt()
  removeAccount(world, user, withHome, true)
  return verdict.outcome('')
}

function removeFromGroup(
  call: Call,
  verdict: Verdict,
  userWord: ShellValue | undefined,
  groupWord: ShellValue,
): Outcome {
  const { world } = call
  const { ends, user } = findUser(world, verdict, userWord, call.name, 2)
  if (ends) return verdict.outcome()
  const found = findGroup(world, verdict, groupWord, groupWord.text, call.name, 3, false)
  if (found.ends || !user || !found.group) return verdict.outcome()
  const { accounts } = world.state
  const primary = knownValue(user.gid)
  if (
    primary !== undefined &&
    groupByGid(accounts, primary) === found.group &&
    misused(call, verdict, 7, text`an account cannot leave its primary group`, groupWord)
  )
    return verdict.outcome()
  if (
    !found.group.members.includes(user.name) &&
    misused(call, verdict, 6, text`\`${user.name}\` is not in \`${found.group.name}\``, groupWord)
  )
    return verdict.outcome()
  setAccounts(world, removeMember(accounts, found.group.name, user.name))
  return verdict.outcome('')
}
