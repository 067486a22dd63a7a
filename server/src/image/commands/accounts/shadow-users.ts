import type { Known } from '../../../known.ts'
import { isCertainly, knownValue, unknown, weaker } from '../../../known.ts'
import { type Message, text } from '../../../l10n/index.ts'
import {
  aboveHighest,
  addGroup,
  addMember,
  addUser,
  belowLowest,
  changeGroup,
  changeUser,
  foundFree,
  groupByName,
  groupsOf,
  readId,
  removeGroup,
  removeMember,
  removeUser,
  takenGids,
  takenUids,
  userByName,
} from '../../accounts.ts'
import { absolute, find, parentOf, put } from '../../files.ts'
import { movePath, removePath, sameNumber } from '../../operations.ts'
import { readProgram } from '../../programs.ts'
import type { Account, Accounts, FileNode } from '../../types.ts'
import { doubtBelow } from '../files/doubt.ts'
import type { Call, Outcome, World } from '../model.ts'
import { defineCommand, ok } from '../model.ts'
import {
  changeIdsBelow,
  folderAt,
  given,
  makeHome,
  newAccount,
  newGroup,
  setAccounts,
  somebodyUnknownAdded,
  somebodyUnknownChanged,
} from './effects.ts'
import { type LoginDefs, loginDefs, nameAllowed } from './login-defs.ts'
import { findGroup, findUser, gidOf, groupNameTaken, listOf, uidTaken, userNameTaken } from './lookup.ts'
import { misused, needsRoot, unknownOption, type Verdict, verdictOf } from './verdict.ts'

const largestId = 4294967294 // shadow: (uid_t) -1 is no id

/** Options of useradd in all versions of shadow. */
export const useraddOptions = {
  badName: '--badname --badnames',
  baseDir: '-b --base-dir DIR',
  btrfs: '--btrfs-subvolume-home',
  comment: '-c --comment TEXT',
  home: '-d --home-dir DIR',
  defaults: '-D --defaults',
  expires: '-e --expiredate DATE',
  inactive: '-f --inactive DAYS',
  subIds: '-F --add-subids-for-system',
  gid: '-g --gid GROUP',
  groups: '-G --groups LIST',
  help: '-h --help',
  skeleton: '-k --skel DIR',
  key: '-K --key KEY=VALUE',
  noLogInit: '-l --no-log-init',
  makeHome: '-m --create-home',
  noHome: '-M --no-create-home',
  noUserGroup: '-N --no-user-group',
  notUnique: '-o --non-unique',
  password: '-p --password HASH',
  system: '-r --system',
  root: '-R --root DIR',
  prefix: '-P --prefix DIR',
  shell: '-s --shell SHELL',
  uid: '-u --uid N',
  userGroup: '-U --user-group',
  selinux: '-Z --selinux-user USER',
  selinuxRange: '--selinux-range RANGE',
}

/**
 * shadow's useradd(8). Exit codes: 2 usage, 3 bad value, 4 uid taken, 6 group missing, 9 name taken, 1 not root.
 * container-facts useradd-*, account-build-fails-useradd-*, run-as-user-useradd.
 */
