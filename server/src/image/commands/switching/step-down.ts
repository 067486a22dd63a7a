import { Map as ImmutableMap } from 'immutable'
import type { Known } from '../../../known.ts'
import { certain, knownValue, unknown, weaker } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import { groupByGid, groupByName, groupsOf, readId, userByName, userByUid } from '../../accounts.ts'
import { identityOfAccount, resolveUser } from '../../identity.ts'
import { readProgram } from '../../programs.ts'
import type { Account, Accounts, Identity, ShellValue } from '../../types.ts'
import { flavour } from '../files/operands.ts'
import type { Call, CommandModel, Outcome, World } from '../model.ts'
import { defineCommand, maybe } from '../model.ts'
import {
  accountNamed,
  afterDoubt,
  type Become,
  environmentOf,
  identityFor,
  onlyRoot,
  refused,
  runAs,
} from './become.ts'

/** Programs by which an entrypoint gives up root: they change the ids and execute the command. */

const lacks = (name: string) => (world: World) => readProgram(world, name) === 'absent'

/**
 * gosu and su-exec look USER up as the engine does: `name`, `uid`, `name:group`, numbers without an account; HOME is
 * the account's. container-facts entrypoint-gosu, gosu-as-user, entrypoint-gosu-user.
 */
function execAsSpec(call: Call): Outcome {
  const { world } = call
  const [who, ...argv] = call.operands
  if (who?.text === undefined || argv.length === 0) {
    if (who === undefined || (argv.length === 0 && who.text !== undefined))
      return call.options.unknown.length > 0 ? { status: 'ok' } : maybe
    return runSomebody(call, argv)
  }
  const denied = onlyRoot(call, 1)
  if (denied?.status === 'fail') return denied
  const { identity, failure } = resolveUser(
    who.text,
    { accounts: world.state.accounts, env: ImmutableMap() },
    world.origin,
  )
  if (failure)
    return refused(
      call,
      failure.reason,
      1,
      failure.certainty,
      text`\`${call.name}\` cannot switch. ${failure.message}`,
      who,
      failure.name,
    )
  return afterDoubt(
    denied ?? perhapsNobody(identity),
    runAs(call, { identity, environment: new Map([['HOME', identity.home]]) }, (inner) =>
      call.runArgv(argv, inner),
    ),
  )
}

/** Where we cannot tell whether somebody exists, we cannot tell whether it works. */
const perhapsNobody = ({ uid, gid }: Identity): Outcome | undefined =>
  uid.certainty === 'unknown' || gid.certainty === 'unknown' ? maybe : undefined

function runSomebody(call: Call, argv: readonly ShellValue[]): Outcome {
  const denied = onlyRoot(call, 1)
  if (denied?.status === 'fail' || argv.length === 0) return denied ?? maybe
  const identity = identityFor(call.world, undefined, undefined)
  return afterDoubt(
    maybe,
    runAs(call, { identity }, (inner) => call.runArgv(argv, inner)),
  )
}

const gosu = defineCommand({ names: ['gosu'], stopAtOperand: true, absent: lacks('gosu'), run: execAsSpec })
const suExec = defineCommand({
  names: ['su-exec'],
  stopAtOperand: true,
  absent: lacks('su-exec'),
  run: execAsSpec,
})

