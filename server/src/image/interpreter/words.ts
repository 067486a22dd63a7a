import type { Script } from 'unbash'
import type { Variable } from '../../dockerfile/types.ts'
import { certain, knownValue } from '../../known.ts'
import type { ShellScript, WordContext } from '../../shell/index.ts'
import { certaintyOfAbsence, userByName } from '../accounts.ts'
import type { World } from '../commands/model.ts'
import { baseMaySet } from '../environment.ts'
import { find } from '../files.ts'
import { inSubshell, runList } from './lists.ts'
import { exhausted, type Shell, withOutput } from './shell.ts'

/** What a shell knows while it expands words. */
export function contextOf(shell: Shell): WordContext {
  return new ShellContext(shell)
}

class ShellContext implements WordContext {
  readonly #shell: Shell
  readonly positional: WordContext['positional']
  readonly rangeOf: WordContext['rangeOf']

  constructor(shell: Shell) {
    this.#shell = shell
    this.positional = shell.control.positional
    this.rangeOf = shell.script.rangeOf
  }

  get braces(): WordContext['braces'] {
    return bracesOf(this.#shell)
  }

  variable(name: string): Variable {
    return specialParameter(name, this.#shell) ?? variableOf(this.#shell.world, name)
  }

  assign(name: string, value: string): void {
    this.#shell.world.variables.set(name, certain(value))
  }

  homeOf(name: string): ReturnType<WordContext['homeOf']> {
    return homeOf(this.#shell.world, name)
  }

  output(script: Script): string | undefined {
    return substitute(script, this.#shell)
  }
}

const withBraces = /^(?:bash|zsh|m?ksh)$/
const withoutBraces = /^(?:dash|ash|busybox)$/

/** Whether this shell knows `{a,b}`. /bin/sh is dash in Debian and Ubuntu, BusyBox in Alpine; elsewhere mostly bash. */
function bracesOf({ program, world: { state, base } }: Shell): WordContext['braces'] {
  if (withBraces.test(program)) return 'alternatives'
  if (withoutBraces.test(program)) return 'text'
  const replaced = find(state.files, '/bin/sh', false).node.because.some(({ kind }) => kind === 'instruction')
  if (program !== 'sh' || replaced || base?.certainty !== 'certain') return 'unknown'
  switch (base.os) {
    case 'debian':
    case 'ubuntu':
    case 'alpine':
    case 'busybox':
      return 'text'
    case 'fedora':
    case 'rhel':
      return 'alternatives'
    default:
      return 'unknown'
  }
}

function specialParameter(name: string, { control }: Shell): Variable | undefined {
  if (name === '?')
    return control.status === undefined ? { kind: 'unknown' } : { kind: 'set', value: String(control.status) }
  if (name === '0')
    return control.name === undefined ? { kind: 'unknown' } : { kind: 'set', value: control.name }
  return undefined
}

export function variableOf(world: World, name: string): Variable {
  if (name === 'PWD')
    return world.cwd.certainty === 'certain' ? { kind: 'set', value: world.cwd.value } : { kind: 'unknown' }
  const variable = world.variables.get(name)
  if (variable)
    return variable.certainty === 'unknown' ? { kind: 'unknown' } : { kind: 'set', value: variable.value }
  if (name === 'HOME')
    return world.identity.home.certainty === 'unknown' || world.identity.home.certainty === 'possible'
      ? { kind: 'unknown' }
      : { kind: 'set', value: world.identity.home.value }
  // bash sets some of these, dash does not; nobody can tell from here which shell it is.
  if (setByShells.has(name) || world.variables.mayHoldOthers) return { kind: 'unknown' }
  return baseMaySet(name, world.base) ? { kind: 'unknown' } : { kind: 'unset' }
}
const setByShells: ReadonlySet<string> = new Set(
  'UID EUID RANDOM HOSTNAME PPID SECONDS IFS OLDPWD BASH BASH_VERSION BASH_SOURCE SHLVL LINENO OPTARG OPTIND FUNCNAME'.split(
    ' ',
  ),
)

/** `~name`; a name that nobody has stays as it is. */
function homeOf({ state, identity }: World, name: string): string | 'nobody' | undefined {
  if (name === '') return undefined
  const account = userByName(state.accounts, name)
  if (account) return knownValue(account.home)
  if (knownValue(identity.user) === name) return knownValue(identity.home)
  return certaintyOfAbsence(state.accounts) === 'certain' ? 'nobody' : undefined
}

function substitute(script: Script, shell: Shell): string | undefined {
  if (exhausted(shell)) return undefined
  // An escaped backtick script has a source of its own: its places are not ours.
  const whole = shell.script.rangeOf(script.pos, script.end)
  const inner: ShellScript =
    script.source === undefined ? shell.script : { tree: script, text: script.source, rangeOf: () => whole }
  shell.shared.depth++
  const outcome = inSubshell({ ...shell, script: inner }, (sub) => runList(script.commands, sub, 'nothing'))
  shell.shared.depth--
  shell.control.substituted = withOutput(outcome, '')
  return outcome.output?.replace(/\n+$/, '')
}