export function runUseradd(call: Call): Outcome {
  const { world, options, operands } = call
  const verdict = verdictOf(call)
  if (options.has('help') || options.has('defaults')) return ok
  if (usageOfUseradd(call, verdict)) return verdict.outcome()
  const nameWord = operands.length === 1 ? operands[0] : operands.find(({ text }) => text !== undefined)
  const name = nameWord?.text
  if (options.has('root') || options.has('prefix')) return { status: 'maybe' }
  if (options.uncertain) verdict.doubt()

  const defs = loginDefs(world, options.all('key'))
  const uidText = options.value('uid')
  const uidGiven = uidText === undefined ? undefined : readId(uidText)
  const bad = badValue(call, defs, name)
  if (bad && misused(call, verdict, 3, bad.why, bad.at)) return verdict.outcome()
  const primary = options.has('gid')
    ? findGroup(world, verdict, options.word('gid'), options.value('gid'), call.name, 6)
    : undefined
  if (primary?.ends) return verdict.outcome()
  const extra = listOf(options.word('groups'))
  if (options.has('groups') && extra === undefined) verdict.doubt()
  // With -G it locks /etc/group before it looks a group up (useradd.c: get_groups).
  if (extra && needsRoot(call, verdict, 10)) return verdict.outcome()
  for (const group of extra ?? [])
    if (findGroup(world, verdict, options.word('groups'), group, call.name, 6).ends) return verdict.outcome()

  if (name !== undefined && userNameTaken(world, verdict, name, call.name, 9, nameWord))
    return verdict.outcome()
  const ownGroup = options.has('userGroup') || (!options.has('gid') && !options.has('noUserGroup'))
  if (
    ownGroup &&
    name !== undefined &&
    groupNameTaken(
      world,
      verdict,
      name,
      call.name,
      9,
      nameWord,
      text`put the account into it with \`--gid ${name}\``,
    )
  )
    return verdict.outcome()
  if (needsRoot(call, verdict, options.has('groups') ? 10 : 1)) return verdict.outcome()
  if (
    uidGiven !== undefined &&
    !options.has('notUnique') &&
    uidTaken(world, verdict, uidGiven, call.name, 4, options.word('uid'))
  )
    return verdict.outcome()
  if (name === undefined) {
    somebodyUnknownAdded(world)
    verdict.doubt()
    return verdict.outcome()
  }
  if (options.has('uid') && uidText === undefined) verdict.doubt()

  const system = options.has('system')
  const uid = options.has('uid') ? given(world, uidGiven) : freeUid(world, system, defs)
  let accounts = forget(world.state.accounts, name, ownGroup)
  let gid: Known<number>
  if (primary) gid = gidOf(primary.group, options.value('gid')) ?? unknown([world.origin])
  else if (ownGroup) {
    gid = freeGid(world, system, defs, uid)
    accounts = addGroup(accounts, newGroup(world, name, gid))
  } else gid = given(world, defs.defaultGroup)
  for (const group of extra ?? []) accounts = addMember(accounts, nameOfGroup(accounts, group), name)
  const home = homeGiven(call, name)
  const comment = options.value('comment')
  const password = options.value('password')
  const account = newAccount(
    world,
    {
      name,
      uid,
      gid,
      home,
      shell: options.has('shell')
        ? given(world, options.value('shell'))
        : defs.shell === undefined
          ? unknown([world.origin])
          : { certainty: defs.certainty, value: defs.shell, because: [world.origin] },
      ...(comment ? { comment } : {}),
      ...(password === undefined ? {} : { password: password === '' ? 'empty' : 'set' }),
    },
    nameWord,
  )
  setAccounts(world, addUser(accounts, account))
  homeOfNewUser(call, verdict, account, defs)
  return verdict.outcome('')
}

function usageOfUseradd(call: Call, verdict: Verdict): boolean {
  const { options, operands } = call
  const refused = unknownOption(call, verdict)
  if (refused !== undefined) return refused
  if (options.uncertain) return false
  if (operands.length !== 1)
    return misused(
      call,
      verdict,
      2,
      operands.length === 0 ? text`no name is given` : text`it makes one account at a time`,
    )
  const conflicts: readonly (readonly [boolean, Message])[] = [
    [options.has('notUnique') && !options.has('uid'), text`-o is only allowed with -u`],
    [options.has('skeleton') && !options.has('makeHome'), text`-k is only allowed with -m`],
    [options.has('userGroup') && options.has('gid'), text`-U and -g conflict`],
    [options.has('userGroup') && options.has('noUserGroup'), text`-U and -N conflict`],
    [options.has('makeHome') && options.has('noHome'), text`-m and -M conflict`],
  ]
  const conflict = conflicts.find(([holds]) => holds)
  return conflict !== undefined && misused(call, verdict, 2, conflict[1])
}

