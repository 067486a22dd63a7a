import { knownValue } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import {
  addGroup,
  addMember,
  changeGroup,
  changeUser,
  groupByName,
  readId,
  removeGroup,
  removeMember,
} from '../../accounts.ts'
import { readProgram } from '../../programs.ts'
import type { Group } from '../../types.ts'
import type { Call, CommandModel, World } from '../model.ts'
import { defineCommand, ok } from '../model.ts'
import { given, newGroup, setAccounts, somebodyUnknownAdded, somebodyUnknownChanged } from './effects.ts'
import { loginDefs, nameAllowed } from './login-defs.ts'
import { findGroup, findUser, gidTaken, groupNameTaken, listOf } from './lookup.ts'
import { freeGid } from './shadow-users.ts'
import { misused, needsRoot, unknownOption, type Verdict, verdictOf } from './verdict.ts'

const lacks = (name: string) => (world: World) => readProgram(world, name) === 'absent'

/**
 * shadow's groupadd(8). Exit codes: 2 usage, 3 bad value, 4 gid taken, 9 name taken, 10 no such member.
 * -f: an existing group is no error, and a taken gid is replaced by a free one.
 * container-facts groups-groupadd-*.
 */
const groupadd = defineCommand({
  names: ['groupadd'],
  absent: lacks('groupadd'),
  options: {
    force: '-f --force',
    gid: '-g --gid N',
    help: '-h --help',
    key: '-K --key KEY=VALUE',
    notUnique: '-o --non-unique',
    password: '-p --password HASH',
    system: '-r --system',
    root: '-R --root DIR',
    prefix: '-P --prefix DIR',
    users: '-U --users LIST',
  },
  run(call) {
    const { world, options } = call
    const verdict = verdictOf(call)
    if (options.has('help')) return ok
    if (usage(call, verdict)) return verdict.outcome()
    if (options.has('root') || options.has('prefix')) return { status: 'maybe' }
    const nameWord = operandOf(call)
    const name = nameWord?.text
    const defs = loginDefs(world, options.all('key'))
    const gidText = options.value('gid')
    let gid = gidText === undefined ? undefined : readId(gidText)
    if (
      gidText !== undefined &&
      gid === undefined &&
      misused(call, verdict, 3, text`\`${gidText}\` is not a gid`, options.word('gid'))
    )
      return verdict.outcome()
    if (
      name !== undefined &&
      nameAllowed(name, defs) === 'no' &&
      misused(call, verdict, 3, text`\`${name}\` is not a valid name`, nameWord)
    )
      return verdict.outcome()
    const { accounts } = world.state
    const existing = name === undefined ? undefined : groupByName(accounts, name)
    if (existing && options.has('force')) {
      if (existing.certainty !== 'certain') verdict.doubt()
      return verdict.outcome('')
    }
    if (
      name !== undefined &&
      groupNameTaken(
        world,
        verdict,
        name,
        call.name,
        9,
        nameWord,
        text`use the group as it is, or another name`,
      )
    )
      return verdict.outcome()
    if (gid !== undefined && !options.has('notUnique')) {
      if (options.has('force')) {
        if (accounts.groups.some((group) => knownValue(group.gid) === gid)) gid = undefined
      } else if (gidTaken(world, verdict, gid, call.name, 4, options.word('gid'))) return verdict.outcome()
    }
    if (needsRoot(call, verdict, 10)) return verdict.outcome()
    if (name === undefined) {
      somebodyUnknownAdded(world)
      verdict.doubt()
      return verdict.outcome('')
    }
    if (options.has('gid') && gidText === undefined) verdict.doubt()
    const number =
      options.has('gid') && (gid !== undefined || gidText === undefined)
        ? given(world, gid)
        : freeGid(world, options.has('system'), defs, undefined)
    const without = existing ? removeGroup(accounts, name) : accounts
    setAccounts(world, addGroup(without, newGroup(world, name, number, listOf(options.word('users')) ?? [])))
    return verdict.outcome('')
  },
})

/** shadow's groupmod(8): accounts with the gid follow, files do not. container-facts groups-groupmod-g. */
const groupmod = defineCommand({
  names: ['groupmod'],
  absent: lacks('groupmod'),
  options: {
    append: '-a --append',
    gid: '-g --gid N',
    help: '-h --help',
    newName: '-n --new-name NAME',
    notUnique: '-o --non-unique',
    password: '-p --password HASH',
    root: '-R --root DIR',
    prefix: '-P --prefix DIR',
    users: '-U --users LIST',
  },
  run(call) {
    const { world, options } = call
    const verdict = verdictOf(call)
    if (options.has('help')) return ok
    if (usage(call, verdict)) return verdict.outcome()
    if (options.has('root') || options.has('prefix')) return { status: 'maybe' }
    const nameWord = operandOf(call)
    const gidText = options.value('gid')
    const gid = gidText === undefined ? undefined : readId(gidText)
    if (
      gidText !== undefined &&
      gid === undefined &&
      misused(call, verdict, 3, text`\`${gidText}\` is not a gid`, options.word('gid'))
    )
      return verdict.outcome()
    const { ends, group } = findGroup(world, verdict, nameWord, nameWord?.text, call.name, 6, false)
    if (ends) return verdict.outcome()
    if (
      gid !== undefined &&
      !options.has('notUnique') &&
      !(group && knownValue(group.gid) === gid) &&
      gidTaken(world, verdict, gid, call.name, 4, options.word('gid'))
    )
      return verdict.outcome()
    const newName = options.value('newName')
    if (
      newName !== undefined &&
      newName !== group?.name &&
      groupNameTaken(world, verdict, newName, call.name, 9, options.word('newName'), text`use another name`)
    )
      return verdict.outcome()
    if (needsRoot(call, verdict, 10)) return verdict.outcome()
    if (!group) {
      somebodyUnknownAdded(world)
      verdict.doubt()
      return verdict.outcome('')
    }
    changeGroupEntry(call, group, newName)
    return verdict.outcome('')
  },
})

