import type { Command } from 'unbash'
import type { OffsetRange } from '../../dockerfile/types.ts'
import { text } from '../../l10n/index.ts'
import { parseShellAt } from '../../shell/index.ts'
import { accountsAfterCommand } from '../account-changes.ts'
import { commands } from '../commands/index.ts'
import type { Outcome } from '../commands/model.ts'
import { ok } from '../commands/model.ts'
import { unmodelled } from '../commands/tools/unmodelled.ts'
import { describeIdentity, describeNode } from '../describe.ts'
import { allowed, find } from '../files.ts'
import { pathIn } from '../operations.ts'
import { programFile } from '../programs.ts'
import type { Failure, FileNode, ShellValue } from '../types.ts'
import { copyOf } from '../variables.ts'
import { possibly, settle } from './alternatives.ts'
import { builtins } from './builtins.ts'
import { callFor, nameless } from './call.ts'
import { functionControl } from './compound.ts'
import { run } from './lists.ts'
import { runScript } from './script.ts'
import { type Shebang, shebangOf } from './shebang.ts'
import { deeper, exitCodeOf, goesOn, newControl, newShell, type Shell, withOutput } from './shell.ts'
import { isSilent } from './silent.ts'

/** A program with its arguments: a function, a builtin, a modelled command, a script whose text we have, or something else. */