function badValue(
  call: Call,
  defs: LoginDefs,
  name: string | undefined,
): { why: Message; at: Call['operands'][number] | undefined } | undefined {
  const { options } = call
  const uid = options.value('uid')
  if (uid !== undefined && (readId(uid) === undefined || (readId(uid) ?? 0) > largestId))
    return { why: text`\`${uid}\` is not a uid`, at: options.word('uid') }
  const home = options.value('home')
  if (home !== undefined && !home.startsWith('/'))
    return { why: text`the home \`${home}\` is not an absolute path`, at: options.word('home') }
  const baseDir = options.value('baseDir')
  if (baseDir !== undefined && !baseDir.startsWith('/'))
    return { why: text`the folder \`${baseDir}\` is not an absolute path`, at: options.word('baseDir') }
  const shell = options.value('shell')
  if (shell !== undefined && shell !== '' && !shell.startsWith('/'))
    return { why: text`the shell \`${shell}\` is not an absolute path`, at: options.word('shell') }
  const comment = options.value('comment')
  if (comment !== undefined && /[:\n]/.test(comment))
    return { why: text`a comment cannot hold a colon`, at: options.word('comment') }
  if (name !== undefined && !options.has('badName') && nameAllowed(name, defs) === 'no')
    return { why: text`\`${name}\` is not a valid name`, at: call.operands[0] }
  return undefined
}

function homeGiven(call: Call, name: string): Known<string> {
  const { options, world } = call
  if (options.has('home')) return given(world, options.value('home'))
  const base = options.has('baseDir') ? options.value('baseDir') : '/home'
  return given(world, base === undefined ? undefined : `${base.replace(/\/+$/, '')}/${name}`)
}

function homeOfNewUser(call: Call, verdict: Verdict, account: Account, defs: LoginDefs): void {
  const { options, world } = call
  const wanted = options.has('noHome')
    ? false
    : options.has('makeHome') || (defs.makesHome !== false && !options.has('system') ? defs.makesHome : false)
  const home = knownValue(account.home)
  if (wanted === false || home === undefined) return
  if (wanted === undefined && folderAt(world, home) === 'yes') return
  const mode: Known<number> =
    defs.homeMode === undefined
      ? unknown([world.origin])
      : { certainty: defs.certainty, value: defs.homeMode, because: [world.origin] }
  makeHome(world, home, {
    owner: account.uid,
    group: account.gid,
    mode,
    skeleton: options.has('skeleton') ? 'unknown' : defs.skeleton,
    existing: 'stays',
  })
  // Nobody knows whether useradd makes homes here.
  if (wanted === undefined) {
    const { path, node } = find(world.state.files, home)
    world.state = { ...world.state, files: doubtfully(world, path, node) }
    verdict.doubt()
  }
}

const doubtfully = (world: World, path: string, node: FileNode): FileNode =>
  put(world.state.files, path, { ...node, kind: 'unknown', exists: 'possible' })

/** The next free uid, as shadow's find_new_uid chooses it. container-facts useradd-after-high-uid, useradd-system. */
export function freeUid(world: World, system: boolean, defs: LoginDefs): Known<number> {
  const { accounts } = world.state
  const taken = takenUids(accounts)
  const uid = system ? belowLowest(taken, defs.systemUsers) : aboveHighest(taken, defs.users)
  return foundFree(accounts, uid, [world.origin])
}

/**
 * The next free gid, as shadow's find_new_gid chooses it: the uid's number where it is free and in the range.
 * container-facts useradd-gid-of-uid-taken, useradd-uid-taken-o, useradd-gid-1000-taken.
 */
