/** Passes on what the tests print, without the remarks of VS Code itself. */
import { format } from 'node:util'

/** See suite/report.ts. */
const MARK = '\u2060'

/** What VS Code calls for each line that it logs. */
export function forwardLog(type, args) {
  if (process.env.UNROOT_E2E_LOG) return console.error(type, args)
  const [first, ...rest] = args
  if (typeof first === 'string' && first.startsWith(MARK)) console.log(format(first.slice(1), ...rest))
  // Tests that could not even be loaded.
  else if (type === 'error' && /__tests|\.build/.test(String(first))) console.log(String(first))
}
