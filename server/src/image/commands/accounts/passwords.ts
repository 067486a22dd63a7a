import { isCertainly, knownValue } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import { addUser, changeUser, parsePasswd, readId, userByName } from '../../accounts.ts'
import { readProgram } from '../../programs.ts'
import type { Account } from '../../types.ts'
import type { CommandModel, World } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { given, setAccounts, somebodyUnknownAdded } from './effects.ts'
import { findUser } from './lookup.ts'
import { misused, needsRoot, verdictOf } from './verdict.ts'

const lacks = (name: string) => (world: World) => readProgram(world, name) === 'absent'

/** Passwords stand in /etc/shadow: /etc/passwd stays as it is, but for accounts that have no line there. */
function setPassword(world: World, name: string, password: NonNullable<Account['password']>): void {
  const { accounts } = world.state
  const inPasswd = userByName(accounts, name)?.lacksShadow === true
  const changed = changeUser(accounts, name, ({ lacksShadow: _, ...old }) => ({
    ...old,
    password,
    ...(inPasswd ? { unreadPassword: true } : {}),
  }))
  if (inPasswd) setAccounts(world, changed)
  else world.state = { ...world.state, accounts: changed }
}

/** passwd(1): -d leaves the account without a password (su needs none then), -l locks it. container-facts su-from-user-empty-password. */
const passwd = defineCommand({
  names: ['passwd'],
  absent: lacks('passwd'),
  options: {
    all: '-a --all',
    remove: '-d --delete',
    expire: '-e --expire',
    help: '-h --help',
    inactive: '-i --inactive DAYS',
    keep: '-k --keep-tokens',
    lock: '-l --lock',
    minDays: '-n --mindays DAYS',
    quiet: '-q --quiet',
    repository: '-r --repository NAME',
    root: '-R --root DIR',
    status: '-S --status',
    unlock: '-u --unlock',
    warnDays: '-w --warndays DAYS',
    maxDays: '-x --maxdays DAYS',
    stdin: '--stdin -s',
    force: '-f --force',
    algorithm: '--algorithm NAME',
  },
  run(call) {
    const { world, options, operands } = call
    const verdict = verdictOf(call)
    if (options.has('help') || options.has('status')) return { status: 'ok' }
    const own = knownValue(world.identity.user)
    const word = operands[0]
    const { ends, user } = word
      ? findUser(world, verdict, word, call.name, 1)
      : { ends: false, user: own ? userByName(world.state.accounts, own) : undefined }
    if (ends) return verdict.outcome()
    if (!isCertainly(world.identity.uid, 0) && needsRoot(call, verdict, 1)) return verdict.outcome()
    if (!user) return verdict.outcome()
    if (options.has('remove')) setPassword(world, user.name, 'empty')
    else if (options.has('lock') || options.has('unlock')) setPassword(world, user.name, 'set')
    else if (options.has('expire') || options.has('maxDays') || options.has('minDays'))
      return verdict.outcome('')
    else {
      setPassword(world, user.name, 'set')
      // It asks: what it is answered decides.
      if (call.stdin === undefined) verdict.doubt()
    }
    return verdict.outcome('')
  },
})

/** chpasswd(8): `name:password` a line on standard input. */
const chpasswd = defineCommand({
  names: ['chpasswd'],
  absent: lacks('chpasswd'),
  options: {
    method: '-c --crypt-method NAME',
    encrypted: '-e --encrypted',
    md5: '-m --md5',
    root: '-R --root DIR',
    rounds: '-s --sha-rounds N',
  },
  run(call) {
    const { world, options } = call
    const verdict = verdictOf(call)
    if (needsRoot(call, verdict, 1)) return verdict.outcome()
    if (call.stdin === undefined) {
      // Somebody gets a password; whether the names exist, we cannot see.
      return maybe
    }
    for (const line of call.stdin.split('\n').filter((text) => text !== '')) {
      const colon = line.indexOf(':')
      if (colon < 0 && misused(call, verdict, 1, text`a line without a colon`)) return verdict.outcome()
      const name = line.slice(0, colon)
      const { ends, user } = findUser(
        world,
        verdict,
        { text: name, glob: false, range: call.range },
        call.name,
        1,
      )
      if (ends) return verdict.outcome()
      const password = line.slice(colon + 1)
      if (user) setPassword(world, user.name, password === '' && options.has('encrypted') ? 'empty' : 'set')
    }
    return verdict.outcome('')
  },
})

