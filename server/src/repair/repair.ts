import { type Analysis, analyse } from '../analysis/index.ts'
import { applyEdits, type Fix, type FixSafety, type TextEdit } from '../fixes/index.ts'
import type { Message } from '../l10n/index.ts'
import { editsBetween } from './edits-between.ts'

export interface RepairRequest {
  readonly safety: ReadonlySet<FixSafety>
  /** Left out: all rules. */
  readonly rules?: ReadonlySet<string>
}

export interface AppliedFix {
  readonly rule: string
  readonly title: Message
  /** 1-based, in the text as it was when the fix was made. */
  readonly line: number
}

export interface Repair {
  readonly applied: readonly AppliedFix[]
  /** From the original text to the repaired one. */
  readonly edits: readonly TextEdit[]
  /** What is left, on the repaired text. */
  readonly analysis: Analysis
}

/** Fixes can open the way for others; a text that needs more rounds than this is not getting better. */
const maxRounds = 100

/** Applies the best allowed fix of each finding, one after the other, each checked on the text that it meets. */
export function repair(original: Analysis, request: RepairRequest): Repair {
  const applied: AppliedFix[] = []
  const seen = new Set([original.text])
  let analysis = original
  while (applied.length < maxRounds) {
    const next = nextFix(analysis, request, seen)
    if (next === undefined) break
    applied.push(next.applied)
    seen.add(next.text)
    analysis = analyse(next.text, analysis.options)
  }
  return { applied, edits: editsBetween(original.text, analysis.text), analysis }
}

function nextFix(analysis: Analysis, { safety, rules }: RepairRequest, seen: ReadonlySet<string>) {
  for (const finding of analysis.findings) {
    if (rules && !rules.has(finding.rule.id)) continue
    const fix = analysis
      .fixesFor(finding)
      .find((fix): fix is Fix => fix.kind === 'edit' && safety.has(fix.safety))
    if (fix === undefined) continue
    const text = applyEdits(analysis.text, fix.edits)
    if (seen.has(text)) continue
    const line = analysis.dockerfile.lines.positionAt(finding.range.start).line + 1
    return { text, applied: { rule: finding.rule.id, title: fix.title, line } }
  }
  return undefined
}