/** @param node undefined where there is no shell in between */
export function runProgram(
  words: readonly ShellValue[],
  shell: Shell,
  range: OffsetRange,
  node: Command | undefined,
): Outcome {
  const { world } = shell
  const program = words[0]?.text
  const written = world.writes
  world.writes = []
  const { identity, cwd } = world
  if (world.origin.kind === 'instruction') world.origin = { kind: 'instruction', range }
  const name = program?.replace(/^.*\//, '')
  const place = note(shell, range, words, ok, name)
  const before = world.state
  let outcome = programOutcome(program, name, words.slice(1), shell, range, node)
  if (
    outcome.output === undefined &&
    name !== undefined &&
    (exitCodeOf(outcome) === 127 || isSilent(name, words.slice(1)))
  )
    outcome = { ...outcome, output: '' }
  const own = ownWrites(world.writes, shell.shared.trace, place)
  const accounts = accountsAfterCommand(before, world.state, name, own, world.origin)
  if (accounts !== world.state.accounts) world.state = { ...world.state, accounts }
  shell.shared.trace[place] = {
    ...shell.shared.trace[place]!,
    identity,
    cwd,
    failure: 'failure' in outcome ? outcome.failure : undefined,
    writes: world.writes,
  }
  // What the trace has is this command's own; what comes after it goes elsewhere.
  for (const path of world.writes) written.push(path)
  world.writes = written
  return outcome
}

/** What a program ran in its turn has answered for itself. */
function ownWrites(
  writes: readonly string[],
  trace: Shell['shared']['trace'],
  place: number,
): readonly string[] {
  if (writes.length === 0 || trace.length === place + 1) return writes
  const answered = new Set(trace.slice(place + 1).flatMap((command) => command.writes))
  return writes.filter((path) => !answered.has(path))
}

export function note(
  shell: Shell,
  range: OffsetRange,
  argv: readonly ShellValue[],
  outcome: Outcome,
  name: string | undefined,
  writes: readonly string[] = [],
): number {
  const { world, shared } = shell
  shared.trace.push({
    range,
    argv,
    name,
    identity: world.identity,
    cwd: world.cwd,
    reached: shell.control.early.length > 0 ? 'possible' : shell.reached,
    failure: 'failure' in outcome ? outcome.failure : undefined,
    fatal: false,
    wrappers: shared.wrappers,
    writes,
  })
  return shared.trace.length - 1
}

function programOutcome(
  program: string | undefined,
  name: string | undefined,
  args: readonly ShellValue[],
  shell: Shell,
  range: OffsetRange,
  node: Command | undefined,
): Outcome {
  const { world } = shell
  if (program === undefined || name === undefined)
    return unmodelled(callFor(nameless, '', range, args, shell, range))
  const declared = node ? shell.functions.get(program) : undefined
  if (declared?.sure) return runFunction(declared, args, shell)
  if (declared) return possibly(shell, (inner) => runFunction(declared, args, inner))
  const builtin = node ? builtins.get(program) : undefined
  if (builtin) return builtin(args, shell, range)
  const model = programsAreGone(world) ? undefined : commands.get(name)
  const nameRange = node?.name ? shell.script.rangeOf(node.name.pos, node.name.end) : range
  if (program.includes('/')) {
    const blocked = notExecutable(program, shell, range)
    if (blocked) return blocked
  }
  if (!model || program.includes('/')) {
    const script = scriptFile(program, shell)
    if (script) return runFile(script, args, shell, range)
  }
  if (!model) return unmodelled(callFor(nameless, name, nameRange, args, shell, range))
  if (!program.includes('/') && model.absent?.(world))
    return failed(127, {
      reason: 'command-not-found',
      certainty: 'certain',
      message: world.base?.reference
        ? text`${name} is not in this image (${world.base.reference} does not bring it).`
        : text`${name} is not in this image.`,
      range: nameRange,
      because: [],
      name,
    })
  return model.run(callFor(model, name, nameRange, args, shell, range))
}

/** A folder of the system's programs was moved or removed: what is left of them nobody knows. */
function programsAreGone({ state: { files } }: Shell['world']): boolean {
  const isGone = (node: FileNode | undefined) =>
    node?.kind === 'missing' && node.because.some(({ kind }) => kind === 'instruction')
  const usr = files.children.get('usr')
  if (isGone(usr)) return true
  return ['bin', 'sbin'].some((name) => isGone(usr?.children.get(name)) || isGone(files.children.get(name)))
}

function failed(exitCode: number, failure: Failure): Outcome {
  const value = { ...failure, exitCode }
  return failure.certainty === 'certain'
    ? { status: 'fail', exitCode, failure: value }
    : { status: 'maybe', failure: value }
}

function runFunction(
  declared: { readonly node: { readonly body: Parameters<typeof run>[0] }; readonly script: Shell['script'] },
  args: readonly ShellValue[],
  shell: Shell,
): Outcome {
  return deeper(shell, () => {
    const control = functionControl(
      shell,
      args.map(({ text }) => text),
    )
    const outcome = run(
      declared.node.body,
      { ...shell, script: declared.script, control },
      shell.control.need,
    )
    if (control.ended === 'exit') {
      shell.control.ended = 'exit'
      shell.control.end = control.end
    }
    const inside = { ...shell, control }
    const returned = control.ended === 'return' ? withOutput(control.end, outcome.output) : outcome
    const result = settle(inside, ['return', 'break', 'continue'], returned)
    shell.control.early = [...shell.control.early, ...control.early]
    return result
  })
}

interface ScriptFile {
  readonly path: string
  readonly text: string
  /** Undefined where the first line is none. */
  readonly shebang: Shebang | undefined
}

/** A shell script of the image whose text we know. */
function scriptFile(program: string, { world }: Shell): ScriptFile | undefined {
  const path = program.includes('/') ? pathIn(world, program) : programFile(world, program)
  if (path === undefined) return undefined
  const { content } = find(world.state.files, path).node
  if (content === undefined) return undefined
  const shebang = shebangOf(content)
  if (shebang ? !shebang.isShell : /\0/.test(content)) return undefined
  return { path, text: content, shebang }
}

function runFile(
  { path, text, shebang }: ScriptFile,
  args: readonly ShellValue[],
  shell: Shell,
  range: OffsetRange,
): Outcome {
  const { world } = shell
  const control = newControl(
    args.map(({ text: one }) => one),
    path,
    0,
    shell.control.need,
  )
  const inner = newShell(
    parseShellAt(text, range),
    { ...world, variables: copyOf(world.variables), writes: [] },
    shell.shared,
    shebang?.options,
    { control, reached: shell.reached, stdin: shell.stdin, isInner: goesOn(shell) },
  )
  const outcome = runScript(inner)
  world.state = inner.world.state
  world.writes.push(...inner.world.writes)
  return outcome
}

/** A program named by its path that this identity may not execute. */
function notExecutable(program: string, shell: Shell, range: OffsetRange): Outcome | undefined {
  const { world } = shell
  const path = pathIn(world, program)
  if (path === undefined) return undefined
  const found = find(world.state.files, path)
  if (isGone(found.node))
    return failed(127, {
      reason: 'command-not-found',
      certainty: 'certain',
      message: text`${path} does not exist here.`,
      range,
      because: found.node.because,
      path,
    })
  if (found.node.kind !== 'file') return undefined
  const may = allowed(world.state.files, path, world.identity, 'execute')
  if (may.certainty === 'unknown' || may.value) return undefined
  return failed(126, {
    reason: 'permission-denied',
    certainty: may.certainty,
    message: text`${path} ${describeNode(found.node, world.state.accounts)}: ${describeIdentity(world.identity)} may not execute it.`,
    range,
    because: found.node.because,
    path,
  })
}

/** This file took it away; what nobody ever saw may be there after all. */
function isGone(node: FileNode): boolean {
  return node.kind === 'missing' && node.exists === 'certain' && node.because.length > 0
}