export function freeGid(
  world: World,
  system: boolean,
  defs: LoginDefs,
  preferred: Known<number> | undefined,
): Known<number> {
  const { accounts } = world.state
  if (preferred?.certainty === 'unknown') return unknown([world.origin])
  const taken = takenGids(accounts)
  const range = system ? defs.systemGroups : defs.groups
  const wish = preferred?.value
  // A system account may take over any number below; others only one of the range.
  const usable =
    wish !== undefined && !taken.has(wish) && wish <= range.max && wish >= (system ? 1 : range.min)
  const gid = usable ? wish : system ? belowLowest(taken, range) : aboveHighest(taken, range)
  const free = foundFree(accounts, gid, [world.origin])
  return preferred && free.certainty !== 'unknown'
    ? { ...free, certainty: weaker(free.certainty, preferred.certainty) }
    : free
}

/** An entry that is only likely there and made anew: the new one stands for both. */
function forget(accounts: Accounts, name: string, group: boolean): Accounts {
  const without = userByName(accounts, name) ? removeUser(accounts, name) : accounts
  return group && groupByName(without, name) ? removeGroup(without, name) : without
}

/** A group as -G names it: by name, or by number. */
function nameOfGroup(accounts: Accounts, text: string): string {
  const number = readId(text)
  return number === undefined
    ? text
    : (accounts.groups.find((group) => knownValue(group.gid) === number)?.name ?? text)
}

const lacks = (name: string) => (world: World) => readProgram(world, name) === 'absent'

export const useradd = defineCommand({
  names: ['useradd'],
  options: useraddOptions,
  absent: lacks('useradd'),
  run: runUseradd,
})

/**
 * shadow's usermod(8). Exit codes: 2 usage, 3 bad value, 4 uid taken, 6 account or group missing, 9 name taken.
 * -u: the home and what is in it follow. container-facts groups-usermod-*, user-uid-changed-later.
 */
export const usermod = defineCommand({
  names: ['usermod'],
  absent: lacks('usermod'),
  options: {
    append: '-a --append',
    badName: '-b --badname --badnames',
    comment: '-c --comment TEXT',
    home: '-d --home DIR',
    expires: '-e --expiredate DATE',
    inactive: '-f --inactive DAYS',
    gid: '-g --gid GROUP',
    groups: '-G --groups LIST',
    help: '-h --help',
    login: '-l --login NAME',
    lock: '-L --lock',
    moveHome: '-m --move-home',
    notUnique: '-o --non-unique',
    password: '-p --password HASH',
    root: '-R --root DIR',
    prefix: '-P --prefix DIR',
    remove: '-r --remove',
    shell: '-s --shell SHELL',
    uid: '-u --uid N',
    unlock: '-U --unlock',
    addSubUids: '-v --add-subuids RANGE',
    delSubUids: '-V --del-subuids RANGE',
    addSubGids: '-w --add-subgids RANGE',
    delSubGids: '-W --del-subgids RANGE',
    selinux: '-Z --selinux-user USER',
    selinuxRange: '--selinux-range RANGE',
  },
  run(call) {
    const { world, options, operands } = call
    const verdict = verdictOf(call)
    if (options.has('help')) return ok
    if (usageOfUsermod(call, verdict)) return verdict.outcome()
    if (options.has('root') || options.has('prefix')) return { status: 'maybe' }
    if (options.uncertain) verdict.doubt()
    const nameWord = operands.length === 1 ? operands[0] : operands.find(({ text }) => text !== undefined)
    const uidText = options.value('uid')
    const uidGiven = uidText === undefined ? undefined : readId(uidText)
    if (
      uidText !== undefined &&
      uidGiven === undefined &&
      misused(call, verdict, 3, text`\`${uidText}\` is not a uid`, options.word('uid'))
    )
      return verdict.outcome()
    for (const key of ['home', 'shell'] as const) {
      const path = options.value(key)
      if (
        path !== undefined &&
        path !== '' &&
        !path.startsWith('/') &&
        misused(call, verdict, 3, text`\`${path}\` is not an absolute path`, options.word(key))
      )
        return verdict.outcome()
    }
    const { ends, user } = findUser(world, verdict, nameWord, call.name, 6)
    if (ends) return verdict.outcome()
    const primary = options.has('gid')
      ? findGroup(world, verdict, options.word('gid'), options.value('gid'), call.name, 6)
      : undefined
    if (primary?.ends) return verdict.outcome()
    const extra = listOf(options.word('groups'))
    for (const group of extra ?? [])
      if (findGroup(world, verdict, options.word('groups'), group, call.name, 6).ends)
        return verdict.outcome()
    const login = options.value('login')
    if (
      login !== undefined &&
      login !== nameWord?.text &&
      userNameTaken(world, verdict, login, call.name, 9, options.word('login'))
    )
      return verdict.outcome()
    if (
      uidGiven !== undefined &&
      !options.has('notUnique') &&
      knownValue(user?.uid ?? unknown()) !== uidGiven &&
      uidTaken(world, verdict, uidGiven, call.name, 4, options.word('uid'))
    )
      return verdict.outcome()
    if (user) {
      const changing = changes(call, user, gidOf(primary?.group, options.value('gid')))
      if (changing === 'nothing') return verdict.outcome('')
      if (changing === 'perhaps' && !isCertainly(world.identity.uid, 0)) return { status: 'maybe' }
    }
    if (['uid', 'login', 'home'].some((key) => options.has(key)) && isBusy(call, verdict, user))
      return verdict.outcome()
    if (needsRoot(call, verdict, 1)) return verdict.outcome()
    if (!user) {
      somebodyUnknownAdded(world)
      verdict.doubt()
      return verdict.outcome('')
    }
    change(
      call,
      verdict,
      user,
      primary ? (gidOf(primary.group, options.value('gid')) ?? unknown()) : undefined,
      extra,
    )
    return verdict.outcome('')
  },
})

