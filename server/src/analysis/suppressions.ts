import type { Dockerfile, Instruction, OffsetRange } from '../dockerfile/types.ts'
import { instructionOf } from '../image/index.ts'
import type { Finding, Rule } from '../rules/index.ts'

/** Comments that silence findings: our own, and those of other tools for the rule that means the same. */

export interface Suppression {
  /** Rule ids that it silences; 'all' for everything. */
  readonly rules: readonly string[] | 'all'
  /** Where it holds: one instruction, one stage or the whole file. */
  readonly scope: { readonly kind: 'file' } | { readonly kind: 'range'; readonly range: OffsetRange }
  /** Ours: reported where unused. Others' may be about checks we do not have. */
  readonly own: boolean
  readonly comment: OffsetRange
  /** Places of the names, as written. */
  readonly names: readonly { readonly name: string; readonly range: OffsetRange }[]
}

const own = /^unroot\s+(ignore|ignore-file)\s*=\s*([^\s].*?)(?:\s+reason\s*=.*)?$/i

interface Foreign {
  readonly tool: keyof NonNullable<Rule['equivalents']>
  readonly pattern: RegExp
  readonly scope: 'next' | 'file' | 'stage'
}
const foreign: readonly Foreign[] = [
  { tool: 'hadolint', pattern: /^hadolint\s+global\s+ignore\s*=\s*([A-Za-z0-9, ]+)/, scope: 'file' },
  { tool: 'hadolint', pattern: /^hadolint\s+ignore\s*=\s*([A-Za-z0-9, ]+)/, scope: 'next' },
  { tool: 'hadolint', pattern: /^hadolint\s+stage\s+ignore\s*=\s*([A-Za-z0-9, ]+)/, scope: 'stage' },
  { tool: 'tally', pattern: /^tally\s+global\s+ignore\s*=\s*([\w/, -]+)/, scope: 'file' },
  { tool: 'tally', pattern: /^tally\s+ignore\s*=\s*([\w/, -]+)/, scope: 'next' },
  { tool: 'trivy', pattern: /^(?:trivy|tfsec):ignore:([\w-]+)/i, scope: 'next' },
  { tool: 'checkov', pattern: /^checkov:skip=([\w, ]+)/i, scope: 'file' },
  { tool: 'semgrep', pattern: /^nosem(?:grep)?(?::\s*([\w.,\s-]+))?$/i, scope: 'next' },
  { tool: 'kics', pattern: /^kics-scan\s+disable=([\w, -]+)/i, scope: 'file' },
  { tool: 'kics', pattern: /^kics-scan\s+ignore-line/i, scope: 'next' },
  { tool: 'kics', pattern: /^kics-scan\s+ignore-block/i, scope: 'stage' },
  { tool: 'terrascan', pattern: /^ts:skip=([\w, ]+)/i, scope: 'file' },
  { tool: 'sonar', pattern: /^NOSONAR\b/, scope: 'next' },
]

/** Reads all of them, in the file's order. */
export function readSuppressions(dockerfile: Dockerfile, rules: readonly Rule[]): readonly Suppression[] {
  const found: Suppression[] = []
  for (const comment of dockerfile.comments) {
    const mine = own.exec(comment.text)
    if (mine) {
      const list = mine[2] ?? ''
      const at = dockerfile.text.indexOf(list, comment.range.start)
      const names = [...list.matchAll(/[^\s,]+/g)].map(([name], index, all) => ({
        name,
        range: { start: at + (all[index]?.index ?? 0), end: at + (all[index]?.index ?? 0) + name.length },
      }))
      const scope =
        (mine[1] ?? '').toLowerCase() === 'ignore-file'
          ? ({ kind: 'file' } as const)
          : scopeOfNext(dockerfile, comment.range)
      found.push({
        rules: names.some(({ name }) => name === 'all') ? 'all' : names.map(({ name }) => name),
        scope,
        own: true,
        comment: comment.range,
        names,
      })
      continue
    }
    for (const { tool, pattern, scope } of foreign) {
      const match = pattern.exec(comment.text)
      if (!match) continue
      const ids = match[1]?.split(/[\s,]+/).filter((id) => id !== '')
      const equivalent = rules
        .filter((rule) =>
          rule.equivalents?.[tool]?.some(
            (id) => !ids || ids.some((one) => one === id || one.endsWith(`.${id}`) || one === 'all'),
          ),
        )
        .map(({ id }) => id)
      if (equivalent.length === 0) break
      const place =
        scope === 'file'
          ? ({ kind: 'file' } as const)
          : scope === 'stage'
            ? scopeOfStage(dockerfile, comment.range)
            : scopeOfNext(dockerfile, comment.range)
      found.push({ rules: equivalent, scope: place, own: false, comment: comment.range, names: [] })
      break
    }
  }
  return found
}

/** The instruction below a comment, or the one that it stands in. */
function scopeOfNext(dockerfile: Dockerfile, comment: OffsetRange): Suppression['scope'] {
  const inside = instructionOf(dockerfile, comment.start)
  const next = inside ?? nextInstruction(dockerfile, comment.end)
  return next ? { kind: 'range', range: next.range } : { kind: 'range', range: comment }
}

function nextInstruction(dockerfile: Dockerfile, offset: number): Instruction | undefined {
  return dockerfile.instructions.find(({ range }) => range.start >= offset)
}

function scopeOfStage(dockerfile: Dockerfile, comment: OffsetRange): Suppression['scope'] {
  const stage =
    dockerfile.stages.findLast(({ from }) => from.range.start <= comment.start) ?? dockerfile.stages[0]
  if (!stage) return { kind: 'file' }
  return {
    kind: 'range',
    range: {
      start: stage.from.range.start,
      end: stage.instructions.at(-1)?.range.end ?? stage.from.range.end,
    },
  }
}

export function silences(suppression: Suppression, finding: Finding): boolean {
  if (finding.rule.category === 'suppression') return false
  if (suppression.rules !== 'all' && !suppression.rules.includes(finding.rule.id)) return false
  return (
    suppression.scope.kind === 'file' ||
    (finding.range.start >= suppression.scope.range.start &&
      finding.range.start <= suppression.scope.range.end)
  )
}
