import type { ProcessResult } from '../resolvers/index.ts'
import { type Prober, probers, readProbe, type Seen } from './probe.ts'

type Ask = (prober: Prober) => Promise<ProcessResult>

/** Asks with the first prober that an image has, and stays with it; undefined where it has none. */
export function createProberSearch(): (paths: readonly string[], ask: Ask) => Promise<Seen | undefined> {
  let found: Prober | 'none' | undefined
  return async (paths, ask) => {
    if (found === 'none') return undefined
    let absent = 0
    for (const prober of found ? [found] : probers) {
      const { seen, code } = await askAgain(() => ask(prober), paths)
      if (code === 126 || code === 127) absent++
      if (!seen) continue
      found = prober
      return seen
    }
    if (absent === probers.length) found = 'none'
    return undefined
  }
}

/** Under load, engines sometimes lose the end of what a container prints. */
async function askAgain(ask: () => Promise<ProcessResult>, paths: readonly string[]) {
  for (let attempt = 1; ; attempt++) {
    const { stdout, code } = await ask()
    const seen = readProbe(stdout.toString('utf8'), paths)
    if (seen || code !== 0 || attempt === 3) return { seen, code }
  }
}
