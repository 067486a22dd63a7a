/** Passes on what the tests print, without the remarks of VS Code itself. */

import { format } from 'node:util'

/** VS Code reports a missing native module that it does without, and the telemetry that is off. */
const NOISE = [/spdlog/, /\[(Extension|Remote).*Host\]\s*$/, /^%c/, /Refused to|ERR_FAILED|telemetry/i]

export function forwardLog(type, args) {
  if (process.env.UNROOT_E2E_LOG) return console.error(type, args)
  const text = format(...args)
  if (!NOISE.some((noise) => noise.test(text))) console.log(text)
}
