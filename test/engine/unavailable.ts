import type { Finished } from './process.ts'

/** Something around the project is missing here: the tests that need an engine are skipped, with this reason. */
export class Unavailable extends Error {}

export function orUnavailable(what: string, { code, output, timedOut }: Finished): void {
  if (code === 0) return
  const last = output.trim().split('\n').at(-1) ?? ''
  throw new Unavailable(`${what}: ${timedOut ? 'it took too long' : last || `exit code ${code}`}.`)
}
