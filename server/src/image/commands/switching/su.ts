import type { Known } from '../../../known.ts'
import { certain, isCertainly, knownValue } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import { userByName } from '../../accounts.ts'
import { describeIdentity } from '../../describe.ts'
import { find, nameOf } from '../../files.ts'
import { readProgram } from '../../programs.ts'
import type { ShellValue } from '../../types.ts'
import { flavour } from '../files/operands.ts'
import type { Call, CommandModel, Outcome } from '../model.ts'
import { defineCommand, maybe } from '../model.ts'
import { readOptions } from '../options.ts'
import {
  accountNamed,
  afterDoubt,
  type Become,
  environmentOf,
  identityFor,
  onlyRoot,
  refused,
  refusesLogin,
  runAs,
} from './become.ts'

const options = {
  command: '-c --command --session-command TEXT',
  shell: '-s --shell SHELL',
  login: '-l --login',
  preserve: '-m -p --preserve-environment',
  group: '-g --group GROUP',
  groups: '-G --supp-group GROUP',
  pty: '-P --pty',
  fast: '-f --fast',
  whitelist: '-w --whitelist-environment LIST',
}

/**
 * su(1): by root for anybody, by others with a password that nobody types. It runs the account's shell.
 * container-facts su-c, su-from-user, su-from-user-empty-password, run-su-from-root, run-nologin-shell, su-c-busybox.
 */
const su = defineCommand({
  names: ['su'],
  options,
  absent: (world) => readProgram(world, 'su') === 'absent',
  run: (call) => switchWithShell(call, mayUseSu),
})

/** runuser(1): as su, for root only; `-u` runs a program without a shell. container-facts entrypoint-runuser. */
const runuser = defineCommand({
  names: ['runuser'],
  absent: (world) => readProgram(world, 'runuser') === 'absent',
  run(call) {
    const direct = readOptions(
      { options: { ...options, user: '-u --user USER' }, stopAtOperand: true },
      call.args,
    )
    if (!direct.options.has('user'))
      return switchWithShell({ ...call, ...readOptions({ options }, call.args) }, (inner) =>
        onlyRoot(inner, 1),
      )
    const denied = onlyRoot(call, 1)
    if (denied?.status === 'fail') return denied
    const word = direct.options.word('user')
    const { account, refusal } = accountNamed(call, word, 1, false)
    if (refusal) return refusal
    const identity = identityFor(call.world, account, word?.text)
    const argv = direct.operands
    if (argv.length === 0) return maybe
    return afterDoubt(
      denied,
      runAs(call, { identity, environment: environmentOf(identity) }, (world) => call.runArgv(argv, world)),
    )
  },
})

function switchWithShell(call: Call, permission: (call: Call) => Outcome | undefined): Outcome {
  const { world } = call
  const { options: given, operands: words } = call
  const login = given.has('login') || words[0]?.text === '-'
  const operands = words[0]?.text === '-' ? words.slice(1) : words
  const target: ShellValue = operands[0] ?? { text: 'root', glob: false, range: call.nameRange }
  const { account, refusal } = accountNamed(call, target, 1, false)
  if (refusal) return refusal
  const denied = permission({ ...call, operands })
  if (denied?.status === 'fail') return denied
  const identity = identityFor(world, account, target.text)
  const shell: Known<string> = given.has('shell')
    ? certain(given.value('shell') ?? '/bin/sh')
    : (account?.shell ?? certain('/bin/sh'))
  let doubt: Outcome | undefined = denied
  // Root's -s counts, whatever the account's own shell is.
  const blocked = refusesLogin(shell)
  if (blocked === 'yes') {
    const path = knownValue(shell) ?? ''
    return refused(
      call,
      'not-permitted',
      1,
      shell.certainty === 'unknown' ? 'likely' : shell.certainty,
      text`\`${call.name}\` starts the shell of \`${target.text ?? ''}\`, which is ${path} and only says no. Add \`-s /bin/sh\`, or use runuser -u, gosu or setpriv.`,
      target,
    )
  }
  const become: Become = {
    identity,
    ...(given.has('preserve') && !login ? {} : { environment: environmentOf(identity, shell) }),
    clean: login,
    ...(login ? { cwd: identity.home } : {}),
  }
  const script = given.word('command')
  const rest = operands.slice(1)
  const program = nameOf(knownValue(shell) ?? 'sh')
  const outcome = runAs(call, become, (inner) => {
    if (script) return call.runScript(script, inner, rest, { program })
    if (rest.length > 0) {
      // BusyBox hands the rest to the shell, where -c may stand.
      const [flag, text, ...args] = rest
      return flag?.text === '-c' && text
        ? call.runScript(text, inner, args, { program })
        : call.runArgv([shellWord(call, shell), ...rest], inner)
    }
    if (call.stdin !== undefined)
      return call.runScript({ text: call.stdin, glob: false, range: call.range }, inner, [], { program })
    // A shell without anything to do ends at once.
    return { status: 'ok' }
  })
  if (!account && target.text !== undefined) doubt ??= maybe
  return afterDoubt(doubt, outcome)
}

const shellWord = (call: Call, shell: Known<string>): ShellValue => ({
  text: knownValue(shell) ?? '/bin/sh',
  glob: false,
  range: call.nameRange,
})

function mayUseSu(call: Call): Outcome | undefined {
  const { world, operands } = call
  const { uid } = world.identity
  const name = operands[0]?.text ?? 'root'
  const account = userByName(world.state.accounts, name)
  const renews = account?.mustRenew && flavour(world) !== 'busybox' ? maybe : undefined
  const unlisted = account?.lacksShadow ? withoutShadow(call, name) : renews
  if (isCertainly(uid, 0)) return unlisted
  if (uid.certainty === 'unknown' || uid.value === 0) return maybe
  if (account?.password === 'empty') return undefined
  // Somebody may type it for him: `echo … | su`.
  if (account?.password === 'set' && call.stdin !== undefined) return maybe
  // Accounts of a base may have any password; those of official images have none that works.
  const certainty = account && world.base && world.base.resolvedBy !== 'unknown' ? 'certain' : 'likely'
  return refused(
    call,
    'not-permitted',
    1,
    certainty,
    text`\`su\` asks ${describeIdentity(world.identity)} for the password of \`${name}\`, and nobody answers. Authentication failure; switch with USER instead.`,
  )
}

/** pam_unix asks /etc/shadow for the account, whoever calls: without a line there it is not let in. BusyBox's su has no PAM. */
function withoutShadow(call: Call, name: string): Outcome | undefined {
  const { world } = call
  if (flavour(world) === 'busybox') return undefined
  // Somebody may have written it there by hand as well.
  const { node } = find(world.state.files, '/etc/shadow')
  if (node.kind === 'missing' || node.because.some(({ kind }) => kind === 'instruction')) return maybe
  const os = world.base?.os
  return refused(
    call,
    'not-permitted',
    1,
    os === 'debian' || os === 'ubuntu' ? 'certain' : 'likely',
    text`\`su\` is refused by PAM: \`${name}\` was added to /etc/passwd by hand and has no line in /etc/shadow. Make it with useradd, or use gosu, setpriv or runuser.`,
  )
}

export const suCommands: readonly CommandModel[] = [su, runuser]
