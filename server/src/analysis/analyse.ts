import { parseDockerfile } from '../dockerfile/index.ts'
import { applyEdits, type Fix, type Offer } from '../fixes/index.ts'
import { evaluate } from '../image/index.ts'
import { inEnglish, text } from '../l10n/index.ts'
import {
  allRules,
  type Finding,
  type Rule,
  type RuleInput,
  type Severity,
  suppressionUnknownRule,
  suppressionUnused,
} from '../rules/index.ts'
import { readSuppressions, type Suppression, silences } from './suppressions.ts'
import type { Analysis, AnalysisOptions } from './types.ts'

/** The user that fixes make unless the configuration says otherwise: an id above those that systems and people use. */
export const defaultNewUser = { name: 'app', uid: 10001, gid: 10001 } as const

/** Analyses a text: parsed once, each stage evaluated once. Never throws. */
export function analyse(text: string, options: AnalysisOptions): Analysis {
  const dockerfile = parseDockerfile(text)
  const builder = options.builder ?? 'buildkit'
  const timelineOf = (target: string | undefined) =>
    evaluate(dockerfile, {
      context: options.context,
      baseImages: options.baseImages,
      builder,
      ...(target === undefined ? {} : { target }),
      ...(options.platform === undefined ? {} : { platform: options.platform }),
      ...(options.buildArgs === undefined ? {} : { buildArgs: new Map(Object.entries(options.buildArgs)) }),
    })
  const timeline = timelineOf(options.target)
  const profile = options.profile ?? 'docker'
  const newUser = {
    ...defaultNewUser,
    ...options.newUser,
    gid: options.newUser?.gid ?? options.newUser?.uid ?? defaultNewUser.gid,
  }
  const settings = { profile, builder, newUser }
  const all: Finding[] = []
  const collect = (rule: Rule, run: (report: Parameters<Rule['check']>[1]) => void) => {
    const configured = options.rules?.[rule.id]
    if (configured === 'off') return
    // A rule for other platforms is on where the configuration names it.
    if (configured === undefined && rule.profiles && !rule.profiles.includes(profile)) return
    run((report) =>
      all.push({
        rule,
        severity: configured ?? report.severity ?? rule.severity,
        range: report.at,
        message: report.message,
        certainty: report.certainty ?? 'certain',
        related: report.related ?? [],
        fixes: report.fixes ?? (() => []),
      }),
    )
  }
  const look = (
    input: RuleInput,
    isNew: (rule: Rule, report: Parameters<Parameters<Rule['check']>[1]>[0]) => boolean,
  ) => {
    for (const rule of allRules)
      collect(rule, (report) => rule.check(input, (one) => isNew(rule, one) && report(one)))
  }
  look({ timeline, settings }, () => true)
  for (const target of options.otherTargets ?? []) {
    // Stages that several images share say the same in each.
    const told = new Set(all.map(({ rule, range }) => placeOf(rule, range)))
    look({ timeline: timelineOf(target), settings }, (rule, { at }) => !told.has(placeOf(rule, at)))
  }
  const suppressions = readSuppressions(dockerfile, allRules)
  const used = new Set<Suppression>()
  const kept = all.filter((finding) => {
    const by = suppressions.filter((suppression) => silences(suppression, finding))
    for (const one of by) used.add(one)
    return by.length === 0
  })
  const suppressed = all.length - kept.length
  all.length = 0
  reportSuppressions(suppressions, used, collect, text)
  const findings = [...kept, ...all].sort(
    (a, b) =>
      a.range.start - b.range.start ||
      a.range.end - b.range.end ||
      order(a.rule.id, b.rule.id) ||
      order(inEnglish(a.message), inEnglish(b.message)),
  )
  const analysis: Analysis = {
    text,
    options,
    dockerfile,
    timeline,
    findings,
    suppressed,
    fixesFor: (finding) => checkedFixes(analysis, finding),
  }
  return analysis
}

function placeOf({ id }: Rule, { start, end }: Finding['range']): string {
  return `${id} ${start} ${end}`
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function reportSuppressions(
  suppressions: readonly Suppression[],
  used: ReadonlySet<Suppression>,
  collect: (rule: Rule, run: (report: Parameters<Rule['check']>[1]) => void) => void,
  source: string,
): void {
  const known = new Set(allRules.map(({ id }) => id))
  for (const suppression of suppressions) {
    if (!suppression.own) continue
    const wrong = suppression.names.filter(({ name }) => name !== 'all' && !known.has(name))
    for (const { name, range } of wrong) {
      collect(suppressionUnknownRule, (report) =>
        report({
          at: range,
          message: text`There is no rule \`${name}\`: this comment silences nothing. \`unroot rules\` lists all names.`,
        }),
      )
    }
    if (used.has(suppression) || wrong.length === suppression.names.length) continue
    const { start, end } = suppression.comment
    let lineEnd = end
    while (lineEnd < source.length && source[lineEnd] !== '\n') lineEnd++
    const lineStart = source.lastIndexOf('\n', start - 1) + 1
    collect(suppressionUnused, (report) =>
      report({
        at: suppression.comment,
        message: text`This comment silences nothing here. Remove it, or it hides the next real finding.`,
        fixes: () => [
          {
            kind: 'edit',
            title: text`Remove the comment`,
            safety: 'safe',
            edits: [{ range: { start: lineStart, end: Math.min(lineEnd + 1, source.length) }, text: '' }],
          },
        ],
      }),
    )
  }
}

/** The fixes that hold: the finding is gone after them, no error is new, and the text still reads. */
function checkedFixes(analysis: Analysis, finding: Finding): readonly (Fix | Offer)[] {
  return finding.fixes().filter((fix) => fix.kind === 'offer' || holds(analysis, finding, fix))
}

function holds(analysis: Analysis, finding: Finding, fix: Fix): boolean {
  const text = applyEdits(analysis.text, fix.edits)
  if (text === analysis.text) return false
  const after = analyse(text, analysis.options)
  const count = (one: Analysis) => one.findings.filter(({ rule }) => rule === finding.rule).length
  if (count(after) >= count(analysis)) return false
  return newErrors(analysis, after).length === 0
}

/** Errors of `after` that `before` did not have. Places move, so they are told apart by rule and number. */
export function newErrors(before: Analysis, after: Analysis): readonly Finding[] {
  const errors = (one: Analysis, severity: Severity) =>
    one.findings.filter((finding) => finding.severity === severity)
  const left = new Map<string, number>()
  for (const { rule } of errors(before, 'error')) left.set(rule.id, (left.get(rule.id) ?? 0) + 1)
  return errors(after, 'error').filter(({ rule }) => {
    const remaining = left.get(rule.id) ?? 0
    left.set(rule.id, remaining - 1)
    return remaining <= 0
  })
}
