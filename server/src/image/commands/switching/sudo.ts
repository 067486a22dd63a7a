import type { Known } from '../../../known.ts'
import { certain, isCertainly, knownValue } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import { certaintyOfAbsence, groupsOf, readId } from '../../accounts.ts'
import { describeIdentity } from '../../describe.ts'
import { nodeAt } from '../../files.ts'
import { readProgram } from '../../programs.ts'
import type { Identity, ShellValue } from '../../types.ts'
import type { Call, CommandModel, Outcome, World } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { accountNamed, afterDoubt, environmentOf, identityFor, refused, runAs } from './become.ts'

/**
 * sudo(8): root may always; others where sudoers says so without a password, which nobody could type.
 * container-facts sudo-user.
 */
const sudo = defineCommand({
  names: ['sudo'],
  stopAtOperand: true,
  absent: (world) => readProgram(world, 'sudo') === 'absent',
  options: {
    askPass: '-A --askpass',
    background: '-b --background',
    bell: '-B --bell',
    closeFrom: '-C --close-from N',
    chdir: '-D --chdir DIR',
    preserve: '-E --preserve-env [LIST]',
    edit: '-e --edit',
    group: '-g --group GROUP',
    home: '-H --set-home',
    help: '--help',
    host: '-h --host HOST',
    login: '-i --login',
    removeTimestamp: '-K --remove-timestamp',
    resetTimestamp: '-k --reset-timestamp',
    list: '-l --list',
    nonInteractive: '-n --non-interactive',
    preserveGroups: '-P --preserve-groups',
    prompt: '-p --prompt TEXT',
    chroot: '-R --chroot DIR',
    role: '-r --role ROLE',
    stdin: '-S --stdin',
    shell: '-s --shell',
    timeout: '-T --command-timeout N',
    type: '-t --type TYPE',
    otherUser: '-U --other-user USER',
    user: '-u --user USER',
    validate: '-v --validate',
    version: '-V --version',
  },
  run(call) {
    const { options, world } = call
    if (
      ['help', 'version', 'list', 'validate', 'removeTimestamp'].some((key) => options.has(key)) &&
      call.operands.length === 0
    )
      return maybe
    const denied = mayUseSudo(call)
    if (denied?.status === 'fail') return denied
    const word = options.word('user')
    const text = options.has('user') ? word?.text?.replace(/^#/, '') : 'root'
    const { account, refusal } = accountNamed(call, word && { ...word, text }, 1, true)
    if (refusal) return refusal
    const nobody =
      account || text === undefined || readId(text) === undefined ? undefined : unknownTo(call, text)
    if (nobody?.status === 'fail') return nobody
    const root = text === 'root' ? world.state.accounts.users.find((user) => user.name === 'root') : undefined
    const identity = identityFor(world, account ?? root, text)
    return afterDoubt(denied, runCommand(call, text === 'root' && !root ? asRoot(identity) : identity))
  },
})

/** Ids that no account has are refused unless the policy sets runas_allow_unknown_id (sudoers(5)). */
function unknownTo(call: Call, id: string): Outcome {
  return refused(
    call,
    'user-not-found',
    1,
    certaintyOfAbsence(call.world.state.accounts),
    text`\`sudo\` does not become ${id}: no account has that id. Use gosu or setpriv, or make the account.`,
    undefined,
    id,
  )
}

const asRoot = (identity: Identity): Identity => ({
  ...identity,
  uid: certain(0),
  gid: certain(0),
  groups: certain([0]),
})

function runCommand(call: Call, identity: Identity): Outcome {
  const { options } = call
  const environment = new Map<string, Known<string>>(
    options.has('preserve') && !options.has('home') ? [] : environmentOf(identity),
  )
  let argv = call.operands
  for (; argv[0]?.text !== undefined && /^[A-Za-z_]\w*=/.test(argv[0].text); argv = argv.slice(1)) {
    const [name, value] = split(argv[0].text)
    environment.set(name, certain(value))
  }
  const chdir = options.value('chdir')
  const login = options.has('login')
  return runAs(
    call,
    {
      identity,
      environment,
      clean: !options.has('preserve'),
      ...(login ? { cwd: identity.home } : chdir === undefined ? {} : { cwd: certain(chdir) }),
    },
    (inner) => {
      if (argv.length > 0) {
        // -i and -s hand the words to a shell, quoted.
        return call.runArgv(argv, inner)
      }
      if ((login || options.has('shell')) && call.stdin !== undefined)
        return call.runScript({ text: call.stdin, glob: false, range: call.range }, inner)
      return ok
    },
  )
}

function split(assignment: string): readonly [string, string] {
  const at = assignment.indexOf('=')
  return [assignment.slice(0, at), assignment.slice(at + 1)]
}

/** Undefined: allowed. */
function mayUseSudo(call: Call): Outcome | undefined {
  const { world } = call
  const { uid } = world.identity
  if (isCertainly(uid, 0)) return undefined
  if (uid.certainty === 'unknown' || uid.value === 0) return maybe
  const permission = readSudoers(
    world,
    call.operands.find(({ text }) => text !== undefined && !/^[A-Za-z_]\w*=/.test(text)),
  )
  if (permission === 'allowed') return undefined
  if (permission === 'unknown') return maybe
  if (call.stdin !== undefined && call.options.has('stdin')) return maybe
  // What sudo's package and the system's image bring gives no new account anything without a password.
  const madeHere = world.state.accounts.users.some(
    (user) => user.origin.kind === 'instruction' && user.name === knownValue(world.identity.user),
  )
  return refused(
    call,
    'not-permitted',
    1,
    madeHere ? uid.certainty : 'likely',
    text`\`sudo\` asks ${describeIdentity(world.identity)} for a password, and nobody answers: no rule in /etc/sudoers or /etc/sudoers.d lets this account run it with NOPASSWD.`,
  )
}

type Permission = 'allowed' | 'denied' | 'unknown'

/** sudoers(5), as far as Dockerfiles write it: `who hosts=(as) NOPASSWD: commands`, `Defaults !authenticate`. */
function readSudoers(world: World, command: ShellValue | undefined): Permission {
  const folder = nodeAt(world.state.files, '/etc/sudoers.d')
  const main = nodeAt(world.state.files, '/etc/sudoers')
  const files = [main, ...folder.children.values()].filter((node) => node.kind !== 'missing')
  let answer: Permission = 'denied'
  for (const node of files) {
    if (node.content === undefined) {
      // What a package brings asks for a password; what this file wrote, we could not read.
      if (node.because.some((origin) => origin.kind === 'instruction') || node.kind === 'unknown') {
        if (node !== main || node.because.some((origin) => origin.kind === 'instruction')) answer = 'unknown'
      }
      continue
    }
    const rule = permissionIn(node.content, world, command)
    if (rule === 'allowed') return 'allowed'
    if (rule === 'unknown') answer = 'unknown'
  }
  // A base with an account of its own that is not root may well have given it sudo.
  const plain = world.base && world.base.user.user === '' && world.base.resolvedBy !== 'unknown'
  return answer === 'denied' && !plain ? 'unknown' : answer
}

function permissionIn(content: string, world: World, command: ShellValue | undefined): Permission {
  let answer: Permission = 'denied'
  for (const line of content
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((text) => text.replace(/(^|\s)#(?!\d).*$/, '').trim())) {
    if (/^Defaults\b.*!authenticate/.test(line)) return 'allowed'
    const [, who, rest] = /^(\S+)\s+(.*=.*)$/.exec(line) ?? []
    if (who === undefined || rest === undefined || line.startsWith('Defaults') || /_Alias$/.test(who))
      continue
    const meant = isMeant(who, world)
    if (meant === 'no' || !/\bNOPASSWD\s*:/.test(rest)) continue
    const commands = rest.replace(/^.*NOPASSWD\s*:/, '').replace(/\b[A-Z_]+:/g, '')
    const all = commands.split(',').some((one) => one.trim() === 'ALL')
    if (all && meant === 'yes') return 'allowed'
    const name = command?.text?.replace(/^.*\//, '')
    const listed =
      name !== undefined &&
      commands.split(',').some((one) => one.trim().split(/\s/)[0]?.replace(/^.*\//, '') === name)
    if (all || listed || name === undefined) answer = 'unknown'
  }
  return answer
}

function isMeant(who: string, world: World): 'yes' | 'no' | 'unknown' {
  const { identity } = world
  const user = knownValue(identity.user)
  if (who === 'ALL') return 'yes'
  if (/^[A-Z][A-Z0-9_]+$/.test(who)) return 'unknown' // an alias
  if (who.startsWith('#')) return isCertainly(identity.uid, Number(who.slice(1))) ? 'yes' : 'no'
  if (who.startsWith('%')) {
    const name = who.slice(1)
    const group = world.state.accounts.groups.find((one) => one.name === name)
    const gid = group && knownValue(group.gid)
    const groups = knownValue(identity.groups)
    if (gid !== undefined && groups?.includes(gid)) return 'yes'
    return typeof user === 'string' && groupsOf(world.state.accounts, user).some((one) => one.name === name)
      ? 'yes'
      : groups
        ? 'no'
        : 'unknown'
  }
  return user === undefined ? 'unknown' : user === who ? 'yes' : 'no'
}

/** doas(1): what doas.conf permits we do not read; root needs a rule as well. */
const doas = defineCommand({
  names: ['doas'],
  stopAtOperand: true,
  absent: (world) => readProgram(world, 'doas') === 'absent',
  options: { user: '-u USER', config: '-C FILE', nonInteractive: '-n', shell: '-s', clear: '-L' },
  run(call) {
    const { options, world, operands } = call
    const word = options.word('user')
    const text = options.has('user') ? word?.text : 'root'
    const { account, refusal } = accountNamed(call, word, 1, true)
    if (refusal) return refusal
    const identity = identityFor(
      world,
      account ?? world.state.accounts.users.find((user) => user.name === text),
      text,
    )
    if (operands.length === 0) return maybe
    return afterDoubt(
      maybe,
      runAs(call, { identity, environment: environmentOf(identity), clean: true }, (inner) =>
        call.runArgv(operands, inner),
      ),
    )
  },
})

export const sudoCommands: readonly CommandModel[] = [sudo, doas]
