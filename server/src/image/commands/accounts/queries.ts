import type { Known } from '../../../known.ts'

import {
  certaintyOfAbsence,
  groupByGid,
  groupByName,
  groupLine,
  passwdLine,
  readId,
  userByName,
  userByUid,
} from '../../accounts.ts'
import { identityOfAccount } from '../../identity.ts'
import type { Account, Accounts, Group, Identity } from '../../types.ts'
import type { Call, CommandModel, Outcome } from '../model.ts'
import { defineCommand, maybe } from '../model.ts'
import { findUser } from './lookup.ts'
import { verdictOf } from './verdict.ts'

/** Commands that scripts ask who is who. What they print is known where it is certain. */

const prints = (text: string | undefined): Outcome =>
  text === undefined ? { status: 'ok' } : { status: 'ok', output: `${text}\n` }

const surely = <T>(known: Known<T>): T | undefined =>
  known.certainty === 'certain' ? known.value : undefined

function nameOfUid(uid: number | undefined, accounts: Accounts): string | null | undefined {
  if (uid === undefined) return undefined
  const user = userByUid(accounts, uid)
  if (user) return user.certainty === 'certain' ? user.name : undefined
  return certaintyOfAbsence(accounts) === 'certain' ? null : undefined
}
function nameOfGid(gid: number | undefined, accounts: Accounts): string | null | undefined {
  if (gid === undefined) return undefined
  const group = groupByGid(accounts, gid)
  if (group) return group.certainty === 'certain' ? group.name : undefined
  return certaintyOfAbsence(accounts) === 'certain' ? null : undefined
}
/** All where every one is known. */
function all<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  return values.includes(undefined) ? undefined : (values as readonly T[])
}

/** id(1): exit 1 where the account does not exist. container-facts: every case asks it. */
const id = defineCommand({
  names: ['id'],
  options: {
    user: '-u --user',
    group: '-g --group',
    groups: '-G --groups',
    name: '-n --name',
    real: '-r --real',
    context: '-Z --context',
    zero: '-z --zero',
    all: '-a',
  },
  run(call) {
    const { world, options, operands } = call
    const verdict = verdictOf(call)
    const word = operands[0]
    let identity: Identity | undefined = world.identity
    if (word) {
      const number = readId(word.text ?? '')
      const byNumber =
        number === undefined || userByName(world.state.accounts, word.text ?? '')
          ? undefined
          : userByUid(world.state.accounts, number)
      const found = byNumber ? { ends: false, user: byNumber } : findUser(world, verdict, word, call.name, 1)
      if (found.ends) return verdict.outcome()
      identity = found.user ? identityOfAccount(found.user, world.state.accounts, word.text ?? '') : undefined
    }
    if (!identity || options.has('zero') || options.has('context')) {
      verdict.doubt()
      return verdict.outcome()
    }
    const output = idText(call, identity, world.state.accounts)
    if (output === 'nameless') return { status: 'fail', exitCode: 1 }
    return verdict.outcome(output === undefined ? undefined : `${output}\n`)
  },
})

function idText(call: Call, identity: Identity, accounts: Accounts): string | 'nameless' | undefined {
  const { options } = call
  const uid = surely(identity.uid)
  const gid = surely(identity.gid)
  const groups = surely(identity.groups)
  const named = options.has('name')
  if (options.has('user')) {
    const name = named ? nameOfUid(uid, accounts) : uid
    return name === null ? 'nameless' : name === undefined ? undefined : String(name)
  }
  if (options.has('group')) {
    const name = named ? nameOfGid(gid, accounts) : gid
    return name === null ? 'nameless' : name === undefined ? undefined : String(name)
  }
  if (options.has('groups')) {
    if (!named) return groups?.join(' ')
    const names = groups && all(groups.map((group) => nameOfGid(group, accounts)))
    return names?.includes(null) ? 'nameless' : names?.join(' ')
  }
  const user = nameOfUid(uid, accounts)
  const group = nameOfGid(gid, accounts)
  const names = groups && all(groups.map((one) => nameOfGid(one, accounts)))
  if (
    uid === undefined ||
    gid === undefined ||
    !groups ||
    user === undefined ||
    group === undefined ||
    !names
  )
    return undefined
  const both = (number: number, name: string | null | undefined) =>
    name ? `${number}(${name})` : `${number}`
  return `uid=${both(uid, user)} gid=${both(gid, group)} groups=${groups.map((one, index) => both(one, names[index])).join(',')}`
}

/** whoami(1): fails where the uid has no name. */
const whoami = defineCommand({
  names: ['whoami'],
  run({ world }) {
    const name = nameOfUid(surely(world.identity.uid), world.state.accounts)
    return name === null ? { status: 'fail', exitCode: 1 } : prints(name)
  },
})

const groups = defineCommand({
  names: ['groups'],
  run(call) {
    const { world, operands } = call
    const verdict = verdictOf(call)
    const found = operands[0] ? findUser(world, verdict, operands[0], call.name, 1) : undefined
    if (found?.ends) return verdict.outcome()
    const identity = found
      ? found.user && identityOfAccount(found.user, world.state.accounts, '')
      : world.identity
    const list = identity && surely(identity.groups)
    const names = list && all(list.map((gid) => nameOfGid(gid, world.state.accounts)))
    if (!names || names.includes(null) || operands.length > 1) return verdict.outcome()
    const text = names.join(' ')
    // coreutils writes the name before, BusyBox does not.
    if (!operands[0]) return verdict.outcome(`${text}\n`)
    return verdict.outcome()
  },
})

/** getent(1): exit 2 where a key is not found. */
const getent = defineCommand({
  names: ['getent'],
  options: { service: '-s --service CONFIG', noIdn: '-i --no-idn', help: '-? --help' },
  run(call) {
    const { operands, world } = call
    const [database, ...keys] = operands
    const which = database?.text
    if (which !== 'passwd' && which !== 'group') return maybe
    const { accounts } = world.state
    if (keys.length === 0) {
      const lines = accounts.complete
        ? which === 'passwd'
          ? all(accounts.users.map(passwdLine))
          : all(accounts.groups.map(groupLine))
        : undefined
      return prints(lines?.join('\n'))
    }
    const lines: (string | undefined)[] = []
    let doubt = false
    for (const { text } of keys) {
      const entry = text === undefined ? undefined : lookUp(accounts, which, text)
      if (entry) {
        if (entry.certainty !== 'certain') doubt = true
        lines.push('uid' in entry ? passwdLine(entry) : groupLine(entry))
      } else if (text !== undefined && certaintyOfAbsence(accounts) === 'certain')
        return { status: 'fail', exitCode: 2 }
      else doubt = true
    }
    if (doubt) return maybe
    return prints(all(lines)?.join('\n'))
  },
})

function lookUp(accounts: Accounts, which: 'passwd' | 'group', key: string): Account | Group | undefined {
  const number = readId(key)
  if (which === 'passwd')
    return number === undefined ? userByName(accounts, key) : userByUid(accounts, number)
  return number === undefined ? groupByName(accounts, key) : groupByGid(accounts, number)
}

const logname = defineCommand({ names: ['logname'], run: () => maybe })

export const queryCommands: readonly CommandModel[] = [id, whoami, groups, getent, logname]
