/** The streams of a run. Results go to stdout, everything else to stderr. */
export interface Terminal {
  print(text: string): void
  complain(message: string): void
  readonly stdin: AsyncIterable<Buffer | string>
  colored(when: 'auto' | 'always' | 'never'): boolean
  /** A line that is overwritten; shown only to people, and only when it takes long. */
  progress(text: string): void
  endProgress(): void
}

const longAfter = 1000 // milliseconds

export function processTerminal(): Terminal {
  const begun = performance.now()
  let shown = false
  const terminal: Terminal = {
    print: (text) => {
      terminal.endProgress()
      process.stdout.write(text)
    },
    complain: (message) => {
      terminal.endProgress()
      process.stderr.write(`unroot: ${message}\n`)
    },
    stdin: process.stdin,
    colored: (when) => (when === 'auto' ? wantsColor() : when === 'always'),
    progress: (text) => {
      if (!process.stderr.isTTY || performance.now() - begun < longAfter) return
      process.stderr.write(`\r\u001b[K${text}`)
      shown = true
    },
    endProgress: () => {
      if (shown) process.stderr.write('\r\u001b[K')
      shown = false
    },
  }
  return terminal
}

/** https://no-color.org and https://force-color.org */
function wantsColor(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (NO_COLOR) return false
  if (FORCE_COLOR) return FORCE_COLOR !== '0'
  return process.stdout.isTTY === true && TERM !== 'dumb'
}

/** A reader that goes away (`| head`) is no fault: there is just nobody left to tell. */
export function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
      throw error
    })
}