/** setpriv(1): ids are changed, the environment is not: HOME stays root's. container-facts entrypoint-setpriv, entrypoint-setpriv-clear. */
const setpriv = defineCommand({
  names: ['setpriv'],
  stopAtOperand: true,
  absent: lacks('setpriv'),
  options: {
    ambient: '--ambient-caps CAPS',
    clearGroups: '--clear-groups',
    dump: '-d --dump',
    groups: '--groups LIST',
    inheritable: '--inh-caps CAPS',
    initGroups: '--init-groups',
    keepGroups: '--keep-groups',
    listCaps: '--list-caps',
    noNewPrivileges: '--no-new-privs --nnp',
    bounding: '--bounding-set CAPS',
    deathSignal: '--pdeathsig SIGNAL',
    ptracer: '--ptracer PID',
    realUid: '--ruid UID',
    effectiveUid: '--euid UID',
    realGid: '--rgid GID',
    effectiveGid: '--egid GID',
    uid: '--reuid UID',
    gid: '--regid GID',
    secureBits: '--securebits BITS',
    selinux: '--selinux-label LABEL',
    apparmor: '--apparmor-profile PROFILE',
    landlock: '--landlock-access --landlock-rule RULE',
    resetEnv: '--reset-env',
    help: '-h --help',
    version: '-V --version',
  },
  run(call) {
    const { options, operands } = call
    if (operands.length === 0) return { status: 'ok' }
    const changes = [
      'uid',
      'gid',
      'effectiveUid',
      'effectiveGid',
      'realUid',
      'realGid',
      'groups',
      'initGroups',
      'clearGroups',
    ]
    if (!changes.some((key) => options.has(key))) return call.runArgv(operands, call.world)
    const usage = usageOfSetpriv(call)
    if (usage) return usage
    // util-linux: sys-utils/setpriv.c, SETPRIV_EXIT_PRIVERR; BusyBox has no code of its own for it.
    const denied = onlyRoot(call, flavour(call.world) === 'busybox' ? 1 : 127)
    if (denied?.status === 'fail') return denied
    const become = setprivIdentity(call)
    if ('status' in become) return become
    return afterDoubt(
      denied,
      runAs(call, become, (inner) => call.runArgv(operands, inner)),
    )
  },
})

/** A new gid needs a word about the supplementary groups, and --init-groups a uid. */
function usageOfSetpriv({ options, ...call }: Call): Outcome | undefined {
  const gid = ['gid', 'realGid', 'effectiveGid'].some((key) => options.has(key))
  const groups = ['groups', 'initGroups', 'clearGroups', 'keepGroups'].some((key) => options.has(key))
  if (gid && !groups)
    return refused(
      { ...call, options },
      'other',
      1,
      'certain',
      text`\`setpriv\` with --regid needs --init-groups, --clear-groups, --keep-groups or --groups.`,
    )
  if (options.has('initGroups') && !options.has('uid') && !options.has('realUid'))
    return refused(
      { ...call, options },
      'other',
      1,
      'certain',
      text`\`setpriv --init-groups\` needs --reuid.`,
    )
  return undefined
}

function setprivIdentity(call: Call): Become | Outcome {
  const { options, world } = call
  const { accounts } = world.state
  const old = world.identity
  const uidWord = options.word('uid') ?? options.word('effectiveUid') ?? options.word('realUid')
  const gidWord = options.word('gid') ?? options.word('effectiveGid') ?? options.word('realGid')
  const found = uidWord ? accountNamed(call, uidWord, 1, true) : undefined
  if (found?.refusal) return found.refusal
  const account = found?.account
  const uid: Known<number> = !uidWord ? old.uid : account ? account.uid : number(uidWord.text, world)
  const group = gidWord?.text === undefined ? undefined : groupNamed(accounts, gidWord.text)
  if (gidWord?.text !== undefined && !group && readId(gidWord.text) === undefined)
    return refused(
      call,
      'group-not-found',
      1,
      accounts.complete ? 'certain' : 'unknown',
      text`\`setpriv\` cannot find the group \`${gidWord.text}\` in this image.`,
      gidWord,
      gidWord.text,
    )
  const gid: Known<number> = !gidWord ? old.gid : group ? group.gid : number(gidWord.text, world)
  const identity: Identity = {
    uid,
    gid,
    groups: groupsAfter(call, account, gid),
    user: account
      ? { certainty: account.certainty, value: account.name, because: [account.origin] }
      : uidWord
        ? nameless(accounts, uid)
        : old.user,
    group: nameOf(accounts, gid),
    home: options.has('resetEnv') && account ? account.home : old.home,
    spec: uidWord?.text ?? old.spec,
  }
  return {
    identity,
    ...(options.has('resetEnv') ? { environment: environmentOf(identity), clean: true } : {}),
  }
}