/** usermod that asks for what is so already says `no changes` and works, for anybody (shadow: src/usermod.c, process_flags). */
function changes(
  { options }: Call,
  user: Account,
  gid: Known<number> | undefined,
): 'something' | 'perhaps' | 'nothing' {
  const asked = ['home', 'shell', 'uid', 'gid', 'login'].filter((key) => options.has(key))
  if (asked.length === 0 || otherChanges.some((key) => options.has(key))) return 'something'
  const now: Readonly<Record<string, Known<string | number>>> = {
    home: user.home,
    shell: user.shell,
    uid: user.uid,
    gid: user.gid,
    login: { certainty: user.certainty, value: user.name, because: [] },
  }
  let all: 'perhaps' | 'nothing' = 'nothing'
  for (const key of asked) {
    const old = now[key] ?? unknown()
    const text = options.value(key)
    const wanted = key === 'uid' ? readId(text ?? '') : key === 'gid' ? gid && knownValue(gid) : text
    if (wanted === undefined || old.certainty === 'unknown') all = 'perhaps'
    else if (old.value === wanted && old.certainty !== 'certain') all = 'perhaps'
    else if (old.value !== wanted) {
      if (old.certainty === 'certain') return 'something'
      all = 'perhaps'
    }
  }
  return all
}
const otherChanges = [
  'comment',
  'expires',
  'inactive',
  'groups',
  'lock',
  'password',
  'unlock',
  'addSubUids',
  'delSubUids',
  'addSubGids',
  'delSubGids',
  'selinux',
]

function usageOfUsermod(call: Call, verdict: Verdict): boolean {
  const { options, operands } = call
  const refused = unknownOption(call, verdict)
  if (refused !== undefined) return refused
  if (options.uncertain) return false
  if (operands.length !== 1)
    return misused(
      call,
      verdict,
      2,
      operands.length === 0 ? text`no name is given` : text`it changes one account at a time`,
    )
  if (options.has('append') && !options.has('groups'))
    return misused(call, verdict, 2, text`-a is only allowed with -G`)
  if (options.has('moveHome') && !options.has('home'))
    return misused(call, verdict, 2, text`-m is only allowed with -d`)
  if (options.has('notUnique') && !options.has('uid'))
    return misused(call, verdict, 2, text`-o is only allowed with -u`)
  return false
}

