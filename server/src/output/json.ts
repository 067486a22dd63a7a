import type { Analysis } from '../analysis/index.ts'
import type { TextEdit } from '../fixes/types.ts'
import type { Finding } from '../rules/types.ts'
import { summaryOf } from './count.ts'
import { docsOf } from './docs.ts'
import { placeOf } from './place.ts'
import type { Output } from './types.ts'

/** The contract of `check --format json`, version 1. */
export const json: Output = (files) => {
  const report = {
    version: 1,
    files: files.map(({ file, analysis, problems }) => ({
      file,
      findings: analysis?.findings.map((finding) => findingOf(analysis, finding)) ?? [],
      suppressed: analysis?.suppressed ?? 0,
      problems,
    })),
    summary: summaryOf(files),
  }
  return `${JSON.stringify(report, null, 2)}\n`
}

function findingOf(analysis: Analysis, finding: Finding) {
  const { lines } = analysis.dockerfile
  return {
    rule: finding.rule.id,
    severity: finding.severity,
    message: finding.message,
    ...placeOf(lines, finding.range),
    certainty: finding.certainty,
    related: finding.related.map(({ range, message }) => ({ ...placeOf(lines, range), message })),
    fixes: analysis
      .fixesFor(finding)
      .flatMap((fix) =>
        fix.kind === 'edit'
          ? [{ title: fix.title, safety: fix.safety, edits: fix.edits.map((edit) => editOf(analysis, edit)) }]
          : [],
      ),
    docs: docsOf(finding.rule.id),
  }
}

function editOf(analysis: Analysis, { range, text }: TextEdit) {
  return { ...placeOf(analysis.dockerfile.lines, range), text }
}
