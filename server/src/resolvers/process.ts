import { spawn } from 'node:child_process'

export interface ProcessResult {
  /** `missing`: no such program. `timeout`, `stopped`, `too-much`: killed by us. */
  readonly outcome: 'exit' | 'missing' | 'timeout' | 'stopped' | 'too-much' | 'failed'
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}
export interface ProcessOptions {
  readonly timeout: number
  readonly signal?: AbortSignal
  readonly input?: string
  /** Bytes of standard output that are kept; with more the process is killed. */
  readonly limit?: number
  readonly env?: NodeJS.ProcessEnv
  /** Takes all output while it comes; then none of it is kept. */
  readonly watch?: (text: string) => void
  /** Milliseconds that the program is given to end by itself before it is killed. */
  readonly grace?: number
}

const defaultLimit = 4 << 20
const stderrLimit = 16 << 10

/**
 * Runs a program without a shell. It always ends: with the time limit the program and what it started are killed,
 * and nobody waits for pipes that a grandchild still holds. Never rejects.
 */
export function runProcess(
  program: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> {
  const { timeout, signal, input, limit = defaultLimit, env, watch, grace = 0 } = options
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    let stderr = ''
    let done = false
    const end = (outcome: ProcessResult['outcome'], code: number | null = null) => {
      if (done) return
      done = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', stopped)
      if (outcome !== 'exit') kill()
      resolve({ outcome, code, stdout: Buffer.concat(chunks), stderr })
    }
    /** Asks the program to end, and ends it where it does not. */
    const endSoon = (outcome: 'stopped' | 'timeout') => {
      if (grace === 0 || windows) return end(outcome)
      clearTimeout(timer)
      signalGroup('SIGTERM')
      const last = setTimeout(() => end(outcome), grace)
      child.removeAllListeners('close')
      child.on('close', () => {
        clearTimeout(last)
        end(outcome)
      })
    }
    const stopped = () => endSoon('stopped')
    if (signal?.aborted) {
      resolve({ outcome: 'stopped', code: null, stdout: Buffer.alloc(0), stderr: '' })
      return
    }
    const windows = process.platform === 'win32'
    // A group of its own, so that its children can be killed with it.
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: !windows,
      windowsHide: true,
      ...(env ? { env } : {}),
    })
    const kill = () => {
      child.stdout.destroy()
      child.stderr.destroy()
      child.stdin.destroy()
      child.unref()
      signalGroup('SIGKILL')
    }
    const signalGroup = (name: NodeJS.Signals) => {
      try {
        if (child.pid !== undefined && !windows) process.kill(-child.pid, name)
        else child.kill(name)
      } catch {
        // It has ended by itself.
      }
    }
    const timer = setTimeout(() => endSoon('timeout'), timeout)
    signal?.addEventListener('abort', stopped, { once: true })
    child.on('error', (error: NodeJS.ErrnoException) => end(error.code === 'ENOENT' ? 'missing' : 'failed'))
    child.on('close', (code) => end('exit', code))
    // A character may come in two pieces.
    const [printed, complained] = [new TextDecoder(), new TextDecoder()]
    child.stdout.on('data', (chunk: Buffer) => {
      if (watch) return watch(printed.decode(chunk, { stream: true }))
      const room = limit - size
      chunks.push(chunk.length <= room ? chunk : chunk.subarray(0, room))
      size += chunk.length
      if (size > limit) end('too-much')
    })
    child.stderr.on('data', (chunk: Buffer) => {
      const said = complained.decode(chunk, { stream: true })
      if (watch) watch(said)
      else if (stderr.length < stderrLimit) stderr += said
    })
    // A program that does not read its input is no fault of ours.
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
  })
}
