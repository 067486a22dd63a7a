#!/usr/bin/env node
import { CommanderError } from 'commander'
import { version } from '../version.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { createProgram } from './program.ts'
import { endQuietlyOnClosedPipe, processTerminal } from './terminal.ts'
import { isUsageError } from './usage-error.ts'

/** Runs one command line to its exit code. */
async function main(argv: readonly string[]): Promise<ExitCode> {
  const terminal = processTerminal()
  let code: ExitCode = exitCode.ok
  const program = createProgram(terminal, (result) => {
    code = result
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    // Commander has printed its own message; help and version end with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage
    if (isUsageError(error)) {
      terminal.complain(error.message)
      return exitCode.usage
    }
    const report = error instanceof Error ? (error.stack ?? error.message) : String(error)
    terminal.complain(
      `this is a fault of Unroot ${version}; please report it with the file that caused it\n${report}`,
    )
    return exitCode.fault
  }
}

endQuietlyOnClosedPipe()
// Not process.exit: what is still on its way to a pipe must arrive.
process.exitCode = await main(process.argv.slice(2))