function groupsAfter(call: Call, account: Account | undefined, gid: Known<number>): Known<readonly number[]> {
  const { options, world } = call
  const { accounts } = world.state
  if (gid.certainty === 'unknown') return gid
  const withGid = (extra: readonly number[], certainty = gid.certainty): Known<readonly number[]> => ({
    certainty: weaker(gid.certainty, certainty),
    value: [gid.value, ...[...new Set(extra)].filter((one) => one !== gid.value).sort((a, b) => a - b)],
    because: gid.because,
  })
  if (options.has('clearGroups')) return withGid([])
  if (options.has('groups')) {
    const list = options
      .value('groups')
      ?.split(',')
      .map((one) => readId(one) ?? knownValue(groupByName(accounts, one)?.gid ?? unknown<number>()))
    return !list || list.includes(undefined) ? unknown() : withGid(list as readonly number[])
  }
  if (options.has('initGroups')) {
    if (!account) return accounts.complete ? withGid([]) : unknown()
    const { groups } = identityOfAccount(account, accounts, account.name)
    return groups.certainty === 'unknown' ? groups : withGid(groups.value, groups.certainty)
  }
  const { groups } = world.identity
  return groups.certainty === 'unknown' ? groups : withGid(groups.value, groups.certainty)
}

const number = (text: string | undefined, world: World): Known<number> => {
  const id = text === undefined ? undefined : readId(text)
  return id === undefined ? unknown([world.origin]) : certain(id, [world.origin])
}
const groupNamed = (accounts: Accounts, text: string) => {
  const gid = readId(text)
  return gid === undefined ? groupByName(accounts, text) : groupByGid(accounts, gid)
}
function nameOf(accounts: Accounts, gid: Known<number>): Known<string | null> {
  const group = gid.certainty === 'unknown' ? undefined : groupByGid(accounts, gid.value)
  return group
    ? certain(group.name)
    : accounts.complete && gid.certainty !== 'unknown'
      ? certain(null)
      : unknown()
}
function nameless(accounts: Accounts, uid: Known<number>): Known<string | null> {
  return accounts.complete && uid.certainty !== 'unknown' ? certain(null) : unknown()
}

/** s6-setuidgid and setuidgid: `account command`; supplementary groups come along with s6 alone. HOME stays. */
const setuidgid = defineCommand({
  names: ['s6-setuidgid', 'setuidgid'],
  stopAtOperand: true,
  options: { onlyNames: '-s' },
  absent: (world) => readProgram(world, 's6-setuidgid') === 'absent',
  run(call) {
    const [who, ...argv] = call.operands
    if (!who || argv.length === 0) return maybe
    return dropTo(call, who, argv, 111)
  },
})

/** runit's chpst -u user[:group…] command. */
const chpst = defineCommand({
  names: ['chpst'],
  stopAtOperand: true,
  options: {
    user: '-u USER',
    environmentUser: '-U USER',
    name: '-b NAME',
    environment: '-e DIR',
    root: '-/ DIR',
    nice: '-n N',
    lock: '-l -L FILE',
    memory: '-m -d -o -p -f -c -t N',
    verbose: '-v -P -0 -1 -2',
  },
  run(call) {
    const who = call.options.word('user')
    if (call.operands.length === 0) return maybe
    return who ? dropTo(call, who, call.operands, 111) : call.runArgv(call.operands, call.world)
  },
})

/** `user`, `user:group`, `:uid:gid` with the environment as it is. */
function dropTo(
  call: Call,
  who: ShellValue,
  argv: readonly ShellValue[],
  exitCode: number,
  environment = false,
): Outcome {
  const { world } = call
  const denied = onlyRoot(call, exitCode)
  if (denied?.status === 'fail') return denied
  if (who.text === undefined) return runSomebody(call, argv)
  const spec = who.text.replace(/^:/, '').split(':').slice(0, 2).join(':')
  const { identity, failure } = resolveUser(
    spec,
    { accounts: world.state.accounts, env: ImmutableMap() },
    world.origin,
  )
  if (failure)
    return refused(
      call,
      failure.reason,
      exitCode,
      failure.certainty,
      text`\`${call.name}\` cannot switch. ${failure.message}`,
      who,
      failure.name,
    )
  const become: Become = environment
    ? { identity, environment: environmentOf(identity) }
    : { identity: { ...identity, home: world.identity.home } }
  return afterDoubt(
    denied ?? perhapsNobody(identity),
    runAs(call, become, (inner) => call.runArgv(argv, inner)),
  )
}