/** chage(1), chfn(1): nothing that decides who runs, but for whom PAM lets act. */
const chage = defineCommand({
  names: ['chage', 'chfn'],
  options: {
    lastDay: '-d --lastday DAY',
    expires: '-E --expiredate DATE',
    inactive: '-I --inactive DAYS',
    minDays: '-m --mindays DAYS',
    maxDays: '-M --maxdays DAYS',
    warnDays: '-W --warndays DAYS',
    name: '-f --full-name TEXT',
    room: '-r --room TEXT',
    phone: '-w --work-phone TEXT',
    homePhone: '--home-phone TEXT',
    other: '-o --other TEXT',
    root: '-R --root DIR',
    list: '-l --list',
    help: '-h --help',
  },
  run(call) {
    const verdict = verdictOf(call)
    if (call.options.has('help')) return ok
    const word = call.operands[0]
    if (!word) return maybe
    const { ends, user } = findUser(call.world, verdict, word, call.name, 1)
    if (ends || needsRoot(call, verdict, 1)) return verdict.outcome()
    if (user && call.options.value('lastDay') === '0') {
      const { accounts } = call.world.state
      const renewed = changeUser(accounts, user.name, (old) => ({ ...old, mustRenew: true }))
      call.world.state = { ...call.world.state, accounts: renewed }
    }
    return verdict.outcome()
  },
})

const chsh = defineCommand({
  names: ['chsh'],
  options: { shell: '-s --shell SHELL', root: '-R --root DIR', help: '-h --help', list: '-l --list-shells' },
  run(call) {
    const { world, options, operands } = call
    const verdict = verdictOf(call)
    if (options.has('help') || options.has('list')) return ok
    const own = knownValue(world.identity.user)
    const word = operands[0]
    const { ends, user } = word
      ? findUser(world, verdict, word, call.name, 1)
      : { ends: false, user: own ? userByName(world.state.accounts, own) : undefined }
    if (ends || (word && needsRoot(call, verdict, 1))) return verdict.outcome()
    if (!isCertainly(world.identity.uid, 0)) verdict.doubt()
    if (user && options.has('shell'))
      setAccounts(
        world,
        changeUser(world.state.accounts, user.name, (old) => ({
          ...old,
          shell: given(world, options.value('shell')),
        })),
      )
    return verdict.outcome('')
  },
})

/** newusers(8): lines of passwd(5) on standard input or in a file; accounts that exist are changed. */
const newusers = defineCommand({
  names: ['newusers'],
  absent: lacks('newusers'),
  options: {
    badName: '-b --badname',
    method: '-c --crypt-method NAME',
    system: '-r --system',
    root: '-R --root DIR',
    rounds: '-s --sha-rounds N',
  },
  run(call) {
    const { world } = call
    const verdict = verdictOf(call)
    if (needsRoot(call, verdict, 1)) return verdict.outcome()
    const text = call.operands.length === 0 ? call.stdin : undefined
    const wellFormed = text
      ?.split('\n')
      .every((line) => line === '' || readId(line.split(':')[2] ?? '') !== undefined)
    if (text === undefined || !wellFormed) {
      somebodyUnknownAdded(world)
      return maybe
    }
    let { accounts } = world.state
    for (const user of parsePasswd(text, world.origin))
      accounts = userByName(accounts, user.name)
        ? changeUser(accounts, user.name, () => ({ ...user, password: 'set' }))
        : addUser(accounts, { ...user, password: 'set' })
    // Groups and homes that it makes along the way are not followed.
    setAccounts(world, { ...accounts, complete: false })
    return maybe
  },
})

/** pwconv(8): every account gets its line in /etc/shadow. */
const pwconv = defineCommand({
  names: ['pwconv'],
  run(call) {
    const { world } = call
    const verdict = verdictOf(call)
    if (needsRoot(call, verdict, 1)) return verdict.outcome()
    const { accounts } = world.state
    const users = accounts.users.map(({ lacksShadow: _, ...user }) => user)
    world.state = { ...world.state, accounts: { ...accounts, users } }
    return verdict.outcome('')
  },
})

export const passwordCommands: readonly CommandModel[] = [passwd, chpasswd, chage, chsh, newusers, pwconv]
