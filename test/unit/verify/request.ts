import { type AnalysisOptions, analyse } from '../../../server/src/analysis/index.ts'
import { catalogue } from '../../../server/src/base-images/index.ts'
import { emptyBuildContext } from '../../../server/src/build-context/index.ts'
import { english } from '../../../server/src/l10n/index.ts'
import type { Check, VerifyResult } from '../../../server/src/verify/index.ts'
import { type VerifyControl, type VerifyRequest, verifyImage } from '../../../server/src/verify/node.ts'

/** Runs as 1000:1000, may write its home and not its working directory. */
export const appImage =
  'FROM debian:12\nWORKDIR /srv/app\nRUN useradd --uid 1000 --create-home app\nUSER app\nCMD ["sleep", "9"]\n'
/** Runs as 1000:1000 and says so itself. */
export const nodeImage = 'FROM node:22\nWORKDIR /srv/app\nUSER node\nCMD ["node", "server.js"]\n'

/** Verifies a text with what is found in `env`. */
export function verifyText(
  text: string,
  env: NodeJS.ProcessEnv,
  more: Partial<VerifyRequest> & {
    options?: Partial<AnalysisOptions>
    control?: Partial<VerifyControl>
  } = {},
): Promise<VerifyResult> {
  const { options, control, ...request } = more
  const analysis = analyse(text, { context: emptyBuildContext, baseImages: catalogue(), ...options })
  return verifyImage(
    { analysis, path: '/work/Dockerfile', context: '/work', wait: 0.1, ...request },
    { signal: new AbortController().signal, progress: () => {}, env, ...control },
  )
}

/** The checks of a report by id; of several with one id the first that the subject fits. */
export function checkOf(result: VerifyResult, id: Check['id'], about = '') {
  if (result.kind !== 'report') throw new Error(`no report: ${JSON.stringify(result)}`)
  const found = result.report.checks.find((one) => one.id === id && english(one.subject).includes(about))
  if (!found) return undefined
  const say = (message: Check['predicted']) => (message === undefined ? undefined : english(message))
  return {
    predicted: say(found.predicted),
    observed: say(found.observed),
    verdict: found.verdict,
    note: say(found.note),
    words: found.words,
    problem: found.problem && `${found.problem.severity}: ${english(found.problem.message)}`,
  }
}

/** Why nothing could be verified. */
export function messageOf(result: VerifyResult): string {
  if (result.kind !== 'impossible') throw new Error(`not impossible: ${JSON.stringify(result)}`)
  return english(result.message)
}
