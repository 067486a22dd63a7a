import { allRules, analyse } from '../../analysis/index.ts'
import { nearestName } from '../../config/index.ts'
import type { FixSafety } from '../../fixes/types.ts'
import { repair } from '../../repair/index.ts'
import { changesJson, changesText } from '../changes.ts'
import { deliver, type RewrittenFile } from '../deliver.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { readInputs } from '../inputs.ts'
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
  const rules = rulesOf(options.rule)
  const safety = new Set<FixSafety>(['safe'])
  if (options.suggestions || options.unsafe) safety.add('suggestion')
  if (options.unsafe) safety.add('unsafe')

  const inputs = readableOrComplain(await readInputs(paths, options, terminal), terminal)
  if (inputs === undefined) return exitCode.usage
  const files = inputs.map((input, index) => {
    terminal.progress(`${index + 1} of ${inputs.length}: ${input.file}`)
    const { applied, analysis } = repair(analyse(input.source.text, input.options), { safety, ...rules })
    return { input, applied, analysis, result: analysis.text }
  })
  const rewritten: RewrittenFile[] = files.map(({ input, result }) => ({ ...input, result }))
  const form = options.format === 'json' ? changesJson : changesText
  deliver(rewritten, options.diff ? 'diff' : 'write', options, terminal, () => form(files))
  return worst(
    files.map(({ input, analysis }) => (fails(analysis, input.failOn) ? exitCode.findings : exitCode.ok)),
  )
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