function change(
  call: Call,
  verdict: Verdict,
  user: Account,
  gid: Known<number> | undefined,
  extra: readonly string[] | undefined,
): void {
  const { world, options } = call
  const uid = options.has('uid') ? given(world, readId(options.value('uid') ?? '')) : undefined
  const home = options.has('home') ? given(world, options.value('home')) : undefined
  const password = options.value('password')
  const login = options.value('login')
  const comment = options.value('comment')
  let accounts = changeUser(world.state.accounts, user.name, (old) => {
    const { comment: _comment, ...rest } = old
    return {
      ...(options.has('comment') ? rest : old),
      ...(uid ? { uid } : {}),
      ...(gid ? { gid } : {}),
      ...(home ? { home } : {}),
      ...(options.has('shell') ? { shell: given(world, options.value('shell')) } : {}),
      ...(comment ? { comment } : {}),
      ...(password === undefined
        ? {}
        : { password: password === '' ? ('empty' as const) : ('set' as const) }),
      ...(login === undefined ? {} : { name: login, origin: world.origin }),
    }
  })
  const name = login ?? user.name
  if (login !== undefined)
    for (const group of groupsOf(accounts, user.name))
      accounts = changeGroup(accounts, group.name, (old) => ({
        ...old,
        members: old.members.map((member) => (member === user.name ? login : member)),
      }))
  if (options.has('groups')) {
    if (extra === undefined) verdict.doubt()
    const wanted = (extra ?? []).map((group) => nameOfGroup(accounts, group))
    if (!options.has('append') && !options.has('remove') && extra !== undefined)
      for (const group of groupsOf(accounts, name))
        if (!wanted.includes(group.name)) accounts = removeMember(accounts, group.name, name)
    for (const group of wanted)
      accounts = options.has('remove')
        ? removeMember(accounts, group, name)
        : addMember(accounts, group, name)
  }
  setAccounts(world, accounts)
  moveHome(call, verdict, user, home)
  const folder = knownValue(home && options.has('moveHome') ? home : user.home)
  const before = { uid: knownValue(user.uid), gid: knownValue(user.gid) }
  if (folder === undefined || folder === '/') return
  // usermod.c: only a home that is the account's own is gone through.
  const own = sameNumber(find(world.state.files, folder).node.owner, user.uid)
  if (own.certainty === 'certain' && !own.value) return
  if (own.certainty !== 'certain' && (uid || gid)) doubtBelow(world, folder, ['owner', 'group'], 'likely')
  if (uid && before.uid !== undefined) changeIdsBelow(world, folder, 'owner', before.uid, uid)
  if (gid && before.gid !== undefined) changeIdsBelow(world, folder, 'group', before.gid, gid)
}

/**
 * -m: the old home is renamed; where there is none, nothing is made. Exit 12 (the account is changed all the same)
 * where the new one is there already, or the folder is missing in which it is to lie (shadow: src/usermod.c, move_home).
 */
function moveHome(call: Call, verdict: Verdict, user: Account, home: Known<string> | undefined): void {
  const { world } = call
  const from = knownValue(user.home)
  const to = home && knownValue(home)
  if (!call.options.has('moveHome') || from === undefined || to === undefined || from === to) return
  const [old, present] = [folderAt(world, from), folderAt(world, to)]
  if (present === 'yes' || (old !== 'no' && folderAt(world, parentOf(absolute(to))) !== 'yes'))
    verdict.doubt()
  if (old === 'yes' && present !== 'yes') movePath(world, from, to)
}

/** Ends the command where a process runs as the account: this step itself (user_busy, lib/user_busy.c). */
function isBusy({ name, world }: Call, verdict: Verdict, user: Account | undefined): boolean {
  const uid = user && knownValue(user.uid)
  if (user === undefined || uid === undefined) return false
  const running = [world.identity.uid, world.state.identity.uid].find((one) => knownValue(one) === uid)
  return (
    running !== undefined &&
    running.certainty !== 'unknown' &&
    verdict.refuses({
      reason: 'other',
      exitCode: 8,
      certainty: weaker(running.certainty, user.certainty),
      message: text`This step runs as \`${user.name}\`, so \`${name}\` stops with exit code 8. Change the account as somebody else.`,
      name: user.name,
    })
  )
}

