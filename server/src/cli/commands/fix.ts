import { allRules } from '../../analysis/index.ts'
import { nearestName } from '../../config/index.ts'
import type { FixSafety } from '../../fixes/types.ts'
import { repair } from '../../repair/index.ts'
import { analyseInputs, withoutFaults } from '../analyse-inputs.ts'
import { changesJson, changesText } from '../changes.ts'
import { deliver } from '../deliver.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { withInputs } from '../inputs.ts'
import { outputLanguage } from '../language.ts'
import type { CommonOptions } from '../options.ts'
import { readableOrComplain } from '../readable.ts'
import type { Terminal } from '../terminal.ts'
import { usageError } from '../usage-error.ts'
import { fails, worst } from '../verdict.ts'

export interface FixOptions extends CommonOptions {
  readonly format: 'text' | 'json'
  readonly suggestions: boolean
  readonly unsafe: boolean
  readonly rule: readonly string[]
  readonly diff: boolean
}

/** `unroot fix`: the best allowed fix of every finding. */
export async function fix(
  paths: readonly string[],
  options: FixOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const request = { safety: safetyOf(options), ...rulesOf(options.rule) }
  return withInputs(paths, options, terminal, async (inputs, images) => {
    const readable = readableOrComplain(inputs, terminal)
    if (readable === undefined) return exitCode.usage
    const files = withoutFaults(
      await analyseInputs(readable, images, terminal, (input, original) => {
        const { applied, analysis } = repair(original, request)
        const remaining = analysis.findings.length
        const code = fails(analysis, input.failOn) ? exitCode.findings : exitCode.ok
        return { ...input, applied, remaining, result: analysis.text, code }
      }),
    )
    const say = await outputLanguage(options)
    deliver(files, options.diff ? 'diff' : 'write', options, terminal, () =>
      options.format === 'json' ? changesJson(files) : changesText(files, say),
    )
    return worst(files.map(({ code }) => code))
  })
}

function safetyOf({ suggestions, unsafe }: FixOptions): ReadonlySet<FixSafety> {
  const wider: FixSafety[] = unsafe ? ['suggestion', 'unsafe'] : suggestions ? ['suggestion'] : []
  return new Set<FixSafety>(['safe', ...wider])
}

function rulesOf(ids: readonly string[]): { rules?: ReadonlySet<string> } {
  if (ids.length === 0) return {}
  const known = allRules.map(({ id }) => id)
  for (const id of ids) {
    if (known.includes(id)) continue
    const nearest = nearestName(id, known)
    throw usageError(`there is no rule ${id}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`)
  }
  return { rules: new Set(ids) }
}
