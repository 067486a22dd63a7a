import { dirname, resolve } from 'node:path'
import { printable } from '../../output/index.ts'
import { problemsOf, verifyJson, verifyText } from '../../verify/index.ts'
import { type EngineName, verifyImage } from '../../verify/node.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { outputLanguage } from '../language.ts'
import { analysePath } from '../one-input.ts'
import type { CommonOptions } from '../options.ts'
import type { Terminal } from '../terminal.ts'
import { usageError } from '../usage-error.ts'
import { weighs } from '../verdict.ts'

export interface VerifyOptions extends CommonOptions {
  readonly format: 'text' | 'json'
  readonly engine?: EngineName
  readonly network?: string
  readonly env: readonly string[]
  readonly wait?: number
  readonly timeout?: number
  readonly keep: boolean
}

const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** `unroot verify`: builds and runs the image with the local engine and compares it with the prediction. */
export async function verify(path: string, options: VerifyOptions, terminal: Terminal): Promise<ExitCode> {
  const input = await analysePath(path, options, terminal)
  const { file, analysis, failOn } = input
  const say = await outputLanguage(options)
  const stop = new AbortController()
  let received: NodeJS.Signals | undefined
  // Once: who asks again does not want to wait for the cleaning either; a guard does it then.
  const stopOn = (signal: NodeJS.Signals) => {
    received = signal
    stop.abort()
  }
  for (const signal of endSignals) process.once(signal, stopOn)
  const result = await verifyImage(
    {
      analysis,
      path: input.path === undefined ? undefined : resolve(input.path),
      context: resolve(options.context ?? (input.path === undefined ? '.' : dirname(input.path))),
      network: options.network,
      env: options.env,
      engine: options.engine,
      wait: options.wait,
      timeout: options.timeout,
      keep: options.keep,
    },
    { signal: stop.signal, progress: (message) => terminal.progress(printable(say(message))) },
  ).finally(() => {
    for (const signal of endSignals) process.removeListener(signal, stopOn)
    terminal.endProgress()
  })
  if (received) {
    // As if it had not been caught: a shell's loop has to end too.
    process.kill(process.pid, received)
    return new Promise(() => {})
  }
  if (result.kind === 'stopped') return exitCode.usage
  if (result.kind === 'impossible') throw usageError(`${file}: ${say(result.message)}`)
  const { report } = result
  terminal.print(
    options.format === 'json'
      ? verifyJson(file, report)
      : verifyText(file, report, terminal.colored(options.color), say),
  )
  return problemsOf(report).some(({ severity }) => weighs(severity, failOn)) ? exitCode.findings : exitCode.ok
}