/** Debian's start-stop-daemon --start --chuid user --exec program -- args. */
const startStopDaemon = defineCommand({
  names: ['start-stop-daemon'],
  stopAtOperand: true,
  options: {
    start: '-S --start',
    stop: '-K --stop',
    test: '-t --test',
    status: '-T --status',
    exec: '-x --exec PROGRAM',
    startas: '-a --startas PROGRAM',
    user: '-u --user USER',
    chuid: '-c --chuid USER',
    group: '-g --group GROUP',
    pidfile: '-p --pidfile FILE',
    makePidfile: '-m --make-pidfile',
    background: '-b --background',
    quiet: '-q --quiet -v --verbose -o --oknodo -C --no-close --remove-pidfile --notify-await',
    signal: '-s --signal SIGNAL',
    retry: '-R --retry SCHEDULE',
    name: '-n --name NAME',
    chdir: '-d --chdir DIR',
    chroot: '-r --chroot DIR',
    nice: '-N --nicelevel N',
    umask: '-k --umask MASK',
    output: '-O --output FILE',
    procsched: '-P --procsched POLICY',
    iosched: '-I --iosched CLASS',
  },
  run(call) {
    const { options, operands } = call
    if (!options.has('start')) return maybe
    const program = options.word('startas') ?? options.word('exec')
    if (!program) return maybe
    const argv = [program, ...operands]
    const chuid = options.word('chuid')
    return chuid ? dropTo(call, chuid, argv, 2, true) : call.runArgv(argv, call.world)
  },
})

/** chroot(8): `--userspec=user[:group]`; another root than `/` holds files that we do not follow. Exit 125 as a user. */
const chroot = defineCommand({
  names: ['chroot'],
  stopAtOperand: true,
  options: { user: '--userspec SPEC', groups: '--groups LIST', skipChdir: '--skip-chdir' },
  run(call) {
    const { options, operands, world } = call
    const denied = onlyRoot(call, 125)
    if (denied?.status === 'fail') return denied
    const [root, ...argv] = operands
    if (root?.text === undefined || root.text.replace(/\/+$/, '') !== '' || argv.length === 0) return maybe
    const spec = options.value('user')
    const cwd = options.has('skipChdir') ? {} : { cwd: certain('/') }
    if (!options.has('user'))
      return afterDoubt(
        denied,
        runAs(call, { identity: world.identity, ...cwd }, (inner) => call.runArgv(argv, inner)),
      )
    if (spec === undefined) return runSomebody(call, argv)
    const { identity, failure } = resolveUser(
      spec,
      { accounts: world.state.accounts, env: ImmutableMap() },
      world.origin,
    )
    if (failure)
      return refused(
        call,
        failure.reason,
        125,
        failure.certainty,
        text`\`chroot\` cannot switch. ${failure.message}`,
        options.word('user'),
        failure.name,
      )
    return afterDoubt(
      denied ?? perhapsNobody(identity),
      runAs(
        call,
        { identity: { ...withGroups(identity, call), home: world.identity.home }, ...cwd },
        (inner) => call.runArgv(argv, inner),
      ),
    )
  },
})

function withGroups(identity: Identity, call: Call): Identity {
  const { options, world } = call
  const { accounts } = world.state
  if (options.has('groups')) {
    const list = options
      .value('groups')
      ?.split(',')
      .filter((one) => one !== '')
      .map((one) => readId(one) ?? knownValue(groupByName(accounts, one)?.gid ?? unknown<number>()))
    const groups: Known<readonly number[]> =
      !list || list.includes(undefined) || identity.gid.certainty === 'unknown'
        ? unknown()
        : {
            ...identity.gid,
            value: [
              identity.gid.value,
              ...(list as readonly number[]).filter((one) => one !== knownValue(identity.gid)),
            ],
          }
    return { ...identity, groups }
  }
  const uid = knownValue(identity.uid)
  const account = uid === undefined ? undefined : userByUid(accounts, uid)
  const name = account?.name
  if (!name || !userByName(accounts, name) || identity.gid.certainty === 'unknown') return identity
  // Supplementary groups are the account's, also with a group given.
  const own = groupsOf(accounts, name).map((group) => knownValue(group.gid))
  if (own.includes(undefined)) return { ...identity, groups: unknown() }
  const gid = identity.gid.value
  const extra = [...new Set(own as readonly number[])].filter((one) => one !== gid).sort((a, b) => a - b)
  return { ...identity, groups: { ...identity.gid, value: [gid, ...extra] } }
}

export const stepDownCommands: readonly CommandModel[] = [
  gosu,
  suExec,
  setpriv,
  setuidgid,
  chpst,
  startStopDaemon,
  chroot,
]
