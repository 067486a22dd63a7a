import { nodeAt } from '../../files.ts'
import { pathIn, readable } from '../../operations.ts'
import type { ShellValue } from '../../types.ts'
import type { Call, CommandModel, Outcome, ScriptOptions } from '../model.ts'
import { defineCommand } from '../model.ts'
import { unmodelled } from '../tools/unmodelled.ts'
import { afterDoubt } from './become.ts'

/** `sh -c script`, `sh file`, `sh < script`. */

interface Started {
  readonly options: ScriptOptions
  /** -c was given. */
  readonly inline: boolean
  /** The script or the file, and what follows. */
  readonly rest: readonly ShellValue[]
}

function read({ name: program, args }: Call): Started | undefined {
  let errexit = false
  let pipefail = false
  let inline = false
  let at = 0
  for (; at < args.length; at++) {
    const text = args[at]?.text
    if (text === undefined) return undefined
    if (text === '--' || text === '-') {
      at++
      break
    }
    if (text.startsWith('--')) {
      if (text === '--rcfile' || text === '--init-file') at++
      continue
    }
    if (!/^[-+][A-Za-z]/.test(text)) break
    if (text.startsWith('-')) {
      if (text.includes('c')) inline = true
      if (text.includes('e')) errexit = true
    }
    if (text.endsWith('o') || text.endsWith('O')) {
      const name = args[++at]?.text
      if (name === 'pipefail') pipefail = text.startsWith('-')
      if (name === 'errexit') errexit = text.startsWith('-')
    }
  }
  return { options: { errexit, pipefail, program }, inline, rest: args.slice(at) }
}

const shells = defineCommand({
  names: ['sh', 'bash', 'ash', 'dash', 'ksh', 'zsh', 'mksh'],
  run(call) {
    const started = read(call)
    if (!started) return unseen(call)
    const [script, ...args] = started.rest
    if (started.inline) {
      if (!script || script.text === undefined) return unseen(call)
      // The first word after the script is $0.
      return call.runScript(script, call.world, args.slice(1), started.options)
    }
    if (script) return runFile(call, script, args, started.options)
    if (call.stdin === undefined) return unseen(call)
    return call.runScript(
      { text: call.stdin, glob: false, range: call.range },
      call.world,
      [],
      started.options,
    )
  },
})

/** A script that is read needs to be readable, not executable. container-facts copy-script-0644-sh, copy-script-mode-0711. */
function runFile(call: Call, file: ShellValue, args: readonly ShellValue[], options: ScriptOptions): Outcome {
  const { world } = call
  const path = file.text === undefined ? undefined : pathIn(world, file.text)
  if (path === undefined || file.glob) return unseen(call)
  const may = readable(world, path)
  if (may.status === 'fail') {
    const exitCode = call.name === 'bash' ? (may.failure?.reason === 'permission-denied' ? 126 : 127) : 2
    return {
      ...may,
      exitCode,
      ...(may.failure ? { failure: { ...may.failure, exitCode, range: file.range } } : {}),
    }
  }
  const { content } = nodeAt(world.state.files, path)
  if (content === undefined) return unseen(call)
  return afterDoubt(
    may.status === 'maybe' ? may : undefined,
    call.runScript({ text: content, glob: false, range: file.range }, world, args, {
      ...options,
      ...(file.text === undefined ? {} : { name: file.text }),
    }),
  )
}

/** A script whose text we do not have: a program that has no name. */
function unseen(call: Call): Outcome {
  return unmodelled({ ...call, name: '' })
}

export const shellCommands: readonly CommandModel[] = [shells]