function changeGroupEntry(call: Call, group: Group, newName: string | undefined): void {
  const { world, options } = call
  const old = knownValue(group.gid)
  const gid = options.has('gid') ? given(world, readId(options.value('gid') ?? '')) : undefined
  const users = listOf(options.word('users'))
  let { accounts } = world.state
  accounts = changeGroup(accounts, group.name, (entry) => ({
    ...entry,
    ...(gid ? { gid } : {}),
    ...(newName === undefined ? {} : { name: newName, origin: world.origin }),
    ...(users ? { members: options.has('append') ? [...new Set([...entry.members, ...users])] : users } : {}),
  }))
  if (gid && old !== undefined)
    for (const user of accounts.users)
      if (knownValue(user.gid) === old)
        accounts = changeUser(accounts, user.name, (entry) => ({ ...entry, gid }))
  setAccounts(world, accounts)
}

/** shadow's groupdel(8): refuses (8) the primary group of an account. container-facts groups-groupdel-primary. */
const groupdel = defineCommand({
  names: ['groupdel'],
  absent: lacks('groupdel'),
  options: { force: '-f --force', help: '-h --help', root: '-R --root DIR', prefix: '-P --prefix DIR' },
  run(call) {
    const { world, options } = call
    const verdict = verdictOf(call)
    if (options.has('help')) return ok
    if (usage(call, verdict)) return verdict.outcome()
    const nameWord = operandOf(call)
    const { ends, group } = findGroup(world, verdict, nameWord, nameWord?.text, call.name, 6, false)
    if (ends) return verdict.outcome()
    if (group && !options.has('force') && isPrimary(world, verdict, group, call.name, 8))
      return verdict.outcome()
    if (needsRoot(call, verdict, 10)) return verdict.outcome()
    if (group) setAccounts(world, removeGroup(world.state.accounts, group.name))
    else {
      if (nameWord && nameWord.text === undefined) somebodyUnknownChanged(world)
      verdict.doubt()
    }
    return verdict.outcome('')
  },
})

/** Ends the command where the group is some account's primary one. */
export function isPrimary(
  world: World,
  verdict: Verdict,
  group: Group,
  command: string,
  exitCode: number,
): boolean {
  const gid = knownValue(group.gid)
  const user = world.state.accounts.users.find((entry) => gid !== undefined && knownValue(entry.gid) === gid)
  return (
    user !== undefined &&
    verdict.refuses({
      reason: 'other',
      exitCode,
      certainty: user.certainty,
      message: text`\`${group.name}\` is the primary group of \`${user.name}\`. \`${command}\` stops with exit code ${exitCode}; delete the account first.`,
      name: user.name,
    })
  )
}

/** shadow's gpasswd(1): members of a group. */
const gpasswd = defineCommand({
  names: ['gpasswd'],
  absent: lacks('gpasswd'),
  options: {
    add: '-a --add USER',
    remove: '-d --delete USER',
    help: '-h --help',
    root: '-Q --root DIR',
    removePassword: '-r --remove-password',
    restrict: '-R --restrict',
    members: '-M --members LIST',
    administrators: '-A --administrators LIST',
  },
  run(call) {
    const { world, options } = call
    const verdict = verdictOf(call)
    if (options.has('help')) return ok
    if (usage(call, verdict)) return verdict.outcome()
    // gpasswd.c: who is added is looked up while the options are read, the group next, who asks last.
    if (isNobody(call, verdict)) return verdict.outcome()
    if (options.has('add') && findUser(world, verdict, options.word('add'), call.name, 3).ends)
      return verdict.outcome()
    const nameWord = operandOf(call)
    const { ends, group } = findGroup(world, verdict, nameWord, nameWord?.text, call.name, 3, false)
    if (ends || needsRoot(call, verdict, 1)) return verdict.outcome()
    if (!group) return verdict.outcome('')
    const added = options.value('add')
    const removed = options.value('remove')
    const members = listOf(options.word('members'))
    let { accounts } = world.state
    if (added !== undefined) accounts = addMember(accounts, group.name, added)
    if (removed !== undefined) {
      if (
        !group.members.includes(removed) &&
        verdict.refuses({
          reason: 'other',
          exitCode: 3,
          certainty: group.certainty,
          message: text`\`${removed}\` is not a member of \`${group.name}\`. \`gpasswd\` stops with exit code 3.`,
          at: options.word('remove'),
        })
      )
        return verdict.outcome()
      accounts = removeMember(accounts, group.name, removed)
    }
    if (members) accounts = changeGroup(accounts, group.name, (entry) => ({ ...entry, members }))
    setAccounts(world, accounts)
    return verdict.outcome('')
  },
})

/** A caller without an account is refused before anything else. */
function isNobody(call: Call, verdict: Verdict): boolean {
  const { user } = call.world.identity
  return user.certainty === 'certain' && user.value === null && needsRoot(call, verdict, 1)
}

function usage(call: Call, verdict: Verdict): boolean {
  const { options, operands } = call
  const refused = unknownOption(call, verdict)
  if (refused !== undefined) return refused
  if (options.uncertain) {
    verdict.doubt()
    return false
  }
  return (
    operands.length !== 1 &&
    misused(call, verdict, 2, operands.length === 0 ? text`no group is given` : text`it takes one group`)
  )
}

const operandOf = (call: Call) =>
  call.operands.length === 1 ? call.operands[0] : call.operands.find(({ text }) => text !== undefined)

export const groupCommands: readonly CommandModel[] = [groupadd, groupmod, groupdel, gpasswd]
