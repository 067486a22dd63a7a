import type { ShellValue } from '../../types.ts'
import type { OptionTable } from '../model.ts'
import { readOptions } from '../options.ts'
import { busyboxAddgroupOptions, busyboxAdduserOptions } from './adduser-busybox.ts'
import { adduserOptions } from './adduser-debian.ts'
import { useraddOptions } from './shadow-users.ts'

/** What a command wants of the accounts, whichever system it was written for. Values are words, so that a fix can keep their spelling. */
export type AccountWish =
  | {
      readonly kind: 'user'
      readonly name: ShellValue
      readonly system: boolean
      readonly uid?: ShellValue
      /** The primary group; left out: one of its own, or the system's for such accounts. */
      readonly group?: ShellValue
      readonly ownGroup: boolean
      readonly groups?: ShellValue
      readonly home?: ShellValue
      readonly makesHome: boolean
      readonly shell?: ShellValue
      readonly comment?: ShellValue
      readonly noLogInit: boolean
    }
  | { readonly kind: 'group'; readonly name: ShellValue; readonly system: boolean; readonly gid?: ShellValue }
  | { readonly kind: 'member'; readonly user: ShellValue; readonly group: ShellValue }

const groupaddOptions: OptionTable = {
  gid: '-g --gid N',
  system: '-r --system',
  force: '-f --force',
  notUnique: '-o --non-unique',
}
const usermodOptions: OptionTable = { append: '-a --append', groups: '-G --groups LIST' }
const gpasswdOptions: OptionTable = { add: '-a --add USER' }

type Dialect = 'shadow' | 'busybox' | 'debian'

/** Undefined where the command is none of these, or says something that no other system's can. */
export function readAccountWish(words: readonly ShellValue[]): AccountWish | undefined {
  const [program, ...args] = words
  const name = program?.text?.replace(/^.*\//, '')
  switch (name) {
    case 'useradd':
      return userOf(args, 'shadow')
    case 'adduser':
      return userOf(args, dialectOf(args))
    case 'groupadd':
      return groupOf(args, groupaddOptions)
    case 'addgroup':
      return (
        memberOf(args) ??
        groupOf(
          args,
          dialectOf(args) === 'debian' ? { gid: '--gid N', system: '--system' } : busyboxAddgroupOptions,
        )
      )
    case 'usermod': {
      const { options, operands } = readOptions({ options: usermodOptions }, args)
      const group = options.word('groups')
      return options.has('append') &&
        group &&
        operands[0] &&
        operands.length === 1 &&
        options.unknown.length === 0
        ? { kind: 'member', user: operands[0], group }
        : undefined
    }
    case 'gpasswd': {
      const { options, operands } = readOptions({ options: gpasswdOptions }, args)
      const user = options.word('add')
      return user && operands[0] && operands.length === 1
        ? { kind: 'member', user, group: operands[0] }
        : undefined
    }
    default:
      return undefined
  }
}

/** BusyBox has short options, Debian long ones; who writes neither may mean either. */
function dialectOf(args: readonly ShellValue[]): Dialect {
  if (args.some(({ text }) => /^-[rmMNdlo]/.test(text ?? ''))) return 'shadow'
  return args.some(({ text }) => /^-[DSHGhusgk]/.test(text ?? '')) ? 'busybox' : 'debian'
}

const tables: Readonly<Record<Dialect, OptionTable>> = {
  shadow: useraddOptions,
  busybox: busyboxAdduserOptions,
  debian: adduserOptions,
}

function userOf(args: readonly ShellValue[], dialect: Dialect): AccountWish | undefined {
  const { options, operands } = readOptions(
    { options: tables[dialect], singleDash: dialect === 'debian' },
    args,
  )
  if (options.unknown.length > 0) return undefined
  const [name, group] = operands
  if (!name) return undefined
  if (dialect !== 'shadow' && group)
    return operands.length === 2 ? { kind: 'member', user: name, group } : undefined
  if (operands.length !== 1 || options.has('notUnique') || options.has('password')) return undefined
  const system = options.has('system')
  if (dialect === 'debian' && options.has('group') && !system)
    return { kind: 'group', name, system, ...given('gid', options.word('gid')) }
  const primary =
    options.word(dialect === 'shadow' ? 'gid' : dialect === 'busybox' ? 'group' : 'ingroup') ??
    (dialect === 'debian' ? options.word('gid') : undefined)
  return {
    kind: 'user',
    name,
    system,
    ...given('uid', options.word('uid')),
    ...given('group', primary),
    ownGroup:
      primary === undefined &&
      !options.has('noUserGroup') &&
      (dialect === 'shadow' || !system || (dialect === 'debian' && options.has('group'))),
    ...given('groups', options.word('groups')),
    ...given('home', options.word('home')),
    makesHome:
      dialect === 'shadow'
        ? options.has('makeHome')
        : !options.has('noHome') && !(dialect === 'debian' && system && !options.has('home')),
    ...given('shell', options.word('shell')),
    ...given('comment', options.word('comment')),
    noLogInit: options.has('noLogInit'),
  }
}

function given<K extends string>(key: K, word: ShellValue | undefined): { readonly [P in K]?: ShellValue } {
  return (word ? { [key]: word } : {}) as { readonly [P in K]?: ShellValue }
}

function groupOf(args: readonly ShellValue[], options: OptionTable): AccountWish | undefined {
  const read = readOptions({ options }, args)
  const [name] = read.operands
  if (!name || read.operands.length !== 1 || read.options.unknown.length > 0) return undefined
  return {
    kind: 'group',
    name,
    system: read.options.has('system'),
    ...given('gid', read.options.word('gid')),
  }
}

function memberOf(args: readonly ShellValue[]): AccountWish | undefined {
  const [user, group] = args
  return user && group && args.length === 2 && !user.text?.startsWith('-')
    ? { kind: 'member', user, group }
    : undefined
}