/** shadow's userdel(8): the home stays without -r; the group of the same name goes where nobody else needs it. */
export const userdel = defineCommand({
  names: ['userdel'],
  absent: lacks('userdel'),
  options: {
    force: '-f --force',
    help: '-h --help',
    remove: '-r --remove',
    root: '-R --root DIR',
    prefix: '-P --prefix DIR',
    selinux: '-Z --selinux-user',
  },
  run(call) {
    const { world, options, operands } = call
    const verdict = verdictOf(call)
    if (options.has('help')) return ok
    if (
      options.unknown[0] &&
      misused(call, verdict, 2, text`it has no option ${options.unknown[0].text ?? ''}`, options.unknown[0])
    )
      return verdict.outcome()
    if (!options.uncertain && operands.length !== 1 && misused(call, verdict, 2, text`it takes one name`))
      return verdict.outcome()
    const { ends, user } = findUser(world, verdict, operands[0], call.name, 6)
    if (ends || (!options.has('force') && isBusy(call, verdict, user)) || needsRoot(call, verdict, 1))
      return verdict.outcome()
    if (user) {
      removeAccount(world, user, false, true)
      if (options.has('remove')) removeHome(call, verdict, user)
    } else {
      if (operands[0] && operands[0].text === undefined) somebodyUnknownChanged(world)
      verdict.doubt()
    }
    return verdict.outcome('')
  },
})

/** userdel.c: a home that is not the account's own stays, and the program ends with 12; -f removes it all the same. */
function removeHome(call: Call, verdict: Verdict, user: Account): void {
  const { world } = call
  const home = knownValue(user.home)
  const node = home?.startsWith('/') ? find(world.state.files, home).node : undefined
  if (home === undefined || node === undefined || home === '/') verdict.doubt()
  else if (node.kind === 'missing') {
    if (node.exists !== 'certain') verdict.doubt()
  } else if (call.options.has('force')) removePath(world, home, { recursive: true, force: true })
  else removeOwned(call, verdict, user, home, node)
}

function removeOwned(call: Call, verdict: Verdict, user: Account, home: string, node: FileNode): void {
  const { world } = call
  const own = sameNumber(node.owner, user.uid)
  if (own.certainty !== 'unknown' && own.value) {
    if (own.certainty !== 'certain' || node.exists !== 'certain') verdict.doubt()
    removePath(world, home, { recursive: true, force: true })
  } else if (own.certainty !== 'certain' || node.exists !== 'certain' || user.certainty !== 'certain') {
    verdict.doubt()
    doubtBelow(world, home, ['exists'])
  } else
    verdict.refuses({
      reason: 'other',
      exitCode: 12,
      message: text`${home} does not belong to \`${user.name}\`, so \`${call.name}\` leaves it and stops with exit code 12. Remove it with rm, or leave -r out.`,
      name: user.name,
      path: home,
    })
}

/** container-facts groups-userdel, groups-userdel-r. */
export function removeAccount(world: World, user: Account, withHome: boolean, withGroup: boolean): void {
  let accounts = removeUser(world.state.accounts, user.name)
  for (const group of groupsOf(accounts, user.name)) accounts = removeMember(accounts, group.name, user.name)
  const own = groupByName(accounts, user.name)
  if (withGroup && own && own.members.length === 0) {
    const gid = knownValue(own.gid)
    if (!accounts.users.some((other) => knownValue(other.gid) === gid))
      accounts = removeGroup(accounts, own.name)
  }
  setAccounts(world, accounts)
  const home = knownValue(user.home)
  if (withHome && home !== undefined && home !== '/')
    removePath(world, home, { recursive: true, force: true })
}
