import { spawn } from 'node:child_process'

export interface Finished {
  /** -1: it could not be started, or the time limit ended it. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** Both, in the order in which they came. */
  readonly output: string
  readonly timedOut: boolean
}

export interface ProcessOptions {
  /** Milliseconds after which the program and its children are killed. */
  readonly timeout?: number
  readonly input?: string | Buffer
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
}

const defaultTimeout = 120_000

/** Runs a program without a shell, in the C locale. It always ends, and never rejects. */
export function runProcess(
  program: string,
  args: readonly string[],
  { timeout = defaultTimeout, input = '', env = {}, cwd }: ProcessOptions = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, LC_ALL: 'C', ...env },
      ...(cwd === undefined ? {} : { cwd }),
    })
    let stdout = ''
    let stderr = ''
    let output = ''
    const finish = (code: number, timedOut = false) => {
      clearTimeout(timer)
      resolve({ code, stdout, stderr, output, timedOut })
    }
    const timer = setTimeout(() => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
      finish(-1, true)
    }, timeout)
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      output += text
    })
    child.on('error', (error) => {
      stderr += String(error)
      output += String(error)
      finish(-1)
    })
    child.on('close', (code) => finish(code ?? -1))
    child.stdin.on('error', () => {}) // A program that does not read its input is no fault.
    child.stdin.end(input)
  })
}
