import type { Redirect, Redirection } from 'unbash'
import { expandParts, expandToText } from '../../shell/index.ts'
import { written } from '../account-files.ts'
import { madeSomewhere } from '../commands/files/doubt.ts'
import type { Outcome } from '../commands/model.ts'
import { codeInDoubt, maybe, ok } from '../commands/model.ts'
import { find } from '../files.ts'
import { pathIn, readable, worse, writeFile } from '../operations.ts'
import { exitCodeOfRedirect, type Shell, withOutput } from './shell.ts'
import { contextOf } from './words.ts'

export interface Redirected {
  readonly outcome: Outcome
  readonly stdin: 'inherited' | { readonly text: string | undefined }
  /** Files that are opened to be written, whether or not that is allowed. */
  readonly written: readonly string[]
  /** What the command with its redirections comes to. */
  readonly finish: (outcome: Outcome) => Outcome
}

const devices = /^\/dev\/(null|stdin|stdout|stderr|tty|full|zero|fd\/|tcp\/|udp\/)/
const nothing: Redirected = { outcome: ok, stdin: 'inherited', written: [], finish: (outcome) => outcome }

/** Opens the files as the shell does before the command runs; the first that cannot be opened ends it. */
export function redirect(redirections: readonly Redirection[], shell: Shell): Redirected {
  if (redirections.length === 0) return nothing
  const context = contextOf(shell)
  const { world } = shell
  let outcome: Outcome = ok
  let stdin: Redirected['stdin'] = 'inherited'
  let silent = false
  const paths: string[] = []
  const finishers: ((output: string | undefined) => void)[] = []
  for (const one of redirections) {
    if (one.type === 'HereDoc') {
      stdin = { text: one.body.parts ? expandParts(one.body.parts, context) : one.body.text }
      continue
    }
    if (one.type === 'HereString') {
      const text = one.target ? expandToText(one.target, context) : undefined
      stdin = { text: text === undefined ? undefined : `${text}\n` }
      continue
    }
    const target = one.target ? expandToText(one.target, context) : undefined
    const descriptor = descriptorOf(one)
    if (one.operator === '<&' || (one.operator === '>&' && /^(\d+|-)$/.test(target ?? ''))) {
      if (one.operator === '>&' && descriptor === 1 && target !== '1') silent = true
      continue
    }
    if (one.operator === '<' || one.operator === '<>') {
      const opened = open(one, target, shell)
      outcome = worse(outcome, opened.outcome)
      if (descriptor === 0) stdin = { text: opened.text }
      if (outcome.status === 'fail') break
      continue
    }
    const toStdout = descriptor === 1
    if (toStdout) silent = true
    if (target !== undefined && devices.test(target)) continue
    const path = target === undefined ? undefined : pathIn(world, target)
    if (path === undefined) {
      madeSomewhere(world)
      outcome = worse(outcome, maybe)
      continue
    }
    paths.push(path)
    const append = one.operator.includes('>>')
    const { node } = find(world.state.files, path)
    const before = node.kind === 'missing' ? '' : node.content
    outcome = worse(
      outcome,
      at(one, shell, () => writeFile(world, path, { append })),
    )
    if (outcome.status === 'fail') break
    if (toStdout)
      finishers.push((output) => {
        written(world, path, { before, added: output, append })
      })
  }
  return {
    outcome,
    stdin,
    written: paths,
    finish: (result) => {
      for (const finish of finishers) finish(result.output)
      const printed = silent ? '' : result.output
      const whole = outcome.status === 'maybe' ? codeInDoubt(result) : result
      return withOutput(worse(whole, outcome), printed)
    },
  }
}

function descriptorOf({ descriptor, operator }: Redirect): number | undefined {
  if (descriptor) return descriptor.type === 'FileDescriptor' ? descriptor.value : undefined
  return operator.startsWith('<') ? 0 : 1
}

function open(
  one: Redirect,
  target: string | undefined,
  shell: Shell,
): { readonly outcome: Outcome; readonly text: string | undefined } {
  const { world } = shell
  const path = target === undefined || devices.test(target) ? undefined : pathIn(world, target)
  if (path === undefined) return { outcome: ok, text: target === '/dev/null' ? '' : undefined }
  return {
    outcome: at(one, shell, () => readable(world, path)),
    text: find(world.state.files, path).node.content,
  }
}

/** Puts what happens down to the redirection, with the shell's own exit code. */
function at(one: Redirect, shell: Shell, action: () => Outcome): Outcome {
  const { world } = shell
  const { origin } = world
  if (origin.kind === 'instruction')
    world.origin = { kind: 'instruction', range: shell.script.rangeOf(one.pos, one.end) }
  const outcome = action()
  world.origin = origin
  if (outcome.status === 'ok' || !outcome.failure) return outcome
  const exitCode = exitCodeOfRedirect(shell)
  const failure = { ...outcome.failure, exitCode }
  return outcome.status === 'fail' ? { ...outcome, failure, exitCode } : { ...outcome, failure }
}
